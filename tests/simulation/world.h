/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated world that drives the messaging core (reliability.md, R27): two services of two instances each, their
 * stores, a network that loses, doubles, delays and reorders, a driver that sends commands and remembers what it was
 * answered, and faults. Everything follows from one seed: virtual time, no thread, no real clock.
 *
 *   intake   owns rows (a set of tokens per key); follows "echo" of view
 *   view     follows "row" of intake, keeps a copy, emits an echo of each row that it applies
 */
#ifndef SIMULATION_WORLD_H
#define SIMULATION_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bus/core.h"
#include "store/store.h"

enum { INTAKE, VIEW, SERVICES };
enum { INSTANCES = 4, KEYS = 12, TOKENS = 128, EVENTS_MAX = 1500, REPLIES_MAX = 2 * TOKENS, EPOCHS_MAX = 400,
       FRAMES_MAX = 4096, REPLY_BYTES = 96, SNAPSHOTS = 4 };

/* ---- what a store holds: copied whole by each transaction ------------------------------------------------------------ */
struct row { uint32_t version; uint8_t tokens[TOKENS / 8]; };
struct sim_event { uint64_t seq, version; uint8_t topic, key; struct row row; bool erased; };
struct sim_reply { uint8_t principal; struct id id; uint8_t digest[32]; int code; size_t size; uint8_t frame[REPLY_BYTES]; };
struct sim_key { uint64_t version; uint32_t generation; bool seen, parked; struct row parked_row; };
struct data {
	uint64_t seq;
	struct id epoch;
	struct epoch_start epochs[EPOCHS_MAX];
	size_t epoch_count;
	struct reader_state reader;
	struct registered_reader registered[4];
	size_t registered_count;
	struct row rows[KEYS];          /* intake: its own; view: the copy */
	struct row echoes[KEYS];        /* intake: what came back */
	uint64_t echo_version[KEYS];    /* view */
	uint64_t last_applied[KEYS];    /* version of the event that a copy or an echo comes from */
	uint8_t applied[TOKENS];        /* how often a token took effect */
	struct sim_key keys[KEYS];
	size_t event_count, reply_count;
	struct sim_event events[EVENTS_MAX];
	struct sim_reply replies[REPLIES_MAX];
};

struct instance;
struct sim_store {
	struct data data;
	struct data snapshots[SNAPSHOTS];
	bool has_snapshot[SNAPSHOTS];
	struct instance *lease;         /* whose connection holds the advisory lock */
	struct instance *writer;        /* whose transaction holds the counter row */
	int64_t away_until;
	int64_t full_until;             /* disk full: every write fails */
};

struct tx { struct instance *of; struct data data; bool open; };

struct instance {
	int number, service;
	struct world *world;
	struct core *core;              /* NULL: dead */
	bool doomed;                    /* dies: nothing that it does from here on has an effect */
	bool connected, stepping;
	uint32_t life;                  /* grows with each start: frames to an earlier life are lost */
	int64_t step_at, start_at, paused_until, silent_since;
	struct tx tx;
};

enum frame_kind { TO_CORE, TO_READER, TO_DRIVER, TO_DRIVER_CONFLICT };
struct frame {
	enum frame_kind kind;
	int64_t at;
	int to;                         /* instance; the token for the driver */
	uint32_t to_life;
	struct peer from;
	size_t size;
	uint8_t *bytes;
};

/* One command of the driver, sent until a final answer comes. */
struct command_state {
	struct id id;
	bool issued, answered, excused, repeat_sent, conflict_sent;
	int code;
	int64_t next_send;
	size_t answer_size;
	uint8_t answer[REPLY_BYTES];
};

struct chances { double loss, twice, crash, cut, unknown, pause, deadlock; int delay_max; };

struct world {
	uint64_t seed, random;
	int64_t now;
	struct chances chances;
	bool calm;                      /* no more faults: everything must settle */
	struct sim_store stores[SERVICES];
	struct instance instances[INSTANCES];
	struct frame frames[FRAMES_MAX];
	size_t frame_count;
	struct command_state commands[TOKENS];
	int issued;
	int64_t next_issue, next_fault;
	uint64_t faults;
	bool restored[SERVICES];
	int depth;                      /* of a pause in the middle of a turn */
	char verdict[256];              /* empty: all is well so far */
	bool trace;
};

uint64_t world_random(struct world *w);
bool     world_chance(struct world *w, double p);
uint64_t world_below(struct world *w, uint64_t n);
void     world_fail(struct world *w, const char *fmt, ...) PRINTF_LIKE(2, 3);
void     world_trace(const struct world *w, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Runs one seed. true: lost, dup, ghost and order are all 0; else w->verdict says what is not. */
bool world_run(struct world *w, uint64_t seed);
void world_turn_until(struct world *w, int64_t until);         /* also called from inside a paused store call */
void world_send(struct world *w, enum frame_kind kind, int to, uint32_t life, const struct peer *from, const uint8_t *bytes,
                size_t size);

/* store.c */
struct core_store sim_store_of(struct instance *i);
void sim_disconnect(struct instance *i);
void sim_store_restore(struct world *w, int service);

/* toy.c */
struct core *toy_core_new(struct instance *i);
enum { TOPIC_ROW, TOPIC_ECHO };
const char *toy_topic(int topic);
int  toy_key_number(const char *key);
bool toy_refuses(int token);
bool toy_breaks(int token);
bool toy_is_poison(int key, uint64_t version);
int  toy_key_of(int token);

/* driver.c */
void    driver_step(struct world *w);
int64_t driver_due(const struct world *w);
void    driver_hear(struct world *w, int token, const uint8_t *frame, size_t size);
void    driver_hear_conflict(struct world *w, int token, const uint8_t *frame, size_t size);
bool    driver_is_done(const struct world *w);

/* judge.c */
void judge(struct world *w);
bool judge_is_settled(const struct world *w);
void judge_stuck(struct world *w);      /* says who still waits, long after the last fault */

#endif
