/* SPDX-License-Identifier: Apache-2.0 */
/* What is typed: commands of one and two words, options before and behind them, and what is refused. */
#include "cli_play.h"

#include "base/language.h"
#include "commands.h"
#include "help.h"
#include "round.h"
#include "table.h"
#include "words.h"

#define WORDS_MAX 16

static struct options options;
static const struct cli_command *command;

/* Reads "bassin " + line, split at blanks. */
static enum options_result
read_line(const char *line)
{
	static char text[512], *argv[WORDS_MAX + 1];
	char *rest = text, *word;
	int argc = 0;

	snprintf(text, sizeof(text), "bassin %s", line);
	while ((word = strtok_r(rest, " ", &rest)) != NULL && argc < WORDS_MAX)
		argv[argc++] = word;
	argv[argc] = NULL;
	command = NULL;
	return options_read(cli_commands, argc, argv, &options, &command);
}

static void
options_stand_before_and_behind_the_command(void **state)
{
	(void)state;
	assert_int_equal(read_line("--json --as ann feed learners a.csv --dry-run --report r.csv"), OPTIONS_READ);
	assert_string_equal(command->name, "feed");
	assert_true(options.json && options.dry_run);
	assert_string_equal(options.as, "ann");
	assert_string_equal(options.report, "r.csv");
	assert_int_equal(options.arg_count, 2);
	assert_string_equal(options.args[0], "learners");
	assert_string_equal(options.args[1], "a.csv");
	assert_int_equal(read_line("feed --dry-run learners --json a.csv --home=/x --wait 5"), OPTIONS_READ);
	assert_string_equal(options.args[1], "a.csv");
	assert_string_equal(options.home, "/x");
	assert_int_equal(options.wait_s, 5);
}

static void
a_command_may_have_two_words(void **state)
{
	(void)state;
	assert_int_equal(read_line("round open --title T --weights 1,2,3"), OPTIONS_READ);
	assert_string_equal(command->name, "round open");
	assert_string_equal(options.title, "T");
	assert_int_equal(options.arg_count, 0);
	assert_int_equal(read_line("--as op round export R1 -o out.json"), OPTIONS_READ);
	assert_string_equal(command->name, "round export");
	assert_string_equal(options.output, "out.json");
	assert_string_equal(options.args[0], "R1");
}

static void
an_id_may_begin_with_a_dash_behind_two_dashes(void **state)
{
	(void)state;
	assert_int_equal(read_line("show -- -odd"), OPTIONS_READ);
	assert_string_equal(options.args[0], "-odd");
}

static void
the_language_is_switched_wherever_it_stands(void **state)
{
	(void)state;
	language_set(LANGUAGE_ENGLISH);
	assert_int_equal(read_line("status --lang fr"), OPTIONS_READ);
	assert_int_equal(language_now(), LANGUAGE_FRENCH);
	assert_int_equal(read_line("--lang en status"), OPTIONS_READ);
	assert_int_equal(language_now(), LANGUAGE_ENGLISH);
}

static void
wrong_use_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"nonsense",
		"round",
		"round nonsense",
		"help nonsense",
		"help round nonsense",
		"feed",
		"feed learners",
		"feed learners a b",
		"feed learners a --bogus",
		"--bogus feed learners a",
		"status --wait 0",
		"status --wait soon",
		"status --lang de",
		"show --as",
		"round open --csv",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		if (read_line(lines[i]) != OPTIONS_WRONG)
			fail_msg("taken: %s", lines[i]);
}

