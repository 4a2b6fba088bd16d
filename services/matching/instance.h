/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instance of a round in memory: drafted piece by piece (by the service from its snapshot, or from JSON), then
 * sealed: checked, sorted and numbered by id, with the lottery drawn. A sealed instance never changes; solver, verifier
 * and writer read it. Source: matching.md, "Instance" and "Rules".
 */
#ifndef MATCHING_INSTANCE_H
#define MATCHING_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "engine/engine.h"
#include "json_out.h"

enum { INSTANCE_MAX_SEED = 64, INSTANCE_DIGEST_SIZE = 32 };

/*
 * Why an instance was refused: one line that says where (line and column of the file, path, id), what was found and
 * what is allowed.
 */
struct instance_flaw {
	/* static: unknown_id, duplicate_id, out_of_range, too_many_pairs, two_pairs, empty_tier, unknown_key, missing,
	 * wrong_type, bad_json (no JSON, or what json_in.h forbids), bad_seed, too_large, unreadable, no_memory */
	const char *code;
	char text[480];         /* English, without a newline */
	char text_fr[480];      /* French */
};

struct instance {
	const char  *seed;
	const char **learner_ids, **posting_ids, **college_ids, **group_ids;    /* each bytewise ascending */
	const int32_t *ranking_tier;    /* beside engine.rankings.line: its tier in the learner's ranking, from 0 */
	struct engine_instance engine;  /* numbers are places in the lists above */
	struct instance_parts *parts;   /* private: what owns the memory */
};

struct draft;

/*
 * A draft. Numbers of learners and postings are those that draft_learner and draft_posting returned, in any order of
 * ids. Tiers may leave gaps: sealing closes them up. What is wrong is remembered (the first flaw) and told by
 * draft_seal. Strings are copied.
 */
struct draft *draft_new(const char *seed, bool guarantee) MUST_CHECK;   /* NULL: no memory */
void          draft_destroy(struct draft **self);                       /* NULL-safe */

int32_t draft_learner(struct draft *d, const char *id, const char *college, int64_t tier, bool assignable);
int32_t draft_posting(struct draft *d, const char *id, const char *college, int64_t capacity, bool accepts_unranked,
    bool assignable, bool reserve_last);
void    draft_group(struct draft *d, int32_t learner, const char *group);
void    draft_reserve(struct draft *d, int32_t posting, const char *group, int64_t seats);  /* in their order */
void    draft_ranking(struct draft *d, int32_t learner, int64_t tier, int32_t posting);
void    draft_choice(struct draft *d, int32_t posting, int64_t tier, int32_t learner);
void    draft_fit(struct draft *d, int32_t learner, int32_t posting, int64_t fit);
void    draft_fixed(struct draft *d, int32_t learner, int32_t posting);
void    draft_held(struct draft *d, int32_t learner, int32_t posting);

/*
 * Seal the draft; takes *d in every case.
 *   Returns 0 and *out, or -1 and *flaw (out of memory is the flaw no_memory)
 *   Owner   the caller destroys *out
 */
int  draft_seal(struct draft **d, struct instance **out, struct instance_flaw *flaw) MUST_CHECK;
void instance_destroy(struct instance **self);                          /* NULL-safe */

/*
 * Read the neutral JSON as it streams by, from memory or from a file or pipe; refuses what matching.md refuses. Keys
 * and lists may stand in any order. Whole numbers may be written as JSON likes: 870, 870.0, 8.7e2.
 *   Ceilings  10 million learners, a million postings, a thousand million entries of one kind of list, 4,194,304 tiers
 *             at one posting (that of the unranked among them), ids of 1,024 bytes
 *   Memory    beyond the instance: 4 bytes for each ranked line, 8 for each fit row, about 100 and its id for each
 *             learner and posting; a million learners with 10 choices peak at 290 MB, with 10 fit rows too at 370 MB.
 *             Of a file's size address space is taken, several times, but only what is used is backed by memory
 *   Threads   a second one draws the lottery of many learners, while it reads
 *   Return and ownership as draft_seal; of fd nothing is retained
 */
int instance_read(const char *json, size_t size, struct instance **out, struct instance_flaw *flaw) MUST_CHECK;
int instance_read_fd(int fd, struct instance **out, struct instance_flaw *flaw) MUST_CHECK;

/* Write the canonical form: RFC 8785 with every default written out. -1: the sink failed. */
int instance_write(const struct instance *in, json_sink *sink, void *to) MUST_CHECK;

/* BLAKE2b-256 of the canonical form, in hex. */
void instance_digest(const struct instance *in, char hex[2 * INSTANCE_DIGEST_SIZE + 1]);

/* 8-byte BLAKE2b of id, keyed with seed (1 to 64 bytes), read big-endian: the smaller comes first. */
uint64_t lottery_number(const char *seed, const char *id);

#endif
