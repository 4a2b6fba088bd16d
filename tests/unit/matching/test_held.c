/* SPDX-License-Identifier: Apache-2.0 */
/* Plays about what matching holds of a learner: her own college gets all of it, everybody else what is held of nobody. */
#include "round_play.h"

static const Bassin__V1__Held *
held_for(const struct principal *who, const char *number, const char *external_id)
{
	Bassin__V1__HeldAsk m = BASSIN__V1__HELD_ASK__INIT;

	m.pool_number = text(number);
	m.external_id = text(external_id);
	return answer_of(ask(who, COMMAND_TYPE(LEARNER_HELD), &m.base), &bassin__v1__held__descriptor);
}

static const Bassin__V1__Table *
section(const Bassin__V1__Held *held, const char *name)
{
	for (size_t i = 0; i < held->n_sections; i++)
		if (strcmp(held->sections[i]->name, name) == 0)
			return held->sections[i]->table;
	fail_msg("no section %s", name);
	return NULL;
}

static void
her_college_gets_what_rounds_hold_and_came_to(void **state)
{
	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
	const Bassin__V1__Held *held = held_for(&memphre, A, "x-" A);
	assert_int_equal(section(held, "profile")->n_rows, 1);
	assert_int_equal(section(held, "learner_ranking")->n_rows, 4);
	assert_int_equal(section(held, "named_by_employers")->n_rows, 4);
	assert_int_equal(section(held, "frozen")->n_rows, 1);
	assert_int_equal(section(held, "frozen_lists")->n_rows, 8);
	assert_string_equal(section(held, "outcomes")->rows[0]->cells[2], "memphre/X");
	assert_true(section(held, "told")->n_rows >= 2);
	/* Nobody else is in it. */
	assert_null(memmem(stage.last->payload.data, stage.last->payload.len, B, strlen(B)));
	assert_null(memmem(stage.last->payload.data, stage.last->payload.len, D, strlen(D)));
}

/* The statement has the words by itself: they are those of rules.h, bit by bit. */
static void
why_a_pair_was_left_out_is_said_in_words(void **state)
{
	const char *all = "";

	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	for (unsigned k = 0; k < LEFT_OUT_BITS; k++)
		all = arena_printf(stage.arena, "%s%s%s", all, k == 0 ? "" : "|", left_out_to_text(1u << k));
	cluster_sql(&stage.cluster, "INSERT INTO round_left_out VALUES ('%s', 999, '" A "', 'memphre', 'orford/Y', %u)", round,
	    (1u << LEFT_OUT_BITS) - 1);
	const Bassin__V1__Table *t = section(held_for(&memphre, A, ""), "not_taken");
	assert_int_equal(t->n_rows, 1);
	assert_string_equal(t->rows[0]->cells[3], all);
}

static void
another_college_is_told_what_is_held_of_nobody(void **state)
{
	const Bassin__V1__HeldAsk empty = BASSIN__V1__HELD_ASK__INIT;
	size_t size;

	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	(void)held_for(&orford, "7K3M9QX2AB", "");
	size = stage.last->payload.len;
	const Bassin__V1__Held *held = held_for(&orford, A, "");
	assert_int_equal(held->n_sections + held->n_events, 0);
	assert_int_equal(stage.last->payload.len, size);
	assert_int_equal(ask(&operator_, COMMAND_TYPE(LEARNER_HELD), &empty.base)->code, BASSIN__V1__REPLY_CODE__FORBIDDEN);
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(her_college_gets_what_rounds_hold_and_came_to),
		PLAY(why_a_pair_was_left_out_is_said_in_words),
		PLAY(another_college_is_told_what_is_held_of_nobody),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
