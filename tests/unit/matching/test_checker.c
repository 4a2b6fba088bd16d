/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Solver and checker against each other on random rounds: every outcome is accepted, every spoilt one refused, and the
 * outcome of a neighbouring round is accepted if and only if it says the same.
 */
#include "sample_round.h"

static int
rounds(void)
{
	return getenv("BASSIN_TEST_FULL") != NULL ? 10000 : 1000;
}

static void
every_outcome_of_the_solver_is_accepted(void **state)
{
	uint64_t random = sample_seed();
	(void)state;

	for (int n = 0; n < rounds(); n++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s);
		struct engine_outcome *out = outcome_of(in);

		assert_string_equal(complaint_about(in, out), "");
		engine_outcome_destroy(&out);
		instance_destroy(&in);
	}
}

/* Pick one of n, or leave when there is none. */
#define PICK(var, n)                                \
	int var;                                    \
	if ((n) == 0)                               \
		return false;                       \
	var = sample_below(random, (int)(n))

/* Each spoils the outcome in one way and says whether it did. */
typedef bool spoil(const struct instance *in, struct engine_outcome *o, uint64_t *random);

static bool
drop_a_placement(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(i, in->engine.n_learners);
	if (o->posting[i] == ENGINE_NONE)
		return false;
	o->posting[i] = ENGINE_NONE;
	o->by[i] = ENGINE_NOT_PLACED;
	o->reason[i] = ENGINE_OUTRANKED;
	o->placed--;
	o->needs[in->engine.learner_need[i]]--;
	return true;
}

static bool
add_a_placement(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(i, in->engine.n_learners);
	if (o->posting[i] != ENGINE_NONE || in->engine.n_postings == 0)
		return false;
	o->posting[i] = sample_below(random, in->engine.n_postings);
	o->by[i] = ENGINE_RANKED;
	o->reason[i] = ENGINE_PLACED;
	o->placed++;
	o->needs[in->engine.learner_need[i]]++;
	return true;
}

static bool
move_a_placement(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(i, in->engine.n_learners);
	int32_t to = in->engine.n_postings == 0 ? 0 : sample_below(random, in->engine.n_postings);

	if (o->posting[i] == ENGINE_NONE || o->posting[i] == to)
		return false;
	o->posting[i] = to;
	return true;
}

static bool
swap_two_placements(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(a, in->engine.n_learners);
	int b = sample_below(random, in->engine.n_learners);
	int32_t at = o->posting[a];

	if (at == o->posting[b] || at == ENGINE_NONE || o->posting[b] == ENGINE_NONE)
		return false;
	o->posting[a] = o->posting[b];
	o->posting[b] = at;
	return true;
}

static bool
call_it_otherwise(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(i, in->engine.n_learners);
	o->by[i] = (uint8_t)((o->by[i] + 1 + sample_below(random, 3)) % 4);
	return true;
}

static bool
give_another_reason(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(i, in->engine.n_learners);
	o->reason[i] = (uint8_t)((o->reason[i] + 1 + sample_below(random, 4)) % 5);
	return true;
}

static bool
miscount_who_is_ahead(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(k, o->at_off[in->engine.n_learners]);
	o->at[k].ahead += sample_below(random, 2) ? 1 : -1;
	return true;
}

static bool
name_another_posting(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(k, o->at_off[in->engine.n_learners]);
	o->at[k].posting = (o->at[k].posting + 1) % (in->engine.n_postings + 1);
	return true;
}

static bool
forget_a_row(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	(void)random;
	if (o->at_off[in->engine.n_learners] == 0)
		return false;
	o->at_off[in->engine.n_learners]--;
	return true;
}

static bool
endow_somebody(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(i, in->engine.n_learners);
	o->endowment[i] = 0;
	return true;
}

static bool
move_a_solo_placement(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	PICK(i, in->engine.n_learners);
	int32_t to = sample_below(random, in->engine.n_postings + 1) - 1;

	if (to == o->solo[i])
		return false;
	o->solo[i] = to;
	return true;
}

