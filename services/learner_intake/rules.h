/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions of the learner intake: no I/O, no clock. What will stand after a row, who is in the pool, which title
 * stands, what a fed list says. Flaws go to the row (service/rows.h). Source: feeds.md, architecture.md.
 */
#ifndef LEARNER_INTAKE_RULES_H
#define LEARNER_INTAKE_RULES_H

#include "columns.h"
#include "service/places.h"
#include "service/pool_key.h"

/* A learner as she stands, or will. version 0: does not stand. */
struct learner {
	const struct cell *cells;           /* LEARNER_COLUMNS */
	const char *pool_number;
	int64_t version;
	bool has_place;
	struct place place;                 /* in force: her own coordinates, else her postal code's */
	bool is_withdrawn;
	int32_t withdrawn_on;               /* days since 1970-01-01 */
	const char *withdrawn_reason;
	bool in_pool;
	bool contact_told;                  /* a contact event of hers stands in the log */
};

/* What the row makes of her at now_ms. stored: version 0 for a new one. *now gets version + 1, and no pool number when she is
 * new. true: something changed. Refuses the row for rules across cells, and for a consent that she cannot have given yet
 * (a day of grace, since colleges' clocks differ); f->failed: no memory. */
bool learner_settle(struct feed *f, struct row *r, const struct learner *stored, const struct places *places,
                    int64_t now_ms, struct learner *now);
/* Consent withdrawn at now_ms: a consent_on of that day or before no longer holds. false: she was out already. */
bool learner_withdraw(const struct learner *stored, int64_t now_ms, const char *reason, struct learner *now);
/* She is known, and nobody else is to know more of her than that. */
bool learner_has_withdrawn(const struct learner *l);
bool consent_holds(const struct cell *consent_on, bool is_withdrawn, int32_t withdrawn_on);

/* A ministry code as it stands. version 0: does not stand. */
struct code {
	const struct cell *cells;
	const char *given_by;
	int64_t version;
};
/* The first title given stands; level, hours and programme may be mended by who gave the code first; what is missing may
 * be filled in by anybody; another value is noted on the row. titles: bit n for each column that is a title. As
 * learner_settle otherwise. */
bool code_settle(struct feed *f, struct row *r, const struct code *stored, uint32_t titles, struct code *now);

/* One learner's whole list out of a batch. */
struct ranking {
	const char *learner;                /* her external id */
	int64_t version;                    /* 0: does not stand */
	size_t count;
	const char **tiers, **postings;     /* best first; within a tier by posting, bytewise */
	struct row **rows;                  /* that name her and are not refused */
	size_t row_count;
};
/* Groups the rows by learner; refuses a tier that is missing and a posting that is named twice. A learner all of whose
 * rows are refused gets no list: what stands is kept. -1: no memory. */
int rankings_gather(struct feed *f, struct ranking **out, size_t *count) MUST_CHECK;
bool ranking_equal(const struct ranking *a, const struct ranking *b);

/* Each use of the pool's key has its own prefix, so that one hash never equals another (service/pool_key.h). A permanent code
 * counts without blanks and in capitals. */
void hash_of_permanent_code(const uint8_t key[POOL_KEY_SIZE], const char *code, uint8_t out[HASH_SIZE]);

/* Texts, sorted and each once, to ask whether one is among them. */
struct texts { const char **items; size_t count; };
void texts_sort(struct texts *t);
bool texts_has(const struct texts *t, const char *text);

#endif
