/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of notifications, and what its files offer each other:
 *	follows.c   facts come in, notices are made
 *	notices.c   what is due is composed            facts.c: from rows to the facts of a letter
 *	queue.c     claimed, handed to the worker, recorded
 *	bounces.c   delivery reports are read, matched and recorded
 *	upkeep.c    counts for status, pruning
 *	tasks.c, task_commands.c   what people must do
 *	commands.c, lists.c, preferences.c, preview.c   what people ask
 * All of it runs on the loop's thread; worker.h says what runs beside it.
 */
#ifndef NOTIFICATIONS_NOTIFICATIONS_H
#define NOTIFICATIONS_NOTIFICATIONS_H

#include "base/clock.h"
#include "bus/matters.h"
#include "service/service.h"
#include "service/status.h"
#include "maildir.h"
#include "store.h"
#include "timing.h"
#include "worker.h"

#define CONNECTIONS_MAX WORKER_CONNECTIONS_MAX
#define IN_HAND_MAX     WORKER_MAX
#define AHEAD_MAX       (3 * IN_HAND_MAX) /* less than one turn is left when two are read */
#define BOUNCES_AT_ONCE 8 /* files in one turn */
#define TASK_OWNERS_MAX 200 /* in status */

/* Settings as they are used; texts live as long as the settings. */
struct post_settings {
	enum mail_mode mode;
	const char *allowlist;
	struct mail_sender sender; /* stop_email "": the coordinator of the mail's institution */
	bool sender_is_complete;
	char message_id_domain[256]; /* "": the sender is not known either */
	struct waits waits[MAIL_KIND_COUNT]; /* by enum mail_kind */
	struct timing timing;
	struct zone *zone; /* of timing; the service's own, closed with it */
	int64_t retry_unit_ms, stale_ms, keep_ms, contact_keep_ms;
	unsigned connections;
	const char *bounce_maildir; /* "": none */
	const char *bounce_address; /* of the envelope; "": the sender's */
	int64_t bounce_check_ms;
};

/* A delivery report that was handled, and what its file becomes once that is committed. */
struct handled_file {
	char name[MAILDIR_NAME_MAX + 1];
	char fate; /* S, F: kept so flagged; X: deleted */
};

struct notifications {
	struct post_settings settings;
	struct worker *worker; /* NULL in mode hold */

	/* What left the store for the worker and has not come back to it; at most `connections`. */
	struct attempt in_hand[IN_HAND_MAX];
	size_t in_hand_count;
	/* Read and judged, next first: whose claim costs one statement. A row that is written meanwhile is not claimed. */
	struct outgoing *ahead[AHEAD_MAX];
	size_t ahead_count;
	bool ahead_more; /* there may be some behind them */
	struct queue_place ahead_last;
	int64_t ahead_ms; /* when the first of them was read, mono */
	struct outgoing *claimed[IN_HAND_MAX]; /* by the transaction that is open */
	size_t claimed_count;
	struct delivered results[IN_HAND_MAX]; /* taken from the worker, not recorded yet */
	size_t result_count;

	/* When each chore is due, mono; INT64_MAX: never. 0: now. */
	int64_t compose_due_ms, send_due_ms, count_due_ms, prune_due_ms;
	int64_t behind_until_ms; /* mono; what is due waits for our cursors: not looked at before */

	/* As of the last count; made_ms: of the oldest, wall, 0: none */
	struct {
		int64_t count, made_ms;
	} counts[QUEUE_COUNT];
	int64_t counted_ms; /* wall */
	struct task_owner {
		char institution[NAME_MAX_BYTES + 1]; /* "": the intermediary */
		int64_t open, since_ms; /* of the oldest, wall */
	} task_owners[TASK_OWNERS_MAX];
	size_t task_owner_count;
	struct matter_watch tasks;
	uint64_t attempts_total, composed_total;

	int64_t bounces_due_ms; /* mono */
	struct handled_file handled[BOUNCES_AT_ONCE]; /* by the transaction that is open */
	size_t handled_count;
	bool maildir_trouble; /* it could not be read, or a file not be moved */
	bool move_failed;
	uint64_t reports_total;
};

static inline struct notifications *
notifications_of(const struct work *w)
{
	return w->service;
}

static inline enum verdict
verdict_of(int store_result)
{
	return store_result == STORE_OK ? VERDICT_OK : store_result == STORE_BROKEN ? VERDICT_BROKEN : VERDICT_RETRY;
}

extern const struct setting notifications_settings[];
/* Reads what settings.c declares: 0, or -1 after a log_error. */
int post_settings_read(const struct settings *s, struct post_settings *out) MUST_CHECK;
/* For the worker; texts belong to the settings. */
struct worker_settings post_worker_settings(const struct settings *s, const struct post_settings *post);

extern const struct follow notifications_follows[];
extern const size_t notifications_follow_count;
extern const struct command notifications_commands[];
extern const size_t notifications_command_count;
extern const struct chore notifications_chores[];
extern const size_t notifications_chore_count;

/* As service.h: what was on its way is sent again; everything is due. */
int notifications_on_active(struct work *w);
void notifications_on_status(void *state, struct status_out *out);

/* Plans compose_due_ms and send_due_ms by the store. enum store_result. */
int plan_next(struct work *w) MUST_CHECK;

/* notices.c */
int64_t compose_due(void *service);
int compose_run(struct work *w);
void compose_after(void *service, bool committed);
/* queue.c */
void queue_close(struct notifications *n); /* frees what was read ahead */
int64_t send_due(void *service);
int send_run(struct work *w);
void send_after(void *service, bool committed);
/* Reads ahead while the relay is at work. */
int64_t ahead_due(void *service);
int ahead_run(struct work *w);
void ahead_after(void *service, bool committed);
int64_t record_due(void *service);
int record_run(struct work *w);
void record_after(void *service, bool committed);
/* bounces.c */
int64_t bounces_due(void *service);
int bounces_run(struct work *w);
void bounces_after(void *service, bool committed);
/* upkeep.c */
int64_t count_due(void *service);
int count_run(struct work *w);
int64_t prune_due(void *service);
int prune_run(struct work *w);
/* Counts are old news: soon counted again. */
void count_soon(struct notifications *n, int64_t mono_ms);

/* lists.c */
enum verdict on_mail_list(struct call *call);
enum verdict on_mail_show(struct call *call);
enum verdict on_suppression_list(struct call *call);
/* held.c */
enum verdict on_learner_held(struct call *call);
/* preferences.c */
enum verdict on_mail_frequency(struct call *call);
enum verdict on_mail_frequency_list(struct call *call);
/* preview.c */
enum verdict on_mail_preview(struct call *call);

#endif
