/* SPDX-License-Identifier: Apache-2.0 */
/* Which commands need no look into the store (seen.h): never one that was answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "bus/seen.h"

static struct seen seen;

static struct id
made_at(int64_t ms)
{
	return id_make(ms, random_of_system, NULL);
}

static void
what_is_older_than_the_takeover_is_looked_up(void **state)
{
	struct id before = made_at(1000), floor = made_at(2000), after = made_at(3000), none = { { 0 } };

	(void)state;
	seen_reset(&seen, &floor);
	assert_false(seen_is_new(&seen, &before));
	assert_false(seen_is_new(&seen, &floor));
	assert_true(seen_is_new(&seen, &after));
	seen_reset(&seen, &none);
	assert_true(seen_is_new(&seen, &before));
}

static void
what_was_answered_is_looked_up_however_many_there_were(void **state)
{
	enum { MANY = 3 * SEEN_MAX };
	static struct id ids[MANY];
	struct id none = { { 0 } }, later = made_at(4000000);

	(void)state;
	seen_reset(&seen, &none);
	for (int i = 0; i < MANY; i++) {
		ids[i] = made_at(1000000 + i * 7919 % 100000);        /* clocks differ: in no order */
		seen_add(&seen, &ids[i]);
		seen_add(&seen, &ids[i]);
		for (int j = i; j >= 0; j -= 97)
			assert_false(seen_is_new(&seen, &ids[j]));
	}
	for (int i = 0; i < MANY; i++)
		assert_false(seen_is_new(&seen, &ids[i]));
	assert_true(seen_is_new(&seen, &later));
	/* Anew: what stands in the store by then is below the floor. */
	seen_reset(&seen, &later);
	assert_false(seen_is_new(&seen, &ids[0]));
	assert_false(seen_is_new(&seen, &later));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_older_than_the_takeover_is_looked_up),
		cmocka_unit_test(what_was_answered_is_looked_up_however_many_there_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
