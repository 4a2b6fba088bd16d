/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protobuf <-> our structs; generated names stop here and at the table of commands. Every field of what others say is
 * checked once, here: lengths, UTF-8, ranges, enums.
 */
#ifndef MATCHING_WIRE_H
#define MATCHING_WIRE_H

#include "bus/core.h"
#include "round.h"

/* ---- events of the intakes (wire_events.c) ----------------------------------------------------------------------- */
enum view_kind {
	VIEW_INSTITUTION, VIEW_EMPLOYER, VIEW_POSTING, VIEW_EMPLOYER_RANKING, VIEW_PROGRAMME, VIEW_LEARNER,
	VIEW_LEARNER_RANKING, VIEW_DIRECT_OFFER, VIEW_KINDS,
};
enum { VIEW_TEXTS = 6, VIEW_NUMBERS = 13 };

/* One row of a view table, columns in the order of sql/view_put_*.sql: first the texts, then the numbers (booleans
 * as 0 and 1). Lists are joined: ids and references by '|', tiers by ','. */
struct view_row {
	const char *key;                    /* of the event, which is that of the row */
	int64_t version;
	const char *texts[VIEW_TEXTS];
	int64_t numbers[VIEW_NUMBERS];
	uint32_t absent;                    /* bit n: numbers[n] is not given */
};

enum { VIEW_LEARNER_IN_POOL };        /* place in numbers[] of a VIEW_LEARNER */

/* Decodes and checks one event of a kind; *out in a. STORE_OK, STORE_RETRY: no memory, STORE_BROKEN: not sound. */
int view_row_read(enum view_kind kind, const struct event *e, struct arena *a, struct view_row *out) MUST_CHECK;
/* A LearnerErased: *learner in a. The same results. */
int erasure_read(const struct event *e, struct arena *a, const char **learner) MUST_CHECK;

/* ---- commands (wire.c): VERDICT_OK and *out in the call's arena, or the refusal ---------------------------------- */
struct round_open { const char *title; struct fit_weights weights; bool guarantee; };
struct round_ask { const char *round; bool dry_run; };
struct round_leave { const char *round, *learner, *posting, *reason; };     /* learner and posting: "" not named */
struct round_slice { const char *round; bool outcome; uint64_t offset; };
struct pair_ask { const char *learner, *posting, *round; };                 /* round "": the present view */

enum verdict round_open_read(struct call *call, struct round_open *out) MUST_CHECK;
enum verdict round_ask_read(struct call *call, struct round_ask *out) MUST_CHECK;
enum verdict round_solve_read(struct call *call, struct round_ask *out) MUST_CHECK;
enum verdict round_leave_read(struct call *call, struct round_leave *out) MUST_CHECK;
enum verdict round_slice_read(struct call *call, struct round_slice *out) MUST_CHECK;
enum verdict pair_ask_read(struct call *call, struct pair_ask *out) MUST_CHECK;

/* full: whole references, as the view has them, beside the names as they were written. */
struct posting_names { const char *const *written, **full; size_t n; };
enum verdict posting_names_read(struct call *call, struct posting_names *out) MUST_CHECK;
/* Those of these places in the names, from 1, in order. */
enum verdict posting_names_answer(struct call *call, const struct posting_names *names, const int64_t *places, size_t n)
    MUST_CHECK;

/* ---- answers and events of ours ---------------------------------------------------------------------------------- */
enum verdict round_show_answer(struct call *call, const struct report *r) MUST_CHECK;
enum verdict slice_answer(struct call *call, const uint8_t *data, size_t size, uint64_t total) MUST_CHECK;

/* The three facts of the log. 0, or -1: no memory. version: of told. */
int tell_round_moved(struct work *w, const struct report *r, int64_t version) MUST_CHECK;
int tell_posting_placed(struct work *w, const struct report *r, const struct posting_told *p, int64_t version)
	MUST_CHECK;
int tell_college_placed(struct work *w, const struct report *r, const struct college_told *c, int64_t version)
	MUST_CHECK;
/* wire_told.c: tells a placement or a summary of ours anew, without these learners (in order); counts of a college's row
 * stay. enum store_result. */
int retell_without(struct work *w, const struct event *told, int64_t version, const char *const *learners, size_t n)
    MUST_CHECK;

#endif
