/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messaging core: command server, group commit, event log, log reader, epoch and lease, as one step function over
 * three interfaces: store, wire and clock. A service runs it on PostgreSQL, ZeroMQ and the real clock; the simulation on
 * none of them. It never blocks on its own account, starts no thread and reads no clock. Rules: architecture.md,
 * "Two ways to talk"; what it must survive: reliability.md.
 */
#ifndef BUS_CORE_H
#define BUS_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/ids.h"
#include "bassin/v1/bus.pb-c.h"

#define TOPIC_MAX 31            /* bytes of a topic's name */
#define KEY_MAX 300             /* bytes of an event's key */
#define NAME_MAX_BYTES 128      /* bytes of a principal's, log's or reader's name and of an institution's id */
#define PEER_MAX 32             /* bytes of a routing id */

struct core;
struct tx;                      /* of the store in use; the core only passes it on */

/* ---- who asks -------------------------------------------------------------------------------------------------------- */
enum role {
	ROLE_NONE = 0,
	ROLE_EMPLOYER_INTAKE = 1 << 0, ROLE_LEARNER_INTAKE = 1 << 1, ROLE_MATCHING = 1 << 2, ROLE_NOTIFICATIONS = 1 << 3,
	ROLE_CONSOLE = 1 << 4, ROLE_COLLEGE = 1 << 5, ROLE_INTERMEDIARY = 1 << 6,
	ROLE_SERVICES = ROLE_EMPLOYER_INTAKE | ROLE_LEARNER_INTAKE | ROLE_MATCHING | ROLE_NOTIFICATIONS,
	ROLE_PEOPLE = ROLE_COLLEGE | ROLE_INTERMEDIARY,
};

/* Whose authenticated key sent a frame. For the console's key `role` and `institution` are those of the person that it
 * acts for, `acts` is ROLE_CONSOLE, and `subject` says who signed in. */
struct principal {
	char name[NAME_MAX_BYTES + 1];
	char institution[NAME_MAX_BYTES + 1];       /* empty but for a college */
	char subject[NAME_MAX_BYTES + 1];
	enum role role, acts;
};

/* A connection as the wire names it: the reply goes back there, if it is still there. */
struct peer { uint8_t bytes[PEER_MAX]; uint8_t size; };

/* ---- events ---------------------------------------------------------------------------------------------------------- */
struct event {
	uint64_t seq;               /* given at the commit */
	const char *topic, *key;
	uint64_t version;
	int type;                   /* enum EventType */
	int64_t at_ms;
	const uint8_t *body;
	size_t size;                /* 0: erased */
	bool first;                 /* given to apply: of this key nothing was ever admitted (and not dropped) before */
};

struct cursor {
	struct id epoch;            /* of seq; zero when seq is 0 */
	uint64_t seq;
};

/* ---- handlers ---------------------------------------------------------------------------------------------------------
 * What a handler, an apply function or a chore works with: one transaction, one arena, one moment. */
struct work {
	void *service;              /* of core_config */
	struct tx *tx;
	struct arena *arena;        /* emptied after the group */
	int64_t now_ms;             /* wall clock, read once per turn */
	int64_t mono_ms;
	random_fn random;
	void *random_self;
	struct core *core;
};

/* Appends an event with this group's commit. 0, or -1: no memory (return VERDICT_RETRY). Everything is copied.
 * body NULL: erased, the key has nothing to say any more; a reader that has set an event of it aside forgets that. */
int work_emit(struct work *w, const char *topic, const char *key, uint64_t version, int type,
              const ProtobufCMessage *body) MUST_CHECK;

enum verdict {
	VERDICT_OK,                 /* reply->payload is the answer; stored, repeated for a repeated command */
	VERDICT_REFUSED,            /* final no: reply->refusal; nothing may have been written by the handler */
	VERDICT_RETRY,              /* weather: the group is rolled back and tried again */
	VERDICT_BROKEN,             /* our bug or the statement's: alone, it is answered BROKEN with an alarm */
	VERDICT_LATER,              /* not yet: nothing written; the handler is called again at *again_ms, until the ttl ends */
};

