/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LEARNER_HELD: all that a service holds about one learner, told to her own college. It asks the learner intake first, who
 * knows whose she is, and answers with her pool number and a claim: a hash, keyed with the pool's key, of the college and the
 * number. The others get both. Who holds her institution beside her number judges by that; who does not (the employer
 * intake) by the claim, which it can make itself. Somebody else's number is answered like one that nobody has: nothing is
 * held. A held answer is sections, each a table; events of hers alone go along as they stand in a log. Law 25, access.
 */
#ifndef SERVICE_HELD_H
#define SERVICE_HELD_H

#include "bus/core.h"
#include "service/pool_key.h"
#include "store/store.h"

struct held_ask {
	const char *learner;            /* to a learner intake: an external_id, also as college/id, or a pool number */
	const char *pool_number;        /* to the others; "": she is only named in lists */
	const char *external_id;
	const uint8_t *claim;           /* HASH_SIZE bytes; NULL: none */
};
/* Decodes; the caller must be a college. *out in the call's arena. */
enum verdict held_ask_read(struct call *call, struct held_ask *out) MUST_CHECK;

/* institution and pool_number are ids. */
void held_claim(const uint8_t key[POOL_KEY_SIZE], const char *institution, const char *pool_number,
                uint8_t out[HASH_SIZE]);

struct held;                            /* an answer in the making, in the call's arena */
/* NULL: no memory. */
struct held *held_new(struct call *call) MUST_CHECK;

/* A statement whose columns are the cells, as text. A card is a section of one row, shown field by field. */
struct held_part {
	const char *name;
	const struct sql *sql;
	const char *const *columns;     /* NULL-terminated */
};
#define HELD_COLUMNS(...) ((const char *const[]){ __VA_ARGS__, NULL })
/* Adds what the statement finds; a section of no rows is left out. enum store_result. */
int held_add(struct held *h, const struct held_part *part, const struct params *p) MUST_CHECK;
/* What every store holds: events that speak of her alone, in its own log or set aside from another one, as they are; and the
 * audit lines that name her number, whoever asked. From here on this call's own line names her too. enum store_result. */
int held_add_core(struct held *h, const char *pool_number) MUST_CHECK;
/* Where a store holds institutions beside numbers: `whose` says of $1 number and $2 institution whether they go together. */
int held_is_own(struct held *h, const struct sql *whose, const char *pool_number, bool *own) MUST_CHECK;
/* Parts whose only parameter is the number, and held_add_core. enum store_result. */
int held_add_number(struct held *h, const struct held_part *parts, size_t count, const char *pool_number) MUST_CHECK;
bool held_is_empty(const struct held *h);
/* pool_number, external_id: of the learner intake's answer, else NULL; claim HASH_SIZE bytes. */
enum verdict held_answer(struct held *h, const char *pool_number, const char *external_id,
                         const uint8_t *claim) MUST_CHECK;

#endif
