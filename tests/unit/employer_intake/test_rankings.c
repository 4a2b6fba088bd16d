/* SPDX-License-Identifier: Apache-2.0 */
/* Employers' rankings: whole lists, one per posting; replaced, cleared, waiting; an erased learner leaves them. */
#include "intake_play.h"

#include "service/held.h"

static const char *
list_of(const char *posting)
{
	return cluster_sql(&play.cluster, "SELECT concat(array_to_string(tiers, ','), ' ', array_to_string(learners, ','), ' v', "
	                                  "version) FROM employer_ranking WHERE institution || '/' || posting = '%s'", posting);
}

static int
two_postings(void **state)
{
	if (pool_empty(state) != 0)
		return -1;
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;Ferme Joyeuse;fr;Luc;luc@ferme.example;J1H4A7");
	return strcmp(FEED("a", FEED_POSTINGS, POSTINGS, "P1;E1;Un;coop;410.A0;2;2027-01-11;2027-04-30;35",
	                   "P2;E1;Deux;coop;410.A0;2;2027-01-11;2027-04-30;35"), "created\ncreated") == 0 ? 0 : -1;
}

static void
a_file_replaces_the_list_of_each_posting_that_it_names(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;2;L3", "P2;1;L9", "P1;1;7K3M9QX2AB", "a/P1;2;L2"),
	                    "created\ncreated\ncreated\ncreated");
	assert_string_equal(list_of("a/P1"), "1,2,2 7K3M9QX2AB,L2,L3 v1");
	const Bassin__V1__EmployerRankingRecorded *r =
	    last_event("employer_ranking", "a/P1", &bassin__v1__employer_ranking_recorded__descriptor);
	assert_string_equal(r->posting, "a/P1");
	assert_string_equal(r->institution, "a");
	assert_int_equal(r->n_entries, 3);
	assert_int_equal(r->entries[2]->tier, 2);
	assert_string_equal(r->entries[2]->ref, "L3");
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L2"), "updated");
	assert_string_equal(list_of("a/P1"), "1 L2 v2");
	assert_string_equal(list_of("a/P2"), "1 L9 v1");
	assert_int_equal(events_of("employer_ranking"), 3);
}

static void
the_same_list_in_another_order_changes_nothing(void **state)
{
	(void)state;
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;2;L3", "P1;1;L1");
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1", "P1;2;L3"), "unchanged\nunchanged");
	assert_string_equal(list_of("a/P1"), "1,2 L1,L3 v1");
	assert_int_equal(events_of("employer_ranking"), 1);
}

static void
an_empty_entry_clears_the_list(void **state)
{
	(void)state;
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1");
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;;"), "updated");
	assert_string_equal(list_of("a/P1"), "  v2");
	const Bassin__V1__EmployerRankingRecorded *r =
	    last_event("employer_ranking", "a/P1", &bassin__v1__employer_ranking_recorded__descriptor);
	assert_int_equal(r->n_entries, 0);
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;;"), "unchanged");
}

static void
what_contradicts_itself_in_a_list_is_refused(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1", "P1;2;L1", "P1;;", "P2;;", "P2;;"),
	                    "created\nrefused learner=duplicate()\nrefused learner=required()\ncreated\n"
	                    "refused posting=duplicate()");
	assert_string_equal(list_of("a/P1"), "1 L1 v1");
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;;L5", "b/P1;1;L5", "P1;0;L5", "P1;1001;L5"),
	                    "refused tier=required()\nrefused posting=not_yours()\nrefused tier=out_of_range(1..1000)\n"
	                    "refused tier=out_of_range(1..1000)");
	assert_string_equal(list_of("a/P1"), "1 L1 v1");
}

static void
a_list_waits_for_its_posting_but_is_told_at_once(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P7;1;L1"), "waiting posting=unknown()");
	assert_int_equal(events_of("employer_ranking"), 1);
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P7;1;L1"), "waiting posting=unknown()");
	assert_int_equal(events_of("employer_ranking"), 1);
	(void)FEED("a", FEED_POSTINGS, POSTINGS, "P7;E1;Sept;coop;410.A0;2;2027-01-11;2027-04-30;35");
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P7;1;L1"), "unchanged");
}

static void
a_list_may_have_a_thousand_entries(void **state)
{
	static char rows[1000][32];
	static const char *lines[1002] = { RANKINGS };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(rows[i], sizeof rows[i], "P1;%d;L%d", i + 1, i);
		lines[i + 1] = rows[i];
	}
	(void)feed_as("a", COMMAND(FEED_EMPLOYER_RANKINGS), lines, false);
	assert_int_equal(number_of("SELECT cardinality(learners) FROM employer_ranking"), 1000);
	(void)feed_as("a", COMMAND(FEED_EMPLOYER_RANKINGS), lines, false);
	assert_int_equal(events_of("employer_ranking"), 1);
}

static void
an_erased_learner_leaves_every_list(void **state)
{
	Bassin__V1__LearnerErased gone = BASSIN__V1__LEARNER_ERASED__INIT;

	(void)state;
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;7K3M9QX2AB", "P1;2;L2", "P2;1;L2");
	(void)FEED("b", FEED_EMPLOYER_RANKINGS, RANKINGS, "Q1;1;7K3M9QX2AB");
	gone.learner = (char *)(uintptr_t)"7K3M9QX2AB";
	play_say(&play, 1, "erasure", "7K3M9QX2AB", 1, BASSIN__V1__EVENT_TYPE__LEARNER_ERASED, &gone.base);
	assert_string_equal(list_of("a/P1"), "2 L2 v2");
	assert_string_equal(list_of("b/Q1"), "  v2");
	assert_string_equal(list_of("a/P2"), "1 L2 v1");
	const Bassin__V1__EmployerRankingRecorded *r =
	    last_event("employer_ranking", "a/P1", &bassin__v1__employer_ranking_recorded__descriptor);
	assert_int_equal(r->n_entries, 1);
}

