/* SPDX-License-Identifier: Apache-2.0 */
/* Single fields of a row that stands, and its history: who changed what, when and why. */
#include "intake_play.h"

#define P1 "P1;E1;Stage en gestion;coop;410.A0;2;2027-01-18;2027-05-07;35"
#define OK_CODE BASSIN__V1__REPLY_CODE__OK

/* A posting of college a, as it was first fed. */
static int
scene(void **state)
{
	if (pool_empty(state) != 0)
		return -1;
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;Ferme Joyeuse;fr;Luc;luc@ferme.example;J1H4A7");
	return strcmp(FEED("a", FEED_POSTINGS, POSTINGS, P1), "created") == 0 ? 0 : -1;
}

/* fields: "seats=3 title=Autre", without blanks in the values. */
static struct play_answer
set_as(const char *institution, const char *id, const char *fields, const char *reason, bool dry_run)
{
	Bassin__V1__RowSet m = BASSIN__V1__ROW_SET__INIT;
	char text[512], *columns[16], *cells[16], *rest = text, *word;

	snprintf(text, sizeof text, "%s", fields);
	while ((word = strsep(&rest, " ")) != NULL && m.n_columns < COUNT_OF(columns)) {
		cells[m.n_columns] = strchr(word, '=') + 1;
		cells[m.n_columns][-1] = '\0';
		columns[m.n_columns++] = word;
	}
	m.n_cells = m.n_columns;
	m.columns = columns;
	m.cells = cells;
	m.id = (char *)(uintptr_t)id;
	m.reason = (char *)(uintptr_t)reason;
	m.dry_run = dry_run;
	return play_ask(&play, institution[0] == '\0' ? ROLE_INTERMEDIARY : ROLE_COLLEGE, institution,
	                COMMAND(EMPLOYER_INTAKE_SET), &m.base);
}

static const char *
set(const char *institution, const char *id, const char *fields)
{
	struct play_answer a = set_as(institution, id, fields, "called us", false);

	return play_results(&play, &a);
}

/* The history without its times. */
static const char *
history(void)
{
	return cluster_sql(&play.cluster, "SELECT string_agg(format('%%s/%%s %%s v%%s %%s %%s %%s>%%s (%%s)', institution, external_id, "
	                                  "kind, version, who, field, coalesce(was, '***'), coalesce(is_now, '***'), reason), '; ' "
	                                  "ORDER BY institution, external_id, kind, version, field) FROM history");
}

static void
what_is_created_is_told_by_the_row_itself(void **state)
{
	(void)state;
	assert_string_equal(history(), "");
	assert_int_equal(number_of("SELECT count(*) FROM posting WHERE created_by = 'college-a' AND created_ms > 0"), 1);
	const char *shown = play_list(&play, ROLE_COLLEGE, "a", COMMAND(EMPLOYER_INTAKE_HISTORY), "id=P1", 10, "");
	assert_non_null(strstr(shown, "created"));
	assert_null(strstr(shown, "title"));
}

static void
one_field_is_set_and_the_others_stay(void **state)
{
	(void)state;
	assert_string_equal(set("a", "P1", "seats=3"), "updated");
	const Bassin__V1__PostingRecorded *p = last_event("posting", "a/P1", &bassin__v1__posting_recorded__descriptor);
	assert_int_equal(p->seats, 3);
	assert_string_equal(p->title, "Stage en gestion");
	assert_string_equal(history(), "a/P1 posting v2 college-a seats 2>3 (called us)");
	assert_string_equal(set("a", "posting:a/P1", "seats=3"), "unchanged");
	assert_string_equal(set("a", "employer:E1", "neq=1140000000 contact_name=Zoé"), "updated");
	assert_string_equal(history(), "a/E1 employer v2 college-a contact_name ***>*** (called us); "
	                               "a/E1 employer v2 college-a neq >1140000000 (called us); "
	                               "a/P1 posting v2 college-a seats 2>3 (called us)");
	assert_int_equal(number_of("SELECT count(*) FROM history WHERE history::text LIKE '%Zoé%' OR history::text LIKE '%Luc%'"), 0);
}

static void
a_dry_run_changes_nothing(void **state)
{
	struct play_answer a = set_as("a", "P1", "seats=3", "x", true);

	(void)state;
	assert_string_equal(play_results(&play, &a), "updated");
	assert_int_equal(number_of("SELECT seats FROM posting"), 2);
	assert_string_equal(history(), "");
	assert_int_equal(number_of("SELECT code FROM audit ORDER BY id DESC LIMIT 1"), BASSIN__V1__REPLY_CODE__DRY_RUN);
}