struct call {
	struct work *work;
	const struct principal *who;
	Bassin__V1__CommandType type;
	struct id request_id;
	const uint8_t *payload;
	size_t size;
	/* the answer, in work->arena */
	const uint8_t *reply;
	size_t reply_size;
	const char *code, *field, *allowed, *state;   /* of a refusal; NULL: empty */
	int64_t again_mono_ms;      /* VERDICT_LATER */
	const char *subject_ids;    /* what it was about, for the audit trail: ids only; may be NULL */
	int done;                   /* of an OK for the audit trail: DRY_RUN, or REFUSED (with code): nothing was; 0: it was */
};

typedef enum verdict (*handler_fn)(struct call *call);

struct command {
	Bassin__V1__CommandType type;       /* rights and size: policy.h */
	handler_fn handle;
	bool reads_only;            /* a query: not stored, sees only what is committed, emits nothing */
};

/* Packs message as the answer. VERDICT_OK, or VERDICT_RETRY without memory. */
enum verdict call_answer(struct call *call, const ProtobufCMessage *message) MUST_CHECK;
enum verdict call_refuse(struct call *call, const char *code, const char *field, const char *allowed);
/* bad_state: the state that it is in ("" or NULL: none), and those in which it could be done. */
enum verdict call_refuse_state(struct call *call, const char *field, const char *state, const char *allowed);
/* Unpacks the payload into the arena; NULL: undecodable (answer with VERDICT_REFUSED "undecodable"). Where it was the
 * arena that ran out, the core sees that and runs the command again, alone. */
void *call_message(struct call *call, const ProtobufCMessageDescriptor *type) MUST_CHECK;

/* The events in memory are no longer what the log holds (payloads were blanked within the transaction of w): from now on
 * they are read from the store. */
void core_log_forget(struct work *w);

/* ---- followed logs ----------------------------------------------------------------------------------------------------
 * apply: events in order of seq, only those whose version is newer than what was seen, the last of each (topic, key)
 * only; body size 0 never comes. drop: after a resync, a key that the log no longer has. Both return an enum
 * store_result: STORE_RETRY tries the batch again, STORE_BROKEN bisects it and sets the one event aside. */
struct follow {
	const char *log_id;
	const char *const *topics;  /* NULL-terminated, at most 16 */
	int (*apply)(struct work *w, const struct follow *f, const struct event *events, size_t count);
	int (*drop)(struct work *w, const struct follow *f, const char *topic, const char *key);
};

/* Work that nobody asked for by a message: due says when (mono, INT64_MAX: never), run does it in a transaction of its
 * own, after is told once that transaction is durable (the place to hand work to a thread). after may be NULL. */
struct chore {
	const char *name;
	int64_t (*due_mono_ms)(void *service);
	int (*run)(struct work *w);                 /* enum store_result */
	void (*after)(void *service, bool committed);
};

/* ---- the three interfaces ----------------------------------------------------------------------------------------------
 * Store results are enum store_result (store/store.h), and CORE_FENCED: the epoch is no longer ours. */
#define CORE_FENCED (-4)        /* STORE_FENCED */

struct stored_reply {
	const char *principal;
	struct id request_id;
	uint8_t digest[32];         /* of type, payload and acting_for */
	bool found;
	uint8_t found_digest[32];
	int code;                   /* OK or REFUSED */
	const uint8_t *reply;       /* the packed Downward, so that a repeated answer is the same to the byte */
	size_t size;
};

struct audit_line {
	const struct principal *who;
	int type, code;
	struct id request_id;
	const char *subject_ids, *refusal;
};

struct epoch_start { struct id epoch; uint64_t first_seq; };

struct registered_reader {
	char name[2 * NAME_MAX_BYTES + 2];          /* principal/reader */
	uint64_t applied_seq;
	int64_t seen_ms;            /* wall */
};

struct parked_event { const char *log_id; struct event event; const char *reason; };

struct reader_state {
	struct cursor cursor;
	uint32_t generation;        /* grows with each resync */
	uint64_t resync_to;         /* drop what did not come once the cursor is here; 0: no resync; UINT64_MAX: head unknown */
};

enum admission { ADMISSION_OLD, ADMISSION_NEWER, ADMISSION_FIRST };    /* FIRST: nothing was seen of its key */

