/* SPDX-License-Identifier: Apache-2.0 */
/* Several rounds: who stands placed keeps her place or moves up, and what that means for seats, events and other rounds. */
#include "round_play.h"

/* memphre/p has three seats; A wants it in the first round, B, C and D in the second. */
static const char *
round_of_the_first(void)
{
	static const struct { const char *institution, *number; } LATER[] = { { "memphre", B }, { "orford", C }, { "orford", D } };
	Bassin__V1__PostingRecorded p = a_posting("memphre/p");
	Bassin__V1__ProfileRecorded a = a_learner("memphre", A);

	p.seats = 3;
	tell_posting(&p);
	tell_learner(&a);
	tell_learner_ranking("memphre", A, "memphre/p");
	const char *round = open_round();
	(void)freeze_and_solve(round);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
	for (size_t i = 0; i < COUNT_OF(LATER); i++) {
		Bassin__V1__ProfileRecorded l = a_learner(LATER[i].institution, LATER[i].number);
		tell_learner(&l);
		tell_learner_ranking(LATER[i].institution, LATER[i].number, "memphre/p");
	}
	stage_read();
	return round;
}

static void
a_second_round_leaves_what_the_first_has_placed(void **state)
{
	int version;

	(void)state;
	const char *first = round_of_the_first();
	tell_offer("memphre", A, "memphre/p");  /* where she stands already: fixed there, on the seat that she holds */
	stage_read();
	const char *second = open_round();
	const Bassin__V1__RoundReport *dry = report_of(ask_solve(second, true));
	assert_int_equal(dry->seats, 3);
	assert_int_equal(dry->seats_filled, 3);
	assert_int_equal(dry->colleges[0]->placed_before, 1);
	(void)freeze_and_solve(second);
	const Bassin__V1__RoundReport *r = report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), second));
	assert_int_equal(r->seats, 3);
	assert_int_equal(r->seats_filled, 3);
	int32_t learners = 0, placed = 0, before = 0, outranked = 0;
	for (size_t i = 0; i < r->n_colleges; i++) {
		learners += r->colleges[i]->learners;
		placed += r->colleges[i]->placed_ranked + r->colleges[i]->placed_direct;
		before += r->colleges[i]->placed_before;
		outranked += r->colleges[i]->unplaced_outranked;
	}
	assert_int_equal(learners, 4);
	assert_int_equal(placed, 2);
	assert_int_equal(before, 1);
	assert_int_equal(outranked, 1);
	r = show_round(&operator_, second);
	assert_int_equal(r->n_placements, 3);
	assert_int_equal(r->n_left_out, 0);
	assert_string_equal(r->placements[0]->learner, A);
	assert_string_equal(r->placements[0]->by, "standing");
	assert_string_equal(r->placements[0]->posting, "memphre/p");
	assert_non_null(strstr(export_round(second, false), "\"fixed\":[[\"" A "\",\"memphre/p\"]]"));
	assert_non_null(strstr(export_round(second, false), "\"held\":[]"));
	assert_int_equal(coming_to("memphre/p", &version), 3);
	/* The second is called off: who came by the first still comes. */
	(void)report_of(ask_withdraw(&operator_, second, "", ""));
	assert_int_equal(coming_to("memphre/p", &version), 1);
	assert_string_not_equal(events_naming(A), "0");
	assert_string_equal(events_naming(B), "0");
	assert_string_equal(events_naming(C), "0");
	(void)report_of(ask_withdraw(&operator_, first, "", ""));
	assert_int_equal(coming_to("memphre/p", &version), 0);
	assert_string_equal(events_naming(A), "0");
}

static void
the_first_round_called_off_keeps_the_second_s(void **state)
{
	int version;

	(void)state;
	const char *first = round_of_the_first(), *second = open_round();
	(void)freeze_and_solve(second);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), second));
	(void)report_of(ask_withdraw(&operator_, first, "", ""));
	assert_int_equal(coming_to("memphre/p", &version), 2);
	/* A third round has her seat again, and she takes part. */
	const char *third = open_round();
	const Bassin__V1__RoundReport *r = freeze_and_solve(third);
	assert_int_equal(r->seats_filled, 3);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_CLOSE), second));      /* its stays are over */
	r = report_of(ask_solve(open_round(), true));
	assert_int_equal(r->colleges[0]->placed_before + r->colleges[1]->placed_before, 0);
}

