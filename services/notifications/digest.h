/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails that could be composed get their turn: which go now, alone or several in one message to the same person, and which wait
 * until when (timing.h). Pure.
 */
#ifndef NOTIFICATIONS_DIGEST_H
#define NOTIFICATIONS_DIGEST_H

#include "facts.h"

#define DIGEST_MAILS_MAX 50 /* the others wait for the next one */

/* What a draft comes to, beside it. On the way in `state` is readiness_judge()'s. */
struct planned {
	enum queue_state state; /* QUEUED: goes now */
	enum queue_why why;
	int64_t due_ms;
	bool decided;
	bool left; /* nothing changes: it was here for another one's sake */
	size_t group; /* of a message that tells of several: their first draft's place in the list; else its own */
};

/* Drafts in the order of their being due; turn and asked of later ones change as earlier ones go. */
void turns_plan(const struct timing *t, int64_t now_ms, struct draft *drafts, struct planned *plans, size_t count);

#endif
