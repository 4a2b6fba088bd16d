/* SPDX-License-Identifier: Apache-2.0 */
/* Who fits where, and who may know it. */
#include "stage.h"

#define A "AAAAAAAAAA"
#define B "BBBBBBBBBB"
#define C "CCCCCCCCCC"
#define NOBODY "7K3M9QX2AB"

static const Bassin__V1__Reply *
ask_pair(const struct principal *who, const char *learner, const char *posting, const char *round)
{
	Bassin__V1__PairAsk m = BASSIN__V1__PAIR_ASK__INIT;

	m.learner = text(learner);
	m.posting = text(posting);
	m.round = text(round);
	return ask(who, COMMAND_TYPE(PAIR_SHOW), &m.base);
}

/* The value of a field; of reasons the first. */
static const char *
field_of(const Bassin__V1__Reply *reply, const char *field)
{
	const Bassin__V1__Table *t = answer_of(reply, &bassin__v1__table__descriptor);

	assert_string_equal(t->next, "");
	for (size_t i = 0; i < t->n_rows; i++)
		if (strcmp(t->rows[i]->cells[0], field) == 0)
			return t->rows[i]->cells[1];
	return "";
}

static size_t
count_of(const Bassin__V1__Reply *reply, const char *field)
{
	const Bassin__V1__Table *t = answer_of(reply, &bassin__v1__table__descriptor);
	size_t n = 0;

	for (size_t i = 0; i < t->n_rows; i++)
		n += strcmp(t->rows[i]->cells[0], field) == 0;
	return n;
}

/* memphre/p wants two competencies; orford's C fits it, orford's B does not. */
static void
tell_two_colleges(void)
{
	static char *needed[] = { (char *)(uintptr_t)"k1", (char *)(uintptr_t)"k2", (char *)(uintptr_t)"k3" };
	Bassin__V1__PostingRecorded p = a_posting("memphre/p"), q = a_posting("orford/q"), draft = a_posting("orford/draft");
	Bassin__V1__ProfileRecorded a = a_learner("memphre", A), b = a_learner("orford", B), c = a_learner("orford", C);

	p.competencies = needed;
	p.n_competencies = 2;
	draft.state = BASSIN__V1__POSTING_STATE__POSTING_DRAFT;
	a.competencies = c.competencies = needed;
	a.n_competencies = 3;
	c.n_competencies = 1;
	a.hours_hundredths = 6000;
	b.programme = text("241.A0");
	b.hours_hundredths = 2000;
	tell_posting(&p);
	tell_posting(&q);
	tell_posting(&draft);
	tell_learner(&a);
	tell_learner(&b);
	tell_learner(&c);
	stage_read();
}

static void
candidates_come_best_first_with_their_parts(void **state)
{
	(void)state;
	tell_two_colleges();
	const Bassin__V1__Table *t = list_of(&memphre, COMMAND_TYPE(CANDIDATE_LIST), "posting=p");
	assert_int_equal(t->n_rows, 2);
	assert_string_equal(cell(t, 0, "learner"), C);
	assert_string_equal(cell(t, 0, "institution"), "orford");
	assert_string_equal(cell(t, 0, "competencies"), "1000");
	assert_string_equal(cell(t, 0, "hours"), "857");        /* 30 of 35 */
	assert_string_equal(cell(t, 0, "fit"), "971");          /* (5 * 1000 + 3 * 1000 + 2 * 857) / 10 */
	assert_string_equal(cell(t, 1, "learner"), A);
	assert_string_equal(cell(t, 1, "competencies"), "666");
	assert_string_equal(cell(t, 1, "hours"), "500");
	assert_string_equal(cell(t, 1, "fit"), "733");
}

static void
candidates_come_page_by_page(void **state)
{
	const char *const filters[] = { "posting=memphre/p", NULL };

	(void)state;
	tell_two_colleges();
	const Bassin__V1__Table *first = answer_of(ask_list(&operator_, COMMAND_TYPE(CANDIDATE_LIST), filters, "", 1),
	    &bassin__v1__table__descriptor);
	assert_int_equal(first->n_rows, 1);
	const Bassin__V1__Table *second = answer_of(ask_list(&operator_, COMMAND_TYPE(CANDIDATE_LIST), filters,
	    first->next, 1),
	    &bassin__v1__table__descriptor);
	assert_string_equal(cell(second, 0, "learner"), A);
	assert_string_equal(second->next, "");
}

