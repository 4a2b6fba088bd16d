/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that runs out at any moment is told, and nothing of what was begun is left behind (which the sanitizers see). */
#include <stdatomic.h>

#include "engine/pages.h"
#include "engine_case.h"

enum { CASES = 150 };

static atomic_long left; /* how many more times there is memory */

/* In the place of the engine's own. */
void *
pages_take(size_t count, size_t size)
{
	return atomic_fetch_sub(&left, 1) <= 0 ? NULL : malloc(count * size + 1);
}

void *
pages_zero(size_t count, size_t size)
{
	return atomic_fetch_sub(&left, 1) <= 0 ? NULL : calloc(count + 1, size);
}

static long
solve_with(const struct flat_case *c, long times, int threads)
{
	struct engine_outcome *out = (struct engine_outcome *)&out;
	enum engine_status status;
	long spare;

	atomic_store(&left, times);
	status = engine_solve(&c->in, threads, &out);
	spare = atomic_load(&left);
	if (status == ENGINE_OK) {
		assert_non_null(out);
	} else {
		assert_int_equal(status, ENGINE_NO_MEMORY);
		assert_null(out);
	}
	engine_outcome_destroy(&out);
	return status == ENGINE_OK ? spare : -1;
}

static void
memory_that_runs_out_anywhere_is_told(void **state)
{
	uint64_t seed = dice_seed();
	static struct flat_case c;
	(void)state;

	for (int k = 0; k < CASES; k++) {
		long needed = 0;

		case_new(&c, &seed);
		while (solve_with(&c, needed, 1 + k % 3) < 0)
			needed++;
		assert_int_equal(solve_with(&c, needed, 1 + k % 3), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_that_runs_out_anywhere_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
