/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt to deliver a mail means, and when to try again. */
#include "retry.h"

#include <stddef.h>

enum {
	FIRST_DAY_UNITS = 24 * 60,
	LAST_DAY_UNITS = 4 * 24 * 60,
	ATTEMPTS_AT_LEAST = 8,
};

static const int64_t early_units[] = { 5, 15, 30 };
enum { EARLY = sizeof early_units / sizeof early_units[0] };

/* Wait after the attempt-th failure, given the units that the schedule had used up before it. */
static int64_t wait_units(unsigned attempt, int64_t used)
{
	if (attempt <= EARLY)
		return early_units[attempt - 1];
	return used < FIRST_DAY_UNITS ? 60 : 240;
}

/* The schedule goes by the number of attempts, not by the clock, so that a jump of the clock disturbs nothing. */
static int64_t planned_units(unsigned attempt)
{
	int64_t used = 0;

	for (unsigned i = 1; i < attempt; i++) {
		used += wait_units(i, used);
		if (used > LAST_DAY_UNITS)
			return -1;
	}
	used += wait_units(attempt, used);
	return used > LAST_DAY_UNITS ? -1 : used;
}

int64_t mail_retry_at(int64_t now_ms, int64_t first_try_ms, unsigned attempt, uint32_t unit_ms, uint32_t jitter_ms)
{
	int64_t planned, wait_ms;

	if (attempt == 0)
		attempt = 1;
	if (unit_ms == 0)
		unit_ms = 1;
	planned = planned_units(attempt);
	if (planned < 0)
		return -1;
	if (attempt >= ATTEMPTS_AT_LEAST && now_ms - first_try_ms > (int64_t)LAST_DAY_UNITS * unit_ms)
		return -1;
	wait_ms = (attempt == 1 ? planned : planned - planned_units(attempt - 1)) * (int64_t)unit_ms;
	return now_ms + wait_ms + (int64_t)jitter_ms % (wait_ms / 10 + 1);
}

static bool is_about_credentials(int code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

enum mail_outcome mail_outcome(bool dialogue_ok, enum mail_stage stage, int smtp_code)
{
	if (dialogue_ok && stage == MAIL_STAGE_DOT && smtp_code >= 200 && smtp_code <= 299)
		return MAIL_OUTCOME_SENT;
	if (smtp_code >= 500 && smtp_code <= 599 && stage >= MAIL_STAGE_MAIL && !is_about_credentials(smtp_code))
		return MAIL_OUTCOME_FAILED;
	return MAIL_OUTCOME_DEFERRED;
}

const char *mail_stage_to_text(enum mail_stage stage)
{
	static const char *const texts[] = { "connect", "auth", "mail", "rcpt", "data", "body", "dot" };

	return (size_t)stage < sizeof texts / sizeof texts[0] ? texts[stage] : "unknown";
}

const char *mail_outcome_to_text(enum mail_outcome outcome)
{
	static const char *const texts[] = { "sent", "deferred", "failed" };

	return (size_t)outcome < sizeof texts / sizeof texts[0] ? texts[outcome] : "unknown";
}