struct core_store {
	void *self;
	/* Connected and migrated: STORE_OK. Then the lease: *held. A lost connection loses it. */
	int (*connect)(void *self, int64_t now_mono_ms);
	int (*lease_try)(void *self, bool *held);
	bool (*is_connected)(void *self);
	int (*ping)(void *self);
	/* Durable before it returns: epoch becomes the store's, its first event will be *first_seq (head + 1). */
	int (*epoch_begin)(void *self, const struct id *epoch, int64_t now_ms, uint64_t *first_seq);
	/* All epochs, oldest first, into a: at most the newest 100,000. */
	int (*epochs_load)(void *self, struct arena *a, struct epoch_start **out, size_t *count);
	int (*readers_load)(void *self, struct arena *a, struct registered_reader **out, size_t *count);
	int (*reader_state_load)(void *self, const char *log_id, struct reader_state *out);
	/* Locks the counter row WHERE epoch = mine: CORE_FENCED when there is none. open does not wait for that: the first call
	 * that waits, or the commit, says what begin would have said. */
	int (*begin)(void *self, const struct id *epoch, struct tx **out);
	int (*open)(void *self, const struct id *epoch, struct tx **out);
	int (*commit)(void *self, struct tx **tx);   /* STORE_RETRY: not done, or unknown and the connection is gone */
	void (*rollback)(void *self, struct tx **tx);

	/* The greatest request id of a stored reply; zero: there is none. */
	int (*replies_newest)(void *self, struct id *out);
	int (*replies_find)(struct tx *tx, struct arena *a, struct stored_reply *replies, size_t count);
	int (*replies_keep)(struct tx *tx, struct arena *a, const struct stored_reply *replies, size_t count, int64_t now_ms);
	int (*audit_keep)(struct tx *tx, struct arena *a, const struct audit_line *lines, size_t count, int64_t now_ms);
	/* Their seq are the next numbers behind the head, in order. CORE_FENCED: the head is elsewhere. */
	int (*events_append)(struct tx *tx, struct arena *a, const struct id *epoch, const struct event *events, size_t count);
	/* Committed events with after < seq <= up_to of these topics, in order, at most max_events. Outside a transaction. */
	int (*events_read)(void *self, struct arena *a, uint64_t after, uint64_t up_to, const char *const *topics,
	                   size_t topic_count, size_t max_events, struct event **out, size_t *count);
	int (*reader_state_keep)(struct tx *tx, struct arena *a, const char *log_id, const struct reader_state *state);
	/* admitted[i]: newer than what was seen of its (topic, key) in this generation; remembered as seen. A key stands there
	 * once at most. */
	int (*keys_admit)(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, const struct event *events,
	                  size_t count, enum admission *admitted);
	/* At most max keys of older generations; they are forgotten, with what was set aside of them. Called until *count is
	 * 0. */
	int (*keys_sweep)(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, size_t max,
	                  struct event **out, size_t *count);
	int (*park)(struct tx *tx, struct arena *a, const struct parked_event *parked, int64_t now_ms);
	int (*unpark)(struct tx *tx, struct arena *a, const char *log_id, const struct event *events, size_t count);
	int (*parked_load)(struct tx *tx, struct arena *a, const char *log_id, size_t max, struct event **out, size_t *count);
	int (*parked_count)(void *self, const char *log_id, uint32_t *count);
	int (*readers_keep)(struct tx *tx, struct arena *a, const struct registered_reader *readers, size_t count);
	/* Deletes superseded events up to seq `applied`, and replies older than replies_before_ms; bounded work. */
	int (*tidy)(struct tx *tx, struct arena *a, uint64_t applied, int64_t replies_before_ms);
};

struct core_wire {
	void *self;
	/* Best effort: may be lost; the other side asks again. */
	void (*answer)(void *self, const struct peer *to, const uint8_t *frame, size_t size);
	/* To the owner of followed log `which`; the wire chooses the endpoint, `attempt` grows with each try without answer. */
	void (*fetch)(void *self, size_t which, unsigned attempt, const uint8_t *frame, size_t size);
};

