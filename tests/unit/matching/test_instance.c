/* SPDX-License-Identifier: Apache-2.0 */
/* The instance: what is refused and how, defaults, the canonical form, the digest, the lottery; garbage never harms. */
#include <unistd.h>

#include "base/text.h"
#include "instance_priv.h"
#include "sample_round.h"

#define LP                                                                                                      \
	"\"learners\": [{\"id\": \"l1\"}, {\"id\": \"l2\"}], \"postings\": [{\"id\": \"p1\", \"capacity\": 1}," \
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
	  " \"capacity\": 1}]}",
	  "duplicate_id", "p" },
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
	{ POSTING(", \"capacity\": 99999999999999999999"), "out_of_range", "p1" },
	{ POSTING(", \"capacity\": 1.5"), "out_of_range", "p1" },
	{ POSTING(", \"capacity\": 1e-400"), "out_of_range", "p1" },
	{ POSTING(", \"capacity\": \"1\""), "wrong_type", "p1" },
	{ POSTING(", \"capacity\": 01"), "bad_json", "p1" },
	{ POSTING(", \"capacity\": 1, \"ranking\": [[\"p1\"]]"), "unknown_id", "p1" },
	{ POSTING(", \"capacity\": 1, \"ranking\": [[\"l1\", {}]]"), "wrong_type", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [[]]"), "wrong_type", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": null, \"seats\": 1}]"), "wrong_type", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": \"g\", \"group\": \"g\"}]"), "bad_json", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserve_order\": null"), "wrong_type", "p1" },
	{ POSTING(", \"capacity\": 1, \"id\": \"p2\""), "bad_json", "p1" },
	{ POSTING(""), "missing", "p1" },
	{ POSTING(", \"capacity\": null"), "wrong_type", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": \"g\", \"seats\": -1}]"), "out_of_range", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": \"g\"}]"), "missing", "p1" },
	{ POSTING(", \"capacity\": 1, \"reserves\": [{\"group\": \"g\", \"seats\": 1,"
	          " \"x\": 1}]"),
	  "unknown_key", "x" },
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
	{ "{\"seed\": \"s\", \"learners\": [5]}", "wrong_type", "learners[0]" },
	{ "{\"seed\": \"s\", \"learners\": [{}]}", "missing", "id" },
	{ "{\"seed\": \"s\", \"learners\": [{\"id\": null}]}", "wrong_type", "learners[0]" },
	{ "{\"seed\": \"s\", \"postings\": [{\"capacity\": 1}]}", "missing", "id" },
	{ "{\"seed\": \"s\", \"guarantee\": null}", "wrong_type", "guarantee" },
	{ "{\"seed\": null}", "wrong_type", "seed" },
	{ "{\"seed\": \"s\", \"learners\": null}", "wrong_type", "learners" },
	{ "{\"seed\": \"s\", \"learners\": [], \"learners\": []}", "bad_json", "learners" },
	{ "\xef\xbb\xbf{\"seed\": \"s\"}", "bad_json", "byte order mark" },
	/* The id comes later, and is named all the same. */
	{ "{\"seed\": \"s\", \"learners\": [{\"tier\": -1, \"groups\": [\"g\"], \"id\": \"later\"}]}", "out_of_range",
	  "later" },
	{ "{\"seed\": \"s\", \"learners\": [{\"tier\": [[{}], 1], \"id\": \"later\"}]}", "wrong_type", "later" },
	{ "{\"seed\": \"s\", \"learners\": [{\"ranking\": [[\"p\", {\"x\": []}]], \"id\": \"later\"}]}", "wrong_type",
	  "later" },
	{ "{\"seed\": \"s\", \"learners\": [{\"name\": {\"id\": \"no\"}, \"id\": \"later\"}]}", "unknown_key",
	  "later" },
	{ "{\"seed\": \"s\", \"postings\": [{\"reserves\": [{\"seats\": -1}], \"id\": \"later\"}]}", "out_of_range",
	  "later" },
	/* What was mentioned first is told first. */
	{ "{\"fit\": [[\"l9\", \"p8\", 1], [\"l7\", \"p8\", 1]], \"seed\": \"s\"}", "unknown_id", "l9" },
	{ "{\"fixed\": [[\"l1\", \"p8\"], [\"l7\", \"p6\"]], \"learners\": [{\"id\": \"l1\"}], \"seed\": \"s\"}",
	  "unknown_id", "p8" },
	/* Of two flaws the first in the file, though the id is looked up later. */
	{ "{\"learners\": [{\"id\": \"l1\"}, {\"id\": \"l1\", \"tier\": 100}], \"seed\": \"s\"}", "duplicate_id",
	  "l1" },
	{ "{\"learners\": [{\"id\": \"l1\"}, {\"tier\": 100, \"id\": \"l1\"}], \"seed\": \"s\"}", "out_of_range",
	  "l1" },
	{ "[]", "wrong_type", "instance" },
	{ "", "bad_json", "" },
};

