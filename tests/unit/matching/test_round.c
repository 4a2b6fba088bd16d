/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds from their opening to their end, played with real commands, a real store and the real worker. */
#include "round_play.h"

static void
the_example_of_the_trade_comes_out_stable(void **state)
{
	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	const Bassin__V1__RoundReport *r = report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
	assert_int_equal(r->state, BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED);
	assert_int_equal(r->n_placements, 0);   /* a reply is kept, so it names nobody */
	r = show_round(&operator_, round);
	assert_string_equal(placement_of(r, A), "memphre/X");
	assert_string_equal(placement_of(r, B), "memphre/Z");
	assert_string_equal(placement_of(r, C), "orford/W");
	assert_string_equal(placement_of(r, D), "orford/Y");
	assert_int_equal(r->n_rank_counts, 2);
	assert_int_equal(r->rank_counts[0], 3);
	assert_int_equal(r->rank_counts[1], 1);
	check_rows_add_up(r);
	assert_int_equal(events_told("placement"), 4);
	assert_int_equal(events_told("summary"), 2);
	assert_true(r->guarantee && r->verified);
	assert_int_equal(report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_CLOSE), round))->state,
	    BASSIN__V1__ROUND_STATE__ROUND_CLOSED);
	assert_string_equal(placement_of(show_round(&orford, round), D), "orford/Y");
}

static void
the_seed_is_hidden_until_the_freeze_and_then_true_to_its_hash(void **state)
{
	uint8_t digest[32];
	char hex[65];

	(void)state;
	const char *round = open_round();
	const Bassin__V1__RoundReport *before = show_round(&memphre, round);
	assert_string_equal(before->seed, "");
	assert_int_equal(strlen(before->seed_hash), 64);
	assert_string_equal(cell(list_of(&operator_, COMMAND_TYPE(ROUND_LIST), NULL), 0, "seed"), "");
	const Bassin__V1__RoundReport *after = report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	assert_int_equal(strlen(after->seed), 64);
	digest_256(after->seed, 64, NULL, 0, digest);
	hex_from_bytes(digest, 32, hex);
	assert_string_equal(hex, before->seed_hash);
	assert_string_equal(after->seed_hash, before->seed_hash);
	assert_string_equal(show_round(&memphre, round)->seed, after->seed);
}

static void
a_freeze_waits_for_all_that_was_told_when_it_was_asked_for(void **state)
{
	Bassin__V1__RoundAsk m = BASSIN__V1__ROUND_ASK__INIT;

	(void)state;
	const char *round = open_round();
	stage_read();
	tell_the_example();             /* not read yet */
	assert_false(stage_has_read(EMPLOYER_INTAKE));
	m.round = text(round);
	send_with_id(&operator_, COMMAND_TYPE(ROUND_FREEZE), &m.base, id_make(stage.now_ms, random_of_system, NULL));
	const Bassin__V1__RoundReport *r = report_of(wait_for_answer());
	assert_int_equal(r->n_positions, 2);
	assert_string_equal(r->positions[0]->log_id, "employer_intake");
	assert_int_equal(r->positions[0]->seq, stage.logs[EMPLOYER_INTAKE].count);
	assert_memory_equal(r->positions[1]->epoch.data, stage.logs[LEARNER_INTAKE].epoch.bytes, ID_SIZE);
	assert_int_equal(r->positions[1]->seq, stage.logs[LEARNER_INTAKE].count);
	assert_int_equal(r->postings, 4);
	assert_int_equal(r->seats, 4);
	/* What is told afterwards is not in this round. */
	Bassin__V1__PostingRecorded late = a_posting("memphre/late");
	tell_posting(&late);
	stage_read();
	assert_string_equal(sql("SELECT count(*) FROM snapshot_posting"), "4");
}

static void
a_freeze_is_refused_when_a_log_is_not_reached_in_time(void **state)
{
	Bassin__V1__RoundAsk m = BASSIN__V1__ROUND_ASK__INIT;

	(void)state;
	const char *round = open_round();
	tell_the_example();
	stage_read();
	stage.logs[LEARNER_INTAKE].mute = true;
	m.round = text(round);
	send_with_id(&operator_, COMMAND_TYPE(ROUND_FREEZE), &m.base, id_make(stage.now_ms, random_of_system, NULL));
	for (int i = 0; i < 10; i++)
		stage_turn();
	assert_null(stage.last);
	stage.skipped_ms += 31000;
	check_refused(wait_for_answer(), REFUSAL_LATE, "learner_intake");
	assert_int_equal(show_round(&operator_, round)->state, BASSIN__V1__ROUND_STATE__ROUND_OPENED);
	/* Once the log answers again, another freeze goes through. */
	stage.logs[LEARNER_INTAKE].mute = false;
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
}