static void
the_same_checks_hold_as_in_a_file(void **state)
{
	(void)state;
	assert_non_null(strstr(set("a", "P1", "seats=0 ends_on=2026-01-01"), "refused"));
	assert_int_equal(number_of("SELECT code FROM audit WHERE refusal = 'out_of_range' ORDER BY id DESC LIMIT 1"), BASSIN__V1__REPLY_CODE__REFUSED);
	assert_non_null(strstr(set("a", "P1", "title="), "required"));
	assert_non_null(strstr(set("a", "P1", "latitude=45"), "longitude"));
	struct play_answer a = set_as("a", "P1", "seat=3", "x", false);
	assert_string_equal(a.refused, "not_in_list");
	assert_non_null(strstr(a.allowed, "|seats|"));
	assert_null(strstr(a.allowed, "external_id"));
	assert_string_equal(set_as("a", "P1", "external_id=P2", "x", false).refused, "not_in_list");
	assert_string_equal(set_as("a", "P1", "seats=3 seats=4", "x", false).refused, "duplicate");
	assert_string_equal(set_as("a", "P1", "seats=3", "", false).field, "reason");
	assert_string_equal(set_as("a", "P1", "seats=3", "a\nb", false).refused, "not_text");
	assert_string_equal(set_as("a", "P9", "seats=3", "x", false).refused, "unknown");
	assert_int_equal(move_as("a", "P1", STATE_CLOSED, "gone").code, OK_CODE);
	assert_non_null(strstr(set("a", "P1", "seats=3"), "withdrawn"));
	assert_int_equal(number_of("SELECT seats FROM posting"), 2);
}

static void
rows_are_set_by_who_feeds_them(void **state)
{
	(void)state;
	assert_string_equal(set_as("b", "a/P1", "seats=3", "x", false).refused, "unknown");
	assert_string_equal(set_as("", "a/P1", "seats=3", "x", false).refused, "not_yours");
	assert_string_equal(set_as("a", "institution:a", "language=en", "x", false).refused, "not_yours");
	assert_string_equal(set("", "institution:a", "language=en"), "updated");
	assert_string_equal(history(), "a/a institution v2 intermediary- language fr>en (called us)");
}

static void
every_way_of_changing_is_in_the_history(void **state)
{
	(void)state;
	(void)FEED("a", FEED_POSTINGS, POSTINGS, "P1;E1;Autre titre;coop;410.A0;2;2027-01-18;2027-05-07;35");
	(void)FEED("a", FEED_POSTINGS, POSTINGS, "P1;E1;Autre titre;coop;410.A0;2;2027-01-18;2027-05-07;35");
	assert_int_equal(move_as("a", "P1", STATE_PAUSED, "travaux").code, OK_CODE);
	assert_int_equal(move_as("a", "P1", STATE_OPEN, "finis").code, OK_CODE);
	Bassin__V1__PostingPlaced m = BASSIN__V1__POSTING_PLACED__INIT;
	Bassin__V1__PlacedLearner one = BASSIN__V1__PLACED_LEARNER__INIT, *all[] = { &one, &one };
	m.posting = (char *)(uintptr_t) "a/P1";
	m.learners = all;
	m.n_learners = 2;
	play_say(&play, 0, "placement", "a/P1", 1, BASSIN__V1__EVENT_TYPE__POSTING_PLACED, &m.base);
	assert_string_equal(history(), "a/P1 posting v2 college-a title Stage en gestion>Autre titre (); "
	                               "a/P1 posting v3 college-a state open>paused (travaux); "
	                               "a/P1 posting v4 college-a state paused>open (finis); "
	                               "a/P1 posting v5 matching state open>filled (seats_filled)");
}

static void
a_ranking_s_history_names_nobody(void **state)
{
	(void)state;
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;anne", "P1;2;luc");
	assert_string_equal(history(), "");
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;anne");
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;zoe");
	assert_string_equal(history(), "a/P1 employer_ranking v2 college-a entries 2>1 (); "
	                               "a/P1 employer_ranking v3 college-a entries ***>*** ()");
	assert_non_null(strstr(play_list(&play, ROLE_COLLEGE, "a", COMMAND(EMPLOYER_INTAKE_HISTORY), "id=P1", 10, ""), "entries"));
}