/* Two rounds that were frozen side by side know nothing of each other: only one of them may place the same people. */
static void
a_round_does_not_place_whom_another_has_placed_since_its_freeze(void **state)
{
	(void)state;
	tell_the_example();
	const char *first = open_round(), *second = open_round();
	(void)freeze_and_solve(first);
	(void)freeze_and_solve(second);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), first));
	check_refused(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), second), REFUSAL_STANDS_ANEW, "placement");
	assert_int_equal(show_round(&operator_, second)->state, BASSIN__V1__ROUND_STATE__ROUND_SOLVED);
	(void)report_of(ask_withdraw(&operator_, first, "", ""));
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), second));
}

static void
who_was_placed_before_and_is_erased_frees_her_seat(void **state)
{
	int version;

	(void)state;
	(void)round_of_the_first();
	const char *second = open_round();
	(void)freeze_and_solve(second);
	tell_erased(A);
	stage_read();
	assert_int_equal(show_round(&operator_, second)->state, BASSIN__V1__ROUND_STATE__ROUND_FROZEN);
	(void)report_of(ask_solve(second, false));
	const Bassin__V1__RoundReport *r = report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), second));
	assert_int_equal(r->seats_filled, 3);
	assert_int_equal(coming_to("memphre/p", &version), 3);
	assert_string_equal(sql("SELECT count(*) FROM snapshot_standing"), "0");
}

/* ---- moving up ---------------------------------------------------------------------------------------------------- */
static const Bassin__V1__Placement *
line_of(const Bassin__V1__RoundReport *r, const char *learner)
{
	for (size_t i = 0; i < r->n_placements; i++)
		if (strcmp(r->placements[i]->learner, learner) == 0)
			return r->placements[i];
	fail_msg("%s is not placed", learner);
	return NULL;
}

static void
publish(const char *round)
{
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
}

static const char *
play_round(void)
{
	const char *round = open_round();

	check_rows_add_up(freeze_and_solve(round));
	publish(round);
	return round;
}

static void
tell_seats(const char *posting, int32_t seats, Bassin__V1__PostingState state)
{
	Bassin__V1__PostingRecorded p = a_posting(posting);

	p.seats = seats;
	p.state = state;
	tell_posting(&p);
}

#define OPEN BASSIN__V1__POSTING_STATE__POSTING_OPEN

static void
tell_ranker(const char *institution, const char *learner, const char *list)
{
	Bassin__V1__ProfileRecorded l = a_learner(institution, learner);

	tell_learner(&l);
	tell_learner_ranking(institution, learner, list);
}

/* B has memphre/p, which A ranks first; A has memphre/q. Then memphre/p gets a second seat, and C wants memphre/q. */
static const char *
a_reason_to_move_up(void)
{
	tell_seats("memphre/p", 1, OPEN);
	tell_seats("memphre/q", 1, OPEN);
	tell_employer_ranking("memphre/p", B " " A);
	tell_ranker("memphre", A, "memphre/p memphre/q");
	tell_ranker("memphre", B, "memphre/p");
	const char *first = play_round();
	assert_string_equal(placement_of(show_round(&operator_, first), A), "memphre/q");
	tell_seats("memphre/p", 2, OPEN);
	tell_ranker("orford", C, "memphre/q");
	stage_read();
	return first;
}