static void
tell_pause(const char *employer, int paused_until)
{
	Bassin__V1__EmployerRecorded e = BASSIN__V1__EMPLOYER_RECORDED__INIT;

	e.employer = text(employer);
	e.institution = text("memphre");
	e.legal_name = text("Acier Orford inc.");
	e.paused_until = paused_until;
	tell(EMPLOYER_INTAKE, EVENT_TYPE(EMPLOYER_RECORDED), "employer", employer, &e.base);
	stage_read();
}

/* What counts is the day of the freeze; who is placed there by an older round stays, as with a posting that is paused. */
static void
postings_of_an_employer_who_is_paused_are_not_open(void **state)
{
	(void)state;
	tell_the_example();
	const int today = (int)(stage.now_ms / DAY_MS);
	tell_pause("memphre/e1", today + 1);
	(void)freeze_and_solve(open_round());
	assert_string_equal(sql("SELECT state FROM snapshot_posting WHERE posting = 'memphre/X'"), "paused");
	assert_string_equal(sql("SELECT string_agg(DISTINCT p.state, ' ') FROM snapshot_posting p WHERE employer <> 'memphre/e1'"),
	                    "open");
	tell_pause("memphre/e1", today);
	assert_string_equal(sql("SELECT state FROM snapshot_posting WHERE posting = 'memphre/X'"), "paused");
	(void)freeze_and_solve(open_round());
	assert_string_equal(sql("SELECT string_agg(state, ' ' ORDER BY state) FROM snapshot_posting WHERE posting = 'memphre/X'"),
	                    "open paused");
}

static void
a_dry_run_before_the_freeze_keeps_nothing(void **state)
{
	(void)state;
	tell_the_example();
	stage_read();
	const char *round = open_round();
	const Bassin__V1__RoundReport *r = report_of(ask_solve(round, true));
	assert_true(r->dry_run);
	assert_string_equal(r->seed, "dry-run");
	assert_int_equal(r->seats_filled, 4);
	check_rows_add_up(r);
	assert_int_equal(show_round(&operator_, round)->state, BASSIN__V1__ROUND_STATE__ROUND_OPENED);
	assert_string_equal(sql("SELECT count(*) FROM round_line"), "0");
	assert_string_equal(sql("SELECT count(*) FROM round_file"), "0");
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	r = report_of(ask_solve(round, true));
	assert_true(r->dry_run);
	assert_int_equal(strlen(r->seed), 64);
	assert_string_equal(sql("SELECT count(*) FROM round_line"), "0");
}

static void
each_step_is_refused_out_of_its_turn(void **state)
{
	(void)state;
	const char *round = open_round();
	check_refused(ask_solve(round, false), REFUSAL_BAD_STATE, "round");
	check_refused(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round), REFUSAL_BAD_STATE, "round");
	check_refused(ask_round(&operator_, COMMAND_TYPE(ROUND_CLOSE), round), REFUSAL_BAD_STATE, "round");
	check_refused(ask_withdraw(&operator_, round, A, ""), REFUSAL_BAD_STATE, "round");
	check_refused(ask_round(&operator_, COMMAND_TYPE(ROUND_SHOW), "0123456789abcdef0123456789abcdef"), REFUSAL_UNKNOWN,
	    "round");
	check_refused(ask_round(&operator_, COMMAND_TYPE(ROUND_SHOW), "'; --"), REFUSAL_UNKNOWN, "round");
	assert_int_equal(ask_round(&memphre, COMMAND_TYPE(ROUND_FREEZE), round)->code, BASSIN__V1__REPLY_CODE__FORBIDDEN);
}

