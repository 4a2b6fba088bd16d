/* SPDX-License-Identifier: Apache-2.0 */
/* Plays about who should not be in a round: consent that ends, where what the profile says is enough; one person twice. */
#include "round_play.h"

static void
tell_out(const char *institution, const char *number)
{
	Bassin__V1__ProfileRecorded m = a_learner(institution, number);

	m.in_pool = false;
	tell_learner(&m);
	stage_read();
}

static void
publish(const char *round)
{
	const Bassin__V1__RoundReport *r = report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));

	assert_int_equal(r->state, BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED);
}

static void
who_withdraws_before_the_publication_is_out_and_all_else_is_as_frozen(void **state)
{
	(void)state;
	tell_the_example();
	const char *round = open_round();
	const Bassin__V1__RoundReport *before = freeze_and_solve(round), *r;
	assert_non_null(strstr(export_round(round, false), A));
	tell_learner_ranking("orford", D, "");  /* after the freeze: for the next round */
	tell_out("memphre", A);

	r = show_round(&orford, round);
	assert_int_equal(r->state, BASSIN__V1__ROUND_STATE__ROUND_FROZEN);
	assert_int_equal(r->n_withdrawals, 1);
	assert_string_equal(r->withdrawals[0]->learner, A);
	assert_string_equal(r->withdrawals[0]->reason, "consent_withdrawn");
	assert_string_equal(sql("SELECT count(*) FROM snapshot_ranking WHERE learner = '" A "'"), "0");
	assert_string_equal(sql("SELECT count(*) FROM snapshot_choice WHERE '" A "' = ANY (learners)"), "0");
	assert_string_equal(sql("SELECT count(*) FROM snapshot_choice WHERE cardinality(learners) = 3"), "4");

	r = report_of(ask_solve(round, false));
	assert_string_equal(r->seed, before->seed);
	assert_string_not_equal(r->instance_digest, before->instance_digest);
	assert_null(strstr(export_round(round, false), A));
	publish(round);
	r = show_round(&operator_, round);
	check_rows_add_up(r);
	assert_string_equal(reason_of(r, A), "withdrawn");
	assert_string_equal(placement_of(r, D), "memphre/X");
}

static void
who_withdraws_after_the_publication_frees_her_place(void **state)
{
	int version;

	(void)state;
	tell_the_example();
	const char *first = open_round();
	(void)freeze_and_solve(first);
	publish(first);
	const char *instance = export_round(first, false), *outcome = export_round(first, true);
	assert_int_equal(coming_to("memphre/X", &version), 1);
	tell_out("memphre", A);
	assert_int_equal(coming_to("memphre/X", &version), 0);
	tell_out("memphre", A);                 /* told again, as by a resync: nothing more to leave */
	const Bassin__V1__RoundReport *r = show_round(&orford, first);
	assert_int_equal(r->n_withdrawals, 1);
	assert_string_equal(r->withdrawals[0]->reason, "consent_withdrawn");
	assert_string_equal(export_round(first, false), instance);      /* what was published stays */
	assert_string_equal(export_round(first, true), outcome);

	const char *second = open_round();
	(void)freeze_and_solve(second);
	publish(second);
	r = show_round(&operator_, second);
	check_rows_add_up(r);
	assert_string_equal(reason_of(r, A), "no_consent");
	assert_string_equal(placement_of(r, D), "memphre/X");           /* moves up into the seat */
}

/* A round under way that was to keep her place loses her, and is not called into question. */
static void
who_withdraws_leaves_the_next_round_and_her_place_at_once(void **state)
{
	(void)state;
	tell_the_example();
	const char *first = open_round();
	(void)freeze_and_solve(first);
	publish(first);
	const char *second = open_round();
	(void)freeze_and_solve(second);
	assert_string_equal(sql("SELECT count(*) FROM snapshot_standing WHERE learner = '" A "'"), "1");
	tell_out("memphre", A);
	assert_string_equal(sql("SELECT count(*) FROM snapshot_standing WHERE learner = '" A "'"), "0");
	assert_string_equal(sql("SELECT count(*) FROM standing WHERE learner = '" A "'"), "0");
	(void)report_of(ask_solve(second, false));
	publish(second);
	check_rows_add_up(show_round(&operator_, second));
	assert_string_equal(reason_of(show_round(&operator_, second), A), "withdrawn");
}

