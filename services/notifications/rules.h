/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions about mails, without I/O and clock: the life of a mail, whether all that it needs is here, who may be written
 * to, who may see an address.
 */
#ifndef NOTIFICATIONS_RULES_H
#define NOTIFICATIONS_RULES_H

#include "bus/core.h"
#include "compose.h"

/* ---- the life of a mail ------------------------------------------------------------------------------------------ */

/* clang-format off */
/* Numbers of notification.proto, MailState.
 *      state        text           is that the end of it */
#define QUEUE_STATES(X) \
	X(WAITING,    "waiting",     false) \
	X(QUEUED,     "queued",      false) \
	X(SENDING,    "sending",     false) \
	X(SENT,       "sent",        true) \
	X(DEFERRED,   "deferred",    false) \
	X(FAILED,     "failed",      true) \
	X(SUPPRESSED, "suppressed",  true) \
	X(FOLDED,     "folded",      true)

enum queue_state {
	QUEUE_NONE = 0,
#define QUEUE_AS_ENUM(state, text, is_end) QUEUE_##state,
	QUEUE_STATES(QUEUE_AS_ENUM)
#undef QUEUE_AS_ENUM
	QUEUE_COUNT
};

/*      in state     what happens   goes to
 * CHANGED: a fact that stands in it is another one now. INTERRUPTED: the process ended while it was on its way.
 * RETRIED: by hand, with a message that is composed already; RECOMPOSED: by hand, after an erasure, or for a corrected address,
 * without one. BOUNCES: a report says that what the relay had taken has not arrived. */
#define QUEUE_MOVES(X) \
	X(WAITING,    COMPOSED,      QUEUED) \
	X(WAITING,    FAILS,         FAILED) \
	X(WAITING,    SUPPRESSED,    SUPPRESSED) \
	X(WAITING,    RETRIED,       QUEUED) \
	X(WAITING,    RECOMPOSED,    WAITING) \
	X(QUEUED,     CHANGED,       WAITING) \
	X(QUEUED,     CLAIMED,       SENDING) \
	X(QUEUED,     SUPPRESSED,    SUPPRESSED) \
	X(QUEUED,     RETRIED,       QUEUED) \
	X(QUEUED,     RECOMPOSED,    WAITING) \
	X(SENDING,    SENDS,         SENT) \
	X(SENDING,    DEFERS,        DEFERRED) \
	X(SENDING,    FAILS,         FAILED) \
	X(SENDING,    INTERRUPTED,   QUEUED) \
	X(SENDING,    RECOMPOSED,    WAITING) \
	X(SENT,       BOUNCES,       FAILED) \
	X(DEFERRED,   CLAIMED,       SENDING) \
	X(DEFERRED,   SUPPRESSED,    SUPPRESSED) \
	X(DEFERRED,   RETRIED,       QUEUED) \
	X(DEFERRED,   RECOMPOSED,    WAITING) \
	X(FAILED,     SUPPRESSED,    SUPPRESSED) \
	X(FAILED,     RETRIED,       QUEUED) \
	X(FAILED,     RECOMPOSED,    WAITING) \
	X(SUPPRESSED, RETRIED,       QUEUED) \
	X(SUPPRESSED, RECOMPOSED,    WAITING)

enum queue_event {
	ON_COMPOSED, ON_CHANGED, ON_CLAIMED, ON_SENDS, ON_DEFERS, ON_FAILS, ON_INTERRUPTED, ON_RETRIED, ON_RECOMPOSED,
	ON_SUPPRESSED, ON_BOUNCES,
};
/* clang-format on */

const char *queue_state_to_text(enum queue_state s); /* static, never NULL */
enum queue_state queue_state_from_text(const char *text); /* QUEUE_NONE: unknown */
bool queue_state_is_end(enum queue_state s);
/* QUEUE_NONE: that cannot happen in this state. */
enum queue_state queue_state_after(enum queue_state s, enum queue_event e);
/* "waiting|queued": the states in which e can happen; NULL: no memory. */
const char *queue_states_before(enum queue_event e, struct arena *a) MUST_CHECK;