static void
a_college_sees_its_own_and_nobody_else(void **state)
{
	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	const Bassin__V1__RoundReport *r = show_round(&memphre, round);
	assert_int_equal(r->n_placements + r->n_unplaced + r->n_colleges + r->n_left_out, 0);   /* not published yet */
	assert_int_equal(r->seats_filled, 0);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
	r = show_round(&memphre, round);
	assert_int_equal(r->n_placements, 2);
	assert_string_equal(placement_of(r, A), "memphre/X");
	assert_string_equal(placement_of(r, B), "memphre/Z");
	assert_int_equal(r->n_colleges, 1);
	assert_string_equal(r->colleges[0]->institution, "memphre");
	Bassin__V1__RoundExport m = BASSIN__V1__ROUND_EXPORT__INIT;
	m.round = text(round);
	check_refused(ask(&memphre, COMMAND_TYPE(ROUND_EXPORT), &m.base), REFUSAL_NOT_YOURS, "round");
}

/* Another college's learner is shown where she is coming, and nowhere else. */
static void
a_college_sees_who_comes_to_its_postings(void **state)
{
	Bassin__V1__PostingRecorded p = a_posting("memphre/p"), q = a_posting("orford/q");
	Bassin__V1__ProfileRecorded c = a_learner("orford", C), d = a_learner("orford", D), e = a_learner("orford", B);

	(void)state;
	tell_posting(&p);
	tell_posting(&q);
	tell_learner(&c);
	tell_learner(&d);
	tell_learner(&e);
	tell_learner_ranking("orford", C, "memphre/p");
	tell_learner_ranking("orford", D, "orford/q");
	const char *round = open_round();
	(void)freeze_and_solve(round);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
	const Bassin__V1__RoundReport *r = show_round(&memphre, round);
	assert_int_equal(r->n_placements, 1);
	assert_string_equal(placement_of(r, C), "memphre/p");
	assert_int_equal(r->n_unplaced, 0);
	r = show_round(&orford, round);
	assert_int_equal(r->n_placements, 2);
	assert_string_equal(reason_of(r, B), "nothing_ranked");
}

static void
who_is_left_out_is_told_why(void **state)
{
	Bassin__V1__PostingRecorded p = a_posting("memphre/p"), other = a_posting("memphre/other"),
	    far = a_posting("memphre/far");
	Bassin__V1__PostingRecorded paused = a_posting("memphre/paused");
	Bassin__V1__ProfileRecorded a = a_learner("memphre", A), b = a_learner("memphre", B), c = a_learner("memphre", C);
	Bassin__V1__ProfileRecorded d = a_learner("memphre", D);
	Bassin__V1__Place here = BASSIN__V1__PLACE__INIT, there = BASSIN__V1__PLACE__INIT;
	static char *programmes[] = { (char *)(uintptr_t)"241.A0" };

	(void)state;
	here.latitude_e7 = 454000000;
	here.longitude_e7 = -719000000;
	there.latitude_e7 = 488000000;
	there.longitude_e7 = -719000000;
	other.programmes = programmes;
	far.place_kind = BASSIN__V1__PLACE_KIND__ON_SITE;
	far.place_opt_case = BASSIN__V1__POSTING_RECORDED__PLACE_OPT_PLACE;
	far.place = &there;
	paused.state = BASSIN__V1__POSTING_STATE__POSTING_PAUSED;
	a.place_opt_case = BASSIN__V1__PROFILE_RECORDED__PLACE_OPT_PLACE;
	a.place = &here;
	a.max_distance_opt_case = BASSIN__V1__PROFILE_RECORDED__MAX_DISTANCE_OPT_MAX_DISTANCE_M;
	a.max_distance_m = 10000;
	b.in_pool = false;
	tell_posting(&p);
	tell_posting(&other);
	tell_posting(&far);
	tell_posting(&paused);
	tell_learner(&a);
	tell_learner(&b);
	tell_learner(&c);
	tell_learner(&d);
	tell_learner_ranking("memphre", A, "memphre/other memphre/far");       /* far: her own ranking decides */
	tell_learner_ranking("memphre", B, "memphre/p");
	tell_learner_ranking("memphre", C, "memphre/paused memphre/unheard");
	const char *round = open_round();
	const Bassin__V1__RoundReport *r = freeze_and_solve(round);
	assert_int_equal(r->waiting_references, 1);
	check_rows_add_up(r);
	r = show_round(&operator_, round);
	assert_string_equal(placement_of(r, A), "memphre/far");
	assert_string_equal(reason_of(r, B), "no_consent");
	assert_string_equal(reason_of(r, C), "none_fits");      /* she ranked: it is not that she did nothing */
	assert_string_equal(reason_of(r, D), "nothing_ranked");
	assert_int_equal(r->n_left_out, 3);
	assert_string_equal(r->left_out[0]->posting, "memphre/other");
	assert_int_equal(r->left_out[0]->reasons, FIT_PROGRAMME);
	assert_int_equal(r->left_out[1]->reasons, FIT_CONSENT);
	assert_int_equal(r->left_out[2]->reasons, LEFT_OUT_NOT_OPEN);
	assert_int_equal(r->colleges[0]->unplaced_no_consent, 1);
	assert_int_equal(r->colleges[0]->unplaced_none_fits, 1);
	assert_int_equal(r->colleges[0]->unplaced_nothing_ranked, 1);
}

