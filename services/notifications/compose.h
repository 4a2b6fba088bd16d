/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From facts to a whole message (RFC 5322): multipart/alternative, text and HTML, in the recipient's language or in
 * French and then English where that is not known. Pure but for ICU's and GMime's own memory: the clock, the
 * Message-ID and all facts are arguments; the same facts give the same bytes.
 *
 * Facts may hold anything that a firm or a person wrote: control characters, line breaks and invisible formatting
 * (bidirectional overrides, byte-order marks) are taken out, invalid UTF-8 becomes U+FFFD, longer texts are cut at 500
 * bytes. Addresses must pass address_check() (base/address.h), else the mail is refused.
 */
#ifndef NOTIFICATIONS_COMPOSE_H
#define NOTIFICATIONS_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MAIL_MAX_BYTES = 1 << 20,      /* a larger message is refused */
	MAIL_TEXT_MAX_BYTES = 500,     /* of one fact */
	MAIL_LISTED_MAX = 300,         /* rows of a list that are written out; the rest is counted */
};

/* clang-format off */
/* Each with the name of its templates, which is also that in lists; preview_samples.c has sample facts of each.
 * POSTINGS_RECEIVED: to an employer's contact, all postings of a feed. CANDIDATES: to an employer's contact, who is coming, of
 * a published round. ROUND_SUMMARY: to a college's coordinator, what the round did for her learners. PLACE_FREED: to an
 * employer's contact, that somebody who was to come has given up the place. TASKS: to a college's coordinator, what there is to
 * do, once a day. DIGEST: several of these in one message. */
#define MAIL_KINDS(X) \
	X(POSTINGS_RECEIVED, "postings_received") \
	X(CANDIDATES,        "candidates") \
	X(ROUND_SUMMARY,     "round_summary") \
	X(PLACE_FREED,       "place_freed") \
	X(TASKS,             "tasks") \
	X(DIGEST,            "digest")
/* clang-format on */

enum mail_kind {
#define MAIL_KIND_AS_ENUM(kind, text) MAIL_##kind,
	MAIL_KINDS(MAIL_KIND_AS_ENUM)
#undef MAIL_KIND_AS_ENUM
	MAIL_KIND_COUNT
};

enum mail_language { MAIL_LANGUAGE_UNKNOWN, MAIL_FRENCH, MAIL_ENGLISH };

/* "fr", "en"; all else, NULL included, is MAIL_LANGUAGE_UNKNOWN. */
enum mail_language mail_language_from_text(const char *text);

/* A text in two languages. Where one is NULL or empty, the other one stands in. */
struct mail_words {
	const char *fr, *en;
};

struct mail_person {
	const char *name, *email, *phone;   /* phone: may be NULL or empty, the others not */
};

/* The organisation that sends, as Canada's anti-spam law wants it to be named (S.C. 2010, c. 23, s. 6(2)). */
struct mail_sender {
	struct mail_words name;
	const char *email;                 /* From and envelope */
	const char *postal_address, *phone;
	const char *stop_email;            /* who writes there gets no more mail */
};

struct mail_candidate {
	const char *name;                  /* given and family name */
	const char *number;                /* pool number */
	struct mail_words programme, college;
	struct mail_person coordinator;    /* of her college */
	const char *by;                    /* "fixed", "ranked", "assigned" (matching.md); else it is not said */
	const char *stay;                  /* what calendars know her stay by: the same in each mail about it; empty: none do */
};

struct mail_posting {
	const char *reference;             /* institution/external_id */
	const char *title;
	const char *place;                 /* municipality; NULL or empty: not said */
	bool remote;                       /* place is not shown */
	int32_t seats;
	int32_t starts_on, ends_on;        /* days since 1970-01-01 */
	int32_t hours_hundredths;          /* a week */
	uint32_t weekdays;                 /* bit 0 Monday .. bit 6 Sunday; 0: not said */
	const struct mail_words *programmes;
	size_t programme_count;
	const struct mail_candidate *candidates;   /* MAIL_CANDIDATES only */
	size_t candidate_count;
	const struct mail_candidate *moved;        /* who no longer come: they have moved up to another place */
	size_t moved_count;
	const struct mail_candidate *freed;        /* MAIL_PLACE_FREED only: stays given up; no name, no number */
	size_t freed_count;
};