static void
who_stands_moves_up_and_leaves_her_seat_to_others(void **state)
{
	int version;

	(void)state;
	const char *first = a_reason_to_move_up(), *second = open_round();
	const Bassin__V1__RoundReport *r = freeze_and_solve(second);
	check_rows_add_up(r);
	assert_int_equal(r->colleges[0]->placed_before, 1);     /* B */
	assert_int_equal(r->colleges[0]->moved_up, 1);
	assert_int_equal(r->colleges[0]->alone, 2);             /* held learners count in both */
	assert_int_equal(r->n_rank_counts, 1);
	assert_int_equal(r->rank_counts[0], 2);
	assert_non_null(strstr(export_round(second, false), "\"held\":[[\"" A "\",\"memphre/q\"],[\"" B "\",\"memphre/p\"]]"));
	publish(second);
	r = show_round(&operator_, second);
	assert_string_equal(line_of(r, A)->posting, "memphre/p");
	assert_string_equal(line_of(r, A)->by, "ranked");
	assert_string_equal(line_of(r, A)->moved_from, "memphre/q");
	assert_string_equal(line_of(r, B)->by, "standing");
	assert_string_equal(line_of(r, B)->moved_from, "");
	assert_string_equal(line_of(r, C)->posting, "memphre/q");
	assert_string_equal(line_of(show_round(&operator_, first), A)->posting, "memphre/q");      /* as it was then */
	assert_int_equal(coming_to("memphre/p", &version), 2);
	assert_int_equal(coming_to("memphre/q", &version), 1);
	assert_string_equal(sql("SELECT string_agg(learner || posting, ' ' ORDER BY learner) FROM standing"),
	    A "memphre/p " B "memphre/p " C "memphre/q");
	/* A third round starts from there. */
	const char *third = open_round();
	r = freeze_and_solve(third);
	assert_int_equal(r->colleges[0]->placed_before + r->colleges[1]->placed_before, 3);
	/* Called off, all is as before it. */
	(void)report_of(ask_withdraw(&operator_, second, "", ""));
	assert_string_equal(sql("SELECT string_agg(learner || posting, ' ' ORDER BY learner) FROM standing"),
	    A "memphre/q " B "memphre/p");
	assert_int_equal(coming_to("memphre/p", &version), 1);
	assert_int_equal(coming_to("memphre/q", &version), 1);
	assert_string_equal(events_naming(C), "0");
	check_refused(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), third), REFUSAL_STANDS_ANEW, "placement");
}

/* Another college learns who comes, and not where she stood before. */
static void
where_she_stood_is_her_own_colleges_to_know(void **state)
{
	(void)state;
	tell_seats("memphre/p", 1, OPEN);
	tell_seats("orford/q", 1, OPEN);
	tell_employer_ranking("memphre/p", B " " A);
	tell_ranker("orford", A, "memphre/p orford/q");
	tell_ranker("memphre", B, "memphre/p");
	(void)play_round();
	tell_seats("memphre/p", 2, OPEN);
	stage_read();
	const char *second = play_round();
	assert_string_equal(line_of(show_round(&orford, second), A)->moved_from, "orford/q");
	assert_string_equal(line_of(show_round(&memphre, second), A)->moved_from, "");
}

static void
a_round_is_not_called_off_under_a_later_one(void **state)
{
	(void)state;
	(void)a_reason_to_move_up();
	tell_learner_ranking("orford", C, "");
	stage_read();
	const char *second = play_round();      /* A moves up; nobody takes her seat yet */
	tell_learner_ranking("orford", C, "memphre/q");
	stage_read();
	const char *third = play_round();
	check_refused(ask_withdraw(&operator_, second, "", ""), REFUSAL_LATER_ROUND, "placement");
	assert_int_equal(show_round(&operator_, second)->state, BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED);
	(void)report_of(ask_withdraw(&operator_, third, "", ""));
	(void)report_of(ask_withdraw(&operator_, second, "", ""));
	assert_string_equal(sql("SELECT string_agg(learner || posting, ' ' ORDER BY learner) FROM standing"),
	    A "memphre/q " B "memphre/p");
}

/* Her stay is over: she does not stand again where she was before she moved up. */
static void
who_moved_up_in_a_closed_round_stands_nowhere(void **state)
{
	(void)state;
	(void)a_reason_to_move_up();
	const char *second = play_round();
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_CLOSE), second));
	assert_string_equal(sql("SELECT string_agg(learner || posting, ' ' ORDER BY learner) FROM standing"), B "memphre/p");
}