static void
a_direct_offer_needs_consent_and_a_seat_and_nothing_else(void **state)
{
	Bassin__V1__PostingRecorded p = a_posting("memphre/p"), q = a_posting("orford/q");
	Bassin__V1__ProfileRecorded a = a_learner("memphre", A), b = a_learner("memphre", B), c = a_learner("orford", C);
	Bassin__V1__ProfileRecorded d = a_learner("orford", D);

	(void)state;
	a.programme = text("999.Z9");           /* fits nowhere, but both have agreed */
	a.tier = 0;
	b.tier = 1;
	d.in_pool = false;
	tell_posting(&p);
	tell_posting(&q);
	tell_learner(&a);
	tell_learner(&b);
	tell_learner(&c);
	tell_learner(&d);
	tell_offer("memphre", A, "memphre/p");
	tell_offer("memphre", B, "memphre/p");  /* one too many: she needs it less, and keeps her ranking */
	tell_learner_ranking("memphre", B, "orford/q");
	tell_learner_ranking("orford", C, "memphre/p");
	tell_offer("orford", D, "orford/q");
	const char *round = open_round();
	(void)freeze_and_solve(round);
	const Bassin__V1__RoundReport *r = show_round(&operator_, round);
	check_rows_add_up(r);
	assert_string_equal(placement_of(r, A), "memphre/p");
	assert_string_equal(r->placements[0]->by, "fixed");
	assert_string_equal(placement_of(r, B), "orford/q");
	assert_string_equal(reason_of(r, C), "outranked");
	assert_string_equal(reason_of(r, D), "no_consent");
	assert_int_equal(r->n_left_out, 2);
	assert_string_equal(r->left_out[0]->learner, D);
	assert_int_equal(r->left_out[0]->reasons, FIT_CONSENT);
	assert_string_equal(r->left_out[1]->learner, B);
	assert_int_equal(r->left_out[1]->reasons, LEFT_OUT_SEATS);
	assert_int_equal(r->colleges[0]->placed_direct, 1);
	assert_int_equal(r->colleges[0]->eligible, 2);
}

static void
an_employer_may_name_her_by_her_colleges_own_id(void **state)
{
	Bassin__V1__PostingRecorded p = a_posting("memphre/p");
	Bassin__V1__ProfileRecorded a = a_learner("memphre", A), b = a_learner("memphre", B), c = a_learner("orford", C);

	(void)state;
	p.accepts_unranked = false;
	c.external_id = text("x-same");
	a.external_id = text("x-same");
	tell_posting(&p);
	tell_learner(&a);
	tell_learner(&b);
	tell_learner(&c);
	tell_employer_ranking("memphre/p", "x-same " B);        /* memphre's x-same, not orford's */
	tell_learner_ranking("memphre", A, "memphre/p");
	tell_learner_ranking("memphre", B, "memphre/p");
	tell_learner_ranking("orford", C, "memphre/p");
	const char *round = open_round();
	(void)freeze_and_solve(round);
	const Bassin__V1__RoundReport *r = show_round(&operator_, round);
	assert_string_equal(placement_of(r, A), "memphre/p");
	assert_string_equal(reason_of(r, B), "outranked");
	assert_string_equal(reason_of(r, C), "not_eligible");
}

