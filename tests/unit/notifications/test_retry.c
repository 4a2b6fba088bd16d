/* SPDX-License-Identifier: Apache-2.0 */
/* When a mail is tried again, and what an attempt means. */
#include "retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MINUTE_MS = 60000 };
#define HOUR_MS (60ll * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define NOON 1795240800000ll

static void waits_are_5_15_30_minutes_then_hours_then_four_hours(void **state)
{
	int64_t now = NOON, at;
	unsigned attempt = 1;

	(void)state;
	for (const int64_t *m = (const int64_t[]){ 5, 15, 30, 60, 60, 60, 0 }; *m != 0; m++, attempt++) {
		at = mail_retry_at(now, NOON, attempt, MINUTE_MS, 0);
		assert_int_equal(at - now, *m * MINUTE_MS);
		now = at;
	}
	while ((at = mail_retry_at(now, NOON, attempt, MINUTE_MS, 0)) >= 0) {
		assert_int_equal(at - now, now - NOON < DAY_MS ? HOUR_MS : 4 * HOUR_MS);
		now = at;
		attempt++;
	}
	assert_in_range((uint64_t)(now - NOON), (uint64_t)(4 * DAY_MS - 4 * HOUR_MS), (uint64_t)(4 * DAY_MS));
	assert_in_range(attempt, 40, 50);
}

static void a_mail_is_given_up_after_four_days_even_with_few_attempts(void **state)
{
	(void)state;
	/* The service was down for a week after the 10th attempt. */
	assert_int_equal(mail_retry_at(NOON + 7 * DAY_MS, NOON, 10, MINUTE_MS, 0), -1);
	assert_true(mail_retry_at(NOON + 3 * DAY_MS, NOON, 10, MINUTE_MS, 0) > 0);
}

static void a_clock_that_jumps_makes_no_mail_expire_early(void **state)
{
	(void)state;
	assert_int_equal(mail_retry_at(NOON + 3650 * DAY_MS, NOON, 1, MINUTE_MS, 0), NOON + 3650 * DAY_MS + 5 * MINUTE_MS);
	assert_int_equal(mail_retry_at(NOON - 3650 * DAY_MS, NOON, 4, MINUTE_MS, 0), NOON - 3650 * DAY_MS + HOUR_MS);
}

static void jitter_adds_at_most_a_tenth(void **state)
{
	(void)state;
	for (uint32_t j = 1; j != 0; j <<= 1) {
		int64_t wait = mail_retry_at(0, 0, 1, MINUTE_MS, j) - 5 * MINUTE_MS;

		assert_in_range((uint64_t)wait, 0, 30000);
	}
	assert_int_equal(mail_retry_at(0, 0, 1, MINUTE_MS, 1234), 5 * MINUTE_MS + 1234);
}

static void the_unit_shortens_the_whole_schedule(void **state)
{
	(void)state;
	assert_int_equal(mail_retry_at(NOON, NOON, 1, 1000, 0), NOON + 5000);
	assert_int_equal(mail_retry_at(NOON + 5760001, NOON, 8, 1000, 0), -1);
	assert_true(mail_retry_at(NOON, NOON, 0, 0, 0) > NOON);
	assert_int_equal(mail_retry_at(NOON, NOON, UINT32_MAX, MINUTE_MS, 0), -1);
}

static void an_attempt_is_sent_only_with_2xx_after_the_final_dot(void **state)
{
	(void)state;
	assert_int_equal(mail_outcome(true, MAIL_STAGE_DOT, 250), MAIL_OUTCOME_SENT);
	assert_int_equal(mail_outcome(false, MAIL_STAGE_DOT, 250), MAIL_OUTCOME_DEFERRED);
	assert_int_equal(mail_outcome(true, MAIL_STAGE_RCPT, 250), MAIL_OUTCOME_DEFERRED);
	assert_int_equal(mail_outcome(true, MAIL_STAGE_DOT, 354), MAIL_OUTCOME_DEFERRED);
	assert_int_equal(mail_outcome(true, MAIL_STAGE_DOT, 0), MAIL_OUTCOME_DEFERRED);
}

static void a_5xx_fails_the_mail_only_where_it_speaks_of_the_mail(void **state)
{
	(void)state;
	for (int stage = MAIL_STAGE_CONNECT; stage <= MAIL_STAGE_LAST; stage++) {
		enum mail_outcome about_mail = stage >= MAIL_STAGE_MAIL ? MAIL_OUTCOME_FAILED : MAIL_OUTCOME_DEFERRED;

		assert_int_equal(mail_outcome(false, (enum mail_stage)stage, 550), about_mail);
		assert_int_equal(mail_outcome(false, (enum mail_stage)stage, 552), about_mail);
		assert_int_equal(mail_outcome(false, (enum mail_stage)stage, 535), MAIL_OUTCOME_DEFERRED);
		assert_int_equal(mail_outcome(false, (enum mail_stage)stage, 421), MAIL_OUTCOME_DEFERRED);
		assert_int_equal(mail_outcome(false, (enum mail_stage)stage, 452), MAIL_OUTCOME_DEFERRED);
		assert_int_equal(mail_outcome(false, (enum mail_stage)stage, 0), MAIL_OUTCOME_DEFERRED);
	}
}

static void stages_and_outcomes_have_names(void **state)
{
	(void)state;
	assert_string_equal(mail_stage_to_text(MAIL_STAGE_CONNECT), "connect");
	assert_string_equal(mail_stage_to_text(MAIL_STAGE_DOT), "dot");
	assert_string_equal(mail_stage_to_text((enum mail_stage)42), "unknown");
	assert_string_equal(mail_outcome_to_text(MAIL_OUTCOME_FAILED), "failed");
	assert_string_equal(mail_outcome_to_text((enum mail_outcome)42), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_are_5_15_30_minutes_then_hours_then_four_hours),
		cmocka_unit_test(a_mail_is_given_up_after_four_days_even_with_few_attempts),
		cmocka_unit_test(a_clock_that_jumps_makes_no_mail_expire_early),
		cmocka_unit_test(jitter_adds_at_most_a_tenth),
		cmocka_unit_test(the_unit_shortens_the_whole_schedule),
		cmocka_unit_test(an_attempt_is_sent_only_with_2xx_after_the_final_dot),
		cmocka_unit_test(a_5xx_fails_the_mail_only_where_it_speaks_of_the_mail),
		cmocka_unit_test(stages_and_outcomes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
