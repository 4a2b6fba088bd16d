/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person must do, where a service finds it out: matters. A service says from time to time which matters hold now,
 * all of them; what is new and has stood for long enough, and what is over, comes back to be told. So nothing has to
 * notice a matter's beginning and end, a restart loses none, and thousands at once are told a thousand at a time.
 *
 *   kind                 owner            subjects                          arises in
 *   firm_suspected       a college        its employer, the other one       employer_intake
 *   firm_proposed        intermediary     two employers                     employer_intake
 *   posting_duplicate    a college        its posting, the other one        employer_intake
 *   employer_silent      a college        its employer                      employer_intake
 *   waiting_employer     a college        the employer that is missing      employer_intake
 *   waiting_learner_ranking, waiting_direct_offer   a college   the posting that is missing   matching
 *   waiting_employer_ranking   a college  the posting whose list it is      matching
 *   contact_missing      a college        its employer                      notifications
 *   address_refused      a college        its employer                      notifications
 *   coordinator_missing, coordinator_refused   intermediary   an institution   notifications
 *   mail_failed          a college        its employer                      notifications
 *                        intermediary     an institution: mail to its coordinator
 * A subject is never a person, so an erasure finds nothing here.
 */
#ifndef BUS_MATTERS_H
#define BUS_MATTERS_H

#include "bus/core.h"
#include "store/store.h"

/* clang-format off */
/* What to type for each; {1} is the subject, {2} the other one, {own} the subject without its institution. */
#define MATTER_KINDS(X) \
	X(firm_suspected,           "bassin firm propose {1} {2}") \
	X(firm_proposed,            "bassin firm merge {1} {2}") \
	X(posting_duplicate,        "bassin posting withdraw {own} --reason TEXT") \
	X(employer_silent,          "bassin list postings employer={own} state=open") \
	X(waiting_employer,         "bassin feed employers FILE") \
	X(waiting_learner_ranking,  "bassin list waiting kind=learner_ranking") \
	X(waiting_direct_offer,     "bassin list waiting kind=direct_offer") \
	X(waiting_employer_ranking, "bassin list waiting kind=employer_ranking") \
	X(contact_missing,          "bassin feed employers FILE") \
	X(address_refused,          "bassin set employer:{own} contact_email=ADDRESS --reason TEXT") \
	X(coordinator_missing,      "bassin feed institutions FILE") \
	X(coordinator_refused,      "bassin feed institutions FILE") \
	X(mail_failed,              "bassin mail list state=failed recipient={1}")
/* clang-format on */

/* matter_words.c: the pattern with the subjects in it; in a. NULL: no memory. */
const char *matter_filled(struct arena *a, const char *pattern, const char *subject, const char *other) MUST_CHECK;
/* What to type, its words as a shell takes them; "" for a kind that is not known here. */
const char *matter_command(struct arena *a, const char *kind, const char *subject, const char *other) MUST_CHECK;

#define MATTERS_MAX 20000       /* of one service; further ones wait until some of these are settled */

struct matter {
	const char *kind;
	const char *owner;              /* institution; "": the intermediary */
	const char *subject, *other;    /* other "": none */
	int64_t patience_ms;            /* how long it must have stood before it is told */
};
struct matters { struct matter *all; size_t count; };

struct matter_told {
	const char *key, *kind, *owner;
	const char *const *subjects;    /* as many as the matter had */
	size_t subject_count;
	uint64_t version;
	int64_t since_ms;
	bool open;                      /* false: it is over */
};
struct matters_told { struct matter_told *all; size_t count; bool more; };

/* Adds rows of a statement, columns kind, owner, subject, other, patience; up to MATTERS_MAX in all. Texts are borrowed from
 * the rows. false: no memory. */
bool matters_add_rows(struct arena *a, const struct rows *rows, struct matters *to) MUST_CHECK;
/* Adds one; nothing happens beyond MATTERS_MAX. false: no memory. */
bool matters_add(struct arena *a, const struct matter *m, struct matters *to) MUST_CHECK;

/* now: all that holds; *out: what is to be told now, kept as told by this transaction; more: call it again soon. In w's arena.
 * enum store_result. */
int matters_sweep(struct work *w, const struct matters *now, struct matters_told *out) MUST_CHECK;

/* When a service looks next. */
struct matter_watch { int64_t due_ms, wait_ms; };       /* mono; wait_ms: after a change, so that many give one look */
void matters_watch(struct matter_watch *m, int64_t mono_ms);    /* the service has become active: it looks soon */
void matters_changed(struct matter_watch *m, int64_t mono_ms);
void matters_looked(struct matter_watch *m, int64_t mono_ms, bool more);

/* The whole chore of a service with a log: what find says holds now is swept, one TaskRecorded is appended for each that is to
 * be told, and the next look is planned. enum store_result. */
int matters_tell(struct work *w, struct matter_watch *m, int (*find)(struct work *w, struct matters *out)) MUST_CHECK;

#endif
