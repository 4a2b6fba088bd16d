/* SPDX-License-Identifier: Apache-2.0 */
/* A learner's line in words, for every way in which a line can end; and a line that does not hold. */
#include "verifier/words.h"
#include "verifier_play.h"

struct line {
	char *text;
	struct verifier_report report;
};

static struct line
line_from(const struct instance *in, const char *outcome, int32_t learner, bool french)
{
	struct line line;
	struct claim *claim;

	assert_int_equal(claim_read(in, outcome, strlen(outcome), &claim, &line.report), 0);
	assert_int_equal(words_of_learner(in, claim, learner, french, &line.text, &line.report), 0);
	claim_destroy(&claim);
	return line;
}

/* Learner number in PLAY; each of the parts, in this order. */
static void
check_line(int32_t learner, bool french, const char *const *parts)
{
	struct instance *in = play_instance(PLAY);
	char *outcome = play_outcome(in);
	struct line line = line_from(in, outcome, learner, french);
	const char *at = line.text;

	assert_string_equal(line.report.condition, "");
	for (; *parts != NULL; parts++) {
		const char *found = strstr(at, *parts);

		if (found == NULL)
			fail_msg("\"%s\" is missing in:\n%s", *parts, line.text);
		at = found + strlen(*parts);
	}
	free(line.text);
	free(outcome);
	instance_destroy(&in);
}

#define CHECK_LINE(learner, french, ...) check_line(learner, french, (const char *const[]){ __VA_ARGS__, NULL })

enum { ANA, BEA, CHO, DEE, EVA, FAY, GIL, HAL, IDA, JON, KIM, LEO };

static void
who_is_placed_reads_by_which_way(void **state)
{
	(void)state;
	CHECK_LINE(ANA, false, "Learner ana of college north", "In the pool: p1, by the rankings",
	           "With your college alone: p1, by the rankings", "yours in the pool too",
	           "1. p1 (your tier 1): this one is yours", "2. p2 (your tier 2): not needed", "Your line holds.");
	CHECK_LINE(CHO, false, "In the pool: p2, by the rankings", "You held a place at p1 before");
	CHECK_LINE(EVA, false, "In the pool: p3, by assignment", "You ranked no posting.");
	CHECK_LINE(HAL, false, "In the pool: p4, by a direct offer", "1. p4 (your tier 1): not asked for");
}

static void
who_was_outranked_reads_her_key_and_the_cutoffs(void **state)
{
	(void)state;
	CHECK_LINE(JON, false, "In the pool: no place", "Why: all you ranked was filled by others with better keys",
	           "1. p1 (your tier 1): not given; your key there is tier 3, fit 0, lottery ", "ahead of you: 3",
	           "seats reserved for g: all held by learners on their endowed seats",
	           "open seats: the last was given at tier 2, fit 900, lottery ", "you come after that",
	           "Your line holds: by these");
	CHECK_LINE(FAY, false, "In the pool: p5, by assignment", "ahead of you: 4");
	CHECK_LINE(KIM, false, "Why: no posting was open to you", "the employer did not accept your application");
}

static void
every_reason_has_words(void **state)
{
	(void)state;
	CHECK_LINE(IDA, false, "Why: you ranked nothing, and you are not to be assigned.");
	CHECK_LINE(LEO, false, "Learner leo\n", "Why: no seat was left to assign that fits you");
}

static void
it_reads_in_french(void **state)
{
	(void)state;
	CHECK_LINE(JON, true, "Élève jon de l'établissement south", "aucune place", "Pourquoi", "1. p1 (votre rang 1)",
	           "devant vous", "places réservées à g", "places ouvertes", "vous passez après", "Votre ligne tient");
	CHECK_LINE(CHO, true, "p2, par les classements", "Vous aviez déjà une place chez p1", "celle-ci est à vous");
}

/* One change after which jon's line cannot be true. */
static void
check_broken(const char *path, const char *value, const char *condition)
{
	struct instance *in = play_instance(PLAY);
	char *outcome = play_outcome(in);
	json_t *root = json_loads(outcome, 0, NULL);
	struct line line;
	char *text;

	play_spoil(root, path, value);
	text = json_dumps(root, JSON_COMPACT);
	line = line_from(in, text, JON, false);
	assert_string_equal(line.report.condition, condition);
	assert_null(strstr(line.text, "Your line holds"));
	free(line.text);
	free(text);
	json_decref(root);
	free(outcome);
	instance_destroy(&in);
}

static void
a_line_that_does_not_hold_is_refused(void **state)
{
	(void)state;
	check_broken("certificate.pool.postings[0].cutoffs[1].cutoff", "null", "blocking_pair");
	check_broken("certificate.pool.postings[0].cutoffs[1].cutoff.tier", "3", "blocking_pair");
	check_broken("unplaced[1].at[0].ahead", "0", "placement");
	check_broken("unplaced[1]", NULL, "placement");
	check_broken("placements[8]", "+{\"by\":\"ranked\",\"learner\":\"jon\",\"posting\":\"p1\"}", "placement");
	check_broken("endowments[4]", "+[\"jon\",\"p1\"]", "placement");
	check_broken("instance_digest", "\"0000000000000000000000000000000000000000000000000000000000000000\"",
	             "digest");
}

/* Ids are strangers' text: nothing of them steers a terminal, and a line stays a line. */
static void
an_id_cannot_steer_a_terminal(void **state)
{
	static const char WILD[] =
	    "{\"seed\":\"s\",\"learners\":[{\"id\":\"a\\u001b[31m\\nb\\u009b\\u202e\"}],\"postings\":[]}";
	struct instance *in = play_instance(WILD);
	char *outcome = play_outcome(in);
	struct line line = line_from(in, outcome, 0, false);

	(void)state;
	assert_non_null(strstr(line.text, "Learner a?[31m?b??\n"));
	free(line.text);
	free(outcome);
	instance_destroy(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_placed_reads_by_which_way),
		cmocka_unit_test(who_was_outranked_reads_her_key_and_the_cutoffs),
		cmocka_unit_test(every_reason_has_words),
		cmocka_unit_test(it_reads_in_french),
		cmocka_unit_test(a_line_that_does_not_hold_is_refused),
		cmocka_unit_test(an_id_cannot_steer_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