static void
who_leaves_after_the_freeze_is_out_at_the_next_solve_and_listed_for_all(void **state)
{
	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	const Bassin__V1__RoundReport *r = report_of(ask_withdraw(&memphre, round, "x-" A, ""));
	assert_int_equal(r->state, BASSIN__V1__ROUND_STATE__ROUND_FROZEN);
	assert_int_equal(r->n_withdrawals, 0);  /* not in a reply that is kept */
	check_refused(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round), REFUSAL_BAD_STATE, "round");
	check_refused(ask_withdraw(&memphre, round, A, ""), REFUSAL_DUPLICATE, "learner");
	/* Somebody else's and nobody's get the same answer. */
	check_refused(ask_withdraw(&memphre, round, C, ""), REFUSAL_UNKNOWN, "learner");
	check_refused(ask_withdraw(&memphre, round, "7K3M9QX2AB", ""), REFUSAL_UNKNOWN, "learner");
	check_refused(ask_withdraw(&memphre, round, "", "orford/Y"), REFUSAL_UNKNOWN, "posting");
	(void)report_of(ask_withdraw(&orford, round, "", "Y"));
	(void)report_of(ask_solve(round, false));
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
	r = show_round(&orford, round);
	assert_int_equal(r->n_withdrawals, 2);
	assert_string_equal(r->withdrawals[0]->learner, A);
	assert_string_equal(r->withdrawals[0]->reason, "a trouvé ailleurs");
	assert_string_equal(r->withdrawals[1]->posting, "orford/Y");
	r = show_round(&operator_, round);
	check_rows_add_up(r);
	assert_string_equal(reason_of(r, A), "withdrawn");
	assert_string_equal(placement_of(r, D), "memphre/X");
	assert_int_equal(r->postings, 3);
}

static void
a_round_that_is_called_off_frees_what_it_filled(void **state)
{
	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
	check_refused(ask_withdraw(&memphre, round, "", ""), REFUSAL_NOT_YOURS, "round");
	const Bassin__V1__RoundReport *r = report_of(ask_withdraw(&operator_, round, "", ""));
	assert_int_equal(r->state, BASSIN__V1__ROUND_STATE__ROUND_WITHDRAWN);
	assert_int_equal(events_told("placement"), 8);
	assert_string_equal(sql("SELECT (SELECT count(*) FROM snapshot_learner) + (SELECT count(*) FROM round_line) + "
	                        "(SELECT count(*) FROM round_file)"), "0");
	assert_int_equal(show_round(&memphre, round)->n_placements, 0);
}

static void
what_is_exported_is_solved_the_same_by_somebody_else(void **state)
{
	char command[512], path[2][160];

	(void)state;
	tell_the_example();
	tell_offer("orford", D, "orford/Y");
	const char *round = open_round();
	const Bassin__V1__RoundReport *r = freeze_and_solve(round);
	for (int outcome = 0; outcome < 2; outcome++) {
		snprintf(path[outcome], sizeof path[outcome], "%s/%s", stage.cluster.dir, outcome ? "outcome.json" : "instance.json");
		FILE *f = fopen(path[outcome], "w");
		assert_non_null(f);
		fputs(export_round(round, outcome), f);
		assert_int_equal(fclose(f), 0);
	}
	const char *root = getenv("BASSIN_ROOT");
	snprintf(command, sizeof command, "/usr/bin/python3 %s/tests/reference/solve_round.py %s --check %s >/dev/null",
	    root != NULL ? root : ".", path[0], path[1]);
	assert_int_equal(system(command), 0);
	assert_non_null(strstr(export_round(round, true), r->instance_digest));
	assert_non_null(strstr(export_round(round, false), "\"guarantee\":true"));
}

static void
nothing_of_an_erased_learner_stays_in_a_round(void **state)
{
	(void)state;
	tell_the_example();
	const char *first = open_round();
	(void)freeze_and_solve(first);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), first));
	const char *second = open_round();
	(void)freeze_and_solve(second);
	(void)report_of(ask_withdraw(&operator_, second, B, ""));
	(void)report_of(ask_solve(second, false));
	tell_erased(A);
	tell_erased(B);
	stage_read();
	const Bassin__V1__RoundReport *r = show_round(&operator_, first);
	assert_int_equal(r->state, BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED);
	assert_int_equal(r->erased, 2);
	check_rows_add_up(r);                   /* the counts stay */
	assert_string_equal(placement_of(r, A), "");
	assert_string_equal(placement_of(r, "erased----"), "memphre/X");
	assert_null(strstr(export_round(first, true), A));
	assert_null(strstr(export_round(first, false), A));
	assert_null(strstr(export_round(first, false), B));
	/* Not published yet: to be solved again without them. */
	r = show_round(&operator_, second);
	assert_int_equal(r->state, BASSIN__V1__ROUND_STATE__ROUND_FROZEN);
	assert_string_equal(r->withdrawals[0]->learner, "erased----");
	assert_string_equal(sql("SELECT count(*) FROM snapshot_choice, unnest(learners) AS l WHERE l LIKE 'AAAA%'"), "0");
	(void)report_of(ask_solve(second, false));
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), second));
}