static void
candidates_are_for_the_postings_own_college(void **state)
{
	const char *const filters[] = { "posting=memphre/p", NULL }, *const unknown[] = { "posting=orford/unheard", NULL };

	(void)state;
	tell_two_colleges();
	check_refused(ask_list(&orford, COMMAND_TYPE(CANDIDATE_LIST), filters, "", 10), REFUSAL_NOT_YOURS, "posting");
	check_refused(ask_list(&orford, COMMAND_TYPE(CANDIDATE_LIST), unknown, "", 10), REFUSAL_UNKNOWN, "posting");
	check_refused(ask_list(&orford, COMMAND_TYPE(CANDIDATE_LIST), NULL, "", 10), REFUSAL_REQUIRED, "posting");
}

static void
every_failing_reason_of_a_pair_is_shown(void **state)
{
	(void)state;
	tell_two_colleges();
	const Bassin__V1__Reply *r = ask_pair(&orford, "x-" B, "memphre/p", "");
	assert_string_equal(field_of(r, "learner"), B);
	assert_string_equal(field_of(r, "eligible"), "no");
	assert_int_equal(count_of(r, "reason"), 2);
	assert_string_equal(field_of(r, "reason"), "programme");
	assert_string_equal(field_of(r, "may_be_ranked"), "no");
	r = ask_pair(&orford, C, "memphre/p", "");
	assert_string_equal(field_of(r, "eligible"), "yes");
	assert_string_equal(field_of(r, "fit"), "971");
	r = ask_pair(&operator_, C, "orford/draft", "");
	assert_string_equal(field_of(r, "reason"), "not_open");
}

/* Whatever a college may not see looks like what does not exist. */
static void
a_pair_tells_nothing_about_who_exists(void **state)
{
	(void)state;
	tell_two_colleges();
	/* Its own posting, another's learner: only what the list of candidates shows. */
	assert_string_equal(field_of(ask_pair(&memphre, C, "p", ""), "eligible"), "yes");
	check_refused(ask_pair(&memphre, B, "memphre/p", ""), REFUSAL_UNKNOWN, "learner");
	check_refused(ask_pair(&memphre, NOBODY, "memphre/p", ""), REFUSAL_UNKNOWN, "learner");
	/* Neither side its own. */
	check_refused(ask_pair(&memphre, C, "orford/q", ""), REFUSAL_UNKNOWN, "learner");
	check_refused(ask_pair(&memphre, NOBODY, "orford/q", ""), REFUSAL_UNKNOWN, "learner");
	/* Another college's posting that is not open is not to be seen at all. */
	check_refused(ask_pair(&memphre, A, "orford/draft", ""), REFUSAL_UNKNOWN, "posting");
	check_refused(ask_pair(&memphre, A, "orford/unheard", ""), REFUSAL_UNKNOWN, "posting");
}

static void
a_pair_may_be_asked_as_it_was_at_the_freeze(void **state)
{
	Bassin__V1__ProfileRecorded c = a_learner("orford", C);

	(void)state;
	tell_two_colleges();
	const char *round = open_round();
	check_refused(ask_pair(&orford, C, "memphre/p", round), REFUSAL_BAD_STATE, "round");
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	c.programme = text("241.A0");
	tell_learner(&c);
	stage_read();
	assert_string_equal(field_of(ask_pair(&orford, C, "memphre/p", ""), "eligible"), "no");
	assert_string_equal(field_of(ask_pair(&orford, C, "memphre/p", round), "eligible"), "yes");
	assert_int_equal(list_of(&memphre, COMMAND_TYPE(CANDIDATE_LIST), "posting=p")->n_rows, 1);
	(void)report_of(ask_withdraw(&orford, round, C, ""));
	assert_string_equal(field_of(ask_pair(&orford, C, "memphre/p", round), "reason"), "withdrawn");
	check_refused(ask_pair(&memphre, C, "memphre/p", round), REFUSAL_UNKNOWN, "learner");
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(candidates_come_best_first_with_their_parts),
		PLAY(candidates_come_page_by_page),
		PLAY(candidates_are_for_the_postings_own_college),
		PLAY(every_failing_reason_of_a_pair_is_shown),
		PLAY(a_pair_tells_nothing_about_who_exists),
		PLAY(a_pair_may_be_asked_as_it_was_at_the_freeze),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
