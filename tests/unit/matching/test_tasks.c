/* SPDX-License-Identifier: Apache-2.0 */
/* What waits in the view, as matters for people: one for each thing that is missing and each college, and no person in it. */
#include "stage.h"
#include "tasks.h"

#define ANNA "ANNA000000"
#define BEA  "BEA0000000"

/* "kind owner subject", joined by commas. */
static const char *
found(void)
{
	struct tx *tx;
	struct matters now;
	char *text_ = arena_strdup(stage.arena, "");

	assert_int_equal(tx_begin(stage.store, &tx), STORE_OK);
	struct work w = { .service = &stage.matching, .tx = tx, .arena = stage.arena };
	assert_int_equal(tasks_find(&w, &now), STORE_OK);
	for (size_t i = 0; i < now.count; i++)
		text_ = arena_printf(stage.arena, "%s%s%s %s %s", text_, i > 0 ? "," : "", now.all[i].kind, now.all[i].owner,
		    now.all[i].subject);
	tx_rollback(&tx);
	return text_;
}

static void
one_for_each_thing_that_is_missing(void **state)
{
	Bassin__V1__ProfileRecorded anna = a_learner("memphre", ANNA), bea = a_learner("memphre", BEA);
	Bassin__V1__PostingRecorded p = a_posting("orford/p1"), later = a_posting("orford/later");

	(void)state;
	assert_string_equal(found(), "");
	tell_learner(&anna);
	tell_learner(&bea);
	tell_posting(&p);
	tell_learner_ranking("memphre", ANNA, "orford/p1 orford/later");
	tell_learner_ranking("memphre", BEA, "orford/later");
	tell_offer("memphre", BEA, "orford/never");
	stage_read();
	assert_string_equal(found(), "waiting_direct_offer memphre orford/never,waiting_learner_ranking memphre orford/later");
	tell_posting(&later);
	stage_read();
	assert_string_equal(found(), "waiting_direct_offer memphre orford/never");
}

/* An entry may be the id that a college uses for a person, so the list is named and not the entry; and a pool number of
 * nobody is not told of, as in the list of what waits. */
static void
an_employers_list_is_named_and_nobody_in_it(void **state)
{
	Bassin__V1__PostingRecorded p = a_posting("orford/p1"), q = a_posting("orford/p2");

	(void)state;
	tell_posting(&p);
	tell_posting(&q);
	tell_employer_ranking("orford/p1", "someone else");
	tell_employer_ranking("orford/p2", "7K3M9QX2AB");
	stage_read();
	assert_string_equal(found(), "waiting_employer_ranking orford orford/p1");
}

static void
who_is_erased_waits_for_nothing(void **state)
{
	Bassin__V1__ProfileRecorded anna = a_learner("memphre", ANNA);

	(void)state;
	tell_learner(&anna);
	tell_learner_ranking("memphre", ANNA, "orford/later");
	stage_read();
	assert_string_equal(found(), "waiting_learner_ranking memphre orford/later");
	tell_erased(ANNA);
	stage_read();
	assert_string_equal(found(), "");
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(one_for_each_thing_that_is_missing),
		PLAY(an_employers_list_is_named_and_nobody_in_it),
		PLAY(who_is_erased_waits_for_nothing),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
