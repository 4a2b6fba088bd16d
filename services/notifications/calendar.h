/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which days are holidays, and what time it is at a place. Days are counted from 1970-01-01 (base/text.h); wall times are ICU's, with its zones and
 * their changes to and from summer time.
 */
#ifndef NOTIFICATIONS_CALENDAR_H
#define NOTIFICATIONS_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>
#include "base/compiler.h"

#define MINUTES_OF_DAY 1440

bool day_is_weekend(int32_t days);

/*
 * Is it one of Québec's public holidays with pay?
 *   Source  Act respecting labour standards (CQLR c. N-1.1), s. 60: 1 January; Good Friday or Easter Monday, at the employer's
 *           option; the Monday preceding 25 May; 1 July, or 2 July where the 1st is a Sunday; the first Monday of
 *           September; the second Monday of October; 25 December. National Holiday Act (CQLR c. F-1.1), s. 2: 24 June.
 *   Choice  both Good Friday and Easter Monday: which of them a firm keeps is not known to us. 24 June as such, also where a
 *           firm that is closed on Sundays gives the 25th: that is a matter between it and its people.
 */
bool day_is_holiday(int32_t days);
int32_t easter_of(int year);                       /* the Sunday; Gregorian computus (Meeus, Jones, Butcher) */

/* A time zone; one thread uses it at a time. */
struct zone;
/* NULL: no such zone ("America/Toronto", "UTC"; names of the IANA database), or no memory. */
struct zone *zone_open(const char *name) MUST_CHECK;
void zone_close(struct zone **self);               /* NULL-safe */

struct local_time {
	int32_t day;
	int minute;                                /* of the day, 0..1439 */
};
struct local_time zone_local(const struct zone *z, int64_t at_ms);
/* The moment of a wall time; minute 0..1440. Of a time that comes twice, the first; of one that is skipped, the first moment
 * that exists after it. */
int64_t zone_moment(const struct zone *z, int32_t day, int minute);

#endif
