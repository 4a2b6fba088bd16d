/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the store to the facts of letters: all that is known of the mails that are due, loaded with one statement for each
 * kind of fact, never one for each mail.
 */
#ifndef NOTIFICATIONS_FACTS_H
#define NOTIFICATIONS_FACTS_H

#include "notifications.h"

/* One mail that is due to be composed. */
struct draft {
	int64_t mail;
	struct mail_facts facts; /* complete but for message_id when readiness says QUEUED */
	struct readiness readiness;
	struct source *sources; /* keys of the facts that stand in it */
	size_t source_count, source_room;
};

/* The mails that are due now, oldest first, at most most, without those about a round whose positions our cursors have not
 * passed: *some_behind. *out and all that it points to: in w's arena and transaction. enum store_result. */
int facts_load(struct work *w, int64_t most, struct draft **out, size_t *count, bool *some_behind) MUST_CHECK;

#endif
