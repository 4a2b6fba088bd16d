/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of matching.md one by one, each in a round small enough to be solved by hand, and what the engine refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "instance.h"

#define PLAIN "\"seed\": \"s\", \"guarantee\": false"
#define GUARANTEE "\"seed\": \"s\""

struct solved {
	struct instance *in;
	struct engine_outcome *out;
};

static struct instance *
instance_of(const char *json)
{
	struct instance *in;
	struct instance_flaw flaw;

	if (instance_read(json, strlen(json), &in, &flaw) != 0)
		fail_msg("%s: %s", flaw.code, flaw.text);
	return in;
}

/* "l1-p1 l2- ..." in order of learner id; an assigned one l1=p1, a fixed one l1+p1. */
static const char *
placements(const struct instance *in, const struct engine_run *run)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (int32_t i = 0; i < in->engine.n_learners; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%c%s", i == 0 ? "" : " ",
		                         in->learner_ids[i], "-+-="[run->by[i]],
		                         run -> posting[i] == ENGINE_NONE ? "" : in->posting_ids[run->posting[i]]);
	return text;
}

/* The holders of a posting in the order of filling: "l1/g l2/ l3*", by group, * on her endowed slot. */
static const char *
holders(const struct solved *s, int32_t j)
{
	static char text[512];
	const struct engine_instance *e = &s->in->engine;
	size_t used = 0;

	text[0] = '\0';
	for (size_t k = s->out->pool.slot_off[j]; k < s->out->pool.slot_off[j + 1]; k++) {
		const struct engine_slot *slot = &s->out->pool.slots[k];
		bool open = slot->reserve == ENGINE_OPEN_SLOT;
		int32_t group = open ? 0 : e->reserves.entry[e->reserves.off[j] + (size_t)slot->reserve].to;

		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s/%s%s",
		                         k == s->out->pool.slot_off[j] ? "" : " ", s->in->learner_ids[slot->learner],
		                         open ? "" : s->in->group_ids[group], slot->endowed ? "*" : "");
	}
	return text;
}

/* A posting's cut-offs: "free", "closed", or who was admitted last. */
static const char *
cutoffs(const struct solved *s, int32_t j)
{
	static char text[512];
	size_t used = 0;

	text[0] = '\0';
	for (size_t k = s->out->pool.cutoff_off[j]; k < s->out->pool.cutoff_off[j + 1]; k++) {
		const struct engine_cutoff *cut = &s->out->pool.cutoffs[k];

		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
		                         k == s->out->pool.cutoff_off[j] ? "" : " ",
		                         cut->state == ENGINE_SEAT_FREE    ? "free" :
		                         cut->state == ENGINE_SEATS_CLOSED ? "closed" :
		                                                             s->in->learner_ids[cut->learner]);
	}
	return text;
}

static struct solved
solve(const char *json, const char *expected)
{
	struct solved s = { .in = instance_of(json) };

	assert_string_equal(engine_status_to_text(engine_solve(&s.in->engine, 1, &s.out)), "solved");
	assert_string_equal(placements(s.in, &s.out->pool), expected);
	return s;
}

static void
done(struct solved *s)
{
	engine_outcome_destroy(&s->out);
	instance_destroy(&s->in);
}

static void
expect_only(const char *json, const char *expected)
{
	struct solved s = solve(json, expected);

	done(&s);
}

/* The placements, holders and cut-offs of the first posting. */
static void
expect_slots(const char *json, const char *expected, const char *held, const char *cut)
{
	struct solved s = solve(json, expected);

	assert_string_equal(holders(&s, 0), held);
	assert_string_equal(cutoffs(&s, 0), cut);
	done(&s);
}

#define L(id, ranking, more) "{\"id\": \"" id "\", \"assignable\": false, \"ranking\": " ranking more "}"
#define P(id, seats, ranking, more) \
	"{\"id\": \"" id "\", \"assignable\": false, \"capacity\": " seats ", \"ranking\": " ranking more "}"