/* Why a learner has no place; the order of the rows in the mail. */
enum mail_unplaced {
	MAIL_NO_CONSENT, MAIL_NOT_ELIGIBLE, MAIL_NOTHING_RANKED, MAIL_NONE_FITS, MAIL_OUTRANKED, MAIL_NO_SEAT,
	MAIL_WITHDRAWN,
	MAIL_UNPLACED_REASONS
};

struct mail_placement {
	const char *learner_name, *learner_number;
	const char *posting_title, *posting_reference;
	const char *employer;
	const char *by;                    /* "fixed", "ranked", "assigned" (matching.md) */
};

struct mail_summary {
	int32_t learners, eligible;
	int32_t placed_direct, placed_ranked, placed_assigned;
	int32_t unplaced[MAIL_UNPLACED_REASONS];
	int32_t postings, seats, seats_filled;   /* of her college */
	int32_t alone, pool;               /* placed by the college alone, and in the pool; both 0: not said */
	const struct mail_placement *placements;
	size_t placement_count;
};

/* What somebody must do (bus/matters.h). */
struct mail_task {
	const char *number;                /* as `bassin task done` takes it */
	const char *kind, *subject, *other;   /* other: may be empty */
	const char *command;               /* what to type; empty: not known */
	int32_t age_days;
};

struct mail_facts {
	enum mail_kind kind;
	enum mail_language language;
	const char *message_id;            /* unique@domain, without brackets */
	int64_t date_ms;                   /* UTC, since 1970 */
	const char *reference;             /* of the feed or the round: stands in the subject; 1 to 100 bytes */
	const char *round_title;           /* MAIL_CANDIDATES, MAIL_ROUND_SUMMARY */
	const char *recipient_name, *recipient_email;
	const char *employer_name;         /* not for MAIL_ROUND_SUMMARY, MAIL_TASKS */
	struct mail_sender sender;
	struct mail_words college;         /* for whom the mail is sent: the college that fed this record */
	struct mail_person coordinator;    /* of that college: whom to call, and Reply-To (the sender where she is the recipient) */
	const struct mail_posting *postings;
	size_t posting_count;
	struct mail_summary summary;       /* MAIL_ROUND_SUMMARY only */
	const struct mail_task *tasks;     /* MAIL_TASKS only: the oldest */
	size_t task_count;
	int64_t task_total;                /* with those that are not told of */
	const struct mail_facts *sections; /* MAIL_DIGEST only: mails of other kinds, to the same person */
	size_t section_count;
};

enum compose_result {
	COMPOSE_OK,
	COMPOSE_ADDRESS,      /* an address is not one: a task for the coordinator */
	COMPOSE_FACT,         /* a fact is missing or impossible */
	COMPOSE_TEMPLATE,     /* our own mistake: a template names what the facts do not have */
	COMPOSE_TOO_LARGE,
	COMPOSE_NO_MEMORY,
};

const char *compose_result_to_text(enum compose_result r);   /* static, never NULL */

struct compose_flaw {
	char field[64];       /* which fact, or which template and name; no personal data */
	const char *why;      /* static */
};

/* The texts of a mail, UTF-8. */
struct mail_parts {
	char *subject, *text, *html;
};

struct mail_message {
	char *bytes;          /* lines end in CRLF, all bytes are ASCII; NUL-terminated */
	size_t len;
};

/* Once before the first mail_compose and once after the last one; one thread composes. */
void compose_open(void);
void compose_close(void);

/*
 * Compose one mail.
 *   *out    to be cleared by mail_message_clear(); empty unless COMPOSE_OK
 *   *flaw   what was wrong; untouched on COMPOSE_OK
 */
enum compose_result mail_compose(const struct mail_facts *facts, struct mail_message *out, struct compose_flaw *flaw);
void mail_message_clear(struct mail_message *m);

/* The texts alone, as mail_compose() puts them into a message: to be cleared by mail_parts_clear(). */
enum compose_result mail_render(const struct mail_facts *facts, struct mail_parts *out, struct compose_flaw *flaw);
void mail_parts_clear(struct mail_parts *p);

#endif
