/* SPDX-License-Identifier: Apache-2.0 */
/* French and English: the switch, the environment, and a sentence in both for every code of base/refusal.h. */
#include "cli_play.h"

#include <libgen.h>
#include <limits.h>
#include <unistd.h>

#include "base/address.h"
#include "base/language.h"
#include "base/refusal.h"
#include "refusals.h"
#include "table.h"

/* build/tests/cli/test_language -> build/locale */
static int
start(void **state)
{
	char program[PATH_MAX - 32], path[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);

	(void)state;
	assert_true(size > 0);
	program[size] = '\0';
	snprintf(path, sizeof(path), "%s/../../locale", dirname(program));
	language_start("bassin-cli", path);
	return 0;
}

static void
the_language_can_be_switched_at_any_time(void **state)
{
	(void)state;
	language_set(LANGUAGE_FRENCH);
	assert_string_equal(column_title("learner"), "élève");
	assert_string_equal(language_code(), "fr");
	language_set(LANGUAGE_ENGLISH);
	assert_string_equal(column_title("learner"), "learner");
	language_set(LANGUAGE_FRENCH);
	assert_string_equal(column_title("learner"), "élève");
	assert_string_equal(column_title("never_heard_of"), "never_heard_of");
}

static void
names_of_languages_are_recognised(void **state)
{
	enum language language = LANGUAGE_ENGLISH;

	(void)state;
	assert_true(language_from_text("fr_CA.UTF-8", &language));
	assert_int_equal(language, LANGUAGE_FRENCH);
	assert_true(language_from_text("en", &language));
	assert_int_equal(language, LANGUAGE_ENGLISH);
	assert_false(language_from_text("french", &language));
	assert_false(language_from_text("de", &language));
	assert_false(language_from_text("", &language));
}

