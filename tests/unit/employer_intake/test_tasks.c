/* SPDX-License-Identifier: Apache-2.0 */
/* Matters that the intake finds: firms, postings that two colleges have fed, employers who say nothing. */
#include "intake_play.h"

#define FIRM_COLUMNS EMPLOYERS ";neq"
#define ASKED POSTINGS ";accepts_unranked;answer_by"
#define SILENT_MS 5000

/* "kind owner subject[+other][!]", joined by commas; !: told at once. */
static const char *
found(void)
{
	struct tx *tx;
	struct matters now;
	char *text = arena_strdup(play.arena, "");

	intake.silent_ms = intake.waiting_ms = SILENT_MS;
	assert_int_equal(tx_begin(play.store, &tx), STORE_OK);
	struct work w = { .service = &intake, .tx = tx, .arena = play.arena, .now_ms = play.now_ms };
	assert_int_equal(tasks_find(&w, &now), STORE_OK);
	for (size_t i = 0; i < now.count; i++) {
		const struct matter *m = &now.all[i];
		text = arena_printf(play.arena, "%s%s%s %s %s%s%s%s", text, i > 0 ? "," : "", m->kind, m->owner, m->subject,
		                    m->other[0] == '\0' ? "" : "+", m->other, m->patience_ms == 0 ? "!" : "");
		assert_true(m->patience_ms == 0 || m->patience_ms == SILENT_MS);
	}
	tx_rollback(&tx);
	return text;
}

static int
act_as(const char *institution, int type, const char *one, const char *other)
{
	Bassin__V1__FirmPair m = BASSIN__V1__FIRM_PAIR__INIT;

	m.one = (char *)(uintptr_t)one;
	m.other = (char *)(uintptr_t)other;
	m.reason = (char *)(uintptr_t)"parce que";
	return (int)play_ask(&play, institution[0] == '\0' ? ROLE_INTERMEDIARY : ROLE_COLLEGE, institution, type, &m.base).code;
}

static void
a_pair_is_both_colleges_task_then_the_intermediarys_then_nobodys(void **state)
{
	(void)state;
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;Usine Bellerive inc.;fr;Luc;luc@a.example;J1H4A7");
	(void)FEED("b", FEED_EMPLOYERS, EMPLOYERS, "E1;Usine Bellerive;fr;Bob;bob@b.example;J1H4A7");
	assert_string_equal(found(), "firm_suspected a a/E1+b/E1!,firm_suspected b b/E1+a/E1!");
	assert_int_equal(act_as("b", COMMAND(FIRM_PROPOSE), "E1", "a/E1"), BASSIN__V1__REPLY_CODE__OK);
	assert_string_equal(found(), "firm_proposed  a/E1+b/E1!");
	assert_int_equal(act_as("", COMMAND(FIRM_MERGE), "a/E1", "b/E1"), BASSIN__V1__REPLY_CODE__OK);
	assert_string_equal(found(), "");
	assert_int_equal(act_as("", COMMAND(FIRM_UNMERGE), "a/E1", "b/E1"), BASSIN__V1__REPLY_CODE__OK);
	assert_string_equal(found(), "firm_suspected a a/E1+b/E1!,firm_suspected b b/E1+a/E1!");
}

static void
a_pair_that_somebody_rejects_is_nobodys_task(void **state)
{
	(void)state;
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;Usine Bellerive inc.;fr;Luc;luc@a.example;J1H4A7");
	(void)FEED("b", FEED_EMPLOYERS, EMPLOYERS, "E1;Usine Bellerive;fr;Bob;bob@b.example;J1H4A7");
	assert_int_equal(act_as("b", COMMAND(FIRM_REJECT), "E1", "a/E1"), BASSIN__V1__REPLY_CODE__OK);
	assert_string_equal(found(), "");
	(void)FEED("b", FEED_EMPLOYERS, EMPLOYERS, "E1;Usine Bellerive ltee;fr;Bob;bob@b.example;J1H4A7");
	assert_string_equal(found(), "");
}

/* Of three records, two links make one firm: the third suspicion asks nobody. */
static void
what_is_one_firm_by_other_links_is_no_task(void **state)
{
	(void)state;
	(void)FEED("", FEED_INSTITUTIONS, INSTITUTIONS, "c" CEGEP_A);
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;Usine Bellerive inc.;fr;Luc;luc@a.example;J1H4A7");
	(void)FEED("b", FEED_EMPLOYERS, EMPLOYERS, "E1;Usine Bellerive;fr;Bob;bob@b.example;J1H4A7");
	(void)FEED("c", FEED_EMPLOYERS, EMPLOYERS, "E1;Usine Bellerive;fr;Zoe;zoe@c.example;J1H4A7");
	assert_int_equal(act_as("a", COMMAND(FIRM_PROPOSE), "E1", "b/E1"), BASSIN__V1__REPLY_CODE__OK);
	assert_int_equal(act_as("b", COMMAND(FIRM_PROPOSE), "E1", "c/E1"), BASSIN__V1__REPLY_CODE__OK);
	assert_int_equal(act_as("", COMMAND(FIRM_MERGE), "a/E1", "b/E1"), BASSIN__V1__REPLY_CODE__OK);
	assert_int_equal(act_as("", COMMAND(FIRM_MERGE), "b/E1", "c/E1"), BASSIN__V1__REPLY_CODE__OK);
	assert_string_equal(found(), "");
}

