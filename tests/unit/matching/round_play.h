/* SPDX-License-Identifier: Apache-2.0 */
/* What plays about rounds share: who is who, what a report says of her, what was told of a posting. */
#ifndef TESTS_MATCHING_ROUND_PLAY_H
#define TESTS_MATCHING_ROUND_PLAY_H

#include "stage.h"

#define A "AAAAAAAAAA"
#define B "BBBBBBBBBB"
#define C "CCCCCCCCCC"
#define D "DDDDDDDDDD"

static inline const char *
sql(const char *query)
{
	return cluster_sql(&stage.cluster, "%s", query);
}

/* The example at the end of domain.md: a and b are memphre's learners, c and d orford's; X and Z memphre's postings. */
static inline void
tell_the_example(void)
{
	static const char *const POSTINGS[] = { "memphre/X", "orford/Y", "memphre/Z", "orford/W" };
	static const char *const CHOICES[] = { B " " C " " A " " D, A " " B " " C " " D, B " " A " " C " " D,
	    C " " A " " B " " D };
	static const struct { const char *institution, *number, *list; } LEARNERS[] = {
		{ "memphre", A, "memphre/X orford/Y memphre/Z orford/W" }, { "memphre", B, "memphre/Z memphre/X orford/Y orford/W" },
		{ "orford", C, "orford/W memphre/X orford/Y memphre/Z" }, { "orford", D, "memphre/X orford/Y memphre/Z orford/W" },
	};

	for (size_t i = 0; i < 4; i++) {
		Bassin__V1__PostingRecorded p = a_posting(POSTINGS[i]);
		tell_posting(&p);
		tell_employer_ranking(POSTINGS[i], CHOICES[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		Bassin__V1__ProfileRecorded l = a_learner(LEARNERS[i].institution, LEARNERS[i].number);
		tell_learner(&l);
		tell_learner_ranking(LEARNERS[i].institution, LEARNERS[i].number, LEARNERS[i].list);
	}
}

static inline const char *
placement_of(const Bassin__V1__RoundReport *r, const char *learner)
{
	for (size_t i = 0; i < r->n_placements; i++)
		if (strcmp(r->placements[i]->learner, learner) == 0)
			return r->placements[i]->posting;
	return "";
}

static inline const char *
reason_of(const Bassin__V1__RoundReport *r, const char *learner)
{
	for (size_t i = 0; i < r->n_unplaced; i++)
		if (strcmp(r->unplaced[i]->learner, learner) == 0)
			return r->unplaced[i]->reason;
	return "";
}

/* Everybody is either placed or has a reason. */
static inline void
check_rows_add_up(const Bassin__V1__RoundReport *r)
{
	int64_t seats = 0, filled = 0, placed = 0;

	for (size_t i = 0; i < r->n_colleges; i++) {
		const Bassin__V1__CollegeRow *c = r->colleges[i];
		int32_t mine = c->placed_direct + c->placed_ranked + c->placed_assigned;
		assert_int_equal(c->learners, mine + c->placed_before + c->unplaced_no_consent + c->unplaced_not_eligible +
		    c->unplaced_nothing_ranked + c->unplaced_none_fits + c->unplaced_outranked + c->unplaced_no_seat +
		    c->unplaced_withdrawn);
		assert_true(c->eligible <= c->learners && mine <= c->eligible && c->seats_filled <= c->seats);
		assert_true(!r->verified || c->pool >= mine);
		assert_true(!r->guarantee || (c->pool >= c->alone && c->better_alone == 0));
		placed += mine + c->placed_before;
		seats += c->seats;
		filled += c->seats_filled;
	}
	assert_int_equal(placed, filled);
	assert_int_equal(r->seats, seats);
	assert_int_equal(r->seats_filled, filled);
}

static inline const Bassin__V1__RoundReport *
freeze_and_solve(const char *round)
{
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	return report_of(ask_solve(round, false));
}

static inline const char *
events_naming(const char *learner)
{
	return cluster_sql(&stage.cluster, "SELECT count(*) FROM event WHERE position('%s'::bytea IN body) > 0", learner);
}

/* The last word on a posting: version, and how many come. */
static inline size_t
coming_to(const char *posting, int *version)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);
	uint8_t bytes[4096];
	const char *told = arena_strdup(stage.arena, cluster_sql(&stage.cluster,
	    "SELECT version || ' ' || encode(body, 'hex') FROM event WHERE topic = 'placement' AND key = '%s' "
	    "ORDER BY seq DESC LIMIT 1", posting));
	const char *hex = strchr(told, ' ') + 1;
	size_t size = strlen(hex) / 2;

	assert_true(size <= sizeof bytes && hex_to_bytes(hex, bytes, size));
	*version = atoi(told);
	const Bassin__V1__PostingPlaced *m = bassin__v1__posting_placed__unpack(&allocator, size, bytes);
	assert_non_null(m);
	assert_string_equal(m->posting, posting);
	return m->n_learners;
}

#endif
