/* SPDX-License-Identifier: Apache-2.0 */
/* Man pages and completion from a table of options: what is written, and that no text can steer roff or bash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "service/manual.h"

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "where it goes", 1 },
	{ NULL, 0, NULL, 0, "More:", 2 },
	{ "count", 300, NULL, 0, ".so /etc/passwd", 2 },
	{ "secret", 301, NULL, OPTION_HIDDEN, "nobody is told", 2 },
	{ 0 },
};
static const struct argp argp = { options, NULL, NULL, "Does \\x.\v'quoted' ends it.", NULL, NULL, "no-such-domain" };

static char *text; /* of the last page */

static FILE *
page_open(void)
{
	static size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	return to;
}

static void
check_has(const char *wanted)
{
	if (strstr(text, wanted) == NULL)
		fail_msg("not written: %s\nbut: %s", wanted, text);
}

static void
a_page_is_made_of_a_table(void **state)
{
	FILE *to = page_open();

	(void)state;
	manual_of_argp(to, &argp, "bassin-solve", "solve it", "[OPTION...] FILE");
	assert_int_equal(fclose(to), 0);
	check_has(".TH \"BASSIN-SOLVE\" \"1\" ");
	check_has("\n.SH NAME\nbassin\\-solve \\- solve it\n");
	check_has("\n\\fBbassin\\-solve\\fR \\fI[OPTION...] FILE\\fR\n");
	check_has("\n.TP\n\\fB\\-o, \\-\\-output\\fR=\\fIFILE\\fR\nwhere it goes\n");
	check_has("\n.PP\nMore:\n.TP\n\\fB\\-\\-count\\fR\n");
	check_has("\\fBbassin\\-verify\\fR(1)");
	check_has("\\fBbassin\\-matching\\fR(8),\n");
	assert_null(strstr(text, "secret"));
	assert_null(strstr(text, "\\fBbassin\\-solve\\fR(1)")); /* is not its own neighbour */
	free(text);
}

static void
no_text_is_a_request(void **state)
{
	FILE *to = page_open();

	(void)state;
	manual_of_argp(to, &argp, "p", "about", "");
	manual_text(to, "",
	            "a\n.b \xc2\xab\xe2\x80\xaf"
	            "c\xe2\x80\xaf\xc2\xbb `d` ^ ~ \"");
	manual_item(to, "name", "", "'tis");
	assert_int_equal(fclose(to), 0);
	check_has("\n\\&.so /etc/passwd\n");
	check_has("\nDoes \\ex.\n");
	check_has("\n\\(aqquoted\\(aq ends it.\n");
	check_has("\na .b \xc2\xab\\~c\\~\xc2\xbb \\(gad\\(ga \\(ha \\(ti \\(dq\n");
	check_has("\n\\fBname\\fR\n\\(aqtis\n");
	free(text);
}

static void
completion_has_what_is_shown(void **state)
{
	FILE *to = page_open();

	(void)state;
	completion_of_argp(to, &argp, "p");
	assert_int_equal(fclose(to), 0);
	check_has("\ncomplete -o default -W '--output --count ' p\n");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_made_of_a_table),
		cmocka_unit_test(no_text_is_a_request),
		cmocka_unit_test(completion_has_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