static bool
miscount_a_college(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	int32_t *counts[] = { o->college_learners, o->college_alone, o->college_pool };

	PICK(c, in->engine.n_colleges);
	counts[sample_below(random, 3)][c]++;
	return true;
}

static bool
miscount_the_objective(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	(void)in;
	switch (sample_below(random, 4)) {
	case 0:
		o->placed++;
		break;
	case 1:
		o->fit++;
		break;
	case 2:
		o->needs[sample_below(random, ENGINE_NEEDS)]++;
		break;
	default:
		o->n_needs++;
	}
	return true;
}

static bool
name_another_holder(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	struct engine_certificate *c = sample_below(random, 2) ? &o->pool : &o->alone;

	PICK(k, c->slot_off[in->engine.n_postings]);
	switch (sample_below(random, 3)) {
	case 0:
		c->slots[k].learner = (c->slots[k].learner + 1) % (in->engine.n_learners + 1);
		break;
	case 1:
		c->slots[k].reserve = 0;
		break;
	default:
		c->slots[k].endowed = true;
	}
	return true;
}

static bool
lose_a_slot(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	struct engine_certificate *c = sample_below(random, 2) ? &o->pool : &o->alone;

	PICK(j, in->engine.n_postings);
	c->slot_off[j + 1] += sample_below(random, 2) ? 1 : (size_t)-1;
	return true;
}

static bool
cut_elsewhere(const struct instance *in, struct engine_outcome *o, uint64_t *random)
{
	struct engine_certificate *c = sample_below(random, 2) ? &o->pool : &o->alone;

	PICK(j, in->engine.n_postings);
	if (c->cutoffs[j].state != ENGINE_CUT || sample_below(random, 2))
		c->cutoffs[j].state = (enum engine_cutoff_state)((c->cutoffs[j].state + 1) % 3);
	else if (sample_below(random, 2))
		c->cutoffs[j].tier++;
	else
		c->cutoffs[j].fit++;
	return true;
}

static void
no_spoilt_outcome_is_accepted(void **state)
{
	static spoil *const SPOILS[] = { drop_a_placement, add_a_placement, move_a_placement, swap_two_placements,
		call_it_otherwise, give_another_reason, miscount_who_is_ahead, name_another_posting, forget_a_row,
		endow_somebody, move_a_solo_placement, miscount_a_college, miscount_the_objective, name_another_holder,
		lose_a_slot, cut_elsewhere };
	int spoilt[COUNT_OF(SPOILS)] = { 0 };
	uint64_t random = sample_seed();
	(void)state;

	for (int n = 0; n < rounds(); n++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s);

		for (size_t k = 0; k < COUNT_OF(SPOILS); k++) {
			struct engine_outcome *out = outcome_of(in);

			if (SPOILS[k](in, out, &random)) {
				spoilt[k]++;
				if (complaint_about(in, out)[0] == '\0')
					fail_msg(
					    "accepted after spoil %zu of round %d: %s", k, n, text_of_instance(in));
			}
			engine_outcome_destroy(&out);
		}
		instance_destroy(&in);
	}
	for (size_t k = 0; k < COUNT_OF(SPOILS); k++)
		assert_true(spoilt[k] > rounds() / 100);
}

/* Change one thing about what somebody wants or has. */
static void
change_a_little(struct sample *s, uint64_t *random)
{
	int i, j;

	if (s->learners == 0 || s->postings == 0)
		return;
	i = sample_below(random, s->learners);
	j = sample_below(random, s->postings);
	switch (sample_below(random, 6)) {
	case 0:
	case 1:
		s->tier[i][j] = s->tier[i][j] == SAMPLE_NO ? 2 : SAMPLE_NO;
		break;
	case 2:
		s->choice[j][i] = s->choice[j][i] == SAMPLE_NO ? 0 : SAMPLE_NO;
		break;
	case 3:
		s->fit[i][j] = sample_below(random, 1001);
		break;
	case 4:
		s->capacity[j]++;
		break;
	default:
		snprintf(s->seed, sizeof s->seed, "%llx", (unsigned long long)sample_random(random));
	}
}

