/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When are two colleges' records of an employer the same firm? Names are folded by ICU (case, accents, width), split into
 * words, freed of legal forms and small words, and compared word by word, so that a misspelt word counts a little and
 * another word counts much. Pure: no I/O, no clock. What is made lives in the arena.
 * Source: architecture.md, "Each college owns its own record of an employer".
 */
#ifndef EMPLOYER_INTAKE_FIRM_RULES_H
#define EMPLOYER_INTAKE_FIRM_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

#define FIRM_RULES_VERSION 1        /* grows when names or keys are made otherwise: stored keys are then made anew */
#define FIRM_WORDS_MAX 24           /* words of a name beyond these are left out */
#define FIRM_WORD_BYTES 48          /* a longer word is compared by its beginning */
#define FIRM_KEYS_MAX (FIRM_WORDS_MAX + 5)
#define FIRM_LIKE 860               /* likeness of names from which they are taken for the same one */

/*      reason           text              what it says */
#define FIRM_REASONS(X) \
	X(NEQ,           "neq")            /* the same NEQ, and like names */ \
	X(NEQ_OTHER_NAME, "neq_other_name")  /* the same NEQ under unlike names: suspected only */ \
	X(NAME_ADDRESS,  "name_address")   /* like names at one postal code */ \
	X(NAME_STREET,   "name_street")    /* nearly equal names in one street and municipality, postal codes near each other */

enum firm_reason {
	FIRM_NOT = 0,
#define FIRM_REASON_AS_ENUM(id, text) FIRM_##id,
	FIRM_REASONS(FIRM_REASON_AS_ENUM)
#undef FIRM_REASON_AS_ENUM
	FIRM_REASON_COUNT
};
const char *firm_reason_to_text(enum firm_reason r);       /* static, never NULL */

struct firm_name {
	const char *words[FIRM_WORDS_MAX];  /* folded, in their order */
	size_t count;
	const char *joined;                 /* the words without blanks; "" only when the name has no letter or digit */
	const char *digits;                 /* all digits of it: numbered companies differ in nothing else */
};

struct firm_facts {
	struct firm_name name;
	const char *neq, *postal_code;      /* "" : not given; A1A 1A1 */
	const char *municipality, *street;  /* folded, "": not given */
};

/* Folded text: case, accents and width set aside, all but letters and digits a single blank. NULL: no memory. */
const char *firm_fold(struct arena *a, const char *utf8) MUST_CHECK;
bool firm_name_read(struct arena *a, const char *legal_name, struct firm_name *out) MUST_CHECK;      /* false: no memory */
bool firm_facts_read(struct arena *a, const char *legal_name, const char *neq, const char *address,
                     const char *municipality, const char *postal_code, struct firm_facts *out) MUST_CHECK;

/* 0 (nothing in common) .. 1000 (the same), symmetric. */
int firm_name_likeness(const struct firm_name *x, const struct firm_name *y);
/* Why the two would be one firm, with *score 0..1000; FIRM_NOT: they are not suspected. Symmetric. NEQs that differ
 * decide that they are not. */
enum firm_reason firm_compare(const struct firm_facts *x, const struct firm_facts *y, int *score);

/* Two records that firm_compare suspects have a key in common (names of up to two misspelt words); so only records with a
 * common key are compared. *count at most FIRM_KEYS_MAX, no key twice. false: no memory. */
bool firm_keys(struct arena *a, const struct firm_facts *f, const char *out[FIRM_KEYS_MAX], size_t *count) MUST_CHECK;

#endif