static void
a_posting_that_two_have_fed_is_both_their_task(void **state)
{
	(void)state;
	a_pair_is_both_colleges_task_then_the_intermediarys_then_nobodys(state);
	(void)act_as("a", COMMAND(FIRM_PROPOSE), "E1", "b/E1");
	(void)act_as("", COMMAND(FIRM_MERGE), "a/E1", "b/E1");
	(void)FEED("a", FEED_POSTINGS, POSTINGS, "P1;E1;Aide-soudeur;coop;420.B0;1;2199-01-18;2199-05-07;35",
	           "P2;E1;Autre chose;coop;420.B0;1;2199-01-18;2199-05-07;35");
	(void)FEED("b", FEED_POSTINGS, POSTINGS, "P9;E1;AIDE  SOUDEUR;coop;420.B0;1;2199-01-18;2199-05-07;35");
	assert_string_equal(found(), "posting_duplicate a a/P1+b/P9!,posting_duplicate b b/P9+a/P1!");
	(void)move_as("b", "P9", BASSIN__V1__POSTING_STATE__POSTING_WITHDRAWN, "double");
	assert_string_equal(found(), "");
}

static void
an_answer_is_awaited_from_who_must_rank_or_said_when(void **state)
{
	static const char tail[] = ";coop;420.B0;1;2199-01-18;2199-05-07;35;";

	(void)state;
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;Un;fr;Luc;luc@a.example;J1H4A7", "E2;Deux;fr;Luc;luc@a.example;H2X1Y4",
	           "E3;Trois;fr;Luc;luc@a.example;H2X1Y4", "E4;Quatre;fr;Luc;luc@a.example;H2X1Y4");
	(void)FEED("a", FEED_POSTINGS, ASKED, arena_printf(play.arena, "P1;E1;t%sno;", tail),
	           arena_printf(play.arena, "P2;E2;t%syes;2026-01-05", tail), arena_printf(play.arena, "P3;E3;t%syes;", tail),
	           arena_printf(play.arena, "P4;E4;t%sno;2198-01-05", tail));
	assert_string_equal(found(), "employer_silent a a/E1,employer_silent a a/E2!");
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;l1");
	(void)move_as("a", "P2", BASSIN__V1__POSTING_STATE__POSTING_CLOSED, "pourvu");
	assert_string_equal(found(), "");
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;;");
	assert_string_equal(found(), "employer_silent a a/E1");
}

static void
a_posting_that_is_over_awaits_nothing(void **state)
{
	(void)state;
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;Un;fr;Luc;luc@a.example;J1H4A7");
	(void)FEED("a", FEED_POSTINGS, ASKED, "P1;E1;t;coop;420.B0;1;2020-01-18;2020-05-07;35;no;2020-01-01");
	assert_string_equal(found(), "");
}

static void
a_posting_without_its_employer_waits(void **state)
{
	(void)state;
	(void)FEED("a", FEED_POSTINGS, POSTINGS, "P1;E1;t;coop;420.B0;1;2199-01-18;2199-05-07;35",
	           "P2;E1;u;coop;420.B0;1;2199-01-18;2199-05-07;35");
	assert_string_equal(found(), "waiting_employer a a/E1");
	(void)move_as("a", "P1", BASSIN__V1__POSTING_STATE__POSTING_WITHDRAWN, "non");
	assert_string_equal(found(), "waiting_employer a a/E1");
	(void)move_as("a", "P2", BASSIN__V1__POSTING_STATE__POSTING_WITHDRAWN, "non");
	assert_string_equal(found(), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_pair_is_both_colleges_task_then_the_intermediarys_then_nobodys, pool_empty),
		cmocka_unit_test_setup(a_pair_that_somebody_rejects_is_nobodys_task, pool_empty),
		cmocka_unit_test_setup(what_is_one_firm_by_other_links_is_no_task, pool_empty),
		cmocka_unit_test_setup(a_posting_that_two_have_fed_is_both_their_task, pool_empty),
		cmocka_unit_test_setup(an_answer_is_awaited_from_who_must_rank_or_said_when, pool_empty),
		cmocka_unit_test_setup(a_posting_that_is_over_awaits_nothing, pool_empty),
		cmocka_unit_test_setup(a_posting_without_its_employer_waits, pool_empty),
	};

	return cmocka_run_group_tests(tests, play_setup, play_teardown);
}
