/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a person is written to. Pure: the clock is an argument, zones are ICU's (calendar.h).
 *	urgent mail              at once, at any hour
 *	all else                 within the hours of a workday (quiet hours, weekends and holidays wait for the next one)
 *	now                      each mail by itself, as soon as it has collected
 *	daily, weekly            all that there is in one message, at most one a local day, or in seven of them
 *	never                    no mail at all, not even urgent mail
 *	the monthly cap          of a firm: how many messages a month may ask it for something. What is over the cap waits for the
 *	                         next month, or goes along with a message that goes anyway; results are not counted
 */
#ifndef NOTIFICATIONS_TIMING_H
#define NOTIFICATIONS_TIMING_H

#include "calendar.h"
#include "rules.h"

/* clang-format off */
#define FREQUENCIES(X) X(NOW, "now") X(DAILY, "daily") X(WEEKLY, "weekly") X(NEVER, "never")
#define SCOPES(X) X(MINE, "mine") X(FIRM, "firm")
/* clang-format on */

enum frequency {
#define FREQUENCY_AS_ENUM(name, text) FREQUENCY_##name,
	FREQUENCIES(FREQUENCY_AS_ENUM)
#undef FREQUENCY_AS_ENUM
};
enum scope { /* what concerns her own records, or all records of her firm */
#define SCOPE_AS_ENUM(name, text) SCOPE_##name,
	SCOPES(SCOPE_AS_ENUM)
#undef SCOPE_AS_ENUM
};
const char *frequency_to_text(enum frequency f); /* static, never NULL */
bool frequency_from_text(const char *text, enum frequency *out) MUST_CHECK;
bool scope_from_text(const char *text, enum scope *out) MUST_CHECK;

#define HEADCOUNT_SMALL 10 /* below it the first cap, below the next the second one */
#define HEADCOUNT_MEDIUM 50

struct timing {
	const struct zone *zone;
	int opens, closes; /* minutes of the day, opens < closes; 0 and 1440: all day */
	bool weekends, holidays; /* mail goes on these days too */
	int64_t caps[3]; /* by headcount; 0: none */
	enum frequency employers, coordinators; /* of who has asked for nothing */
};

/* at_ms, or the next moment at which mail that is not urgent may go. */
int64_t timing_open_from(const struct timing *t, int64_t at_ms);
/* First moment of the local month of at_ms, and of the one after it. */
int64_t timing_month_begins(const struct timing *t, int64_t at_ms);
int64_t timing_month_ends(const struct timing *t, int64_t at_ms);
/* headcount 0: not known, as for the smallest. INT64_MAX: no cap. */
int64_t timing_cap(const struct timing *t, int64_t headcount);

struct turn {
	bool urgent;
	enum frequency frequency; /* her own, or that of the settings */
	int64_t last_ms; /* when her last message that was not urgent was made; 0: none is known */
};
/* May she be written to now? WHY_NOTHING: yes. WHY_NEVER: no. WHY_QUIET_HOURS, WHY_NEXT_DIGEST: at *due_ms. */
enum queue_why timing_judge(const struct timing *t, int64_t now_ms, const struct turn *turn, int64_t *due_ms);

/* asked: messages of this month that asked this firm for something. WHY_CAPPED: a further one may go at *due_ms. */
enum queue_why timing_cap_judge(const struct timing *t, int64_t now_ms, int64_t headcount, int64_t asked, int64_t *due_ms);

/* Is a freed place urgent? It is when the stay begins within 14 days, or has begun. */
bool timing_is_near(const struct timing *t, int64_t now_ms, int32_t starts_on);

#endif
