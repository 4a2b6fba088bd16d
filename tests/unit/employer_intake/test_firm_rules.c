/* SPDX-License-Identifier: Apache-2.0 */
/* When two records are one firm: folding, legal forms, likeness, reasons and keys. Names are invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "firm_rules.h"

static struct arena *arena;

static int
an_arena(void **state)
{
	(void)state;
	arena = arena_new(4 * MiB);
	return arena == NULL ? -1 : 0;
}

static int
no_arena(void **state)
{
	(void)state;
	arena_destroy(&arena);
	return 0;
}

static struct firm_name
name(const char *text)
{
	struct firm_name n;

	assert_true(firm_name_read(arena, text, &n));
	return n;
}

static const char *
words(const char *text)
{
	struct firm_name n = name(text);
	const char *out = "";

	for (size_t i = 0; i < n.count; i++)
		assert_non_null(out = arena_printf(arena, "%s%s%s", out, i > 0 ? " " : "", n.words[i]));
	return out;
}

static int
likeness(const char *x, const char *y)
{
	struct firm_name a = name(x), b = name(y);
	int like = firm_name_likeness(&a, &b);

	assert_int_equal(like, firm_name_likeness(&b, &a));
	return like;
}

static struct firm_facts
facts(const char *legal_name, const char *neq, const char *address, const char *municipality, const char *postal_code)
{
	struct firm_facts f;

	assert_true(firm_facts_read(arena, legal_name, neq, address, municipality, postal_code, &f));
	return f;
}

static const char *
reason(struct firm_facts x, struct firm_facts y, int *score)
{
	int other;
	enum firm_reason r = firm_compare(&x, &y, score);

	assert_int_equal(firm_compare(&y, &x, &other), r);
	assert_int_equal(other, *score);
	return firm_reason_to_text(r);
}

static void
case_accents_and_punctuation_are_nothing(void **state)
{
	(void)state;
	assert_string_equal(firm_fold(arena, "  ÉBÉNISTERIE--Cœur  d’Or (1996)!  "), "ebenisterie coeur or 1996");
	assert_string_equal(firm_fold(arena, "L'Atelier Straße"), "atelier strasse");
	assert_string_equal(firm_fold(arena, "E\xcc\x81"
	                                     "cole ＡＢＣ"),
	                    "ecole abc");
	assert_string_equal(firm_fold(arena, ""), "");
	assert_string_equal(firm_fold(arena, "-- !"), "");
	assert_string_equal(firm_fold(arena, "Horton's"), "hortons");
	assert_string_equal(words("R & R Soudure"), "rr soudure");
	assert_string_equal(words("Boulangerie A et B"), "boulangerie ab");
}

static void
legal_forms_are_set_aside_in_both_languages_with_and_without_dots(void **state)
{
	static const char *const names[] = {
		"Usine Bellerive inc.",        "Usine Bellerive Inc",
		"USINE BELLERIVE LTÉE",        "Usine Bellerive, ltd.",
		"Usine Bellerive enr.",        "Usine Bellerive S.E.N.C.",
		"Usine Bellerive senc",        "Usine Bellerive S.E.N.C.R.L., s.r.l.",
		"Usine Bellerive Limited",     "Usine Bellerive Corp.",
		"Usine Bellerive corporation", "Usine Bellerive & Co.",
		"Usine Bellerive Co. Ltd.",    "Usine Bellerive et Cie",
		"Usine Bellerive LLC",         "Usine Bellerive L.L.C.",
		"Usine Bellerive S.A.",        "Usine Bellerive ULC",
		"Usine Bellerive L.P.",        "Usine Bellerive société en commandite",
		"Usine Bellerive Limitée",     "Usine Bellerive Incorporated",
		"Usine Bellerive Company",     "L'Usine de Bellerive inc. / Ltd",
		"Usine Bellerive s.e.c.",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_string_equal(words(names[i]), "usine bellerive");
}

static void
a_name_of_legal_forms_alone_keeps_them(void **state)
{
	(void)state;
	assert_string_equal(words("Inc."), "inc");
	assert_string_equal(words("La Cie"), "la cie");
	assert_string_equal(words("Compagnie des Fromages inc."), "compagnie fromages");
	assert_string_equal(words("9072-2166 QC inc"), "9072 2166 quebec");
	assert_string_equal(name("!!").joined, "");
	assert_int_equal(likeness("!!", "??"), 0);
}

static void
misspelt_names_are_like_and_other_names_are_not(void **state)
{
	static const char *const like[][2] = {
		{ "Ferme Beauséjour inc.", "FERME BEAUSEJUOR LTÉE" },
		{ "Usine Bellerive", "Usine Belerive" },
		{ "Body Forme inc.", "BodyForme" },
		{ "Transports Gauvin & Fils", "Transport Gauvin et Fils" },
		{ "Gauvin Électrique", "Électrique Gauvin" },
		{ "Métalusine", "Metalusien" },
		{ "9072-2166 Québec inc.", "90722166 Quebec Inc" },
		{ "9072-2166 Qiébec", "9072-2166 QUBEC LTD" },
		{ "Métalusine Corproation", "Métalusine" },
		{ "Élan Limitd", "Elan" },
	};
	static const char *const other[][2] = {
		{ "Ferme A. Beauséjour", "Ferme B. Beauséjour" },
		{ "9072-2166 Québec inc.", "9072-2167 Québec inc." },
		{ "Garage Gauvin", "Garage Fortin" },
		{ "Ferme Gauvin", "Ferme Dubois" },
		{ "Dubo", "Duba Or" },
		{ "Usine Bellerive 2", "Usine Bellerive 3" },
		{ "Restaurant du Lac", "Restaurant du Cap" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(like); i++)
		assert_in_range(likeness(like[i][0], like[i][1]), FIRM_LIKE, 1000);
	for (size_t i = 0; i < COUNT_OF(other); i++)
		assert_in_range(likeness(other[i][0], other[i][1]), 0, FIRM_LIKE - 1);
	assert_int_equal(likeness("Usine Bellerive inc.", "USINE BELLERIVE LTÉE"), 1000);
}

/* name, NEQ, address, municipality, postal code */
struct record {
	const char *fields[5];
};

