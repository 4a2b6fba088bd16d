/* SPDX-License-Identifier: Apache-2.0 */
/* Records to facts, commands to structs; names made by protoc stop here. */
#ifndef EMPLOYER_INTAKE_WIRE_H
#define EMPLOYER_INTAKE_WIRE_H

#include "bus/core.h"
#include "store.h"

/* The messages of employer.proto, in the arena, borrowing the record. NULL: no memory. */
const ProtobufCMessage *wire_institution(struct arena *a, const struct record *i) MUST_CHECK;
const ProtobufCMessage *wire_institution_contact(struct arena *a, const struct record *i) MUST_CHECK;
const ProtobufCMessage *wire_employer(struct arena *a, const struct record *e) MUST_CHECK;
const ProtobufCMessage *wire_employer_contact(struct arena *a, const struct record *e) MUST_CHECK;
const ProtobufCMessage *wire_posting(struct arena *a, const struct record *p) MUST_CHECK;
const ProtobufCMessage *wire_ranking(struct arena *a, const struct ranking *r) MUST_CHECK;

/* Append the events of a record that was written. 0, or -1: no memory. */
int institution_emit(struct work *w, const struct record *i) MUST_CHECK;
int employer_emit(struct work *w, const struct record *e) MUST_CHECK;
/* firm: of the record that names it; "": linked to none. */
int firm_emit(struct work *w, const char *employer, const char *firm, int64_t version) MUST_CHECK;
int posting_emit(struct work *w, const struct record *p) MUST_CHECK;
int ranking_emit(struct work *w, const struct ranking *r) MUST_CHECK;

/* Two records, the bytewise smaller institution first. */
struct firm_pair {
	const char *institution_a, *external_id_a, *institution_b, *external_id_b;
	const char *reason;             /* "" only when it is not needed */
};
/* VERDICT_OK, a refusal (two records of one institution are never a pair), or VERDICT_RETRY. */
enum verdict firm_pair_read(struct call *call, bool needs_reason, struct firm_pair *out) MUST_CHECK;

struct posting_move {
	const char *institution, *external_id;
	enum posting_state to;          /* open, paused, closed or withdrawn */
	const char *reason;             /* "" only when it opens */
};
/* VERDICT_OK, a refusal, or VERDICT_RETRY. The posting is the caller's institution's. */
enum verdict posting_move_read(struct call *call, struct posting_move *out) MUST_CHECK;

struct employer_pause {
	const char *institution, *external_id;
	int32_t until;                  /* days since 1970-01-01; 0: resume */
	const char *reason;
};
/* VERDICT_OK, a refusal, or VERDICT_RETRY. The employer is the caller's institution's; a pause ends on a day to come. */
enum verdict employer_pause_read(struct call *call, struct employer_pause *out) MUST_CHECK;

/* What matching says of a posting. false: not a sound message. */
struct placement { const char *institution, *external_id; int64_t taken; };
bool placement_read(struct arena *a, const struct event *e, struct placement *out) MUST_CHECK;

/* Who was erased, as a learner intake says it. false: not a sound message, or no memory. */
struct erased {
	const char *learner;            /* pool number */
	const char *institution;        /* "": told before it was said */
	const uint8_t *person_hash;     /* HASH_SIZE bytes; NULL with institution "" */
};
bool erased_read(struct arena *a, const struct event *e, struct erased *out) MUST_CHECK;

#endif
