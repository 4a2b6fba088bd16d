/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messaging core's store on PostgreSQL: struct core_store over one connection (store/store.h). Its tables are in
 * schema/0001_core.sql; every statement is a file of sql/ under the name core_*.
 *
 *   struct store_series series[] = { { "core", core_migrations }, { "matching", matching_migrations }, { 0 } };
 *   const struct sql *const *statements[] = { core_statements, matching_statements, NULL };
 */
#ifndef BUS_CORE_PG_H
#define BUS_CORE_PG_H

#include "bus/core.h"
#include "core/sql.h"           /* core_statements, core_migrations */
#include "store/store.h"

struct core_pg;

/* s is borrowed and must have core's migrations and statements among its own. NULL: no memory. */
struct core_pg *core_pg_new(struct store *s) MUST_CHECK;
void            core_pg_destroy(struct core_pg **self);     /* NULL-safe; the store stays */
struct core_store core_pg_store(struct core_pg *pg);        /* for core_config; lives as long as pg */

/* Beyond what the core needs itself; all return an enum store_result. */

/* Blanks the payloads of all events of these (topic, key) pairs, for erasing a person (architecture.md, "Erasure"). */
int core_pg_events_blank(struct tx *tx, struct arena *a, const char *const *topics, const char *const *keys,
                         size_t count) MUST_CHECK;
/* The last event of each of these pairs, in the order asked, without those that are blank; into a. */
int core_pg_events_last(struct tx *tx, struct arena *a, const char *const *topics, const char *const *keys, size_t count,
                        struct event **out, size_t *found) MUST_CHECK;

struct audit_row {
	int64_t id, at_ms;
	const char *principal, *role, *institution, *acts, *subject, *refusal, *subject_ids;   /* never NULL */
	int type, code;
	struct id request_id;
};
/* What is asked of the audit trail; all must hold. */
struct audit_filter {
	const char *institution, *who, *id;         /* NULL: any; who: a principal or a subject; id: one that it was about */
	int64_t since_ms, before_ms;                /* INT64_MIN and INT64_MAX: ever */
	int type, code;                             /* 0: any */
};
/* The audit trail, newest first, from before `before_id` (INT64_MAX: from the end). In a. */
int core_pg_audit_list(struct tx *tx, struct arena *a, int64_t before_id, const struct audit_filter *f, size_t max,
                       struct audit_row **out, size_t *count) MUST_CHECK;

#endif