static void
help_ends_the_command(void **state)
{
	(void)state;
	assert_int_equal(read_line("--help"), OPTIONS_DONE);
	assert_int_equal(read_line("--version"), OPTIONS_DONE);
	assert_int_equal(read_line("round --help"), OPTIONS_DONE);
	assert_int_equal(read_line("round open --help"), OPTIONS_DONE);
	assert_int_equal(read_line("--help round open"), OPTIONS_DONE);
	assert_int_equal(read_line("help"), OPTIONS_DONE);
	assert_int_equal(read_line("--lang en help"), OPTIONS_DONE);
	assert_int_equal(read_line("help --lang en"), OPTIONS_DONE);
	assert_int_equal(read_line("help round"), OPTIONS_DONE);
	assert_int_equal(read_line("help feed"), OPTIONS_DONE);
	assert_int_equal(read_line("help round open"), OPTIONS_DONE);
	assert_int_equal(read_line("help help"), OPTIONS_DONE);
	assert_int_equal(read_line("help --help"), OPTIONS_DONE);
}

/* What is told to whom typed something like a command. */
static void
the_nearest_command_is_found(void **state)
{
	static const struct { const char *first, *second, *meant; } typed[] = {
		{ "fed", NULL, "feed" },
		{ "feed", "learners", "feed" },
		{ "rond", "solve", "round solve" },
		{ "round", "slove", "round solve" },
		{ "solve", "round", "round solve" },
		{ "publish", NULL, "round publish" },
		{ "posting-close", NULL, "posting close" },
		{ "posting", "reopen", "posting open" },
		{ "stauts", NULL, "status" },
		{ "xyzzy", NULL, NULL },
		{ "a", "b", NULL },
		{ "a word that is longer than any name of a command could ever be, by far", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(typed); i++) {
		const char *nearest = help_nearest(cli_commands, typed[i].first, typed[i].second);
		if (typed[i].meant == NULL ? nearest != NULL : nearest == NULL || strcmp(nearest, typed[i].meant) != 0)
			fail_msg("%s: %s", typed[i].first, nearest == NULL ? "(none)" : nearest);
	}
}

static void
the_list_that_was_meant_is_found(void **state)
{
	static const char *const names[] = { "postings", "learners", "learner_rankings", "employer_rankings", "mail", NULL };
	struct arena *a = arena_new(64 * KiB);

	(void)state;
	assert_non_null(a);
	assert_string_equal(help_meant(a, "posting", names), "postings");
	assert_string_equal(help_meant(a, "learner", names), "learners");
	assert_string_equal(help_meant(a, "rankings", names), "learner_rankings, employer_rankings");
	assert_string_equal(help_meant(a, "ran", names), "");
	assert_string_equal(help_meant(a, "", names), "");
	arena_destroy(&a);
}

/* The whole help has each command once. */
static void
help_lists_every_command_once(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	assert_non_null(to);
	help_show(cli_commands, NULL, to);
	fclose(to);
	for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
		char line[64];
		snprintf(line, sizeof(line), "\n  %-18s", c->name);
		const char *found = strstr(text, line);
		assert_non_null(found);
		assert_null(strstr(found + 1, line));
	}
	free(text);
}

static void
every_command_is_complete(void **state)
{
	(void)state;
	for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
		assert_non_null(c->run);
		assert_non_null(c->options);
		assert_true(c->min_args <= c->max_args);
		assert_true((c->max_args == 0) == (c->args == NULL));
		for (const struct cli_command *other = c + 1; other->name != NULL; other++)
			assert_string_not_equal(c->name, other->name);
	}
}

static void
weights_are_three_whole_numbers(void **state)
{
	uint32_t w[3];

	(void)state;
	assert_true(weights_from_text("5,3,2", w));
	assert_int_equal(w[0], 5);
	assert_int_equal(w[2], 2);
	assert_true(weights_from_text("0,0,1000", w));
	assert_false(weights_from_text("0,0,0", w));
	assert_false(weights_from_text("5,3", w));
	assert_false(weights_from_text("5,3,2,1", w));
	assert_false(weights_from_text("5,3,2,", w));
	assert_false(weights_from_text("5,,2", w));
	assert_false(weights_from_text("-1,3,2", w));
	assert_false(weights_from_text("1001,3,2", w));
	assert_false(weights_from_text("", w));
}

