/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the messaging core share: commands.c, log.c, reader.c and core.c between them. */
#ifndef BUS_CORE_PRIV_H
#define BUS_CORE_PRIV_H

#include "bus/core.h"
#include "bus/seen.h"
#include "store/store.h"

#define UPWARD_MAX_BYTES   (4 * MiB)
#define DOWNWARD_MAX_BYTES (8 * MiB)
#define TTL_MAX_MS         600000
#define FOLLOWS_MAX        16
#define FETCH_TOPICS_MAX   16
#define AUDIT_NOTES_MAX    64u          /* refused at the door, in a second */
#define AUDIT_NOTES_EACH   16u          /* of them, by one principal */
#define DAY_MS             (24 * 60 * 60 * INT64_C(1000))

/* A command that waits for its group. One allocation with its payload. */
struct queued {
	struct queued *next;
	const struct command *command;
	struct principal who;
	struct peer from;
	struct id request_id;
	uint8_t digest[32];
	int64_t expires_mono_ms, wake_mono_ms;
	unsigned failures;          /* groups that it was in and that failed */
	bool alone;
	size_t size;
	uint8_t payload[];
};

/* Who was forbidden what: it becomes a line of the audit trail with the next tidying. */
struct audit_note { struct principal who; struct id request_id; int type, code; };

/* A Fetch that waits for events. */
struct parked {
	struct parked *next;
	struct peer from;
	char reader[2 * NAME_MAX_BYTES + 2];
	char topics[FETCH_TOPICS_MAX][TOPIC_MAX + 1];
	size_t topic_count;
	struct cursor after;
	uint64_t scanned_to;        /* nothing of its topics up to here */
	uint64_t fetch_id;
	uint32_t max_events, max_bytes;   /* max_events 0: asks for the head only */
	uint64_t serial;            /* another one: the reader has asked anew while the store was waited for */
	int64_t since_mono_ms, deadline_mono_ms;
};

/* Recent committed events, contiguous: (after, head]. A ring of pointers, oldest first. */
struct ring {
	struct event **slots;
	size_t first, count, capacity;   /* capacity is a power of two */
	size_t bytes;
	uint64_t after;
};

struct reader {
	const struct follow *follow;
	size_t which;
	struct arena *arena;        /* of the batch in hand */
	struct reader_state state;  /* durable */
	bool diverged;
	bool reload;                /* the store knows better what state is (a resync was asked for) */
	bool in_flight;
	uint64_t fetch_id;
	struct cursor asked;        /* the Fetch in flight starts here */
	int64_t answer_due_mono_ms, next_fetch_mono_ms;
	unsigned attempt, apply_failures;
	struct bytes frames[4];     /* Downwards not yet looked at: a Batch, and answers about the head */
	size_t frame_count;
	Bassin__V1__Batch *batch;   /* in arena; being applied */
	struct follow_status status;
	uint64_t head_ask_id;
	uint64_t head_answered_seq; /* not status.head_seq: a Batch may come from an instance that was superseded */
	int64_t head_asked_mono_ms, head_answered_for_mono_ms;
};

struct core {
	struct core_config config;
	enum core_state state;
	bool draining;
	int64_t now_ms, mono_ms;    /* of this turn */
	struct id epoch;
	uint64_t head_seq;
	struct epoch_start *epochs;
	size_t epoch_count, epoch_capacity;
	int64_t lease_next_mono_ms, store_used_mono_ms;

	struct arena *arena;        /* of the group in hand */
	struct arena *rx;           /* of the frame being received: core_receive may be called while the store waits */
	struct queued *queue, **queue_end;
	size_t queue_count, queue_bytes;
	int64_t group_retry_mono_ms;
	struct seen seen;           /* of the replies in the store */
	struct audit_note notes[AUDIT_NOTES_MAX];
	size_t note_count;
	uint64_t notes_lost;        /* since the last writing */
	struct event *emitted;
	size_t emitted_count, emitted_capacity;
	size_t appended_count;      /* of them: already given to the store */

	struct parked *parked;
	size_t parked_count;
	uint64_t fetch_serial;
	struct ring ring;
	struct registered_reader *readers;
	size_t reader_count, reader_capacity;
	bool readers_dirty;
	int64_t tidy_next_mono_ms, readers_next_mono_ms;

	struct reader follows[FOLLOWS_MAX];
	struct follow_status follow_views[FOLLOWS_MAX];
	int64_t chore_retry_mono_ms[FOLLOWS_MAX];
	uint64_t counters[CORE_COUNTERS];
};

/* core.c */
/* A transaction of ours, fenced; enum store_result or CORE_FENCED. core_open does not wait for the fence: for what ends with
 * a commit, which tells. */
int  core_begin(struct core *c, struct work *w);
int  core_open(struct core *c, struct work *w);
int  core_append(struct core *c, struct work *w);           /* what was emitted and is not given to the store yet */
int  core_commit(struct core *c, struct work *w);           /* appends what was emitted, commits, serves it */
void core_rollback(struct core *c, struct work *w);
void core_failed(struct core *c, int result);               /* looks whether we are still active after a failure */
void core_passive(struct core *c);

/* commands.c */
void    commands_receive(struct core *c, const struct principal *who, const struct peer *from, const Bassin__V1__Request *rq);
void    commands_answer_code(struct core *c, const struct peer *to, const ProtobufCBinaryData *request_id, int code);
int     commands_take_over(struct core *c);
void    commands_run(struct core *c);
void    commands_drop_all(struct core *c, int code);
int64_t commands_due(const struct core *c);
int     commands_notes_keep(struct core *c, struct work *w, size_t *kept);     /* enum store_result; what log_tidy writes */
void    commands_notes_kept(struct core *c, size_t kept);                       /* they are durable */

/* log.c */
void    log_receive(struct core *c, const struct principal *who, const struct peer *from, const Bassin__V1__Fetch *f);
void    log_took(struct core *c, const struct event *events, size_t count);   /* they are durable */
void    log_serve(struct core *c);
void    log_drop_all(struct core *c);
int64_t log_due(const struct core *c);
int     log_take_over(struct core *c, uint64_t first_seq);
void    log_clear(struct core *c);
void    log_tidy(struct core *c);

/* reader.c */
int     reader_open(struct core *c, size_t which);
void    reader_close(struct reader *r);
int     reader_load(struct core *c, struct reader *r);
void    reader_stop(struct reader *r);
void    reader_step(struct core *c, struct reader *r);
int64_t reader_due(const struct core *c, const struct reader *r);

#endif
