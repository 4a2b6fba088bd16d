/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The solver against the reference solver (tests/reference/solve_round.py), byte for byte: canonical form, digest,
 * outcome and certificate, on the test vectors reduced to what is solved today and on random rounds. And against the
 * vectors themselves where they ask for no more. Run from the root of the project.
 */
#include <jansson.h>
#include <unistd.h>

#include "sample_round.h"

#define REFERENCE "/usr/bin/python3 tests/reference/solve_round.py "
#define VECTORS   "tests/vectors/rounds.jsonl"

/* The next line without its end, or NULL; the caller frees. */
static char *
next_line(FILE *from)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t size = getline(&line, &room, from);

	if (size <= 0) {
		free(line);
		return NULL;
	}
	if (line[size - 1] == '\n')
		line[size - 1] = '\0';
	return line;
}

static void
expect_outcome(const struct instance *in, const char *expected)
{
	struct engine_outcome *out = outcome_of(in);
	char *text = text_of_outcome(in, out);

	assert_string_equal(complaint_about(in, out), "");
	assert_string_equal(text, expected);
	free(text);
	engine_outcome_destroy(&out);
}

static void
reduced_vectors_come_out_as_the_reference_says(void **state)
{
	FILE *reference = popen(REFERENCE "--vectors < " VECTORS, "r");
	char *canonical, *outcome;
	int vectors = 0;
	(void)state;

	assert_non_null(reference);
	while ((canonical = next_line(reference)) != NULL) {
		struct instance *in = instance_of(canonical);
		char *text = text_of_instance(in);

		outcome = next_line(reference);
		assert_non_null(outcome);
		assert_string_equal(text, canonical);
		expect_outcome(in, outcome);
		free(text);
		free(canonical);
		free(outcome);
		instance_destroy(&in);
		vectors++;
	}
	assert_int_equal(pclose(reference), 0);
	assert_int_equal(vectors, 240);
}

/* The ranked phase of a vector does not depend on who may be assigned. */
static void
turn_assignment_off(json_t *instance)
{
	const char *const lists[] = { "learners", "postings" };

	for (size_t k = 0; k < COUNT_OF(lists); k++) {
		json_t *v, *list = json_object_get(instance, lists[k]);
		size_t n;

		json_array_foreach(list, n, v)
			assert_int_equal(json_object_set_new(v, "assignable", json_false()), 0);
	}
}

static bool
has_plain_seats_only(json_t *instance)
{
	json_t *guarantee = json_object_get(instance, "guarantee"), *posting;
	size_t n, reserves = 0;

	json_array_foreach(json_object_get(instance, "postings"), n, posting)
		reserves += json_array_size(json_object_get(posting, "reserves"));
	return json_is_false(guarantee) && reserves == 0 && json_array_size(json_object_get(instance, "held")) == 0;
}

static void
expect_pairs(const struct instance *in, const struct engine_outcome *out, enum engine_by by, json_t *pairs)
{
	size_t found = 0;

	for (int32_t i = 0; i < in->engine.n_learners; i++) {
		json_t *pair;

		if (out->by[i] != by)
			continue;
		pair = json_array_get(pairs, found++);
		assert_string_equal(json_string_value(json_array_get(pair, 0)), in->learner_ids[i]);
		assert_string_equal(json_string_value(json_array_get(pair, 1)), in->posting_ids[out->posting[i]]);
	}
	assert_int_equal(found, json_array_size(pairs));
}

static void
vectors_with_plain_seats_come_out_as_they_say(void **state)
{
	FILE *vectors = fopen(VECTORS, "r");
	char *line;
	int compared = 0;
	(void)state;

	assert_non_null(vectors);
	while ((line = next_line(vectors)) != NULL) {
		json_t *vector = json_loads(line, JSON_REJECT_DUPLICATES, NULL), *instance, *expected;

		assert_non_null(vector);
		instance = json_object_get(vector, "instance");
		expected = json_object_get(vector, "expected");
		if (has_plain_seats_only(instance)) {
			struct engine_outcome *out;
			struct instance *in;
			char *text;

			turn_assignment_off(instance);
			text = json_dumps(instance, 0);
			in = instance_of(text);
			out = outcome_of(in);
			expect_pairs(in, out, ENGINE_RANKED, json_object_get(expected, "ranked"));
			expect_pairs(in, out, ENGINE_FIXED, json_object_get(expected, "fixed"));
			engine_outcome_destroy(&out);
			instance_destroy(&in);
			free(text);
			compared++;
		}
		json_decref(vector);
		free(line);
	}
	fclose(vectors);
	assert_true(compared > 0);
}

static void
random_rounds_come_out_as_the_reference_says(void **state)
{
	enum { MAX_ROUNDS = 4000 };
	static struct sample samples[MAX_ROUNDS];
	int rounds = getenv("BASSIN_TEST_FULL") != NULL ? MAX_ROUNDS : 400;
	uint64_t random = sample_seed();
	char path[] = "/tmp/bassin-rounds-XXXXXX", command[128];
	FILE *file;
	int fd = mkstemp(path);
	(void)state;

	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	for (int n = 0; n < rounds; n++) {
		struct instance *in;
		char *text;

		samples[n] = sample_new(&random);
		in = sample_instance(&samples[n]);
		text = text_of_instance(in);
		assert_true(fprintf(file, "%s\n", text) > 0);
		free(text);
		instance_destroy(&in);
	}
	assert_int_equal(fclose(file), 0);
	snprintf(command, sizeof command, REFERENCE "--lines < %s", path);
	file = popen(command, "r");
	assert_non_null(file);
	for (int n = 0; n < rounds; n++) {
		struct instance *in = sample_instance(&samples[n]);
		char *outcome = next_line(file);

		assert_non_null(outcome);
		expect_outcome(in, outcome);
		free(outcome);
		instance_destroy(&in);
	}
	assert_int_equal(pclose(file), 0);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reduced_vectors_come_out_as_the_reference_says),
		cmocka_unit_test(vectors_with_plain_seats_come_out_as_they_say),
		cmocka_unit_test(random_rounds_come_out_as_the_reference_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