#define STRICT ", \"accepts_unranked\": false"
#define IN(groups) ", \"groups\": [" groups "]"
#define OF(college) ", \"college\": \"" college "\""
#define RESERVES(rows) ", \"reserves\": [" rows "]"
#define SEATS(group, seats) "{\"group\": \"" group "\", \"seats\": " seats "}"
#define LAST ", \"reserve_order\": \"last\""
#define AL(id, more) "{\"id\": \"" id "\"" more "}"
#define AP(id, seats, more) "{\"id\": \"" id "\", \"capacity\": " seats more "}"

static void
the_example_of_domain_md_is_stable_and_not_the_lowest_sum_of_ranks(void **state)
{
	(void)state;
	expect_only(
	    "{" PLAIN ", \"learners\": [" L("a", "[[\"X\"],[\"Y\"],[\"Z\"],[\"W\"]]", "") "," L(
		"b", "[[\"Z\"],[\"X\"],[\"Y\"],[\"W\"]]",
		"") "," L("c", "[[\"W\"],[\"X\"],[\"Y\"],[\"Z\"]]",
	                  "") "," L("d", "[[\"X\"],[\"Y\"],[\"Z\"],[\"W\"]]",
	                            "") "],"
					"\"postings\": [" P("X", "1", "[[\"b\"],[\"c\"],[\"a\"],[\"d\"]]", "") "," P(
					    "Y", "1", "[[\"a\"],[\"b\"],[\"c\"],[\"d\"]]",
					    "") "," P("Z", "1", "[[\"b\"],[\"a\"],[\"c\"],[\"d\"]]",
	                                              "") "," P("W", "1", "[[\"c\"],[\"a\"],[\"b\"],[\"d\"]]", "") "]}",
	    "a-X b-Z c-W d-Y");
}

static void
a_learner_prefers_tier_then_higher_fit_then_the_smaller_id(void **state)
{
	(void)state;
	expect_only("{" PLAIN
	            ", \"learners\": [" L("l", "[[\"p9\"],[\"p1\",\"p2\"]]",
	                                  "") "],"
	                                      "\"postings\": [" P("p1", "1", "[]", "") "," P("p2", "1", "[]", "") "," P(
						  "p9", "1", "[]", "") "],"
	                                                               "\"fit\": [[\"l\",\"p1\",900]]}",
	            "l-p9");
	expect_only("{" PLAIN ", \"learners\": [" L("l", "[[\"p1\",\"p2\"]]",
	                                            "") "],"
	                                                "\"postings\": [" P("p1", "1", "[]", "") "," P(
							    "p2", "1", "[]",
							    "") "],"
	                                                        "\"fit\": [[\"l\",\"p1\",899],[\"l\",\"p2\",900]]}",
	            "l-p2");
	expect_only("{" PLAIN
	            ", \"learners\": [" L("l", "[[\"p2\",\"p10\"]]",
	                                  "") "],"
	                                      "\"postings\": [" P("p2", "1", "[]", "") "," P("p10", "1", "[]", "") "]}",
	            "l-p10");
}

static void
an_employer_prefers_tier_then_higher_fit_then_the_lottery(void **state)
{
	bool l2_first = lottery_number("s", "l2") < lottery_number("s", "l1");
	(void)state;

	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L(
			"l2", "[[\"p\"]]", "") "],"
	                                       "\"postings\": [" P("p", "1", "[[\"l2\"],[\"l1\"]]",
	                                                           "") "], \"fit\": [[\"l1\",\"p\",1000]]}",
	            "l1- l2-p");
	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L(
			"l2", "[[\"p\"]]",
			"") "],"
	                    "\"postings\": [" P("p", "1", "[]", "") "], \"fit\": [[\"l1\",\"p\",1],[\"l2\",\"p\",2]]}",
	            "l1- l2-p");
	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L(
			"l2", "[[\"p\"]]", "") "],"
	                                       "\"postings\": [" P("p", "1", "[]", "") "]}",
	            l2_first ? "l1- l2-p" : "l1-p l2-");
}

static void
the_unranked_come_last_where_they_are_accepted_and_never_elsewhere(void **state)
{
	(void)state;
	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L(
			"l2", "[[\"p\"]]", "") "],"
	                                       "\"postings\": [" P("p", "2", "[[\"l2\"]]",
	                                                           STRICT) "], \"fit\": [[\"l1\",\"p\",1000]]}",
	            "l1- l2-p");
	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L(
			"l2", "[[\"p\"]]", "") "],"
	                                       "\"postings\": [" P("p", "1", "[[\"l2\"]]",
	                                                           "") "], \"fit\": [[\"l1\",\"p\",1000]]}",
	            "l1- l2-p");
}