static void
what_was_told_of_an_erased_learner_is_told_anew_without_her(void **state)
{
	int before, after, version;

	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round));
	const Bassin__V1__RoundReport *r = show_round(&operator_, round);
	assert_string_equal(placement_of(r, A), "memphre/X");
	const char *hers = placement_of(r, B);
	assert_int_equal(coming_to("memphre/X", &before), 1);
	assert_string_not_equal(events_naming(A), "0");
	tell_erased(A);
	stage_read();
	assert_string_equal(events_naming(A), "0");
	assert_int_equal(coming_to("memphre/X", &after), 0);
	assert_true(after > before);
	if (hers[0] != '\0') {                  /* another's is told again only where she was named */
		assert_true(coming_to(hers, &version) > 0);
		assert_true(version < after);
	}
	assert_string_not_equal(events_naming(B), "0");
	/* Called off: nobody's number stays in what was told. */
	(void)report_of(ask_withdraw(&operator_, round, "", ""));
	assert_string_equal(events_naming(B), "0");
}

/* The core keeps replies, so a command that is sent again is answered the same and nothing happens twice. */
static void
a_repeated_command_happens_once(void **state)
{
	Bassin__V1__RoundSolve m = BASSIN__V1__ROUND_SOLVE__INIT;
	struct id id = id_make(NOW_MS, random_of_system, NULL);

	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	m.round = text(round);
	send_with_id(&operator_, COMMAND_TYPE(ROUND_SOLVE), &m.base, id);
	const Bassin__V1__Reply *first = wait_for_answer();
	int events = events_told("round");
	send_with_id(&operator_, COMMAND_TYPE(ROUND_SOLVE), &m.base, id);
	const Bassin__V1__Reply *second = wait_for_answer();
	assert_int_equal(first->payload.len, second->payload.len);
	assert_memory_equal(first->payload.data, second->payload.data, first->payload.len);
	assert_int_equal(events_told("round"), events);
}

/* The process dies while the worker solves: nothing is lost but time. */
static void
a_solve_that_was_lost_is_asked_again(void **state)
{
	Bassin__V1__RoundSolve m = BASSIN__V1__ROUND_SOLVE__INIT;
	struct id id = id_make(NOW_MS, random_of_system, NULL);

	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	m.round = text(round);
	send_with_id(&operator_, COMMAND_TYPE(ROUND_SOLVE), &m.base, id);
	stage_turn();
	core_destroy(&stage.core);
	jobs_destroy(&stage.matching.jobs);
	store_disconnect(stage.store);
	stage.matching.jobs = jobs_new(stage_wake, NULL, 2);
	for (size_t i = 0; i < STAGE_LOGS; i++)
		stage.logs[i].pending = NULL;
	core_up();
	send_with_id(&operator_, COMMAND_TYPE(ROUND_SOLVE), &m.base, id);
	assert_int_equal(report_of(wait_for_answer())->state, BASSIN__V1__ROUND_STATE__ROUND_SOLVED);
}

static void
check_not_published(const char *round, const char *condition)
{
	const Bassin__V1__Reply *reply = ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round);

	check_refused(reply, REFUSAL_VERIFIER, "outcome");
	assert_string_equal(reply->refusal->allowed, condition);
	assert_int_equal(show_round(&operator_, round)->state, BASSIN__V1__ROUND_STATE__ROUND_SOLVED);
	assert_int_equal(events_told("placement"), 0);
}

