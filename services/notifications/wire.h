/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protobuf <-> our structs; generated names stop here and at the table of commands. What others say is checked once, here:
 * lengths, UTF-8, ranges, enums. Everything that is read lives in the arena.
 */
#ifndef NOTIFICATIONS_WIRE_H
#define NOTIFICATIONS_WIRE_H

#include "rules.h"

/* Texts are never NULL. Numbers are int64 as statements take them. */
struct told_institution {
	const char *institution, *name_fr, *name_en;
};
struct told_coordinator {
	const char *institution, *name, *email, *phone, *language;
};
struct told_employer {
	const char *employer, *institution, *legal_name, *contact_name, *contact_email, *language, *municipality;
	int64_t headcount; /* 0: not known */
	int64_t paused_until; /* days since 1970-01-01; 0: it is not paused */
};
struct told_firm {
	const char *employer, *firm; /* firm "": linked to none */
};
struct told_posting {
	const char *posting, *institution, *employer, *state, *title;
	const char *programmes; /* codes joined by '|' */
	int64_t seats, starts_on, ends_on, hours_hundredths, weekdays;
	bool remote, own_place;
	int64_t at_ms; /* when it was said; 0: unknown */
};
struct told_programme {
	const char *programme, *title_fr, *title_en;
};
struct told_learner {
	const char *learner, *institution, *given_name, *family_name;
	bool in_pool;
}; /* no names out of the pool */
struct told_round {
	const char *round, *title, *state;
};
struct told_position {
	const char *round, *log_id;
	struct id epoch;
	int64_t seq;
};
struct told_placement {
	const char *posting, *round, *employer, *institution;
	int64_t learners, at_ms; /* learners: those whom this round has placed here, or moved up from here */
};
struct told_placed {
	const char *posting, *learner, *institution, *programme, *round, *by;
	bool moved; /* she no longer comes */
};

/* clang-format off */
/* In the order of summary_put.sql. */
#define SUMMARY_COUNTS(X) \
	X(learners) X(eligible) X(placed_direct) X(placed_ranked) X(placed_assigned) X(no_consent) X(not_eligible) \
	X(nothing_ranked) X(none_fits) X(outranked) X(no_seat) X(withdrawn) X(postings) X(seats) X(seats_filled) \
	X(alone) X(pool)
/* clang-format on */

struct told_summary {
	const char *round, *institution;
#define SUMMARY_FIELD(name) int64_t name;
	SUMMARY_COUNTS(SUMMARY_FIELD)
#undef SUMMARY_FIELD
	int64_t at_ms;
};
struct told_line {
	const char *round, *institution, *learner, *posting, *placed_by;
};

/* All that a batch of events says, by kind. */
/* clang-format off */
struct told {
	struct arena *arena;
	struct told_institution *institutions;  size_t institution_count;
	struct told_coordinator *coordinators;  size_t coordinator_count;
	struct told_employer *employers;        size_t employer_count;
	struct told_firm *firms;                size_t firm_count;
	struct told_posting *postings;          size_t posting_count;
	struct told_programme *programmes;      size_t programme_count;
	struct told_learner *learners;          size_t learner_count;
	const char **erased;                    size_t erased_count;
	struct told_round *rounds;              size_t round_count;
	struct told_position *positions;        size_t position_count, position_room;   /* one per round and log */
	struct told_placement *placements;      size_t placement_count;
	struct told_placed *placed;             size_t placed_count, placed_room;
	struct told_summary *summaries;         size_t summary_count;
	struct told_line *lines;                size_t line_count, line_room;
};
/* clang-format on */

/* STORE_OK; STORE_RETRY: no memory; STORE_BROKEN: an event is not sound. Events of other types are passed over. */
int told_read(struct arena *a, const struct event *events, size_t count, struct told *out) MUST_CHECK;

/* ---- commands: VERDICT_OK, or the refusal ------------------------------------------------------------------------ */
struct suppress_ask {
	int64_t mail;
	const char *address, *reason;
}; /* address NULL: mail; else normalised */

/* Ids of mails are numbers from 1. */
bool mail_id_read(const char *text, int64_t *out) MUST_CHECK;
enum verdict mail_ask_read(struct call *call, int64_t *mail) MUST_CHECK;
enum verdict suppress_ask_read(struct call *call, struct suppress_ask *out) MUST_CHECK;
enum verdict unsuppress_ask_read(struct call *call, const char **address) MUST_CHECK; /* normalised */
enum verdict mail_file_answer(struct call *call, const char *message, size_t size, const char *state) MUST_CHECK;
/* *kind "": only the kinds are wanted. */
enum verdict mail_preview_read(struct call *call, const char **kind, enum mail_language *language) MUST_CHECK;
/* With the list of kinds; parts NULL: that alone. */
enum verdict mail_preview_answer(struct call *call, enum mail_language language, const struct mail_parts *parts) MUST_CHECK;

#endif