static void
values_are_put_in_words_for_people(void **state)
{
	(void)state;
	language_set(LANGUAGE_ENGLISH);
	assert_string_equal(value_text(arena, "opened_ms", "1795242475670"), "2026-11-21 06:27 UTC");
	assert_string_equal(value_text(arena, "ended_ms", "0"), "");
	assert_string_equal(value_text(arena, "ended_ms", "never"), "never");
	assert_string_equal(value_text(arena, "reason", "hours"), "it asks for more hours a week than the learner has");
	assert_string_equal(value_text(arena, "title", "hours"), "hours");
	assert_string_equal(value_text(arena, "distance", "unknown"), "unknown");
	assert_string_equal(value_text(arena, "distance", "870"), "870");
}

static void
numbers_of_services_are_written_as_people_write_them(void **state)
{
	static const struct { const char *name, *value, *codes, *words; } known[] = {
		{ "available_from", "20829", "2027-01-11", "2027-01-11" },
		{ "available_from", "2027-01-11", "2027-01-11", "2027-01-11" },
		{ "paused_until", "0", "", "" },
		{ "hours_hundredths", "3750", "37.5", "37.5" },
		{ "hours_hundredths", "4000", "40", "40" },
		{ "hours_hundredths", "405", "4.05", "4.05" },
		{ "max_distance_m", "60000", "60", "60" },
		{ "latitude_e7", "452820000", "45.282", "45.282" },
		{ "longitude_e7", "-1010000", "-0.101", "-0.101" },
		{ "weekdays", "14", "tu|we|th", "Tuesday, Wednesday, Thursday" },
		{ "weekdays", "mo|fr", "mo|fr", "Monday, Friday" },
		{ "weekdays", "0", "", "" },
		{ "weekdays", "999", "999", "999" },
		{ "languages", "3", "fr|en", "French, English" },
		{ "language", "fr", "fr", "French" },
		{ "wil_types", "72", "coop|internship", "co-operative education, internship" },
		{ "wil_type", "15", "competition", "hackathon or case competition" },
		{ "competencies", "1A|2B", "1A|2B", "1A, 2B" },
		{ "why", "hours|unknown", "hours|unknown", "it asks for more hours a week than the learner has, posting unknown" },
		{ "by", "ranked", "ranked", "ranking" },
		{ "in_pool", "yes", "yes", "yes" },
	};

	(void)state;
	language_set(LANGUAGE_ENGLISH);
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		assert_string_equal(words_of_number(arena, known[i].name, known[i].value), known[i].codes);
		assert_string_equal(words_to_read(arena, known[i].name, known[i].value), known[i].words);
	}
}

/* Runs of blanks become one: how wide a column is does not matter here. */
static void
squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if (*from != ' ' || (from[1] != ' ' && from[1] != '\n'))
			*to++ = *from;
	*to = '\0';
}

