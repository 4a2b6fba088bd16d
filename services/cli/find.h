/* SPDX-License-Identifier: Apache-2.0 */
/* Whose row an id means: that of the employers' side, else that of the learners'. */
#ifndef CLI_FIND_H
#define CLI_FIND_H

#include "app.h"

struct found {
	const char *service; /* NULL: nothing is known by this id, or it is not the caller's to know */
	const char *id; /* as this service takes it */
	bool is_learners; /* of the learner intake */
	const Bassin__V1__Table *card;
};

/*
 * Asks for the card. An id may say its kind: posting:P1, employer:E7, institution:C, learner:L1. A pool number can only
 * be a learner's. Returns an exit status; that nothing is known has been said then.
 */
int find_row(struct app *app, const char *id, struct found *out) MUST_CHECK;

/* The kind of a row that may be set: posting, employer, institution, learner; NULL: another one. */
const char *found_kind(const struct found *f);

#endif