struct judged {
	struct record one, other;
	const char *reason;
	int score;
};

static void
check_judged(const struct judged *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *const *x = all[i].one.fields, *const *y = all[i].other.fields;
		int score;
		assert_string_equal(
		    reason(facts(x[0], x[1], x[2], x[3], x[4]), facts(y[0], y[1], y[2], y[3], y[4]), &score),
		    all[i].reason);
		assert_int_equal(score, all[i].score);
	}
}

static void
the_neq_goes_first(void **state)
{
	static const struct judged all[] = {
		{ { { "Usine Bellerive", "1140000001", "", "", "J1H 4A7" } },
		  { { "Usine Belerive inc", "1140000001", "", "", "H2X 1Y4" } },
		  "neq",
		  1000 },
		{ { { "Usine Bellerive", "1140000001", "", "", "J1H 4A7" } },
		  { { "Garage Gauvin", "1140000001", "", "", "J1H 4A7" } },
		  "neq_other_name",
		  500 },
		/* two NEQs are two firms, whatever the names */
		{ { { "Usine Bellerive", "1140000001", "", "", "J1H 4A7" } },
		  { { "Usine Bellerive", "1140000002", "", "", "J1H 4A7" } },
		  "",
		  0 },
	};

	(void)state;
	check_judged(all, COUNT_OF(all));
}