static void
a_fixed_pair_takes_its_seat_first_and_cannot_be_claimed(void **state)
{
	struct solved s =
	    solve("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L(
		      "l2", "[[\"q\"],[\"p\"]]", "") "],"
	                                             "\"postings\": [" P("p", "1", "[[\"l1\"],[\"l2\"]]", "") "," P(
							 "q", "1", "[]", "") "],"
	                                                                     "\"fixed\": [[\"l2\",\"p\"]]}",
	          "l1- l2+p");
	(void)state;

	assert_int_equal(s.out->reason[0], ENGINE_OUTRANKED);
	assert_int_equal(s.out->at_off[1], 1);
	assert_int_equal(s.out->at[0].ahead, 0); /* a fixed pair is nobody's rival in the ranked phase */
	assert_string_equal(cutoffs(&s, 0), "closed");
	assert_string_equal(cutoffs(&s, 1), "free");
	done(&s);
}

static void
whoever_is_not_placed_is_told_why(void **state)
{
	struct solved s = solve(
	    "{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"],[\"q\"]]", "") "," L("l2", "[[\"p\"]]", "") "," L(
		"l3", "[]",
		"") "," L("l4", "[[\"r\"]]",
	                  "") "," L("l5", "[[\"r\",\"q\"],[\"p\"]]",
	                            "") "],"
					"\"postings\": [" P("p", "1", "[[\"l2\"],[\"l1\"],[\"l5\"]]", "") "," P(
					    "q", "1", "[[\"l1\"],[\"l5\"]]", "") "," P("r", "1", "[]", STRICT) "]}",
	    "l1-q l2-p l3- l4- l5-");
	const struct engine_outcome *out = s.out;
	(void)state;

	assert_int_equal(out->reason[0], ENGINE_PLACED);
	assert_int_equal(out->reason[2], ENGINE_NOTHING_RANKED);
	assert_int_equal(out->reason[3], ENGINE_NOT_ELIGIBLE);
	assert_int_equal(out->reason[4], ENGINE_OUTRANKED);
	/* Only what would have taken her, in her order; l1 ranks p above q, which she got. */
	assert_int_equal(out->at_off[5] - out->at_off[4], 2);
	assert_string_equal(s.in->posting_ids[out->at[out->at_off[4]].posting], "q");
	assert_int_equal(out->at[out->at_off[4]].ahead, 1);
	assert_string_equal(s.in->posting_ids[out->at[out->at_off[4] + 1].posting], "p");
	assert_int_equal(out->at[out->at_off[4] + 1].ahead, 2);
	done(&s);
}

static void
whoever_may_be_assigned_is_told_whether_a_seat_or_a_fit_was_missing(void **state)
{
	struct solved s = solve(
	    "{" PLAIN ", \"learners\": [" AL("l1", ", \"tier\": 1") "," AL("l2", "") "," AL("l3", "") "," AL(
		"l4",
		", \"ranking\": [[\"q\"]]") "," AL("l5",
	                                           "") "],"
						       "\"postings\": [" AP("p", "1", "") "," P(
							   "q", "0", "[]",
							   "") "],"
							       "\"fit\": [[\"l1\",\"p\",900],[\"l2\",\"p\",3],[\"l5\",\"q\",3]]}",
	    "l1- l2=p l3- l4- l5-");
	(void)state;

	assert_int_equal(s.out->reason[0], ENGINE_NO_SEAT);
	assert_int_equal(s.out->reason[2], ENGINE_NOT_ELIGIBLE);
	assert_int_equal(s.out->reason[3], ENGINE_NO_SEAT); /* what she ranked would have taken her */
	assert_int_equal(s.out->reason[4], ENGINE_NOT_ELIGIBLE); /* q assigns nobody */
	assert_int_equal(s.out->fit, 3);
	done(&s);
}

