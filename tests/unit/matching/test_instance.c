/* SPDX-License-Identifier: Apache-2.0 */
/* The instance: what is refused and how, the canonical form, the digest, the lottery; garbage never harms. */
#include "sample_round.h"

#define LP "\"learners\": [{\"id\": \"l1\"}, {\"id\": \"l2\"}], \"postings\": [{\"id\": \"p1\", \"capacity\": 1}," \
	" {\"id\": \"p2\", \"capacity\": 0}]"
#define WITH(more) "{\"seed\": \"s\", " LP ", " more "}"
#define LEARNER(more) \
	"{\"seed\": \"s\", \"learners\": [{\"id\": \"l1\"" more "}], \"postings\": [{\"id\": \"p1\", \"capacity\": 1}]}"
#define POSTING(more) "{\"seed\": \"s\", \"learners\": [{\"id\": \"l1\"}], \"postings\": [{\"id\": \"p1\"" more "}]}"

static const struct {
	const char *json, *code, *named;
} REFUSED[] = {
	{ LEARNER(", \"ranking\": [[\"p9\"]]"), "unknown_id", "p9" },
	{ POSTING(", \"capacity\": 1, \"ranking\": [[\"l9\"]]"), "unknown_id", "l9" },
	{ WITH("\"fit\": [[\"l9\", \"p1\", 5]]"), "unknown_id", "l9" },
	{ WITH("\"fixed\": [[\"l1\", \"p9\"]]"), "unknown_id", "p9" },
	{ WITH("\"held\": [[\"p1\", \"l1\"]]"), "unknown_id", "p1" },
	{ "{\"seed\": \"s\", \"learners\": [{\"id\": \"l1\"}, {\"id\": \"l1\"}]}", "duplicate_id", "l1" },
	{ "{\"seed\": \"s\", \"postings\": [{\"id\": \"p\", \"capacity\": 1}, {\"id\": \"p\","
	    " \"capacity\": 1}]}", "duplicate_id", "p" },
	{ LEARNER(", \"ranking\": [[\"p1\"], [\"p1\"]]"), "duplicate_id", "p1" },
	{ LEARNER(", \"ranking\": [[\"p1\", \"p1\"]]"), "duplicate_id", "p1" },
	{ POSTING(", \"capacity\": 1, \"ranking\": [[\"l1\"], [\"l1\"]]"), "duplicate_id", "l1" },
	{ LEARNER(", \"groups\": [\"g\", \"g\"]"), "duplicate_id", "g" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": \"g\", \"seats\": 1}, {\"group\": \"g\","
	    " \"seats\": 0}]"),
	    "duplicate_id", "g" },
	{ WITH("\"fit\": [[\"l1\", \"p1\", 5], [\"l1\", \"p1\", 5]]"), "duplicate_id", "l1" },
	{ WITH("\"fit\": [[\"l1\", \"p1\", 1001]]"), "out_of_range", "l1" },
	{ WITH("\"fit\": [[\"l1\", \"p1\", -1]]"), "out_of_range", "l1" },
	{ WITH("\"fit\": [[\"l1\", \"p1\", 5.5]]"), "out_of_range", "l1" },
	{ WITH("\"fit\": [[\"l1\", \"p1\", 1e300]]"), "out_of_range", "l1" },
	{ WITH("\"fit\": [[\"l1\", \"p1\", \"5\"]]"), "wrong_type", "l1" },
	{ WITH("\"fit\": [[\"l1\", \"p1\"]]"), "wrong_type", "fit" },
	{ WITH("\"fit\": [[\"l1\", \"p1\", true]]"), "wrong_type", "l1" },
	{ WITH("\"fit\": {}"), "wrong_type", "fit" },
	{ POSTING(", \"capacity\": -1"), "out_of_range", "p1" },
	{ POSTING(", \"capacity\": 2147483648"), "out_of_range", "p1" },
	{ POSTING(", \"capacity\": 99999999999999999999"), "bad_json", "" },
	{ POSTING(""), "missing", "p1" },
	{ POSTING(", \"capacity\": null"), "wrong_type", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": \"g\", \"seats\": -1}]"), "out_of_range", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": \"g\"}]"), "missing", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": \"g\", \"seats\": 1,"
	    " \"x\": 1}]"), "unknown_key", "x" },
	{ POSTING(", \"capacity\": 1, \"reserve_order\": \"middle\""), "out_of_range", "p1" },
	{ POSTING(", \"capacity\": 1, \"accepts_unranked\": 1"), "wrong_type", "p1" },
	{ LEARNER(", \"tier\": 100"), "out_of_range", "l1" },
	{ LEARNER(", \"tier\": -1"), "out_of_range", "l1" },
	{ LEARNER(", \"assignable\": null"), "wrong_type", "l1" },
	{ LEARNER(", \"college\": 5"), "wrong_type", "l1" },
	{ LEARNER(", \"groups\": [5]"), "wrong_type", "l1" },
	{ LEARNER(", \"name\": \"x\""), "unknown_key", "name" },
	{ LEARNER(", \"ranking\": [[]]"), "empty_tier", "l1" },
	{ LEARNER(", \"ranking\": [\"p1\"]"), "wrong_type", "l1" },
	{ LEARNER(", \"ranking\": [[5]]"), "wrong_type", "l1" },
	{ WITH("\"fixed\": [[\"l1\", \"p2\"]]"), "too_many_pairs", "p2" },
	{ WITH("\"fixed\": [[\"l1\", \"p1\"]], \"held\": [[\"l2\", \"p1\"]]"), "too_many_pairs", "p1" },
	{ WITH("\"fixed\": [[\"l1\", \"p1\"]], \"held\": [[\"l1\", \"p1\"]]"), "two_pairs", "l1" },
	{ WITH("\"fixed\": [[\"l1\", \"p1\", 1]]"), "wrong_type", "fixed" },
	{ WITH("\"rounds\": 1"), "unknown_key", "rounds" },
	{ "{\"learners\": []}", "missing", "seed" },
	{ "{\"seed\": \"\"}", "bad_seed", "seed" },
	{ "{\"seed\": \"0123456789012345678901234567890123456789012345678901234567890123x\"}", "bad_seed", "seed" },
	{ "{\"seed\": \"a\", \"seed\": \"b\"}", "bad_json", "duplicate" },
	{ "{\"seed\": NaN}", "bad_json", "" },
	{ "{\"seed\": \"\\u0000\"}", "bad_json", "" },
	{ "{\"seed\": \"\\ud800\"}", "bad_json", "" },
	{ "{\"seed\": \"\xff\"}", "bad_json", "" },
	{ "{\"seed\": \"s\"} x", "bad_json", "" },
	{ "{\"seed\": \"s\", \"learners\": [5]}", "missing", "id" },
	{ "[]", "wrong_type", "instance" },
	{ "", "bad_json", "" },
};