/* A source that gives at most `step` bytes at a time. */
struct drip {
	struct json_bytes bytes;
	size_t step;
};

static ssize_t
drip(void *from, void *bytes, size_t size)
{
	struct drip *d = from;

	return json_from_bytes(&d->bytes, bytes, size < d->step ? size : d->step);
}

static void
every_flaw_is_refused_with_one_error_that_names_the_id(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(REFUSED); k++) {
		struct drip d = { { REFUSED[k].json, strlen(REFUSED[k].json) }, 1 };
		struct instance *in;
		struct instance_flaw flaw, again;

		if (instance_read(REFUSED[k].json, strlen(REFUSED[k].json), &in, &flaw) == 0)
			fail_msg("taken: %s", REFUSED[k].json);
		assert_null(in);
		if (strcmp(flaw.code, REFUSED[k].code) != 0 || strstr(flaw.text, REFUSED[k].named) == NULL)
			fail_msg("%s: %s: %s", REFUSED[k].json, flaw.code, flaw.text);
		assert_true(flaw.text_fr[0] != '\0' && strchr(flaw.text, '\n') == NULL &&
		            strchr(flaw.text_fr, '\n') == NULL);
		assert_int_equal(instance_read_source(drip, &d, 0, &in, &again), -1);
		assert_string_equal(again.text, flaw.text);
	}
}

static void
a_flaw_says_where_what_and_what_is_allowed(void **state)
{
	static const char JSON[] =
	    "{\"seed\": \"s\",\n\t\"learners\": [{\"id\": \"l1\", \"ranking\": [[\"p1\"],\n [\"p2\", 5]]}]}";
	struct instance *in;
	struct instance_flaw flaw;
	(void)state;

	assert_int_equal(instance_read(JSON, strlen(JSON), &in, &flaw), -1);
	assert_string_equal(flaw.text,
	                    "line 3, column 9, learners[0] \"l1\", ranking[1][1]: found a number, allowed is the id"
	                    " of a posting");
	assert_string_equal(flaw.text_fr,
	                    "ligne 3, colonne 9, learners[0] \"l1\", ranking[1][1] : trouvé un nombre, permis :"
	                    " l'id d'une offre");
}

static void
an_id_is_shown_safely(void **state)
{
	char json[2000], id[700];
	struct instance *in;
	struct instance_flaw flaw;
	(void)state;

	memset(id, 0, sizeof id);
	for (size_t k = 0; k + 3 < sizeof id; k += 2)
		memcpy(id + k, "\xc3\xa9", 2);
	snprintf(json, sizeof json, "{\"seed\": \"s\", \"fixed\": [[\"a\\u001b[2J\\n\\u202e%s\", \"p\"]]}", id);
	assert_int_equal(instance_read(json, strlen(json), &in, &flaw), -1);
	assert_non_null(strstr(flaw.text, "\"a?[2J??\xc3\xa9"));
	assert_non_null(strstr(flaw.text, "\xa9...\""));
	assert_true(text_is_utf8(flaw.text, strlen(flaw.text)) && strlen(flaw.text) < 250);
}

static void
deep_nesting_is_refused(void **state)
{
	static const char *const BEGINNINGS[] = { "[", "{\"learners\": [{\"tier\": [", "{\"fit\": [[\"l\", \"p\", [" };
	enum { DEEP = 100000 };
	char *json = malloc(DEEP);
	struct instance *in;
	struct instance_flaw flaw;
	(void)state;

	assert_non_null(json);
	for (size_t k = 0; k < COUNT_OF(BEGINNINGS); k++) {
		memset(json, '[', DEEP);
		memcpy(json, BEGINNINGS[k], strlen(BEGINNINGS[k]));
		assert_int_equal(instance_read(json, DEEP, &in, &flaw), -1);
		assert_string_equal(flaw.code, "wrong_type");
	}
	free(json);
}

