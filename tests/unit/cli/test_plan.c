/* SPDX-License-Identifier: Apache-2.0 */
/* What is decided about a feed file before anything is sent: columns, duplicates, groups, batches. */
#include "cli_play.h"

#include "base/refusal.h"
#include "plan.h"
#include "refusals.h"

static struct csv_file file;
static struct plan plan;

static void
make(const char *kind, const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	assert_int_equal(csv_read(copy, strlen(text), arena, &file), CSV_READ);
	assert_int_equal(plan_make(kind_find(kind), &file, arena, &plan), 0);
}

static const char *
sent_lines(size_t batch)
{
	const char *out = "";

	for (size_t i = 0; i < plan.batches[batch].count; i++)
		out = arena_printf(arena, "%s%s%u", out, i == 0 ? "" : " ",
		                   plan.rows[plan.order[plan.batches[batch].first + i]].record->line);
	return out;
}

static void
kinds_are_found_with_dashes_too(void **state)
{
	(void)state;
	assert_non_null(kind_find("learner_rankings"));
	assert_ptr_equal(kind_find("learner-rankings"), kind_find("learner_rankings"));
	assert_null(kind_find("learner"));
	assert_null(kind_find("learnerss"));
	assert_null(kind_find(""));
}

static void
columns_come_in_any_order_and_case(void **state)
{
	(void)state;
	make("direct_offers", "Posting,nonsense,,LEARNER\nP1,x,y,L1\n");
	assert_int_equal(plan.missing_count, 0);
	assert_int_equal(plan.column_count, 2);
	assert_string_equal(plan.columns[0], "posting");
	assert_int_equal(plan.unknown_count, 1);
	assert_string_equal(plan.unknown[0], "nonsense");
	assert_string_equal(plan_cell(&plan, &plan.rows[0], "learner"), "L1");
}

static void
a_missing_required_column_stops_everything(void **state)
{
	(void)state;
	make("programmes", "external_id,title_en\n410,x\n");
	assert_int_equal(plan.missing_count, 2);
	assert_string_equal(plan.missing[0], "title_fr");
	assert_string_equal(plan.missing[1], "level");
	assert_int_equal(plan.batch_count, 0);
}

static void
the_same_key_twice_names_the_first_line(void **state)
{
	(void)state;
	make("programmes", "external_id,title_fr,level\n1,a,dec\n\n2,b,dec\n1,c,dec\n");
	assert_int_equal(plan.row_count, 3);
	assert_null(plan.rows[0].flaws);
	assert_string_equal(plan.rows[2].flaws->code, REFUSAL_DUPLICATE_LINE);
	assert_string_equal(plan.rows[2].flaws->allowed, "2");
	assert_int_equal(plan.rows[2].outcome, BASSIN__V1__ROW_OUTCOME__ROW_REFUSED);
	assert_int_equal(plan.batch_count, 1);
	assert_string_equal(sent_lines(0), "2 4");
}

static void
blanks_around_a_quoted_key_do_not_make_it_another(void **state)
{
	(void)state;
	make("programmes", "external_id,title_fr,level\n1,a,dec\n\" 1 \",b,dec\n\"2\t\",\" c \",dec\n");
	assert_string_equal(plan.rows[1].flaws->code, REFUSAL_DUPLICATE_LINE);
	assert_string_equal(plan_cell(&plan, &plan.rows[2], "external_id"), "2");
	assert_string_equal(plan_cell(&plan, &plan.rows[2], "title_fr"), " c ");
	make("learner_rankings", "learner,tier,posting\nL1,1,P1\nL2,1,P1\n\"L1 \",2,P2\n");
	assert_string_equal(sent_lines(0), "2 4 3");
}

static void
an_empty_key_is_the_services_to_refuse(void **state)
{
	(void)state;
	make("programmes", "external_id,title_fr,level\n,a,dec\n,b,dec\n");
	assert_int_equal(plan.batches[0].count, 2);
}

static void
rows_of_the_wrong_shape_are_refused_here(void **state)
{
	(void)state;
	make("programmes", "external_id,title_fr,level\n1,a\n2,b,dec,more\n3,c,dec\n4,x\"y,dec\n");
	assert_string_equal(plan.rows[0].flaws->code, REFUSAL_CELL_COUNT);
	assert_string_equal(plan.rows[0].flaws->found, "2");
	assert_string_equal(plan.rows[0].flaws->allowed, "3");
	assert_string_equal(plan.rows[1].flaws->code, REFUSAL_CELL_COUNT);
	assert_string_equal(plan.rows[3].flaws->code, REFUSAL_QUOTES);
	assert_string_equal(sent_lines(0), "4");
	assert_string_equal(plan_row_name(&plan, &plan.rows[3], arena), "");
}