static void
alone_counts_a_colleges_own_learners_at_its_own_postings(void **state)
{
	struct solved s = solve(
	    "{" PLAIN
	    ", \"learners\": [" L("l1", "[[\"p\"],[\"q\"]]", OF("c1")) "," L("l2", "[[\"p\"]]", OF("c2") ", \"tier\": 2") "," L(
		"l3", "[[\"q\"]]",
		OF("c2")) "," L("l4", "[[\"r\"]]",
	                        "") "," L("l5", "[]",
	                                  OF("c2")) "],"
						    "\"postings\": [" P("p", "1", "[[\"l2\"],[\"l1\"]]", OF("c1")) "," P(
							"q", "1", "[]",
							OF("c2")) "," P("r", "2", "[]",
	                                                                "") "," P("s", "1", "[]",
	                                                                          OF("c3")) "],"
											    "\"fit\": [[\"l1\",\"q\",5]], \"fixed\": [[\"l5\",\"s\"]]}",
	    "l1-q l2-p l3- l4-r l5+s");
	const struct engine_outcome *out = s.out;
	(void)state;

	assert_int_equal(s.in->engine.n_colleges, 3);
	assert_string_equal(placements(s.in, &out->alone), "l1-p l2- l3-q l4- l5-");
	assert_int_equal(out->college_alone[0], 1);
	assert_int_equal(out->college_pool[0], 1);
	assert_int_equal(out->college_learners[1], 3);
	assert_int_equal(out->college_alone[1], 2); /* l3 at q, and the fixed l5 although s is another's */
	assert_int_equal(out->college_pool[1], 2);
	assert_int_equal(out->college_learners[2], 0);
	assert_int_equal(out->placed, 4);
	assert_int_equal(out->n_needs, 3);
	assert_int_equal(out->needs[0], 3);
	assert_int_equal(out->needs[1], 0);
	assert_int_equal(out->needs[2], 1);
	done(&s);
}

