/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the store to the facts of letters: all that is known of the mails that are due, loaded with one statement for each
 * kind of fact, never one for each mail.
 */
#ifndef NOTIFICATIONS_FACTS_H
#define NOTIFICATIONS_FACTS_H

#include "notifications.h"
#include "timing.h"

/* One mail that is due to be composed. */
struct draft {
	int64_t mail;
	struct mail_facts facts; /* complete but for message_id when readiness says QUEUED */
	struct readiness readiness;
	struct source *sources; /* keys of the facts that stand in it */
	size_t source_count, source_room;

	/* When it may be told (timing.h). */
	const char *colleague; /* "": the recipient's own contact is told */
	bool is_due; /* else it is here because something is due for the same person */
	bool by_hand; /* goes whatever the hour */
	const char *address; /* of its reader, in small letters; NULL: not known */
	const char *firm;
	struct turn turn;
	int64_t headcount, asked; /* messages of this month that asked the firm for something */
};

/* The mails that are due now, oldest first, at most most, and what waits only for its turn to be told to the same persons; without those about a round whose positions our cursors have not
 * passed: *some_behind. *out and all that it points to: in w's arena and transaction. enum store_result. */
int facts_load(struct work *w, int64_t most, struct draft **out, size_t *count, bool *some_behind) MUST_CHECK;

#endif
