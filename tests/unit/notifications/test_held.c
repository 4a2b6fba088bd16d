/* SPDX-License-Identifier: Apache-2.0 */
/* What is held of a learner here: to her own college her name, her place and which messages name her; to others nothing. */
#include "mail_play.h"

static const Bassin__V1__Held *
held_for(const char *institution, const char *number)
{
	Bassin__V1__HeldAsk m = BASSIN__V1__HELD_ASK__INIT;
	ProtobufCAllocator allocator = arena_allocator(play.arena);

	m.pool_number = TEXT(number);
	struct play_answer a = play_ask(&play, ROLE_COLLEGE, institution, COMMAND(LEARNER_HELD), &m.base);
	assert_int_equal(a.code, OK_CODE);
	const Bassin__V1__Held *held = bassin__v1__held__unpack(&allocator, a.size, a.payload);
	assert_non_null(held);
	return held;
}

static int
office_ready(void **state)
{
	if (pool_empty(state) != 0)
		return -1;
	rise(MODE_HOLD, "");
	say_institution("a", "fr");
	return 0;
}

static void
her_college_gets_her_name_her_place_and_her_messages(void **state)
{
	struct positions at;

	(void)state;
	say_institution("b", "en");
	say_employer("b/E1", "luc@ferme.example", "");
	say_posting("b/P1", "b/E1", "Barn hand", OPEN);
	say_learner(L1, "a", "Zoé", "Tremblay", true);
	say_learner(L2, "a", "Ian", "Roy", true);
	positions_fill(&at, play.logs[EMPLOYERS].count, play.logs[LEARNERS].count);
	say_placed("b/P1", "b/E1", L1 " " L2, &at);
	say_round(PUBLISHED, &at);
	later(30 * MINUTE);
	const Bassin__V1__Held *held = held_for("a", L1);
	assert_true(held->n_sections >= 3);
	assert_string_equal(held->sections[0]->name, "contact");
	assert_string_equal(held->sections[0]->table->rows[0]->cells[3], "Tremblay");
	assert_string_equal(held->sections[1]->name, "placed");
	assert_string_equal(held->sections[2]->name, "messages");
	assert_true(held->sections[2]->table->n_rows >= 1);
	for (size_t s = 0; s < held->n_sections; s++)
		for (size_t r = 0; r < held->sections[s]->table->n_rows; r++)
			for (size_t c = 0; c < held->sections[s]->table->n_columns; c++)
				assert_null(strstr(held->sections[s]->table->rows[r]->cells[c], "Roy"));
	/* Whose posting it is gets nothing of her, and nobody gets anything of nobody. */
	assert_int_equal(held_for("b", L1)->n_sections, 0);
	assert_int_equal(held_for("a", "0K3M9QX2AB")->n_sections, 0);
	assert_int_equal(held_for("a", "")->n_sections, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define PLAY(test) cmocka_unit_test_setup_teardown(test, office_ready, pool_close)
		PLAY(her_college_gets_her_name_her_place_and_her_messages),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