/* A published round as a coordinator reads it; the figures are of no real round. */
static void
a_round_is_shown_with_its_reasons_and_all_ranks(void **state)
{
	Bassin__V1__RoundReport r = BASSIN__V1__ROUND_REPORT__INIT;
	Bassin__V1__CollegeRow a = BASSIN__V1__COLLEGE_ROW__INIT, b = BASSIN__V1__COLLEGE_ROW__INIT,
			       *rows[] = { &a, &b };
	Bassin__V1__Withdrawal w = BASSIN__V1__WITHDRAWAL__INIT, *withdrawals[] = { &w };
	Bassin__V1__Unplaced u = BASSIN__V1__UNPLACED__INIT, *unplaced[] = { &u };
	Bassin__V1__LeftOut l = BASSIN__V1__LEFT_OUT__INIT, *left_out[] = { &l };
	int32_t ranks[] = { 3, 0, 1 };
	char text[4000];
	FILE *to = tmpfile();

	(void)state;
	assert_non_null(to);
	language_set(LANGUAGE_ENGLISH);
	a.institution = (char *)(uintptr_t) "cegep-a";
	a.learners = 10, a.eligible = 9, a.placed_direct = 1, a.placed_ranked = 4, a.unplaced_outranked = 3;
	a.unplaced_no_consent = 2, a.postings = 5, a.seats = 6, a.seats_filled = 4;
	b.institution = (char *)(uintptr_t) "cfp-b\x1b[31m";
	b.learners = 3, b.unplaced_nothing_ranked = 1, b.unplaced_none_fits = 2;
	w.learner = (char *)(uintptr_t) "7K3M9QX2AB", w.reason = (char *)(uintptr_t) "moved away",
	w.at_ms = 1795242475670;
	r.round = (char *)(uintptr_t) "R1", r.colleges = rows, r.n_colleges = 2, r.rank_counts = ranks,
	r.n_rank_counts = 3;
	r.postings = 5, r.seats = 6, r.seats_filled = 4, r.withdrawals = withdrawals, r.n_withdrawals = 1;
	u.institution = l.institution = b.institution, u.learner = l.learner = w.learner;
	u.reason = (char *)(uintptr_t) "none_fits", r.unplaced = unplaced, r.n_unplaced = 1;
	l.posting = (char *)(uintptr_t) "cegep-a/P-1", l.reasons = 1u << 2 | 1u << 9, r.left_out = left_out,
	r.n_left_out = 1;
	a.placed_assigned = 2, a.unplaced_outranked = 1, a.alone = 6, a.pool = 7, a.moved_up = 1, b.alone = 2, b.better_alone = 1;
	r.state = BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED, r.verified = r.guarantee = true;
	assert_int_equal(round_print(&r, true, arena, to), 0);
	rewind(to);
	text[fread(text, 1, sizeof(text) - 1, to)] = '\0';
	fclose(to);
	squeeze(text);
	assert_non_null(strstr(text, "Round R1 - published\n"));
	assert_non_null(
	    strstr(text, "cegep-a 10 9 1 4 2 1 3\n"));
	assert_non_null(
	    strstr(text, "all 13 9 1 4 2 1 6\n"));
	assert_non_null(strstr(text, "ranked nothing ranked none that fits others came first\n"));
	assert_non_null(strstr(text, "all 2 0 1 2 1\n"));
	assert_non_null(strstr(text, "\nGuarantee: nobody ends worse than with her college alone"));
	assert_non_null(strstr(text, "\nThe verifier has accepted the outcome: "));
	assert_non_null(strstr(text, "cegep-a 6 7 1 0\n"));
	assert_non_null(strstr(text, "all 8 7 -1 1\n"));
	assert_non_null(strstr(text, "7K3M9QX2AB ranked none that fits\n"));
	assert_non_null(strstr(text, "7K3M9QX2AB cegep-a/P-1 period, posting not open\n"));
	assert_non_null(strstr(text, "In the whole pool: 5 postings, 6 seats, 4 filled"));
	assert_non_null(strstr(text, "Placed by ranking in the whole pool (4 in all)"));
	assert_non_null(strstr(text, " 2 0 0%\n"));
	assert_non_null(strstr(text, " 3 1 25% #######\n"));
	assert_non_null(strstr(text, "2026-11-21 06:27 UTC 7K3M9QX2AB moved away"));
	assert_null(strchr(text, '\x1b'));
	assert_null(strstr(text, "no seat left")); /* nobody: no column */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(options_stand_before_and_behind_the_command),
		TEST(a_command_may_have_two_words),
		TEST(an_id_may_begin_with_a_dash_behind_two_dashes),
		TEST(the_language_is_switched_wherever_it_stands),
		TEST(wrong_use_is_refused),
		TEST(help_ends_the_command),
		TEST(the_nearest_command_is_found),
		TEST(the_list_that_was_meant_is_found),
		TEST(help_lists_every_command_once),
		TEST(every_command_is_complete),
		TEST(weights_are_three_whole_numbers),
		TEST(values_are_put_in_words_for_people),
		TEST(numbers_of_services_are_written_as_people_write_them),
		TEST(a_round_is_shown_with_its_reasons_and_all_ranks),
	};

	language_start("bassin-cli", NULL);
	return cmocka_run_group_tests_name("cli options", tests, NULL, NULL);
}