/* clang-format off */
/* Why a mail is in its state; `held` is only shown, for what is queued while mail_mode is hold. */
#define QUEUE_WHYS(X) \
	X(NOTHING, "") \
	X(COLLECTING, "collecting")                   /* more may come into the same message */ \
	X(QUIET_HOURS, "quiet_hours")                 /* waits for the next workday, or its first hour (timing.h) */ \
	X(NEXT_DIGEST, "next_digest")                 /* its reader has had her message of the day, or of the week */ \
	X(PAUSED, "paused")                           /* its reader has asked for a pause */ \
	X(CAPPED, "capped")                           /* its firm was asked for enough this month */ \
	X(NEVER, "never")                             /* its reader wants no mail */ \
	X(CHANGED, "changed")                         /* to be composed anew */ \
	X(BEHIND, "behind")                           /* our cursors have not passed the round's positions */ \
	X(ROUND_UNPUBLISHED, "round_unpublished") \
	X(CONTACT_MISSING, "contact_missing")         /* the recipient's: a task for the coordinator */ \
	X(COORDINATOR_MISSING, "coordinator_missing") /* an institution's names or coordinator */ \
	X(LEARNER_MISSING, "learner_missing")         /* a learner's name */ \
	X(POSTING_MISSING, "posting_missing")         /* what somebody is placed at */ \
	X(BAD_ADDRESS, "bad_address") \
	X(FACT_MISSING, "fact_missing") \
	X(SENDER_SETTINGS, "sender_settings")         /* the settings sender_... are not complete */ \
	X(CAUSE_GONE, "cause_gone")                   /* nothing is left to tell */ \
	X(ROUND_WITHDRAWN, "round_withdrawn") \
	X(STALE, "stale")                             /* older than stale_days: news no more */ \
	X(NOT_ALLOWLISTED, "not_allowlisted") \
	X(ADDRESS_SUPPRESSED, "address_suppressed") \
	X(BY_HAND, "by_hand") \
	X(INTERRUPTED, "interrupted") \
	X(SMTP, "smtp")                               /* see last_code */ \
	X(BOUNCED, "bounced")                         /* a delivery report; see answer */ \
	X(EXPIRED, "expired")                         /* four days of trying */ \
	X(NOT_COMPOSED, "not_composed")               /* our own mistake, or too large */ \
	X(HELD, "held")
/* clang-format on */

enum queue_why {
#define WHY_AS_ENUM(why, text) WHY_##why,
	QUEUE_WHYS(WHY_AS_ENUM)
#undef WHY_AS_ENUM
};
const char *queue_why_to_text(enum queue_why w); /* static, never NULL */

/* clang-format off */
/* What decides when a kind is told, and to whom; a row for each of MAIL_KINDS but the message that holds several.
 *      kind                reader         goes at once   asks for something */
#define KIND_RULES(X) \
	X(POSTINGS_RECEIVED,   EMPLOYER,      false,         true) \
	X(CANDIDATES,          EMPLOYER,      true,          false) \
	X(ROUND_SUMMARY,       COORDINATOR,   false,         false) \
	X(PLACE_FREED,         EMPLOYER,      false,         false)   /* at once when the stay is near */
/* clang-format on */
bool kind_is_for_coordinators(enum mail_kind k);
bool kind_is_urgent(enum mail_kind k);
bool kind_is_request(enum mail_kind k);
const char *kind_to_text(enum mail_kind k); /* static, never NULL */
bool kind_from_text(const char *text, enum mail_kind *out) MUST_CHECK;

/* ---- is all here? ------------------------------------------------------------------------------------------------ */
struct position {
	const char *log_id;
	struct id epoch;
	uint64_t seq;
};

/*
 * Has our reader of that log passed a position? Within one epoch seq decides. Another epoch: a later one begins after all
 * that is left of an earlier one (epochs are UUIDv7, so they sort by time), even where a restore has made its numbers smaller.
 * Never while the reader has diverged or starts over.
 */
bool position_is_passed(const struct follow_status *reader, const struct position *p);
/* The first position that is not passed; NULL: all are. A log that is not followed is never passed. */
const struct position *position_behind(const struct core_status *core, const struct position *all, size_t count);

/* What is known of a mail that is due. */
struct readiness {
	enum mail_kind kind;
	const char *recipient, *institution;
	const char *round, *round_state; /* state "": unknown; not for MAIL_POSTINGS_RECEIVED */
	bool has_cause; /* a posting, a candidate, a summary that can be told */
	bool has_contact, has_coordinator; /* of the recipient; of her institution, names included */
	const char *missing_learner; /* pool number of the first without a contact; NULL: none */
	const char *missing_institution; /* of a candidate; NULL: none */
	const char *missing_posting; /* where somebody is placed; NULL: none */
	bool has_sender, is_suppressed, is_stale;
	int64_t now_ms, paused_until_ms; /* nothing is asked of the employer before */
};
/* QUEUED: it can be composed. WAITING or SUPPRESSED: *why. *needs, for WAITING: kind of the missing fact, "employer",
 * "institution", "learner", "round", and *needs_id; NULL: none. */
enum queue_state
readiness_judge(const struct readiness *r, enum queue_why *why, const char **needs, const char **needs_id);

/* ---- who may be written to, who may see it ----------------------------------------------------------------------- */
enum mail_mode { MODE_HOLD, MODE_ALLOWLIST, MODE_SEND };

/* list: addresses and @domains, separated by blanks or commas; case does not count. */
bool allowlist_has(const char *list, const char *address);

/* May a mail that is due be handed to the relay? QUEUE_SENDING, or QUEUE_SUPPRESSED with *why. attempts 0: never tried. */
enum queue_state claim_judge(enum mail_mode mode, const char *allowlist, const char *address, bool is_suppressed,
                             bool is_stale, enum queue_why *why);

#define MASKED_MAX 260
/* "m***@firm.example", "" for "". */
void address_mask(const char *address, char out[MASKED_MAX]);
/* Small letters, in a; NULL: no memory. */
const char *address_normalise(struct arena *a, const char *address) MUST_CHECK;

/* The header of a message without what is about persons: From, Date, Subject, Message-ID and the like, then an empty line. In a;
 * NULL: no memory. */
const char *message_header_public(struct arena *a, const char *message, size_t size, size_t *out_size) MUST_CHECK;

#endif