static void
the_canonical_form_writes_defaults_and_sorts(void **state)
{
	struct instance *in = instance_of(
	    "{\"seed\": \"\\u00e9\\n\\u001f\", \"postings\": [{\"id\": \"p2\","
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

	assert_string_equal(
	    text,
	    "{\"fit\":[[\"l10\",\"p10\",3],[\"l10\",\"p2\",2],[\"l2\",\"p2\",1]],"
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
whatever_is_left_out_has_its_default(void **state)
{
	static const char *const SHORT[] = {
		"{\"seed\": \"s\"}",
		"{\"seed\": \"s\", \"learners\": [{\"id\": \"l\"}], \"postings\": [{\"id\": \"p\", \"capacity\": 0}]}",
	}, *const WRITTEN[] = {
		"{\"fit\":[],\"fixed\":[],\"guarantee\":true,\"held\":[],\"learners\":[],\"postings\":[],\"seed\":\"s\"}",
		"{\"fit\":[],\"fixed\":[],\"guarantee\":true,\"held\":[],\"learners\":[{\"assignable\":true,\"college\":null,"
		"\"groups\":[],\"id\":\"l\",\"ranking\":[],\"tier\":0}],\"postings\":[{\"accepts_unranked\":true,"
		"\"assignable\":true,\"capacity\":0,\"college\":null,\"id\":\"p\",\"ranking\":[],\"reserve_order\":\"first\","
		"\"reserves\":[]}],\"seed\":\"s\"}",
	};
	(void)state;

	for (size_t k = 0; k < COUNT_OF(SHORT); k++) {
		struct instance *in = instance_of(SHORT[k]);
		char *text = text_of_instance(in);

		assert_string_equal(text, WRITTEN[k]);
		free(text);
		instance_destroy(&in);
	}
}

static void
whole_numbers_may_be_written_as_json_likes(void **state)
{
	struct instance *in = instance_of(
	    "{\"seed\": \"s\", \"learners\": [{\"id\": \"l\", \"tier\": 9.9e1}],"
	    " \"postings\": [{\"id\": \"p\", \"capacity\": 2147483647.0}], \"fit\": [[\"l\", \"p\", 10.00E+2]],"
	    " \"held\": [[\"l\", \"p\"]]}");
	(void)state;

	assert_int_equal(in->engine.learner_need[0], 99);
	assert_int_equal(in->engine.capacity[0], INT32_MAX);
	assert_int_equal(in->engine.fit.entry[0].value, 1000);
	instance_destroy(&in);
}

/* An id may have 1,024 bytes, however they are written; no more. */
static void
ids_have_a_ceiling(void **state)
{
	char json[4000], id[JSON_MAX_TEXT + 2];
	struct instance *in;
	struct instance_flaw flaw;
	(void)state;

	memset(id, 'x', sizeof id);
	id[JSON_MAX_TEXT] = '\0';
	snprintf(json, sizeof json, "{\"seed\": \"s\", \"learners\": [{\"id\": \"%s\", \"tier\": 7}]}", id);
	in = instance_of(json);
	assert_string_equal(in->learner_ids[0], id);
	instance_destroy(&in);
	id[JSON_MAX_TEXT] = 'x';
	id[JSON_MAX_TEXT + 1] = '\0';
	snprintf(json, sizeof json, "{\"seed\": \"s\", \"learners\": [{\"id\": \"%s\", \"tier\": 7}]}", id);
	assert_int_equal(instance_read(json, strlen(json), &in, &flaw), -1);
	assert_string_equal(flaw.code, "bad_json");
	struct draft *d = draft_new("s", true);
	assert_int_equal(draft_learner(d, id, NULL, 0, true), ENGINE_NONE);
	assert_int_equal(draft_seal(&d, &in, &flaw), -1);
}

/* Her own order is tier, higher fit, posting; her priority is the employer's tier for her, then fit. */
static void
rankings_stand_in_her_order_with_her_priority_joined(void **state)
{
	struct instance *in =
	    instance_of("{\"seed\": \"s\", \"learners\": [{\"id\": \"l\", \"ranking\": [[\"d\"],"
	                " [\"c\", \"a\", \"b\", \"e\"]]}, {\"id\": \"m\"}], \"postings\": ["
	                "{\"id\": \"a\", \"capacity\": 1, \"ranking\": [[\"m\"]]},"
	                "{\"id\": \"b\", \"capacity\": 1, \"ranking\": [[\"m\"], [\"l\"]]},"
	                "{\"id\": \"c\", \"capacity\": 1, \"accepts_unranked\": false},"
	                "{\"id\": \"d\", \"capacity\": 1},"
	                "{\"id\": \"e\", \"capacity\": 1, \"accepts_unranked\": false, \"ranking\": [[\"l\", \"m\"]]}],"
	                " \"fit\": [[\"l\", \"b\", 5], [\"l\", \"c\", 7], [\"l\", \"e\", 5]]}");
	const struct engine_line expected[] = { { 3, ENGINE_PRIORITY(0, 0) },
		                                { 2, ENGINE_REFUSED },
		                                { 1, ENGINE_PRIORITY(1, 5) },
		                                { 4, ENGINE_PRIORITY(0, 5) },
		                                { 0, ENGINE_PRIORITY(1, 0) } };
	const int32_t tiers[] = { 0, 1, 1, 1, 1 }, posting_tiers[] = { 1, 2, 0, 0, 1 };
	(void)state;

	assert_int_equal(in->engine.rankings.off[1], 5);
	assert_int_equal(in->engine.rankings.off[2], 5);
	for (size_t k = 0; k < 5; k++) {
		assert_int_equal(in->engine.rankings.line[k].posting, expected[k].posting);
		assert_int_equal(in->engine.rankings.line[k].priority, expected[k].priority);
		assert_int_equal(in->ranking_tier[k], tiers[k]);
		assert_int_equal(in->engine.posting_tiers[k], posting_tiers[k]);
	}
	instance_destroy(&in);
}

static void
expect_same_text(const struct instance *in, const char *text)
{
	char *again = text_of_instance(in);

	assert_string_equal(again, text);
	free(again);
}

/* From memory, byte by byte, and from a pipe. */
static void
reading_the_canonical_form_gives_it_again(void **state)
{
	uint64_t random = dice_seed();
	(void)state;

	for (int n = 0; n < 300; n++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s), *again;
		char *text = text_of_instance(in);
		struct drip d = { { text, strlen(text) }, 1 + (size_t)dice_below(&random, 9) };
		struct instance_flaw flaw;
		int ends[2];

		again = instance_of(text);
		expect_same_text(again, text);
		instance_destroy(&again);
		assert_int_equal(instance_read_source(drip, &d, 0, &again, &flaw), 0);
		expect_same_text(again, text);
		instance_destroy(&again);
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], text, strlen(text)), strlen(text)); /* it fits into a pipe */
		close(ends[1]);
		assert_int_equal(instance_read_fd(ends[0], &again, &flaw), 0);
		close(ends[0]);
		expect_same_text(again, text);
		instance_destroy(&again);
		free(text);
		instance_destroy(&in);
	}
}