static void
the_environment_is_asked_in_order(void **state)
{
	static const char *const names[] = { "BASSIN_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		unsetenv(names[i]);
	assert_int_equal(language_of_environment(), LANGUAGE_ENGLISH);
	setenv("LANG", "fr_CA.UTF-8", 1);
	assert_int_equal(language_of_environment(), LANGUAGE_FRENCH);
	setenv("LC_ALL", "C", 1);
	assert_int_equal(language_of_environment(), LANGUAGE_ENGLISH);
	setenv("LANGUAGE", "fr:en", 1);
	assert_int_equal(language_of_environment(), LANGUAGE_FRENCH);
	setenv("BASSIN_LANG", "en", 1);
	assert_int_equal(language_of_environment(), LANGUAGE_ENGLISH);
}

/* Both sentences of one code, and that the French one is another. */
static void
check_code(const char *code)
{
	language_set(LANGUAGE_ENGLISH);
	if (!refusal_is_known(code))
		fail_msg("no sentence for %s", code);
	const char *english = refusal_sentence(arena, code, "a|b"), *plain = refusal_sentence(arena, code, "");
	assert_true(strchr(english, '%') == NULL && strchr(plain, '%') == NULL);
	language_set(LANGUAGE_FRENCH);
	const char *french = refusal_sentence(arena, code, "a|b"), *simple = refusal_sentence(arena, code, NULL);
	if (strcmp(english, french) == 0 || strcmp(plain, simple) == 0)
		fail_msg("%s is the same in both languages: %s", code, french);
	assert_true(strchr(french, '%') == NULL && strchr(simple, '%') == NULL);
}

/* The header itself is read, so that a new code without a sentence fails. */
static void
every_refusal_has_a_sentence_in_both_languages(void **state)
{
	const char *root = getenv("BASSIN_ROOT");
	char path[PATH_MAX], line[512], code[64];
	size_t found = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/shared/base/refusal.h", root == NULL ? "." : root);
	FILE *header = fopen(path, "r");
	assert_non_null(header);
	while (fgets(line, sizeof(line), header) != NULL)
		if (sscanf(line, "#define REFUSAL_%*s \"%63[a-z_]\"", code) == 1) {
			check_code(code);
			found++;
		}
	fclose(header);
	assert_true(found >= 22);
	check_code(REFUSAL_CELL_COUNT);
	check_code(REFUSAL_QUOTES);
	check_code(REFUSAL_DUPLICATE_LINE);
	check_code(REFUSAL_LIST_TOO_LONG);
	check_code(REFUSAL_ROW_TOO_LARGE);
	check_code(REFUSAL_SET_ASIDE);
	check_code(REFUSAL_WAITS);
}

static void
what_is_allowed_is_put_in_words(void **state)
{
	(void)state;
	language_set(LANGUAGE_ENGLISH);
	assert_string_equal(refusal_sentence(arena, REFUSAL_NOT_IN_LIST, "fr|en|both"), "must be one of: fr, en, both");
	assert_string_equal(refusal_sentence(arena, REFUSAL_OUT_OF_RANGE, "1..60 0.01"),
	                    "must be within 1..60, in steps of 0.01");
	assert_string_equal(refusal_sentence(arena, REFUSAL_BAD_FORMAT, "A1A 1A1"),
	                    "must be written like this: A1A 1A1");
	assert_string_equal(refusal_sentence(arena, "no_such_code", "x"), "no_such_code: x");
	assert_string_equal(refusal_sentence(arena, REFUSAL_BAD_ID, "1..128"),
	                    "must be an id: 1 to 128 bytes, no '/' or '|' in it, no blank at its ends");
	assert_string_equal(refusal_sentence(arena, REFUSAL_BAD_FORMAT, "A1A 1A1, no D F I O Q U, no W Z first"),
	                    "must be written like this: A1A 1A1, never with the letters D, F, I, O, Q, U, nor W or Z at the start");
	language_set(LANGUAGE_FRENCH);
	assert_string_equal(refusal_sentence(arena, REFUSAL_NOT_A_DATE, "yyyy-mm-dd"),
	                    "doit être une date\u202f: aaaa-mm-jj");
	assert_string_equal(refusal_sentence(arena, REFUSAL_BAD_FORMAT, "10 digits"),
	                    "doit s'écrire ainsi\u202f: 10 chiffres");
	assert_string_equal(refusal_sentence(arena, REFUSAL_BAD_STATE, "open|paused"),
	                    "doit être dans un de ces états\u202f: ouvert, suspendu");
	Bassin__V1__Refusal r = BASSIN__V1__REFUSAL__INIT;
	char code[] = REFUSAL_BAD_STATE, allowed[] = "open|paused", is[] = "filled";
	r.code = code, r.allowed = allowed, r.state = is;
	assert_string_equal(refusal_text(arena, &r), "est dans l'état «\u202fcomblé\u202f», et devrait être dans un de ceux-ci\u202f: ouvert, suspendu");
	for (enum address_flaw flaw = ADDRESS_NONE; flaw <= ADDRESS_DOMAIN; flaw++)
		assert_null(strstr(refusal_sentence(arena, REFUSAL_BAD_ADDRESS, address_flaw_to_allowed(flaw)),
		                   address_flaw_to_allowed(flaw)));
	/* A stranger's text is never a format. */
	assert_non_null(strstr(refusal_sentence(arena, REFUSAL_OTHER_TITLE, "100 %s %n"), "100 %s %n"));
}

static void
every_reply_code_has_a_sentence_in_both_languages(void **state)
{
	(void)state;
	for (int code = 3; code <= 13; code++) {
		language_set(LANGUAGE_ENGLISH);
		const char *english = reply_code_sentence((Bassin__V1__ReplyCode)code);
		language_set(LANGUAGE_FRENCH);
		assert_string_not_equal(english, reply_code_sentence((Bassin__V1__ReplyCode)code));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_language_can_be_switched_at_any_time), TEST(names_of_languages_are_recognised),
		TEST(the_environment_is_asked_in_order),        TEST(every_refusal_has_a_sentence_in_both_languages),
		TEST(what_is_allowed_is_put_in_words),          TEST(every_reply_code_has_a_sentence_in_both_languages),
	};

	return cmocka_run_group_tests_name("cli language", tests, start, NULL);
}