static void
the_certificate_names_holders_best_first_and_the_worst_key(void **state)
{
	struct solved s =
	    solve("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L("l2", "[[\"p\"]]", "") "," L(
		      "l3", "[[\"p\"]]", "") "],"
	                                     "\"postings\": [" P("p", "2", "[[\"l3\"],[\"l1\"]]",
	                                                         "") "], \"fit\": [[\"l1\",\"p\",7]]}",
	          "l1-p l2- l3-p");
	(void)state;

	assert_string_equal(holders(&s, 0), "l3/ l1/");
	assert_string_equal(cutoffs(&s, 0), "l1");
	assert_int_equal(ENGINE_PRIORITY_TIER(s.out->pool.cutoffs[0].priority), 1);
	assert_int_equal(ENGINE_PRIORITY_FIT(s.out->pool.cutoffs[0].priority), 7);
	done(&s);
}

/* Four who rank p, in the employer's order a b c d; those in g are c and d. */
#define FOUR                    \
	L("a", "[[\"p\"]]", "") \
	"," L("b", "[[\"p\"]]", "") "," L("c", "[[\"p\"]]", IN("\"g\"")) "," L("d", "[[\"p\"]]", IN("\"g\""))
#define ABCD "[[\"a\"],[\"b\"],[\"c\"],[\"d\"]]"

static void
a_reserve_that_is_filled_first_is_a_floor(void **state)
{
	(void)state;
	expect_slots("{" PLAIN ", \"learners\": [" FOUR
	             "], \"postings\": [" P("p", "2", ABCD, RESERVES(SEATS("g", "1"))) "]}",
	             "a-p b- c-p d-", "c/g a/", "c a");
}

static void
a_reserve_that_is_filled_last_adds_to_what_the_group_wins_in_the_open(void **state)
{
	(void)state;
	expect_slots("{" PLAIN ", \"learners\": [" FOUR "], \"postings\": [" P(
			 "p", "2", "[[\"c\"],[\"a\"],[\"b\"],[\"d\"]]", RESERVES(SEATS("g", "1"))) "]}",
	             "a-p b- c-p d-", "c/g a/", "c a");
	expect_slots("{" PLAIN ", \"learners\": [" FOUR "], \"postings\": [" P(
			 "p", "2", "[[\"c\"],[\"a\"],[\"b\"],[\"d\"]]", RESERVES(SEATS("g", "1")) LAST) "]}",
	             "a- b- c-p d-p", "c/ d/g", "d c");
}

static void
a_reserved_seat_without_members_falls_to_others(void **state)
{
	(void)state;
	expect_slots("{" PLAIN ", \"learners\": [" FOUR
	             "], \"postings\": [" P("p", "3", ABCD, RESERVES(SEATS("nobody", "1") "," SEATS("g", "1"))) "]}",
	             "a-p b-p c-p d-", "a/nobody c/g b/", "a c b");
}

static void
reserves_beyond_the_seats_fall_away_and_fixed_pairs_use_up_none(void **state)
{
	(void)state;
	expect_slots(
	    "{" PLAIN ", \"learners\": [" FOUR "," L("x", "[]", IN("\"g\"")) "], \"postings\": [" P(
		"p", "3", ABCD,
		RESERVES(SEATS("h", "1") "," SEATS("g", "5") "," SEATS("k", "1"))) "],"
										   "\"fixed\": [[\"x\",\"p\"]]}",
	    "a-p b- c-p d- x+p", "a/h c/g", "a c closed closed");
}

static void
whoever_loses_a_reserved_seat_goes_on_to_the_open_ones(void **state)
{
	(void)state;
	/* c, in both groups, is pushed out of g by d, and of the open seat by nobody. */
	expect_slots(
	    "{" PLAIN
	    ", \"learners\": [" L("c", "[[\"p\"]]", IN("\"g\"")) "," L("d", "[[\"q\"],[\"p\"]]", IN("\"g\"")) "," L(
		"e", "[[\"q\"]]",
		"") "], \"postings\": [" P("p", "2", "[[\"d\"],[\"c\"]]",
	                                   RESERVES(SEATS("g", "1"))) "," P("q", "1", "[[\"e\"],[\"d\"]]", "") "]}",
	    "c-p d-p e-q", "d/g c/", "d c");
}

static void
a_standing_learner_is_never_moved_but_upward(void **state)
{
	(void)state;
	expect_slots("{" PLAIN ", \"learners\": [" L("a", "[[\"p\"]]", "") "," L(
			 "b", "[[\"q\"],[\"p\"]]", "") "],"
	                                               "\"postings\": [" P("p", "1", "[[\"a\"]]", STRICT) "," P(
							   "q", "1", "[[\"a\"]]", STRICT) "],"
	                                                                                  "\"held\": [[\"b\",\"p\"]]}",
	             "a- b-p", "b/*", "closed");
	expect_slots("{" PLAIN ", \"learners\": [" L("a", "[[\"p\"]]", "") "," L(
			 "b", "[[\"q\"],[\"p\"]]", "") "],"
	                                               "\"postings\": [" P("p", "1", "[[\"a\"]]", STRICT) "," P(
							   "q", "1", "[]", "") "],"
	                                                                       "\"held\": [[\"b\",\"p\"]]}",
	             "a-p b-q", "a/", "a");
}

static void
an_endowed_learner_stands_on_the_first_slot_for_a_group_of_hers_then_an_open_one_then_any(void **state)
{
	(void)state;
	/* d: the second reserve is for her group. */
	expect_slots(
	    "{" PLAIN ", \"learners\": [" L("d", "[[\"p\"]]", IN("\"g\"")) "], \"postings\": [" P(
		"p", "3", "[]", STRICT RESERVES(SEATS("h", "1") "," SEATS("g", "1"))) "],"
										      "\"held\": [[\"d\",\"p\"]]}",
	    "d-p", "d/g*", "free closed free");
	/* Nothing is reserved for her. */
	expect_slots(
	    "{" PLAIN ", \"learners\": [" L("d", "[[\"p\"]]", "") "], \"postings\": [" P(
		"p", "3", "[]", STRICT RESERVES(SEATS("h", "1") "," SEATS("g", "1"))) "],"
										      "\"held\": [[\"d\",\"p\"]]}",
	    "d-p", "d/*", "free free closed");
	/* Three choose in order of id: d the one of g, e the open one, f what is left. */
	expect_slots(
	    "{" PLAIN ", \"learners\": [" L("d", "[[\"p\"]]", IN("\"g\"")) "," L("e", "[[\"p\"]]", IN("\"g\"")) "," L(
		"f", "[[\"p\"]]",
		IN("\"g\"")) "], \"postings\": [" P("p", "3", "[]",
	                                            STRICT RESERVES(SEATS("h", "1") "," SEATS(
							"g",
							"1"))) "],"
							       "\"held\": [[\"d\",\"p\"],[\"e\",\"p\"],[\"f\",\"p\"]]}",
	    "d-p e-p f-p", "f/h* d/g* e/*", "closed closed closed");
}

static void
an_endowed_learner_may_win_an_earlier_slot_on_her_merits(void **state)
{
	(void)state;
	/* b is acceptable, so she takes the first slot, and her own goes to c. */
	expect_slots(
	    "{" PLAIN ", \"learners\": [" L("b", "[[\"p\"]]", "") "," L(
		"c", "[[\"p\"]]", "") "],"
				      "\"postings\": [" P("p", "2", "[[\"b\"],[\"c\"]]",
	                                                  RESERVES(SEATS("h", "1"))) "],"
										     "\"held\": [[\"b\",\"p\"]]}",
	    "b-p c-p", "b/h c/", "b c");
	/* Unacceptable, she stands on her own only. */
	expect_slots("{" PLAIN ", \"learners\": [" L("b", "[[\"p\"]]", "") "," L(
			 "c", "[[\"p\"]]",
			 "") "],"
	                     "\"postings\": [" P("p", "2", "[[\"c\"]]",
	                                         STRICT RESERVES(SEATS("h", "1"))) "],"
	                                                                           "\"held\": [[\"b\",\"p\"]]}",
	             "b-p c-p", "c/h b/*", "c closed");
}

static void
the_seat_that_she_gets_alone_is_hers_in_the_pool(void **state)
{
	struct solved s;
	(void)state;

	/* Without the guarantee b, whom the employer prefers, would push a out. */
	s = solve("{" GUARANTEE ", \"learners\": [" L("a", "[[\"p\"]]", OF("c1")) "," L(
		      "b", "[[\"p\"]]", OF("c2")) "],"
	                                          "\"postings\": [" P("p", "1", "[[\"b\"],[\"a\"]]", OF("c1")) "]}",
	          "a-p b-");
	assert_string_equal(s.in->posting_ids[s.out->endowment[0]], "p");
	assert_int_equal(s.out->endowment[1], ENGINE_NONE);
	assert_string_equal(cutoffs(&s, 0), "closed");
	assert_int_equal(s.out->at[0].ahead, 0); /* her key is the better one all the same */
	done(&s);
	s = solve("{" PLAIN ", \"learners\": [" L("a", "[[\"p\"]]", OF("c1")) "," L(
		      "b", "[[\"p\"]]", OF("c2")) "],"
	                                          "\"postings\": [" P("p", "1", "[[\"b\"],[\"a\"]]", OF("c1")) "]}",
	          "a- b-p");
	assert_int_equal(s.out->endowment[0], ENGINE_NONE);
	assert_string_equal(placements(s.in, &s.out->alone), "a-p b-"); /* told all the same */
	done(&s);
}

static void
whoever_stands_where_she_did_not_rank_may_be_moved_never_unplaced(void **state)
{
	struct solved s;
	(void)state;

	/* h makes room for l, who fits nowhere else; neither the posting nor h is assignable. */
	s = solve(
	    "{" PLAIN ", \"learners\": [" L("h", "[]", "") "," AL(
		"l", "") "],"
			 "\"postings\": [" AP("p", "1", "") "," AP(
			     "q", "1", "") "],"
					   "\"fit\": [[\"h\",\"q\",1],[\"l\",\"p\",1]], \"held\": [[\"h\",\"p\"]]}",
	    "h=q l=p");
	assert_int_equal(s.out->fit, 2);
	done(&s);
	s = solve("{" PLAIN ", \"learners\": [" L("h", "[]", ", \"tier\": 9") "," AL(
		      "l", "") "],"
	                       "\"postings\": [" P("p", "1", "[]", STRICT) "], \"fit\": [[\"l\",\"p\",1000]],"
	                                                                   "\"held\": [[\"h\",\"p\"]]}",
	          "h=p l-");
	assert_int_equal(s.out->reason[1], ENGINE_NOT_ELIGIBLE);
	done(&s);
}

static void
who_holds_without_having_ranked_counts_as_ahead_where_she_is_acceptable(void **state)
{
	struct solved s = solve("{" PLAIN ", \"learners\": [" L("h", "[]", "") "," L(
				    "l", "[[\"p\"]]", "") "],"
	                                                  "\"postings\": [" P("p", "1", "[[\"h\"],[\"l\"]]",
	                                                                      "") "], \"held\": [[\"h\",\"p\"]]}",
	                        "h=p l-");
	(void)state;

	assert_int_equal(s.out->at[0].ahead, 1);
	done(&s);
	s = solve("{" PLAIN ", \"learners\": [" L("h", "[]", "") "," L(
		      "l", "[[\"p\"]]", "") "],"
	                                    "\"postings\": [" P("p", "1", "[[\"l\"]]",
	                                                        STRICT) "], \"held\": [[\"h\",\"p\"]]}",
	          "h=p l-");
	assert_int_equal(s.out->at[0].ahead, 0);
	done(&s);
}

static void
an_empty_round_is_a_round(void **state)
{
	(void)state;
	expect_only("{" PLAIN "}", "");
	expect_only("{" PLAIN ", \"learners\": [" L("l", "[]", "") "]}", "l-");
	expect_only("{" PLAIN
	            ", \"learners\": [" L("l", "[[\"p\"]]", "") "], \"postings\": [" P("p", "0", "[]", "") "]}",
	            "l-");
}

/* Breaks one thing in a sound instance; the engine must notice each. */
static void
expect_bad_input(struct engine_instance broken)
{
	struct engine_outcome *out = (struct engine_outcome *)&out;

	assert_int_equal(engine_solve(&broken, 1, &out), ENGINE_BAD_INPUT);
	assert_null(out);
}

#define BREAK(field, ...)                                   \
	do {                                                \
		struct engine_instance broken = in->engine; \
		broken.field = __VA_ARGS__;                 \
		expect_bad_input(broken);                   \
	} while (0)

static struct instance *
sound(void)
{
	return instance_of("{" PLAIN ", \"learners\": [" L(
	    "l1", "[[\"p\"],[\"q\"]]",
	    IN("\"g\",\"h\"")) "],"
	                       "\"postings\": [" P("p", "1", "[[\"l1\"]]", RESERVES(SEATS("g", "1") "," SEATS("h", "1"))) "," P(
				   "q", "1", "[[\"l1\"]]",
				   "") "], \"fit\": [[\"l1\",\"p\",3],[\"l1\",\"q\",3]], \"fixed\": [[\"l1\",\"p\"]]}");
}

static void
lists_that_break_the_shape_are_noticed(void **state)
{
	struct instance *in = sound();
	const struct engine_line lines[][2] = {
		{ { 0, 0 }, { 0, 0 } }, { { 0, 0 }, { 2, 0 } }, { { -1, 0 }, { 0, 0 } }, { { 0, 1001 }, { 1, 0 } }
	};
	const struct engine_entry entries[][2] = { { { 0, 0 }, { 0, 0 } },
		                                   { { 1, 0 }, { 0, 0 } },
		                                   { { 0, 0 }, { 2, 0 } },
		                                   { { 0, -1 }, { 1, 0 } },
		                                   { { 0, INT32_MAX }, { 1, 0 } } };
	const size_t falling[] = { 2, 0, 0 }, late[] = { 1, 2, 2 }, many[] = { 0, (size_t)ENGINE_MAX_ENTRIES + 1, 0 };
	(void)state;

	for (int k = 0; k < 4; k++)
		BREAK(rankings.line, lines[k]);
	for (int k = 0; k < 5; k++) {
		BREAK(choices.entry, entries[k]);
		BREAK(fit.entry, entries[k]);
		BREAK(groups.entry, entries[k]);
	}
	BREAK(reserves.entry, entries[0]);
	BREAK(reserves.entry, entries[2]);
	BREAK(reserves.entry, entries[3]);
	BREAK(rankings.off, falling);
	BREAK(rankings.off, late);
	BREAK(rankings.off, many);
	BREAK(rankings.off, NULL);
	BREAK(choices.off, many);
	BREAK(groups.off, falling);
	BREAK(fit.off, late);
	BREAK(reserves.off, falling);
	instance_destroy(&in);
}

static void
a_caller_that_breaks_the_shape_is_told(void **state)
{
	struct instance *in = sound();
	const int32_t negative[] = { -1, 0 }, no_seat[] = { 0, 1 }, college[] = { 0, 0 }, below[] = { -2, -2 };
	const int32_t tiers[] = { ENGINE_MAX_TIERS + 1, 1 }, all_tiers[] = { ENGINE_MAX_TIERS, 1 };
	const struct engine_pair twice[] = { { 0, 1 }, { 0, 1 } }, outside[] = { { 0, 2 } }, nobody[] = { { 1, 0 } };
	const uint8_t need[] = { ENGINE_NEEDS };
	(void)state;

	BREAK(capacity, negative);
	BREAK(capacity, no_seat);
	BREAK(posting_tiers, tiers);
	BREAK(posting_tiers, all_tiers); /* the unranked would be one more */
	BREAK(posting_tiers, negative);
	BREAK(learner_college, college); /* there is no college 0 */
	BREAK(learner_college, below);
	BREAK(posting_college, college);
	BREAK(learner_need, need);
	BREAK(n_learners, -1);
	BREAK(n_postings, -1);
	BREAK(n_colleges, -1);
	BREAK(n_groups, -1);
	BREAK(n_learners, ENGINE_MAX_LEARNERS + 1);
	BREAK(n_postings, ENGINE_MAX_POSTINGS + 1);
	BREAK(fixed, outside);
	BREAK(fixed, nobody);
	in->engine.n_fixed = 2;
	BREAK(fixed, twice);
	instance_destroy(&in);
}

static void
an_outcome_is_destroyed_once_however_often_it_is_asked(void **state)
{
	struct engine_outcome *none = NULL;
	(void)state;

	engine_outcome_destroy(NULL);
	engine_outcome_destroy(&none);
	assert_null(none);
	assert_string_equal(engine_status_to_text((enum engine_status)99), "unknown status");
	assert_string_equal(engine_status_to_text(ENGINE_NO_MEMORY), "not enough memory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_domain_md_is_stable_and_not_the_lowest_sum_of_ranks),
		cmocka_unit_test(a_learner_prefers_tier_then_higher_fit_then_the_smaller_id),
		cmocka_unit_test(an_employer_prefers_tier_then_higher_fit_then_the_lottery),
		cmocka_unit_test(the_unranked_come_last_where_they_are_accepted_and_never_elsewhere),
		cmocka_unit_test(a_fixed_pair_takes_its_seat_first_and_cannot_be_claimed),
		cmocka_unit_test(whoever_is_not_placed_is_told_why),
		cmocka_unit_test(whoever_may_be_assigned_is_told_whether_a_seat_or_a_fit_was_missing),
		cmocka_unit_test(alone_counts_a_colleges_own_learners_at_its_own_postings),
		cmocka_unit_test(the_certificate_names_holders_best_first_and_the_worst_key),
		cmocka_unit_test(a_reserve_that_is_filled_first_is_a_floor),
		cmocka_unit_test(a_reserve_that_is_filled_last_adds_to_what_the_group_wins_in_the_open),
		cmocka_unit_test(a_reserved_seat_without_members_falls_to_others),
		cmocka_unit_test(reserves_beyond_the_seats_fall_away_and_fixed_pairs_use_up_none),
		cmocka_unit_test(whoever_loses_a_reserved_seat_goes_on_to_the_open_ones),
		cmocka_unit_test(a_standing_learner_is_never_moved_but_upward),
		cmocka_unit_test(
		    an_endowed_learner_stands_on_the_first_slot_for_a_group_of_hers_then_an_open_one_then_any),
		cmocka_unit_test(an_endowed_learner_may_win_an_earlier_slot_on_her_merits),
		cmocka_unit_test(the_seat_that_she_gets_alone_is_hers_in_the_pool),
		cmocka_unit_test(whoever_stands_where_she_did_not_rank_may_be_moved_never_unplaced),
		cmocka_unit_test(who_holds_without_having_ranked_counts_as_ahead_where_she_is_acceptable),
		cmocka_unit_test(an_empty_round_is_a_round),
		cmocka_unit_test(lists_that_break_the_shape_are_noticed),
		cmocka_unit_test(a_caller_that_breaks_the_shape_is_told),
		cmocka_unit_test(an_outcome_is_destroyed_once_however_often_it_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