/* A list may name her by her college's own id, which LearnerErased does not carry: the keyed hash finds it. */
static void
an_erased_learner_leaves_the_lists_of_her_college_by_its_own_id(void **state)
{
	Bassin__V1__LearnerErased gone = BASSIN__V1__LEARNER_ERASED__INIT;
	uint8_t hash[HASH_SIZE];

	(void)state;
	memset(intake.pool_key, 7, sizeof intake.pool_key);
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1", "P1;2;L2", "P2;1;L2");
	(void)FEED("b", FEED_EMPLOYER_RANKINGS, RANKINGS, "Q1;1;L1");
	hash_of_person(intake.pool_key, "a", "L1", hash);
	gone.learner = (char *)(uintptr_t)"8K3M9QX2AB";
	gone.institution = (char *)(uintptr_t)"a";
	gone.person_hash = (ProtobufCBinaryData){ sizeof hash, hash };
	intake.has_pool_key = false;
	play_say(&play, 1, "erasure", "8K3M9QX2AB", 1, BASSIN__V1__EVENT_TYPE__LEARNER_ERASED, &gone.base);
	assert_string_equal(list_of("a/P1"), "1,2 L1,L2 v1");
	intake.has_pool_key = true;
	play_say(&play, 1, "erasure", "8K3M9QX2AB", 2, BASSIN__V1__EVENT_TYPE__LEARNER_ERASED, &gone.base);
	assert_string_equal(list_of("a/P1"), "2 L2 v2");
	assert_string_equal(list_of("a/P2"), "1 L2 v1");
	assert_string_equal(list_of("b/Q1"), "1 L1 v1");        /* there L1 is somebody else */
	intake.has_pool_key = false;
}

/* What is held of a learner, as this college asks with this number and this claim. */
static const Bassin__V1__Held *
held_for(const char *institution, const char *number, const char *external_id, uint8_t *claim)
{
	Bassin__V1__HeldAsk m = BASSIN__V1__HELD_ASK__INIT;
	ProtobufCAllocator allocator = arena_allocator(play.arena);

	m.pool_number = (char *)(uintptr_t)number;
	m.external_id = (char *)(uintptr_t)external_id;
	m.claim = (ProtobufCBinaryData){ claim == NULL ? 0 : HASH_SIZE, claim };
	struct play_answer a =
	    play_ask(&play, ROLE_COLLEGE, institution, BASSIN__V1__COMMAND_TYPE__LEARNER_HELD, &m.base);
	assert_int_equal(a.code, BASSIN__V1__REPLY_CODE__OK);
	return bassin__v1__held__unpack(&allocator, a.size, a.payload);
}

static void
what_is_held_of_a_number_is_told_to_whom_the_learner_intake_vouches_for(void **state)
{
	static const char number[] = "8K3M9QX2AB";
	uint8_t claim[HASH_SIZE];

	(void)state;
	memset(intake.pool_key, 7, sizeof intake.pool_key);
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1", "P1;2;8K3M9QX2AB");
	(void)FEED("b", FEED_EMPLOYER_RANKINGS, RANKINGS, "Q1;1;8K3M9QX2AB", "Q1;2;L1");
	/* Without the pool's key half an answer would look like a whole one. */
	const Bassin__V1__HeldAsk empty = BASSIN__V1__HELD_ASK__INIT;
	struct play_answer refused =
	    play_ask(&play, ROLE_COLLEGE, "a", BASSIN__V1__COMMAND_TYPE__LEARNER_HELD, &empty.base);
	assert_int_equal(refused.code, BASSIN__V1__REPLY_CODE__REFUSED);
	intake.has_pool_key = true;
	held_claim(intake.pool_key, "a", number, claim);
	const Bassin__V1__Held *held = held_for("a", number, "L1", claim);
	assert_int_equal(held->n_sections, 2);
	assert_string_equal(held->sections[0]->name, "named_by_employers");
	assert_int_equal(held->sections[0]->table->n_rows, 3);          /* by number in both lists, by its own id in its own */
	assert_int_equal(held->sections[1]->table->n_rows, 2);
	/* The same claim in another college's mouth, or none, or another number's: nothing of the number. */
	assert_int_equal(held_for("b", number, "", claim)->n_sections, 0);
	assert_int_equal(held_for("b", number, "", NULL)->n_sections, 0);
	assert_int_equal(held_for("a", "9K3M9QX2AB", "", claim)->n_sections, 0);
	held = held_for("a", number, "L1", NULL);
	assert_int_equal(held->sections[0]->table->n_rows, 1);
	assert_string_equal(held->sections[0]->table->rows[0]->cells[2], "L1");
	intake.has_pool_key = false;
}

int
main(void)
{
#define SCENE(f) cmocka_unit_test_setup(f, two_postings)
	const struct CMUnitTest tests[] = {
		SCENE(a_file_replaces_the_list_of_each_posting_that_it_names),
		SCENE(the_same_list_in_another_order_changes_nothing),
		SCENE(an_empty_entry_clears_the_list),
		SCENE(what_contradicts_itself_in_a_list_is_refused),
		SCENE(a_list_waits_for_its_posting_but_is_told_at_once),
		SCENE(a_list_may_have_a_thousand_entries),
		SCENE(an_erased_learner_leaves_every_list),
		SCENE(an_erased_learner_leaves_the_lists_of_her_college_by_its_own_id),
		SCENE(what_is_held_of_a_number_is_told_to_whom_the_learner_intake_vouches_for),
	};

	return cmocka_run_group_tests(tests, play_setup, play_teardown);
}