/* The stored bytes are what the verifier judges before a round is published. */
static void
what_is_published_is_what_the_verifier_has_accepted(void **state)
{
	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	/* Two learners change places. */
	cluster_sql(&stage.cluster, "UPDATE round_file SET data = convert_to(replace(replace(replace("
	    "convert_from(data, 'UTF8'), '\"learner\":\"" A "\",\"posting\":\"memphre/X', '#'), "
	    "'\"learner\":\"" D "\",\"posting\":\"orford/Y', '\"learner\":\"" D "\",\"posting\":\"memphre/X'), "
	    "'#', '\"learner\":\"" A "\",\"posting\":\"orford/Y'), 'UTF8')");
	const Bassin__V1__Reply *reply = ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round);
	check_refused(reply, REFUSAL_VERIFIER, "outcome");
	assert_string_not_equal(reply->refusal->allowed, "");
	assert_string_not_equal(reply->refusal->allowed, "not_the_stored_outcome");
	(void)report_of(ask_solve(round, false));       /* solved again it is sound again */
	cluster_sql(&stage.cluster, "UPDATE round SET outcome_digest = repeat('0', 64)");
	check_not_published(round, "not_the_stored_outcome");
	(void)report_of(ask_solve(round, false));
	cluster_sql(&stage.cluster, "DELETE FROM round_file");
	reply = ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round);
	check_refused(reply, REFUSAL_VERIFIER, "outcome");
	(void)report_of(ask_solve(round, false));
	assert_true(report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_PUBLISH), round))->verified);
}

static void
a_round_that_is_solved_again_gives_the_same_bytes(void **state)
{
	(void)state;
	tell_the_example();
	const char *round = open_round();
	(void)freeze_and_solve(round);
	const char *first = export_round(round, true);
	(void)report_of(ask_solve(round, false));
	assert_string_equal(export_round(round, true), first);
}

/* ---- three ways --------------------------------------------------------------------------------------------------- */
static const char *
by_of(const Bassin__V1__RoundReport *r, const char *learner)
{
	for (size_t i = 0; i < r->n_placements; i++)
		if (strcmp(r->placements[i]->learner, learner) == 0)
			return r->placements[i]->by;
	return "";
}

static void
a_round_places_in_three_ways(void **state)
{
	Bassin__V1__PostingRecorded p = a_posting("memphre/p"), q = a_posting("memphre/q"), kept = a_posting("orford/kept");
	Bassin__V1__ProfileRecorded a = a_learner("memphre", A), b = a_learner("memphre", B), c = a_learner("memphre", C);
	Bassin__V1__ProfileRecorded d = a_learner("orford", D);

	(void)state;
	q.seats = 2;
	kept.assignable = false;
	c.assignable = d.assignable = true;
	c.tier = 7;
	tell_posting(&p);
	tell_posting(&q);
	tell_posting(&kept);
	tell_learner(&a);
	tell_learner(&b);
	tell_learner(&c);
	tell_learner(&d);
	tell_offer("memphre", A, "memphre/p");
	tell_learner_ranking("memphre", B, "memphre/q");
	const char *round = open_round();
	const Bassin__V1__RoundReport *r = freeze_and_solve(round);
	check_rows_add_up(r);
	assert_int_equal(r->colleges[0]->placed_direct, 1);
	assert_int_equal(r->colleges[0]->placed_ranked, 1);
	assert_int_equal(r->colleges[0]->placed_assigned, 1);
	assert_int_equal(r->colleges[0]->alone, 3);
	assert_int_equal(r->colleges[0]->pool, 3);
	r = show_round(&operator_, round);
	assert_string_equal(by_of(r, A), "fixed");
	assert_string_equal(by_of(r, B), "ranked");
	assert_string_equal(by_of(r, C), "assigned");   /* her college places her alone too: the guarantee keeps her the seat */
	assert_string_equal(placement_of(r, C), "memphre/q");
	assert_string_equal(reason_of(r, D), "no_seat");        /* the posting that is left does not assign */
	assert_non_null(strstr(export_round(round, false), "\"tier\":7"));
	assert_non_null(strstr(export_round(round, true), "\"by\":\"assigned\",\"learner\":\"" C "\""));
}

