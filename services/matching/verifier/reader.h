/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of an outcome's parts share. Each is true, or false with the report filled. */
#ifndef MATCHING_VERIFIER_READER_H
#define MATCHING_VERIFIER_READER_H

#include "json_in.h"
#include "names.h"
#include "verifier/claim.h"
#include "verifier/report.h"

struct reader {
	struct json_in json;
	const struct instance *in;
	const struct engine_instance *e;
	struct claim *claim;
	struct verifier_report *report;
	struct names learners, postings, colleges, groups;      /* their numbers are those of the instance */
	struct claim_cutoff *cutoffs;           /* of the posting in hand; .reserve beside it */
	int32_t *cutoff_groups, *kind_of_group; /* by kind; by group: its reserve at the posting in hand */
	int32_t  most_kinds, n_cutoffs;
	int32_t  n_slots;                       /* of the run in hand */
	size_t   n_at;
};

/* One key of an object, and who reads its value into `to`. */
struct field {
	const char *key;
	bool (*read)(struct reader *r, void *to);
	bool optional;
};

enum { MOST_FIELDS = 8 };

/* An object with these keys, each once at most and in any order; what names it in words. */
bool read_object(struct reader *r, const struct field *fields, size_t n, const char *what, void *to);

/* A list, one value after another. */
bool read_list(struct reader *r, bool (*read)(struct reader *r, void *to), const char *what, void *to);

/* Whole numbers from 0, written as RFC 8785 writes them. */
bool read_count(struct reader *r, void *to);            /* int64_t */
bool read_flag(struct reader *r, void *to);             /* bool */

/* An id that the instance knows, as its number; near: it is likely the one behind this. */
bool read_learner(struct reader *r, int32_t near, int32_t *number);
bool read_posting(struct reader *r, int32_t near, int32_t *number);
bool read_college(struct reader *r, int32_t near, int32_t *number);
bool read_group(struct reader *r, int32_t *number);     /* null: ENGINE_NONE */

/* One word of a list; *number is its place there. */
bool read_word(struct reader *r, const char *const *words, int n, int *number);

/* [id, value] */
bool read_pair_begin(struct reader *r);
bool read_pair_comma(struct reader *r);
bool read_pair_end(struct reader *r);

/* Ids of a list must ascend: last is that of the row before, ENGINE_NONE at first. */
bool read_in_order(struct reader *r, const char *list, const char *const *ids, int32_t last, int32_t number);

/* What stands here is not of the outcome's shape; allowed in both languages. */
bool reader_refuse(struct reader *r, const char *allowed, const char *allowed_fr);

void *reader_take(struct reader *r, size_t count, size_t size);         /* in the claim's arena, zeroed */

/* claim_rows.c */
bool read_placements(struct reader *r, void *run);      /* struct claim_run */
bool read_endowments(struct reader *r, void *claim);    /* struct claim, as the others */
bool read_unplaced(struct reader *r, void *claim);
bool read_colleges(struct reader *r, void *claim);
bool read_objective(struct reader *r, void *claim);

/* claim_certificate.c */
bool read_certificate(struct reader *r, void *claim);

#endif