static void
a_history_is_its_college_s_and_the_intermediary_s(void **state)
{
	(void)state;
	assert_string_equal(set("a", "P1", "seats=3"), "updated");
	assert_non_null(strstr(play_list(&play, ROLE_COLLEGE, "a", COMMAND(EMPLOYER_INTAKE_HISTORY), "id=P1", 10, ""), "called us"));
	assert_non_null(strstr(play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(EMPLOYER_INTAKE_HISTORY), "id=a/P1", 10, ""), "called us"));
	assert_string_equal(play_list(&play, ROLE_COLLEGE, "b", COMMAND(EMPLOYER_INTAKE_HISTORY), "id=a/P1", 10, ""), "code 2 unknown id()");
	assert_string_equal(play_list(&play, ROLE_COLLEGE, "a", COMMAND(EMPLOYER_INTAKE_HISTORY), NULL, 10, ""), "code 2 required id()");
	assert_string_equal(play_list(&play, ROLE_COLLEGE, "a", COMMAND(EMPLOYER_INTAKE_HISTORY), "id=P1", 10, "yesterday"),
	                    "code 2 bad_format after()");
}

/* Page by page it is the same as at once, the creation last. */
static void
a_long_history_comes_in_pages(void **state)
{
	char fields[64], after[512];
	int lines = 0, pages = 0;

	(void)state;
	for (int n = 3; n < 9; n++) {
		snprintf(fields, sizeof fields, "seats=%d noc=2222%d", n, n);
		play.now_ms += 1000;
		assert_string_equal(set("a", "P1", fields), "updated");
	}
	after[0] = '\0';
	do {
		Bassin__V1__ListAsk m = BASSIN__V1__LIST_ASK__INIT;
		char *filters[] = { (char *)(uintptr_t) "id=P1" };
		m.filters = filters;
		m.n_filters = 1;
		m.limit = 4;
		m.after = after;
		struct play_answer a = play_ask(&play, ROLE_COLLEGE, "a", COMMAND(EMPLOYER_INTAKE_HISTORY), &m.base);
		assert_int_equal(a.code, OK_CODE);
		ProtobufCAllocator allocator = arena_allocator(play.arena);
		const Bassin__V1__Table *t = bassin__v1__table__unpack(&allocator, a.size, a.payload);
		lines += (int)t->n_rows;
		pages++;
		snprintf(after, sizeof after, "%s", t->next);
		if (t->next[0] == '\0')
			assert_string_equal(t->rows[t->n_rows - 1]->cells[5], "created");
	} while (after[0] != '\0' && pages < 10);
	assert_int_equal(lines, 13);
	assert_int_equal(pages, 4);
}

static void
a_long_value_is_kept_by_its_beginning(void **state)
{
	char fields[512] = "description=";

	(void)state;
	memset(fields + strlen(fields), 'a', 489);
	assert_string_equal(set("a", "P1", fields), "updated");
	assert_int_equal(number_of("SELECT octet_length(is_now) FROM history"), 489);
	char line[2048] = "P1;E1;Stage en gestion;coop;410.A0;2;2027-01-18;2027-05-07;35;";
	for (int i = 0; i < 400; i++)
		strcat(line, "é");
	(void)FEED("a", FEED_POSTINGS, POSTINGS ";description", line);
	assert_int_equal(number_of("SELECT octet_length(is_now) FROM history WHERE version = 3"), 499);
	assert_int_equal(number_of("SELECT count(*) FROM history WHERE is_now LIKE '%é…'"), 1);
}

#define SCENE(name) cmocka_unit_test_setup(name, scene)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(what_is_created_is_told_by_the_row_itself),
		SCENE(one_field_is_set_and_the_others_stay),
		SCENE(a_dry_run_changes_nothing),
		SCENE(the_same_checks_hold_as_in_a_file),
		SCENE(rows_are_set_by_who_feeds_them),
		SCENE(every_way_of_changing_is_in_the_history),
		SCENE(a_ranking_s_history_names_nobody),
		SCENE(a_history_is_its_college_s_and_the_intermediary_s),
		SCENE(a_long_history_comes_in_pages),
		SCENE(a_long_value_is_kept_by_its_beginning),
	};

	return cmocka_run_group_tests_name("employer intake corrections", tests, play_setup, play_teardown);
}