static void
every_flaw_is_refused_with_one_error_that_names_the_id(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(REFUSED); k++) {
		struct instance *in;
		struct instance_flaw flaw;

		if (instance_read(REFUSED[k].json, strlen(REFUSED[k].json), &in, &flaw) == 0)
			fail_msg("taken: %s", REFUSED[k].json);
		assert_null(in);
		if (strcmp(flaw.code, REFUSED[k].code) != 0 || strstr(flaw.text, REFUSED[k].named) == NULL)
			fail_msg("%s: %s: %s", REFUSED[k].json, flaw.code, flaw.text);
	}
}

static void
deep_nesting_is_refused(void **state)
{
	enum { DEEP = 100000 };
	char *json = malloc(DEEP);
	struct instance *in;
	struct instance_flaw flaw;
	(void)state;

	assert_non_null(json);
	memset(json, '[', DEEP);
	assert_int_equal(instance_read(json, DEEP, &in, &flaw), -1);
	assert_string_equal(flaw.code, "bad_json");
	free(json);
}

static void
the_canonical_form_writes_defaults_and_sorts(void **state)
{
	struct instance *in = instance_of("{\"seed\": \"\\u00e9\\n\\u001f\", \"postings\": [{\"id\": \"p2\","
	    " \"capacity\": 2.0,"
	    "\"ranking\": [[\"l2\"], [\"l10\", \"l1\"]], \"reserves\": [{\"seats\": 1, \"group\": \"z\"},"
	    " {\"group\": \"a\","
	    "\"seats\": 2}]}, {\"id\": \"p10\", \"capacity\": 0, \"college\": \"c\", \"reserve_order\": \"last\"}],"
	    " \"learners\":"
	    "[{\"id\": \"l2\", \"groups\": [\"z\", \"b\"]}, {\"id\": \"l10\", \"college\": null, \"tier\": 9},"
	    "{\"id\": \"l1\", \"ranking\": [[\"p2\", \"p10\"]]}], \"fit\": [[\"l2\", \"p2\", 1], [\"l10\", \"p2\", 2],"
	    "[\"l10\", \"p10\", 3]], \"fixed\": [[\"l2\", \"p2\"], [\"l10\", \"p2\"]]}");
	char *text = text_of_instance(in);
	(void)state;

	assert_string_equal(text, "{\"fit\":[[\"l10\",\"p10\",3],[\"l10\",\"p2\",2],[\"l2\",\"p2\",1]],"
	    "\"fixed\":[[\"l10\",\"p2\"],[\"l2\",\"p2\"]],\"guarantee\":true,\"held\":[],\"learners\":["
	    "{\"assignable\":true,\"college\":null,\"groups\":[],\"id\":\"l1\",\"ranking\":[[\"p10\",\"p2\"]],"
	    "\"tier\":0},"
	    "{\"assignable\":true,\"college\":null,\"groups\":[],\"id\":\"l10\",\"ranking\":[],\"tier\":9},"
	    "{\"assignable\":true,\"college\":null,\"groups\":[\"b\",\"z\"],\"id\":\"l2\",\"ranking\":[],\"tier\":0}],"
	    "\"postings\":[{\"accepts_unranked\":true,\"assignable\":true,\"capacity\":0,\"college\":\"c\","
	    "\"id\":\"p10\","
	    "\"ranking\":[],\"reserve_order\":\"last\",\"reserves\":[]},{\"accepts_unranked\":true,\"assignable\":true,"
	    "\"capacity\":2,\"college\":null,\"id\":\"p2\",\"ranking\":[[\"l2\"],[\"l1\",\"l10\"]],"
	    "\"reserve_order\":\"first\","
	    "\"reserves\":[{\"group\":\"z\",\"seats\":1},{\"group\":\"a\",\"seats\":2}]}],"
	    "\"seed\":\"\xc3\xa9\\n\\u001f\"}");
	free(text);
	instance_destroy(&in);
}

