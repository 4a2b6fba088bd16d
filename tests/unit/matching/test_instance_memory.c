/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that runs out at any moment, and lists beyond their ceiling, are told, and nothing is left behind. */
#include <limits.h>

#include "engine/pages.h"
#include "instance_priv.h"
#include "sample_round.h"

enum { CASES = 60 };

static long left = LONG_MAX; /* how many more times there is memory */

/* In the place of the engine's own. */
void *
pages_take(size_t count, size_t size)
{
	return left-- <= 0 ? NULL : malloc(count * size + 1);
}

void *
pages_zero(size_t count, size_t size)
{
	return left-- <= 0 ? NULL : calloc(count + 1, size);
}

static bool
reads_with(const char *json, long times)
{
	struct instance *in = (struct instance *)&in;
	struct instance_flaw flaw;
	int rc;

	left = times;
	rc = instance_read(json, strlen(json), &in, &flaw);
	left = LONG_MAX;
	if (rc == 0) {
		assert_non_null(in);
		instance_destroy(&in);
		return true;
	}
	assert_null(in);
	assert_string_equal(flaw.code, "no_memory");
	return false;
}

static void
reading_without_memory_is_told(void **state)
{
	uint64_t random = dice_seed();
	(void)state;

	for (int k = 0; k < CASES; k++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s);
		char *text = text_of_instance(in);
		long times = 0;

		while (!reads_with(text, times))
			times++;
		assert_true(times > 20);
		free(text);
		instance_destroy(&in);
	}
}

static bool
drafts_with(const struct sample *s, long times)
{
	struct instance *in;
	struct instance_flaw flaw;
	struct draft *d;
	int rc;

	left = times;
	d = draft_new(s->seed, true);
	if (d == NULL) {
		left = LONG_MAX;
		return false;
	}
	for (int i = 0; i < s->learners; i++)
		(void)draft_learner(d, SAMPLE_IDS[i], "c", 0, true);
	for (int j = 0; j < s->postings; j++)
		(void)draft_posting(d, SAMPLE_IDS[j], "c", 99, true, true, false);
	for (int i = 0; i < s->learners && d->learners.n == (size_t)s->learners; i++) {
		draft_group(d, i, "g");
		for (int j = 0; j < s->postings && d->postings.n == (size_t)s->postings; j++) {
			draft_ranking(d, i, 9 - j, j);
			draft_choice(d, j, i % 3, i);
			draft_fit(d, i, j, 5);
		}
	}
	rc = draft_seal(&d, &in, &flaw);
	left = LONG_MAX;
	if (rc == 0)
		instance_destroy(&in);
	else
		assert_string_equal(flaw.code, "no_memory");
	return rc == 0;
}

static void
drafting_without_memory_is_told(void **state)
{
	uint64_t random = dice_seed();
	(void)state;

	for (int k = 0; k < CASES; k++) {
		struct sample s = sample_new(&random);
		long times = 0;

		while (!drafts_with(&s, times))
			times++;
	}
}

static int
swallow(void *to, const char *bytes, size_t size)
{
	(void)to;
	(void)bytes;
	(void)size;
	return 0;
}

static void
writing_without_memory_fails(void **state)
{
	struct instance *in = instance_of("{\"seed\": \"s\", \"learners\": [{\"id\": \"l\"}]}");
	long times = 0;
	int rc;
	(void)state;

	do {
		left = times++;
		rc = instance_write(in, swallow, NULL);
		left = LONG_MAX;
	} while (rc != 0);
	assert_int_equal(times, 5);
	instance_destroy(&in);
}

static void
a_list_beyond_its_ceiling_is_refused(void **state)
{
	struct draft *d = draft_new("s", true);
	struct grown g = { 0 };
	struct instance *in;
	struct instance_flaw flaw;
	(void)state;

	for (int k = 0; k < 100; k++) {
		int32_t *item = grown_next(d, &g, sizeof *item, 100, "fit");

		assert_non_null(item);
		*item = k;
		g.n++;
	}
	for (int k = 0; k < 100; k++)
		assert_int_equal(((int32_t *)g.items)[k], k);
	assert_null(grown_next(d, &g, sizeof(int32_t), 100, "fit"));
	free(g.items);
	assert_int_equal(draft_seal(&d, &in, &flaw), -1);
	assert_string_equal(flaw.code, "too_large");
	assert_string_equal(flaw.text, "fit: found more entries, allowed are 100 in all");
	assert_string_equal(flaw.text_fr, "fit : trouvé davantage d'entrées, permis : 100 en tout");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_without_memory_is_told),
		cmocka_unit_test(drafting_without_memory_is_told),
		cmocka_unit_test(writing_without_memory_fails),
		cmocka_unit_test(a_list_beyond_its_ceiling_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