static void
without_a_neq_name_and_address_decide(void **state)
{
	static const struct judged all[] = {
		{ { { "Usine Bellerive", "1140000001", "", "", "J1H 4A7" } },
		  { { "USINE BELLERIVE INC.", "", "", "", "J1H 4A7" } },
		  "name_address",
		  990 },
		{ { { "Usine Bellerive", "", "", "Ville", "J1H 4A7" } },
		  { { "Usine Bellerive", "", "", "Ville", "J1H 4A8" } },
		  "",
		  0 },
		{ { { "Usine Bellerive", "", "1, rue des Pins", "Ville", "J1H 4A7" } },
		  { { "Usine Bellerive", "", "1 RUE DES PINS", "VILLE", "J1H 4A8" } },
		  "name_street",
		  950 },
		{ { { "Usine Bellerive", "", "1, rue des Pins", "Ville", "J1H 4A7" } },
		  { { "Usine Bellerive", "", "1 rue des Pins", "Ville", "H2X 1Y4" } },
		  "",
		  0 },
		{ { { "!!", "", "", "", "J1H 4A7" } }, { { "??", "", "", "", "J1H 4A7" } }, "", 0 },
	};

	(void)state;
	check_judged(all, COUNT_OF(all));
}

static void
what_is_suspected_has_a_key_in_common(void **state)
{
	static const char *const pairs[][2] = {
		{ "Ferme Beauséjour inc.", "FERME BEAUSEJUOR LTÉE" },
		{ "Usine Bellerive", "Usine Belerive" },
		{ "Body Forme inc.", "BodyForme" },
		{ "Métalusine", "Emtalusine" },
		{ "Métalusine", "Metalusien" },
		{ "Élan", "elan inc" },
		{ "ᐃᓄᒃᑎᑐᑦ", "ᐃᓄᒃᑎᑐᑦ inc." },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		struct firm_facts x = facts(pairs[i][0], "", "", "", "J1H 4A7"),
				  y = facts(pairs[i][1], "", "", "", "J1H 4A7");
		const char *one[FIRM_KEYS_MAX], *other[FIRM_KEYS_MAX];
		size_t n, m, common = 0;
		int score;
		assert_int_equal(firm_compare(&x, &y, &score), FIRM_NAME_ADDRESS);
		assert_true(firm_keys(arena, &x, one, &n) && firm_keys(arena, &y, other, &m));
		assert_in_range(n, 1, FIRM_KEYS_MAX);
		for (size_t k = 0; k < n; k++) {
			for (size_t l = 0; l < m; l++)
				common += strcmp(one[k], other[l]) == 0;
		}
		assert_true(common > 0);
	}
}

/* Names as long and as odd as a cell may be are bounded, and where memory ends that is said. */
static void
long_and_odd_names_are_bounded(void **state)
{
	char many[1001], one[501], wide[1501];
	struct arena *none = arena_new(64);
	struct firm_name n;
	int like;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		many[i] = i % 4 == 3 ? ' ' : (char)('a' + i % 7);
	many[1000] = '\0';
	memset(one, 'x', 500);
	one[500] = '\0';
	for (size_t i = 0; i < 500; i++)
		memcpy(wide + 3 * i, "\xef\xb7\xba", 3); /* one character that becomes eighteen */
	wide[1500] = '\0';
	assert_int_equal(name(many).count, FIRM_WORDS_MAX);
	assert_int_equal(strlen(name(one).joined), FIRM_WORD_BYTES);
	like = likeness(wide, one);
	assert_int_equal(like, 0);
	assert_in_range(likeness(many, many), 1000, 1000);
	assert_false(firm_name_read(none, "Usine Bellerive", &n));
	arena_destroy(&none);
}

int
main(void)
{
#define SCENE(f) cmocka_unit_test_setup_teardown(f, an_arena, no_arena)
	const struct CMUnitTest tests[] = {
		SCENE(case_accents_and_punctuation_are_nothing),
		SCENE(legal_forms_are_set_aside_in_both_languages_with_and_without_dots),
		SCENE(a_name_of_legal_forms_alone_keeps_them),
		SCENE(misspelt_names_are_like_and_other_names_are_not),
		SCENE(the_neq_goes_first),
		SCENE(without_a_neq_name_and_address_decide),
		SCENE(what_is_suspected_has_a_key_in_common),
		SCENE(long_and_odd_names_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