/* Each line holds {"name": ..., "instance": {...}, "expected": {...}}. Run from the root of the project. */
static void
the_canonical_form_of_every_vector_gives_itself_again(void **state)
{
	static const char BEFORE[] = "\"instance\": ", BEHIND[] = ", \"expected\": ";
	FILE *vectors = fopen("tests/vectors/rounds.jsonl", "r");
	char *line = NULL, digest[2][2 * INSTANCE_DIGEST_SIZE + 1];
	size_t room = 0;
	int n = 0;
	(void)state;

	assert_non_null(vectors);
	for (; getline(&line, &room, vectors) > 0; n++) {
		const char *from = strstr(line, BEFORE), *to = strstr(line, BEHIND);
		struct instance *in, *again;
		struct instance_flaw flaw;
		char *text;

		assert_true(from != NULL && to != NULL);
		from += sizeof BEFORE - 1;
		assert_int_equal(instance_read(from, (size_t)(to - from), &in, &flaw), 0);
		text = text_of_instance(in);
		again = instance_of(text);
		expect_same_text(again, text);
		instance_digest(in, digest[0]);
		instance_digest(again, digest[1]);
		assert_string_equal(digest[0], digest[1]);
		free(text);
		instance_destroy(&in);
		instance_destroy(&again);
	}
	assert_int_equal(n, 240);
	free(line);
	(void)fclose(vectors);
}

static void
what_cannot_be_read_is_told(void **state)
{
	struct instance *in;
	struct instance_flaw flaw;
	(void)state;

	assert_int_equal(instance_read_fd(-1, &in, &flaw), -1);
	assert_string_equal(flaw.code, "unreadable");
	assert_null(in);
}

