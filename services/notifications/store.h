/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One function per statement, set-based: lists go as arrays. All return an enum store_result. Rows that come back die with
 * the transaction, and what points into them too.
 */
#ifndef NOTIFICATIONS_STORE_H
#define NOTIFICATIONS_STORE_H

#include "store/store.h"
#include "wire.h"

/* ---- facts ------------------------------------------------------------------------------------------------------- */
/* Everything that a batch of events says replaces what stood under its keys. log_id: of the batch, head: of that log. */
int store_told(struct work *w, const struct told *t, const char *log_id, uint64_t head) MUST_CHECK;
/* Before all else: what belongs to another log that told of it first is left out, with a warning (README, "Several
 * intakes"); so is that a learner of another log be erased. */
int store_own_only(struct work *w, struct told *t, const char *log_id) MUST_CHECK;
/* What stands under a key of a topic goes; dropped false: it is another log's, and stays. */
int store_drop(struct work *w, const char *log_id, const char *topic, const char *key, bool *dropped) MUST_CHECK;

/* ---- notices ----------------------------------------------------------------------------------------------------- */
struct notice {
	enum mail_kind kind;
	const char *ids, *recipient, *institution, *round; /* round "": of none */
	enum queue_why dropped; /* WHY_NOTHING: a mail is to come of it */
};
struct waits {
	int64_t wait_ms, longest_ms;
}; /* of each kind */

/* Those that are new are kept; loose ones, also such as have lost their mail, join a waiting mail of their group. */
int store_notices(struct work *w, const struct notice *all, size_t count, const struct waits waits[MAIL_KIND_COUNT]) MUST_CHECK;
/* Notices of these postings follow a changed employer (they are loose then: store_notices). */
int store_notices_stray(struct work *w, const char *const *postings, size_t count) MUST_CHECK;
/* Facts with these keys came or changed; forget: no message that names these learners is kept. */
int store_touch(struct work *w, const char *const *sources, size_t count) MUST_CHECK;
int store_forget(struct work *w, const char *const *sources, size_t count) MUST_CHECK;

/* ---- composing --------------------------------------------------------------------------------------------------- */
struct composed {
	int64_t mail;
	enum queue_state state; /* WAITING, QUEUED, FAILED, SUPPRESSED */
	enum queue_why why;
	const char *needs; /* key of what is missing; "" */
	int64_t due_ms;
	const char *message_id, *to; /* "" without a message */
	struct bytes body; /* data NULL: none */
	bool urgent;
	int64_t carrier; /* folded: the message that tells of it; else 0 */
};
struct source {
	int64_t mail;
	const char *source;
};
int store_composed(struct work *w, const struct composed *all, size_t count, const struct source *sources,
                   size_t source_count) MUST_CHECK;

/* One message that tells of several mails; they are kept after it, folded, with its number as their carrier. */
struct digest {
	int64_t number;
	const char *recipient, *colleague, *institution, *message_id, *to;
	struct bytes body;
};
int store_digest_number(struct work *w, int64_t *number) MUST_CHECK;
int store_digest(struct work *w, const struct digest *d) MUST_CHECK;
/* Those that would have to be composed anew are taken apart. */
int store_digests_unfold(struct work *w) MUST_CHECK;

/* ---- sending ----------------------------------------------------------------------------------------------------- */
struct attempt {
	int64_t mail, number;
};
struct result {
	struct attempt attempt;
	enum queue_state state;
	enum queue_why why;
	int64_t due_ms, code;
	const char *words;
};

/* When the next mail is due, wall; INT64_MAX: none. */
int store_next(struct tx *tx, int64_t *compose_ms, int64_t *send_ms) MUST_CHECK;
/* behind: the place in the queue that the last of them had, and it comes to have; { 0, 0 }: from its beginning. */
struct queue_place {
	int64_t due_ms, mail;
};
int store_claimable(struct work *w, int64_t most, struct queue_place *behind, struct rows **out) MUST_CHECK;
/* versions: of their rows, as store_claimable gave them. Rows come back of those that nobody has written since. */
int store_claim(struct work *w, const int64_t *mails, const int64_t *versions, size_t count, struct rows **out) MUST_CHECK;
int store_flying(struct work *w, const int64_t *mails, size_t count, struct rows **out) MUST_CHECK;
int store_record(struct work *w, const struct result *all, size_t count) MUST_CHECK;
int store_interrupted(struct work *w, const struct attempt *in_hand, size_t count, struct rows **out) MUST_CHECK;
struct ending {
	int64_t mail;
	enum queue_why why;
};
int store_end(struct work *w, const struct ending *all, size_t count, const char *reason) MUST_CHECK;

/* ---- people ------------------------------------------------------------------------------------------------------ */
struct found {
	enum queue_state state;
	struct bytes body;
	const char *institution;
	bool names_others; /* the message names a learner of another institution */
};
/* institution NULL: any. *there false: no such mail, or not theirs. */
int store_find(struct work *w, int64_t mail, const char *institution, bool *there, struct found *out) MUST_CHECK;
int store_again(struct work *w, int64_t mail) MUST_CHECK;

/* ---- addresses that nothing is sent to, and delivery reports: store_bounces.c ------------------------------------- */
/* institution "": from nobody any more. */
int store_suppress(struct work *w, const char *address, const char *institution, const char *reason) MUST_CHECK;
/* *there false: nothing was suppressed there. */
int store_unsuppress(struct work *w, const char *address, const char *institution, bool *there) MUST_CHECK;
/* A person tries a mail again: that nobody was at its address is forgotten. */
int store_retry_lifts(struct work *w, int64_t mail) MUST_CHECK;
/* Nobody is at the address of that mail: its institution writes there no more. cause: "bounced", "refused". */
int store_address_dead(struct work *w, int64_t mail, const char *cause, const char *status) MUST_CHECK;
/* Before the contacts of t replace those that stand: what did not arrive at an address that is corrected is composed anew. */
int store_corrected(struct work *w, const struct told *t) MUST_CHECK;

/* One of our mails, named by a report. */
struct bounced_mail {
	const char *message_id, *institution, *to; /* to "": no longer kept */
	int64_t mail;
	enum queue_state state;
	bool is_blank; /* the message is no longer kept */
};
struct bounce_row {
	struct bytes digest;
	int64_t mail; /* 0: none of ours */
	const char *meaning, *status;
};
int store_bounced_mails(struct work *w, const char *const *message_ids, size_t count, struct bounced_mail **out,
                        size_t *found) MUST_CHECK;
/* *fresh[i] becomes true where all[i] was not read before. */
int store_bounces(struct work *w, const struct bounce_row *all, size_t count, bool *const *fresh) MUST_CHECK;
int store_bounce_fail(struct work *w, int64_t mail, int64_t code, const char *words) MUST_CHECK;
int store_bounce_note(struct work *w, int64_t mail, const char *words) MUST_CHECK;
int store_bounces_prune(struct work *w, int64_t read_before_ms) MUST_CHECK;
/* That files which were set aside are to go: asked for, still to do, done. */
int store_sweep_ask(struct work *w) MUST_CHECK;
int store_sweep_asked(struct work *w, bool *asked) MUST_CHECK;
int store_sweep_done(struct work *w) MUST_CHECK;

/* ---- upkeep ------------------------------------------------------------------------------------------------------ */
int store_counts(struct tx *tx, struct rows **out) MUST_CHECK;
/* *more: there is more to prune at once. */
int store_prune(struct work *w, int64_t ended_before_ms, int64_t needed_before_ms, bool *more) MUST_CHECK;

#endif
