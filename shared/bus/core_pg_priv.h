/* SPDX-License-Identifier: Apache-2.0 */
/* Between core_pg.c (connection, commands), core_pg_log.c (the store's own log), core_pg_reader.c (followed logs). */
#ifndef BUS_CORE_PG_PRIV_H
#define BUS_CORE_PG_PRIV_H

#include "bus/core_pg.h"

struct core_pg {
	struct store *store;
	struct arena *scratch;      /* parameters of calls that bring no arena; reset by each */
};

/* bigint is signed: seq and version beyond it are never ours (UINT64_MAX travels as -1). */
static inline int64_t
as_bigint(uint64_t v)
{
	return (int64_t)v;
}

/* Reads seq, topic, key, version, type, at_ms, body; copies into a. */
int core_pg_events_copy(const struct rows *rows, struct arena *a, struct event **out, size_t *count) MUST_CHECK;

int core_pg_epoch_begin(void *self, const struct id *epoch, int64_t now_ms, uint64_t *first_seq);
int core_pg_epochs_load(void *self, struct arena *a, struct epoch_start **out, size_t *count);
int core_pg_readers_load(void *self, struct arena *a, struct registered_reader **out, size_t *count);
int core_pg_readers_keep(struct tx *tx, struct arena *a, const struct registered_reader *readers, size_t count);
int core_pg_events_append(struct tx *tx, struct arena *a, const struct id *epoch, const struct event *events, size_t count);
int core_pg_events_read(void *self, struct arena *a, uint64_t after, uint64_t up_to, const char *const *topics,
                        size_t topic_count, size_t max_events, struct event **out, size_t *count);
int core_pg_tidy(struct tx *tx, struct arena *a, uint64_t applied, int64_t replies_before_ms);

int core_pg_reader_state_load(void *self, const char *log_id, struct reader_state *out);
int core_pg_reader_state_keep(struct tx *tx, struct arena *a, const char *log_id, const struct reader_state *state);
int core_pg_keys_admit(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation,
                       const struct event *events, size_t count, enum admission *admitted);
int core_pg_keys_sweep(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, size_t max,
                       struct event **out, size_t *count);
int core_pg_park(struct tx *tx, struct arena *a, const struct parked_event *parked, int64_t now_ms);
int core_pg_unpark(struct tx *tx, struct arena *a, const char *log_id, const struct event *events, size_t count);
int core_pg_parked_load(struct tx *tx, struct arena *a, const char *log_id, size_t max, struct event **out,
                        size_t *count);
int core_pg_parked_count(void *self, const char *log_id, uint32_t *count);

#endif