/* Two lists that say the same in another order, with ids that share long beginnings: more than are sorted by hand. */
static void
the_order_in_the_file_does_not_matter(void **state)
{
	enum { N = 300 };
	char forward[N * 150], backward[N * 150], digest[2][2 * INSTANCE_DIGEST_SIZE + 1];
	const char *text[2] = { forward, backward };
	(void)state;

	for (int way = 0; way < 2; way++) {
		char *to = way == 0 ? forward : backward;
		size_t used = (size_t)sprintf(to, "{\"seed\": \"s\", \"learners\": [");

		for (int k = 0; k < N; k++) {
			int i = way == 0 ? k : N - 1 - k;

			used += (size_t)sprintf(
			    to + used,
			    "%s{\"id\": \"a common beginning %0*d\", \"groups\": [\"g\", \"f\"], \"ranking\": [[\"p\"]]}",
			    k > 0 ? "," : "", 1 + i % 20, i);
		}
		used +=
		    (size_t)sprintf(to + used, "], \"postings\": [{\"id\": \"p\", \"capacity\": 1, \"ranking\": [[");
		for (int k = 0; k < N; k++) {
			int i = way == 0 ? k : N - 1 - k;

			used += (size_t)sprintf(to + used, "%s\"a common beginning %0*d\"", k > 0 ? "," : "",
			                        1 + i % 20, i);
		}
		sprintf(to + used, "]]}]}");
	}
	for (int way = 0; way < 2; way++) {
		struct instance *in = instance_of(text[way]);

		for (int k = 1; k < N; k++)
			assert_true(strcmp(in->learner_ids[k - 1], in->learner_ids[k]) < 0);
		instance_digest(in, digest[way]);
		instance_destroy(&in);
	}
	assert_string_equal(digest[0], digest[1]);
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
	assert_string_equal(flaw.text, "learners[0] \"l\", tier: found 100, allowed is a whole number from 0 to 99");
}

/* Computed by Python's hashlib.blake2b(id, digest_size=8, key=seed). */
static void
the_lottery_is_an_8_byte_keyed_blake2b(void **state)
{
	(void)state;
	assert_true(lottery_number("estrie-2027-winter", "l1") == 0xd5cbad10facd6596);
	assert_true(lottery_number("\xc3\xa9", "l1") == 0x8fffbd6a356d21b9);
	assert_true(
	    0x645d9f675747ffdf ==
	    lottery_number("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "\xf0\x9f\x8c\xb2"));
	assert_true(lottery_number("s", "") == 0x2eed9f30b5756dab);
}

/* Random bytes, cut and flipped instances: read or refused, but never a crash (run with sanitizers too). */
static void
garbage_is_refused_without_harm(void **state)
{
	static const char PARTS[] = "{}[]\",:0123456789.eE-\\ulp\"id\"seed\"\x80\xff\n";
	uint64_t random = dice_seed();
	(void)state;

	for (int n = 0; n < 2000; n++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s), *got = NULL;
		struct instance_flaw flaw;
		char *text = text_of_instance(in);
		size_t size = strlen(text);
		int flips = 1 + dice_below(&random, 4);

		for (int f = 0; f < flips; f++)
			text[dice_roll(&random) % size] = PARTS[dice_roll(&random) % (sizeof PARTS - 1)];
		if (dice_below(&random, 3) == 0)
			size = (size_t)dice_roll(&random) % size;
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
		cmocka_unit_test(a_flaw_says_where_what_and_what_is_allowed),
		cmocka_unit_test(an_id_is_shown_safely),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(the_canonical_form_writes_defaults_and_sorts),
		cmocka_unit_test(whatever_is_left_out_has_its_default),
		cmocka_unit_test(whole_numbers_may_be_written_as_json_likes),
		cmocka_unit_test(ids_have_a_ceiling),
		cmocka_unit_test(rankings_stand_in_her_order_with_her_priority_joined),
		cmocka_unit_test(reading_the_canonical_form_gives_it_again),
		cmocka_unit_test(the_canonical_form_of_every_vector_gives_itself_again),
		cmocka_unit_test(what_cannot_be_read_is_told),
		cmocka_unit_test(the_order_in_the_file_does_not_matter),
		cmocka_unit_test(gaps_between_drafted_tiers_are_closed),
		cmocka_unit_test(a_flaw_in_a_draft_is_remembered_until_sealing),
		cmocka_unit_test(the_lottery_is_an_8_byte_keyed_blake2b),
		cmocka_unit_test(garbage_is_refused_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