static void
reserves_and_groups_come_from_the_feeds(void **state)
{
	static char *groups[] = { (char *)(uintptr_t)"g:1", (char *)(uintptr_t)"g2" };
	Bassin__V1__PostingRecorded p = a_posting("memphre/p");
	Bassin__V1__Reserve r1 = BASSIN__V1__RESERVE__INIT, r2 = BASSIN__V1__RESERVE__INIT, *reserves[] = { &r1, &r2 };
	Bassin__V1__ProfileRecorded a = a_learner("memphre", A), b = a_learner("memphre", B);

	(void)state;
	r1.group = text("g2");
	r1.seats = 1;
	r2.group = text("g:1");
	r2.seats = 3;
	p.reserves = reserves;
	p.n_reserves = 2;
	b.groups = groups;
	b.n_groups = 2;
	tell_posting(&p);
	tell_employer_ranking("memphre/p", A " " B);
	tell_learner(&a);
	tell_learner(&b);
	tell_learner_ranking("memphre", A, "memphre/p");
	tell_learner_ranking("memphre", B, "memphre/p");
	const char *round = open_round();
	(void)freeze_and_solve(round);
	assert_non_null(strstr(export_round(round, false), "\"reserve_order\":\"first\",\"reserves\":"
	    "[{\"group\":\"g2\",\"seats\":1},{\"group\":\"g:1\",\"seats\":3}]"));
	assert_string_equal(placement_of(show_round(&operator_, round), B), "memphre/p");
	/* With the open seats first there is one, and it is the employer's to give. */
	p.reserves_last = true;
	tell_posting(&p);
	stage_read();
	round = open_round();
	(void)freeze_and_solve(round);
	assert_non_null(strstr(export_round(round, false), "\"reserve_order\":\"last\""));
	assert_string_equal(placement_of(show_round(&operator_, round), B), "memphre/p"); /* no open seat is left: three and one */
}

/* c finds its seat with orford's posting alone; in the pool memphre's learner is preferred there. */
static void
without_the_guarantee_who_is_worse_off_is_counted(void **state)
{
	Bassin__V1__PostingRecorded p = a_posting("orford/p");
	Bassin__V1__ProfileRecorded a = a_learner("memphre", A), c = a_learner("orford", C);

	(void)state;
	tell_posting(&p);
	tell_employer_ranking("orford/p", A " " C);
	tell_learner(&a);
	tell_learner(&c);
	tell_learner_ranking("memphre", A, "orford/p");
	tell_learner_ranking("orford", C, "orford/p");
	const char *round = open_round_by(false);
	const Bassin__V1__RoundReport *r = freeze_and_solve(round);
	check_rows_add_up(r);
	assert_false(r->guarantee);
	assert_true(r->verified);
	assert_int_equal(r->colleges[1]->alone, 1);
	assert_int_equal(r->colleges[1]->pool, 0);
	assert_int_equal(r->colleges[1]->better_alone, 1);
	assert_int_equal(r->colleges[0]->better_alone, 0);
	assert_string_equal(placement_of(show_round(&operator_, round), A), "orford/p");
	round = open_round();
	r = freeze_and_solve(round);
	assert_true(r->guarantee);
	assert_int_equal(r->colleges[1]->pool, 1);
	assert_int_equal(r->colleges[1]->better_alone, 0);
	assert_string_equal(placement_of(show_round(&operator_, round), C), "orford/p");
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(the_example_of_the_trade_comes_out_stable),
		PLAY(the_seed_is_hidden_until_the_freeze_and_then_true_to_its_hash),
		PLAY(a_freeze_waits_for_all_that_was_told_when_it_was_asked_for),
		PLAY(a_freeze_is_refused_when_a_log_is_not_reached_in_time),
		PLAY(a_dry_run_before_the_freeze_keeps_nothing),
		PLAY(postings_of_an_employer_who_is_paused_are_not_open),
		PLAY(each_step_is_refused_out_of_its_turn),
		PLAY(a_college_sees_its_own_and_nobody_else),
		PLAY(a_college_sees_who_comes_to_its_postings),
		PLAY(who_is_left_out_is_told_why),
		PLAY(a_direct_offer_needs_consent_and_a_seat_and_nothing_else),
		PLAY(an_employer_may_name_her_by_her_colleges_own_id),
		PLAY(who_leaves_after_the_freeze_is_out_at_the_next_solve_and_listed_for_all),
		PLAY(a_round_that_is_called_off_frees_what_it_filled),
		PLAY(what_is_exported_is_solved_the_same_by_somebody_else),
		PLAY(nothing_of_an_erased_learner_stays_in_a_round),
		PLAY(what_was_told_of_an_erased_learner_is_told_anew_without_her),
		PLAY(a_repeated_command_happens_once),
		PLAY(a_solve_that_was_lost_is_asked_again),
		PLAY(what_is_published_is_what_the_verifier_has_accepted),
		PLAY(a_round_that_is_solved_again_gives_the_same_bytes),
		PLAY(a_round_places_in_three_ways),
		PLAY(reserves_and_groups_come_from_the_feeds),
		PLAY(without_the_guarantee_who_is_worse_off_is_counted),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