/* A consent of a later day: back in the next round; the round that she left stays without her. */
static void
who_comes_back_is_in_the_next_freeze(void **state)
{
	Bassin__V1__ProfileRecorded back = a_learner("memphre", A);

	(void)state;
	tell_the_example();
	const char *first = open_round();
	(void)freeze_and_solve(first);
	tell_out("memphre", A);
	tell_learner(&back);
	stage_read();
	(void)report_of(ask_solve(first, false));
	assert_null(strstr(export_round(first, false), A));
	(void)report_of(ask_withdraw(&operator_, first, "", ""));
	const char *second = open_round();
	(void)freeze_and_solve(second);
	assert_non_null(strstr(export_round(second, false), A));
}

static void
tell_coded(const char *institution, const char *number, const char *hash)
{
	Bassin__V1__ProfileRecorded m = a_learner(institution, number);

	m.permanent_code_hash = (ProtobufCBinaryData){ 32, (uint8_t *)text(hash) };
	tell_learner(&m);
}

static bool
last_reply_says(const char *text)
{
	return memmem(stage.last->payload.data, stage.last->payload.len, text, strlen(text)) != NULL;
}

/* The intermediary sees both, each college that its own is somewhere else too; a stored reply names nobody. */
static void
one_person_at_two_colleges_is_listed_at_the_freeze(void **state)
{
	static const char hash[] = "0123456789abcdef0123456789abcdef";

	(void)state;
	tell_the_example();
	tell_coded("memphre", A, hash);
	tell_coded("orford", C, hash);
	tell_coded("orford", D, "another hash of thirty-two bytes");
	stage_read();
	const char *round = open_round();
	const Bassin__V1__RoundReport *r = report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	assert_int_equal(r->same_person_count, 1);
	assert_int_equal(r->n_same_person, 0);
	assert_false(last_reply_says(A) || last_reply_says(C));

	r = show_round(&operator_, round);
	assert_int_equal(r->n_same_person, 1);
	assert_string_equal(r->same_person[0]->learner, A);
	assert_string_equal(r->same_person[0]->institution, "memphre");
	assert_string_equal(r->same_person[0]->other, C);
	assert_string_equal(r->same_person[0]->other_institution, "orford");
	r = show_round(&orford, round);
	assert_int_equal(r->n_same_person, 1);
	assert_string_equal(r->same_person[0]->learner, C);
	assert_string_equal(r->same_person[0]->other, "");
	assert_string_equal(r->same_person[0]->other_institution, "");
	assert_false(last_reply_says(A) || last_reply_says("memphre"));

	/* People have decided. */
	(void)report_of(ask_withdraw(&memphre, round, A, ""));
	assert_int_equal(show_round(&operator_, round)->n_same_person, 0);
}

static void
one_person_twice_at_a_college_is_listed_and_erased_with_her(void **state)
{
	static const char hash[] = "0123456789abcdef0123456789abcdef";

	(void)state;
	tell_coded("memphre", A, hash);
	tell_coded("memphre", B, hash);
	const char *round = open_round();
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	const Bassin__V1__RoundReport *r = show_round(&memphre, round);
	assert_int_equal(r->n_same_person, 1);
	assert_string_equal(r->same_person[0]->learner, A);
	assert_string_equal(r->same_person[0]->other, B);
	assert_int_equal(show_round(&orford, round)->n_same_person, 0);
	tell_erased(B);
	stage_read();
	assert_string_equal(sql("SELECT count(*) FROM round_same_person"), "0");
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(who_withdraws_before_the_publication_is_out_and_all_else_is_as_frozen),
		PLAY(who_withdraws_after_the_publication_frees_her_place),
		PLAY(who_withdraws_leaves_the_next_round_and_her_place_at_once),
		PLAY(who_comes_back_is_in_the_next_freeze),
		PLAY(one_person_at_two_colleges_is_listed_at_the_freeze),
		PLAY(one_person_twice_at_a_college_is_listed_and_erased_with_her),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