static void
rows_of_one_ranking_travel_together(void **state)
{
	(void)state;
	make("learner_rankings", "learner,tier,posting\nL1,1,P1\nL2,1,P1\nL1,2,P2\nL2,2,P9\nL1,2,P2\n");
	assert_string_equal(sent_lines(0), "2 4 3 5");
	assert_string_equal(plan.rows[4].flaws->code, REFUSAL_DUPLICATE_LINE);
	assert_string_equal(plan.rows[4].flaws->allowed, "4");
	assert_string_equal(plan_row_name(&plan, &plan.rows[0], arena), "L1 P1");
}

/* count rows `L<i / per>,1,P<i>` */
static void
make_rankings(int count, int per)
{
	char *text = malloc((size_t)count * 24 + 64), *at = text;

	assert_non_null(text);
	at += sprintf(at, "learner,tier,posting\n");
	for (int i = 0; i < count; i++)
		at += sprintf(at, "L%d,1,P%d\n", i / per, i);
	assert_int_equal(csv_read(text, (size_t)(at - text), arena, &file), CSV_READ);
	assert_int_equal(plan_make(kind_find("learner_rankings"), &file, arena, &plan), 0);
}

static void
a_batch_has_at_most_a_thousand_rows_and_whole_lists(void **state)
{
	(void)state;
	make_rankings(2100, 7); /* 300 lists */
	assert_int_equal(plan.batch_count, 3);
	assert_int_equal(plan.batches[0].count, 994);
	assert_int_equal(plan.batches[1].count, 994);
	assert_int_equal(plan.batches[2].count, 112);
	assert_int_equal(plan.batches[2].first, 1988);
	make_rankings(3000, 1000);
	assert_int_equal(plan.batch_count, 3);
}

static void
a_list_of_more_than_a_thousand_entries_is_refused(void **state)
{
	(void)state;
	make_rankings(1002, 1001);
	assert_string_equal(plan.rows[0].flaws->code, REFUSAL_LIST_TOO_LONG);
	assert_string_equal(plan.rows[1000].flaws->code, REFUSAL_LIST_TOO_LONG);
	assert_int_equal(plan.batch_count, 1);
	assert_string_equal(sent_lines(0), "1003");
}

static void
a_batch_stays_below_two_megabytes(void **state)
{
	(void)state;
	enum { ROWS = 50, CELL = 100 * 1000 };
	char *text = malloc(ROWS * (CELL + 100)), *at = text;

	assert_non_null(text);
	at += sprintf(at, "external_id,title_fr,level\n");
	for (int i = 0; i < ROWS; i++) {
		at += sprintf(at, "%d,", i);
		memset(at, 'x', CELL);
		at += CELL;
		at += sprintf(at, ",dec\n");
	}
	assert_int_equal(csv_read(text, (size_t)(at - text), arena, &file), CSV_READ);
	assert_int_equal(plan_make(kind_find("programmes"), &file, arena, &plan), 0);
	assert_int_equal(plan.batch_count, 3);
	assert_int_equal(plan.batches[0].count, 20);
}

static void
a_file_without_rows_sends_nothing(void **state)
{
	(void)state;
	make("direct_offers", "learner,posting\n");
	assert_int_equal(plan.row_count, 0);
	assert_int_equal(plan.batch_count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kinds_are_found_with_dashes_too),
		TEST(columns_come_in_any_order_and_case),
		TEST(a_missing_required_column_stops_everything),
		TEST(the_same_key_twice_names_the_first_line),
		TEST(blanks_around_a_quoted_key_do_not_make_it_another),
		TEST(an_empty_key_is_the_services_to_refuse),
		TEST(rows_of_the_wrong_shape_are_refused_here),
		TEST(rows_of_one_ranking_travel_together),
		TEST(a_batch_has_at_most_a_thousand_rows_and_whole_lists),
		TEST(a_list_of_more_than_a_thousand_entries_is_refused),
		TEST(a_batch_stays_below_two_megabytes),
		TEST(a_file_without_rows_sends_nothing),
	};

	return cmocka_run_group_tests_name("cli plan", tests, NULL, NULL);
}
