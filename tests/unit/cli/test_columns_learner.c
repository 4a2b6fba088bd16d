/* SPDX-License-Identifier: Apache-2.0 */
/* The command's table of columns says the same as learner_intake's, whose source is compiled in here. */
#include "cli_play.h"

#include "../../../services/learner_intake/columns.c"
#include "kinds_play.h"

static void
every_column_is_the_same_on_both_sides(void **state)
{
	(void)state;
	same_columns("programmes", &programme_table);
	same_columns("competencies", &competency_table);
	same_columns("learners", &learner_table);
	same_columns("learner_rankings", &ranking_table);
	same_columns("direct_offers", &offer_table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { TEST(every_column_is_the_same_on_both_sides) };

	return cmocka_run_group_tests_name("cli columns of learner_intake", tests, NULL, NULL);
}
