/* SPDX-License-Identifier: Apache-2.0 */
/* Single fields of a learner, and her history: what is personal is never in it, and it goes with her. */
#include "stage.h"

static const char *
set_as(const struct principal *who, const char *id, const char *field, const char *value)
{
	Bassin__V1__RowSet m = BASSIN__V1__ROW_SET__INIT;
	char *columns[] = { (char *)(uintptr_t)field }, *cells[] = { (char *)(uintptr_t)value };

	m.id = (char *)(uintptr_t)id;
	m.columns = columns;
	m.cells = cells;
	m.n_columns = m.n_cells = 1;
	m.reason = (char *)(uintptr_t) "she said so";
	const Bassin__V1__Reply *reply = ask(who, COMMAND_TYPE(LEARNER_INTAKE_SET), &m.base);
	if (reply->code != BASSIN__V1__REPLY_CODE__OK)
		return reply->refusal == NULL ? "no" : reply->refusal->code;
	const Bassin__V1__FeedResults *r = answer_of(reply, &bassin__v1__feed_results__descriptor);
	assert_int_equal(r->n_results, 1);
	return r->results[0]->n_refusals > 0 ? r->results[0]->refusals[0]->code :
	       r->results[0]->outcome == BASSIN__V1__ROW_OUTCOME__UPDATED ? "updated" : "unchanged";
}

static const char *
history(void)
{
	return ask_sql("SELECT string_agg(format('%%s %%s v%%s %%s %%s>%%s (%%s)', external_id, kind, version, field, "
	               "coalesce(was, '***'), coalesce(is_now, '***'), reason), '; ' ORDER BY kind, external_id, version, field) "
	               "FROM history");
}

static void
a_learner_is_set_by_her_id_or_her_number(void **state)
{
	(void)state;
	feed_anne();
	assert_string_equal(history(), "");
	const char *number = ask_sql("SELECT pool_number FROM learner");
	assert_string_equal(set_as(&memphre, "e1", "tier", "3"), "updated");
	assert_string_equal(set_as(&memphre, number, "tier", "4"), "updated");
	assert_string_equal(set_as(&memphre, "e1", "tier", "4"), "unchanged");
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_int_equal(p->tier, 4);
	assert_string_equal(p->programme, "420.B0");
	assert_string_equal(history(), "e1 learner v2 tier 0>3 (she said so); e1 learner v3 tier 3>4 (she said so)");
	assert_string_equal(ask_sql("SELECT DISTINCT subject_ids FROM audit WHERE type = %d AND subject_ids NOT LIKE 'rows%%'",
	                            COMMAND_TYPE(LEARNER_INTAKE_SET)), number);
}

static void
a_consent_is_neither_cleared_nor_are_required_fields(void **state)
{
	(void)state;
	feed_anne();
	assert_string_equal(set_as(&memphre, "e1", "consent_on", ""), "required");
	assert_string_equal(set_as(&memphre, "e1", "email", ""), "required");
	assert_string_equal(set_as(&memphre, "e1", "email", "nobody"), "bad_address");
	assert_string_equal(set_as(&memphre, "e1", "external_id", "e2"), "not_in_list");
	assert_string_equal(set_as(&memphre, "e9", "tier", "1"), "unknown");
	assert_string_equal(ask_sql("SELECT in_pool FROM learner"), "t");
	assert_string_equal(history(), "");
}

static void
names_and_addresses_are_never_in_a_history(void **state)
{
	(void)state;
	feed_anne();
	assert_string_equal(set_as(&memphre, "e1", "family_name", "Tremblay"), "updated");
	assert_string_equal(set_as(&memphre, "e1", "email", "a.tremblay@eleves.example"), "updated");
	assert_string_equal(set_as(&memphre, "e1", "postal_code", "J1H 4A9"), "updated");
	assert_string_equal(set_as(&memphre, "e1", "groups", "g1"), "updated");
	assert_string_equal(history(), "e1 learner v2 family_name ***>*** (she said so); e1 learner v3 email ***>*** (she said so); "
	                               "e1 learner v4 place_degrees ***>*** (she said so); "
	                               "e1 learner v4 postal_code ***>*** (she said so); "
	                               "e1 learner v5 groups ***>*** (she said so)");
}

static void
withdrawals_rankings_offers_and_codes_have_their_lines(void **state)
{
	Bassin__V1__RowsWithdraw w = BASSIN__V1__ROWS_WITHDRAW__INIT;
	char *ids[] = { (char *)(uintptr_t) "e1" };

	(void)state;
	feed_anne();
	feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;x1\ne1;2;x2\n");
	feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;x1\n");
	feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;x1\n");
	feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;x2\n");
	w.external_ids = ids;
	w.n_external_ids = 1;
	w.reason = (char *)(uintptr_t) "moved away";
	ask(&memphre, COMMAND_TYPE(LEARNER_WITHDRAW), &w.base);
	feed(&memphre, FEED(PROGRAMMES), PROGRAMMES "420.B0;Informatique;;dec;2700\n");
	assert_non_null(strstr(history(), "e1 direct_offer v2 posting memphre/x1>memphre/x2 ()"));
	assert_non_null(strstr(history(), "e1 learner v2 in_pool yes>no (moved away)"));
	assert_non_null(strstr(history(), "e1 learner_ranking v2 entries 2>1 ()"));
	assert_non_null(strstr(history(), "420.B0 programme v2 hours >2700 ()"));
}

static void
a_history_is_erased_with_her(void **state)
{
	Bassin__V1__LearnerErase e = BASSIN__V1__LEARNER_ERASE__INIT;

	(void)state;
	feed_anne();
	feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;x1\ne1;2;x2\n");
	feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;x1\n");
	assert_string_equal(set_as(&memphre, "e1", "tier", "3"), "updated");
	assert_int_equal(atoi(ask_sql("SELECT count(*) FROM history")), 2);
	e.external_id = (char *)(uintptr_t) "e1";
	ask(&memphre, COMMAND_TYPE(LEARNER_ERASE), &e.base);
	assert_int_equal(atoi(ask_sql("SELECT count(*) FROM history")), 0);
}

#define PLAY(f) cmocka_unit_test_setup(f, stage_clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(a_learner_is_set_by_her_id_or_her_number),
		PLAY(a_consent_is_neither_cleared_nor_are_required_fields),
		PLAY(names_and_addresses_are_never_in_a_history),
		PLAY(withdrawals_rankings_offers_and_codes_have_their_lines),
		PLAY(a_history_is_erased_with_her),
	};

	return cmocka_run_group_tests_name("learner intake corrections", tests, stage_up, stage_down);
}
