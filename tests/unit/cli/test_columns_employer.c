/* SPDX-License-Identifier: Apache-2.0 */
/* The command's table of columns says the same as employer_intake's, whose source is compiled in here. */
#include "cli_play.h"

#include "../../../services/employer_intake/columns.c"
#include "kinds_play.h"

static void
every_column_is_the_same_on_both_sides(void **state)
{
	(void)state;
	same_columns("institutions", &institution_table);
	same_columns("employers", &employer_table);
	same_columns("postings", &posting_table);
	same_columns("employer_rankings", &ranking_table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { TEST(every_column_is_the_same_on_both_sides) };

	return cmocka_run_group_tests_name("cli columns of employer_intake", tests, NULL, NULL);
}