/* A changed round is solved rightly, so its outcome is sound in itself: only a checker that is exact can tell. */
static void
the_outcome_of_another_round_is_accepted_only_if_it_is_the_same(void **state)
{
	uint64_t random = sample_seed();
	int same = 0, other = 0;
	(void)state;

	for (int n = 0; n < rounds(); n++) {
		struct sample s = sample_new(&random), changed = s;
		struct instance *in = sample_instance(&s), *in_changed;
		struct engine_outcome *out = outcome_of(in), *out_changed;
		char *text, *text_changed;
		bool equal;

		change_a_little(&changed, &random);
		in_changed = sample_instance(&changed);
		out_changed = outcome_of(in_changed);
		text = text_of_outcome(in, out);
		text_changed = text_of_outcome(in, out_changed);        /* as an outcome of the first */
		equal = strcmp(text, text_changed) == 0;
		assert_true(equal == (complaint_about(in, out_changed)[0] == '\0'));
		same += equal;
		other += !equal;
		free(text);
		free(text_changed);
		engine_outcome_destroy(&out);
		engine_outcome_destroy(&out_changed);
		instance_destroy(&in);
		instance_destroy(&in_changed);
	}
	assert_true(same > rounds() / 10 && other > rounds() / 10);
}

/* Stable, but made for the employers: both learners would gain by changing seats. */
static void
a_stable_outcome_that_is_not_the_learners_best_is_refused(void **state)
{
	static const char POSTINGS[] = "\"postings\": ["
	    "{\"id\": \"p1\", \"capacity\": 1, \"assignable\": false, \"ranking\": [[\"l2\"],[\"l1\"]]},"
	    "{\"id\": \"p2\", \"capacity\": 1, \"assignable\": false, \"ranking\": [[\"l1\"],[\"l2\"]]}]}";
	char asked[1024], given[1024];
	struct instance *in, *in_given;
	struct engine_outcome *out;
	(void)state;

	snprintf(asked, sizeof asked, "{\"seed\": \"s\", \"guarantee\": false, \"learners\": ["
	    "{\"id\": \"l1\", \"assignable\": false, \"ranking\": [[\"p1\"],[\"p2\"]]},"
	    "{\"id\": \"l2\", \"assignable\": false, \"ranking\": [[\"p2\"],[\"p1\"]]}], %s", POSTINGS);
	snprintf(given, sizeof given, "{\"seed\": \"s\", \"guarantee\": false, \"learners\": ["
	    "{\"id\": \"l1\", \"assignable\": false, \"ranking\": [[\"p2\"]]},"
	    "{\"id\": \"l2\", \"assignable\": false, \"ranking\": [[\"p1\"]]}], %s", POSTINGS);
	in = instance_of(asked);
	in_given = instance_of(given);
	out = outcome_of(in_given);
	assert_string_equal(complaint_about(in_given, out), "");
	assert_non_null(strstr(complaint_about(in, out), "could all move up"));
	engine_outcome_destroy(&out);
	instance_destroy(&in);
	instance_destroy(&in_given);
}

static void
a_blocking_pair_is_named(void **state)
{
	struct instance *in = instance_of(
	    "{\"seed\": \"s\", \"guarantee\": false, \"learners\": ["
	    "{\"id\": \"l1\", \"assignable\": false, \"ranking\": [[\"p1\"],[\"p2\"]]}], \"postings\": ["
	    "{\"id\": \"p1\", \"capacity\": 1, \"assignable\": false}, {\"id\": \"p2\", \"capacity\": 1,"
	    " \"assignable\": false}]}");
	struct engine_outcome *out = outcome_of(in);
	(void)state;

	out->posting[0] = 1;
	assert_string_equal(
	    complaint_about(in, out), "pool: learner \"l1\" and posting \"p1\" would rather have each other");
	engine_outcome_destroy(&out);
	instance_destroy(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_outcome_of_the_solver_is_accepted),
		cmocka_unit_test(no_spoilt_outcome_is_accepted),
		cmocka_unit_test(the_outcome_of_another_round_is_accepted_only_if_it_is_the_same),
		cmocka_unit_test(a_stable_outcome_that_is_not_the_learners_best_is_refused),
		cmocka_unit_test(a_blocking_pair_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