static void
she_keeps_a_seat_of_a_posting_that_is_filled_or_closed_or_has_left(void **state)
{
	(void)state;
	(void)a_reason_to_move_up();
	tell_seats("memphre/p", 2, BASSIN__V1__POSTING_STATE__POSTING_FILLED);
	tell_seats("memphre/q", 1, BASSIN__V1__POSTING_STATE__POSTING_FILLED);
	stage_read();
	const Bassin__V1__RoundReport *dry = report_of(ask_solve(open_round(), true));
	check_rows_add_up(dry);
	assert_int_equal(dry->colleges[0]->moved_up, 1);        /* filled is as good as open, while somebody stands there */
	assert_int_equal(dry->colleges[1]->placed_ranked, 1);
	tell_seats("memphre/p", 2, BASSIN__V1__POSTING_STATE__POSTING_CLOSED);
	stage_read();
	const char *second = open_round();
	check_rows_add_up(freeze_and_solve(second));
	(void)report_of(ask_withdraw(&memphre, second, "", "memphre/q"));
	const Bassin__V1__RoundReport *r = report_of(ask_solve(second, false));
	check_rows_add_up(r);
	assert_int_equal(r->colleges[0]->placed_before, 2);
	assert_int_equal(r->colleges[0]->moved_up, 0);
	assert_int_equal(r->seats, 2);          /* those that are held */
	r = show_round(&operator_, second);
	assert_string_equal(reason_of(r, C), "none_fits");
	assert_int_equal(r->n_left_out, 2);     /* A's p and C's q, not what A and B hold */
}

/* Who holds a seat moves only to what she ranks strictly higher, however well something else fits. */
static void
nobody_moves_sideways_or_down(void **state)
{
	(void)state;
	tell_seats("memphre/p", 1, OPEN);
	tell_ranker("memphre", A, "memphre/p");
	(void)play_round();
	tell_seats("memphre/a", 1, OPEN);
	tell_seats("memphre/z", 1, OPEN);
	tell_learner_ranking("memphre", A, "memphre/a=memphre/p=memphre/z");
	stage_read();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	assert_string_equal(line_of(show_round(&operator_, round), A)->by, "standing");
	/* What she does not rank any more comes last, and she still has it. */
	tell_learner_ranking("memphre", A, "memphre/unheard");
	stage_read();
	round = open_round();
	(void)freeze_and_solve(round);
	assert_string_equal(line_of(show_round(&operator_, round), A)->by, "standing");
	assert_non_null(strstr(export_round(round, false), "\"ranking\":[[\"memphre/p\"]]"));
}

static void
who_leaves_a_round_keeps_her_place(void **state)
{
	(void)state;
	(void)a_reason_to_move_up();
	const char *second = open_round();
	(void)freeze_and_solve(second);
	(void)report_of(ask_withdraw(&memphre, second, "x-" A, ""));
	const Bassin__V1__RoundReport *r = report_of(ask_solve(second, false));
	check_rows_add_up(r);
	assert_int_equal(r->colleges[0]->placed_before, 2);
	assert_int_equal(r->seats, 3);
	assert_int_equal(r->seats_filled, 2);
	assert_null(strstr(export_round(second, false), A));
	assert_non_null(strstr(export_round(second, false), "\"capacity\":0"));  /* q: hers, and out of the round */
	publish(second);
	assert_string_equal(sql("SELECT string_agg(learner || posting, ' ' ORDER BY learner) FROM standing"),
	    A "memphre/q " B "memphre/p");
}