struct core_config {
	const char *log_id;
	void *service;
	const struct command *commands;  size_t command_count;
	const struct follow *follows;    size_t follow_count;     /* at most 16 */
	const struct chore *chores;      size_t chore_count;
	struct core_store store;
	struct core_wire wire;
	random_fn random;  void *random_self;
	/* Who may send what (policy.h); an argument so that the simulation has its own. false: forbidden. */
	bool (*may_command)(const struct principal *who, int type, size_t payload_size, int *code);
	bool (*may_read)(const struct principal *who, const char *log_id, const char *topic);
	/* Commands that made the process abort: 0 run as usual, 1 run alone, 2 refuse (guard.h). May be NULL. */
	int (*suspicion)(void *guard, const struct principal *who, const struct id *request_id);
	void (*in_hand)(void *guard, const struct principal *who, const struct id *request_id, bool alone);  /* who NULL: none */
	void *guard;
	/* Told when this instance becomes active (the service loads its state) and when it stops being so. May be NULL.
	 * on_active runs in a transaction; its result is an enum store_result. */
	int (*on_active)(struct work *w);
	void (*on_passive)(void *service);
	/* limits; 0 takes the default */
	size_t group_max;           /* commands in one transaction: 256 */
	size_t queue_max_bytes;     /* of commands that wait: 64 MiB */
	size_t parked_max;          /* Fetches that wait: 1,024 */
	size_t ring_max_bytes;      /* recent events in memory: 16 MiB */
	int64_t fetch_wait_ms;      /* as reader: 2,000 */
	int64_t lease_every_ms;     /* tries of a standby: 500 */
	int64_t tidy_every_ms;      /* 10,000 */
	uint32_t fetch_max_events, fetch_max_bytes;   /* 4,000; 4 MiB */
};

struct core *core_new(const struct core_config *config) MUST_CHECK;      /* config is copied, what it points to is not */
void         core_destroy(struct core **self);

/* A frame from an authenticated peer. It is judged and queued; nothing is done yet. */
void core_receive(struct core *c, const struct principal *who, const struct peer *from, const uint8_t *frame, size_t size,
                  int64_t now_ms, int64_t mono_ms);
/* A Downward frame from the owner of followed log `which`. */
void core_receive_batch(struct core *c, size_t which, const uint8_t *frame, size_t size, int64_t mono_ms);

/* Does all that can be done now. Returns when it wants to be called at the latest (mono). */
int64_t core_step(struct core *c, int64_t now_ms, int64_t mono_ms);
/* From now on no command is taken (UNAVAILABLE, the caller asks again); core_is_idle says when none is in hand. */
void core_drain(struct core *c);
bool core_is_idle(const struct core *c);

/* ---- what status shows, and what services ask of their readers ------------------------------------------------------- */
enum core_state {
	CORE_STARTING, CORE_STANDBY, CORE_ACTIVE, CORE_DRAINING, CORE_STORE_AWAY,
	CORE_STORE_REFUSED,         /* newer than the program, or unsafe: the process is to end */
};
struct follow_status {
	const char *log_id;
	struct cursor cursor;
	uint64_t head_seq;          /* as last heard */
	bool heard, diverged, resyncing;
	int64_t heard_mono_ms;
	uint32_t parked;
};
enum core_counter {
	CORE_COMMANDS_OK, CORE_COMMANDS_REFUSED, CORE_COMMANDS_REPEATED, CORE_GROUPS, CORE_GROUPS_FAILED, CORE_EVENTS_OUT,
	CORE_EVENTS_IN, CORE_FETCHES, CORE_BATCHES_IN, CORE_BATCHES_STALE, CORE_TAKEOVERS, CORE_FENCES, CORE_EVENTS_PARKED,
	CORE_REPLY_CODES,           /* 13 counters, one for each ReplyCode, start here */
	CORE_COUNTERS = CORE_REPLY_CODES + 13
};
struct core_status {
	enum core_state state;
	struct id epoch;
	uint64_t head_seq;
	size_t queue_count, queue_bytes, parked_fetches, follow_count, reader_count;
	const struct follow_status *follows;
	const struct registered_reader *readers;
	uint64_t counters[CORE_COUNTERS];
};
void core_status(const struct core *c, struct core_status *out);     /* pointers live until the next core call */

/* Where the log's owner stands: asks it (Fetch with max_events 0); an answer that came after asked_mono_ms counts.
 * false: not heard yet. */
void core_head_ask(struct core *c, size_t which, int64_t mono_ms);
bool core_head_heard(const struct core *c, size_t which, int64_t asked_mono_ms, uint64_t *head_seq);
/* Starts over with one followed log, within the transaction of w. enum store_result; -1: no such log. */
int core_resync(struct work *w, const char *log_id);
/* Applies the parked events of one log again. */
int core_parked_retry(struct work *w, const char *log_id);

#endif