static void
reading_the_canonical_form_gives_it_again(void **state)
{
	uint64_t random = sample_seed();
	(void)state;

	for (int n = 0; n < 300; n++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s), *again;
		char *text = text_of_instance(in), *text_again;

		again = instance_of(text);
		text_again = text_of_instance(again);
		assert_string_equal(text, text_again);
		free(text);
		free(text_again);
		instance_destroy(&in);
		instance_destroy(&again);
	}
}

static void
gaps_between_drafted_tiers_are_closed(void **state)
{
	struct draft *d = draft_new("s", true);
	struct instance *in;
	struct instance_flaw flaw;
	char *text;
	int32_t l, p[3];
	(void)state;

	l = draft_learner(d, "l", NULL, 0, true);
	for (int k = 0; k < 3; k++)
		p[k] = draft_posting(d, (const char *const[]){ "p2", "p1", "p0" }[k], NULL, 1, true, true, false);
	draft_ranking(d, l, 7, p[0]);
	draft_ranking(d, l, 99, p[2]);
	draft_ranking(d, l, 7, p[1]);
	assert_int_equal(draft_seal(&d, &in, &flaw), 0);
	assert_null(d);
	text = text_of_instance(in);
	assert_non_null(strstr(text, "\"ranking\":[[\"p1\",\"p2\"],[\"p0\"]]"));
	free(text);
	instance_destroy(&in);
}

static void
a_flaw_in_a_draft_is_remembered_until_sealing(void **state)
{
	struct draft *d = draft_new("s", true);
	struct instance *in;
	struct instance_flaw flaw;
	(void)state;

	draft_learner(d, "l", NULL, 100, true);
	draft_posting(d, "p", NULL, -5, true, true, false);
	assert_int_equal(draft_seal(&d, &in, &flaw), -1);
	assert_null(d);
	assert_null(in);
	assert_string_equal(flaw.code, "out_of_range");
	assert_string_equal(flaw.text, "tier of \"l\" is 100, must be 0 to 99");
}

/* Computed by Python's hashlib.blake2b(id, digest_size=8, key=seed). */
static void
the_lottery_is_an_8_byte_keyed_blake2b(void **state)
{
	(void)state;
	assert_true(lottery_number("estrie-2027-winter", "l1") == 0xd5cbad10facd6596);
	assert_true(lottery_number("\xc3\xa9", "l1") == 0x8fffbd6a356d21b9);
	assert_true(0x645d9f675747ffdf ==
	    lottery_number("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "\xf0\x9f\x8c\xb2"));
	assert_true(lottery_number("s", "") == 0x2eed9f30b5756dab);
}

/* Random bytes, cut and flipped instances: read or refused, but never a crash (run with sanitizers too). */
static void
garbage_is_refused_without_harm(void **state)
{
	static const char PARTS[] = "{}[]\",:0123456789.eE-\\ulp\"id\"seed\"\x80\xff\n";
	uint64_t random = sample_seed();
	(void)state;

	for (int n = 0; n < 2000; n++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s), *got = NULL;
		struct instance_flaw flaw;
		char *text = text_of_instance(in);
		size_t size = strlen(text);
		int flips = 1 + sample_below(&random, 4);

		for (int f = 0; f < flips; f++)
			text[sample_random(&random) % size] = PARTS[sample_random(&random) % (sizeof PARTS - 1)];
		if (sample_below(&random, 3) == 0)
			size = (size_t)sample_random(&random) % size;
		if (instance_read(text, size, &got, &flaw) == 0)
			assert_non_null(got);
		else
			assert_true(flaw.code != NULL && flaw.text[0] != '\0');
		instance_destroy(&got);
		instance_destroy(&in);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_flaw_is_refused_with_one_error_that_names_the_id),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(the_canonical_form_writes_defaults_and_sorts),
		cmocka_unit_test(reading_the_canonical_form_gives_it_again),
		cmocka_unit_test(gaps_between_drafted_tiers_are_closed),
		cmocka_unit_test(a_flaw_in_a_draft_is_remembered_until_sealing),
		cmocka_unit_test(the_lottery_is_an_8_byte_keyed_blake2b),
		cmocka_unit_test(garbage_is_refused_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