/* A re-match after a withdrawal: the seat that she gives up is filled by the next round, from below by moving up. */
static void
who_gives_up_her_place_frees_it_for_the_next_round(void **state)
{
	int version;

	(void)state;
	tell_seats("memphre/p", 1, OPEN);
	tell_seats("memphre/q", 1, OPEN);
	tell_employer_ranking("memphre/p", B " " A);
	tell_ranker("memphre", A, "memphre/p memphre/q");
	tell_ranker("memphre", B, "memphre/p");
	tell_ranker("orford", C, "memphre/q");
	const char *first = play_round();
	const char *instance = export_round(first, false), *outcome = export_round(first, true);
	check_refused(ask_withdraw(&orford, first, B, ""), REFUSAL_UNKNOWN, "learner");
	check_refused(ask_withdraw(&memphre, first, C, ""), REFUSAL_UNKNOWN, "learner");        /* has no place, and is not its own */
	const Bassin__V1__RoundReport *r = report_of(ask_withdraw(&memphre, first, "x-" B, ""));
	assert_int_equal(r->state, BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED);
	check_refused(ask_withdraw(&memphre, first, B, ""), REFUSAL_DUPLICATE, "learner");
	assert_int_equal(coming_to("memphre/p", &version), 0);
	r = show_round(&orford, first);
	assert_int_equal(r->n_withdrawals, 1);          /* for all to see */
	assert_string_equal(r->withdrawals[0]->learner, B);
	assert_string_equal(export_round(first, false), instance);      /* what was published stays */
	assert_string_equal(export_round(first, true), outcome);
	assert_string_equal(sql("SELECT string_agg(learner || posting, ' ' ORDER BY learner) FROM standing"), A "memphre/q");
	tell_learner_ranking("memphre", B, "");
	stage_read();
	const char *second = play_round();
	r = show_round(&operator_, second);
	assert_string_equal(line_of(r, A)->posting, "memphre/p");
	assert_string_equal(line_of(r, A)->moved_from, "memphre/q");
	assert_string_equal(line_of(r, C)->posting, "memphre/q");
	assert_string_equal(reason_of(r, B), "nothing_ranked");
	/* A posting takes its seats back: whoever was there has no place, and none that she had before. */
	check_refused(ask_withdraw(&orford, second, "", "memphre/p"), REFUSAL_UNKNOWN, "posting");
	(void)report_of(ask_withdraw(&memphre, second, "", "p"));
	check_refused(ask_withdraw(&memphre, second, "", "p"), REFUSAL_DUPLICATE, "posting");
	assert_int_equal(coming_to("memphre/p", &version), 0);
	assert_string_equal(sql("SELECT string_agg(learner || posting, ' ' ORDER BY learner) FROM standing"), C "memphre/q");
	check_refused(ask_withdraw(&operator_, second, A, ""), REFUSAL_UNKNOWN, "learner");
}

/* Both sides have agreed on another place since: that is hers, and her seat is free. */
static void
a_direct_offer_elsewhere_moves_her(void **state)
{
	(void)state;
	(void)a_reason_to_move_up();
	tell_seats("orford/r", 1, OPEN);
	tell_offer("memphre", B, "orford/r");
	tell_offer("memphre", A, "memphre/q");
	stage_read();
	const char *second = play_round();
	const Bassin__V1__RoundReport *r = show_round(&operator_, second);
	assert_string_equal(line_of(r, B)->by, "fixed");
	assert_string_equal(line_of(r, B)->moved_from, "memphre/p");
	assert_string_equal(line_of(r, A)->by, "standing");     /* fixed where she stands: she does not move */
	assert_int_equal(r->n_left_out, 0);
	assert_string_equal(reason_of(r, C), "outranked");
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(a_second_round_leaves_what_the_first_has_placed),
		PLAY(the_first_round_called_off_keeps_the_second_s),
		PLAY(a_round_does_not_place_whom_another_has_placed_since_its_freeze),
		PLAY(who_was_placed_before_and_is_erased_frees_her_seat),
		PLAY(who_stands_moves_up_and_leaves_her_seat_to_others),
		PLAY(where_she_stood_is_her_own_colleges_to_know),
		PLAY(a_round_is_not_called_off_under_a_later_one),
		PLAY(who_moved_up_in_a_closed_round_stands_nowhere),
		PLAY(she_keeps_a_seat_of_a_posting_that_is_filled_or_closed_or_has_left),
		PLAY(nobody_moves_sideways_or_down),
		PLAY(who_leaves_a_round_keeps_her_place),
		PLAY(who_gives_up_her_place_frees_it_for_the_next_round),
		PLAY(a_direct_offer_elsewhere_moves_her),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
