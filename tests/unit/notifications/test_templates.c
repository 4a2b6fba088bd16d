/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each template with all that it names. What it names is read out of its text: each variable must be filled somewhere, each
 * section taken and not taken, whatever the facts; both parts of a mail name the same facts, in both languages. A new kind
 * comes in by MAIL_KINDS; a section that no variant below reaches fails here, and wants a variant.
 */
#include "context.h"
#include "mail_samples.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <glib.h>

#include "base/compiler.h"
#include "notifications/templates.h"

enum { TEMPLATES_MAX = 256, TAGS_MAX = 128 };

struct tag {
	char type; /* '#', '^', '/', '>', '{', '&', or 'v' for a plain variable */
	char name[MUSTACHE_NAME_MAX];
	size_t at, end; /* the tag in the text */
	bool reached, taken, not_taken;
};

static struct template
{
	const char *name, *text;
	struct tag tags[TAGS_MAX];
	size_t tag_count;
} templates[TEMPLATES_MAX];
static size_t template_count;

static const char *const codes[] = { [MAIL_FRENCH] = "fr", [MAIL_ENGLISH] = "en" };
static const char *const parts[] = { "subject", "txt", "html" };

/* ---- reading templates ------------------------------------------------------------------------------------------- */
static void
tags_read(struct template *t)
{
	const char *open = t->text, *close;

	while ((open = strstr(open, "{{")) != NULL) {
		struct tag *tag = &t->tags[t->tag_count++];
		const char *name = open + 2;
		assert_true(t->tag_count <= TAGS_MAX);
		tag->type = strchr("#^/>{&", *name) != NULL ? *name++ : 'v';
		close = strstr(name, tag->type == '{' ? "}}}" : "}}");
		assert_non_null(close);
		snprintf(tag->name, sizeof tag->name, "%.*s", (int)(close - name), name);
		g_strstrip(tag->name);
		tag->at = (size_t)(open - t->text);
		tag->end = (size_t)(close - t->text) + (tag->type == '{' ? 3 : 2);
		open = close;
	}
}

static struct template *
template_of(const char *name)
{
	for (size_t i = 0; i < template_count; i++) {
		if (strcmp(templates[i].name, name) == 0)
			return &templates[i];
	}
	fail_msg("no template %s", name);
	return NULL;
}

static struct template *
template_named(const char *what, enum mail_language language, const char *part)
{
	char name[128];

	snprintf(name, sizeof name, "%s.%s.%s", what, codes[language], part);
	return template_of(name);
}

static const char *
kind_name(int kind)
{
	static const char *const names[] = {
#define KIND_AS_TEXT(kind, text) text,
		MAIL_KINDS(KIND_AS_TEXT)
#undef KIND_AS_TEXT
	};

	return names[kind];
}

static int
set_up(void **state)
{
	(void)state;
	compose_open();
	for (const struct notifications_templates_file *f = notifications_templates; f->name != NULL; f++) {
		assert_true(template_count < TEMPLATES_MAX);
		templates[template_count] = (struct template){ .name = f->name, .text = f->text };
		tags_read(&templates[template_count++]);
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	compose_close();
	return 0;
}

/* ---- facts of all sorts ------------------------------------------------------------------------------------------- */
enum { MANY = MAIL_LISTED_MAX + 2 };
static struct mail_candidate many_candidates[MANY];
static struct mail_posting many_postings[MANY];
static struct mail_placement many_placements[MANY];

static void
as_it_is(struct sample *s)
{
	(void)s;
}

/* As little as a mail may have. */
static void
least(struct sample *s)
{
	s->facts.coordinator.phone = NULL;
	s->facts.college = s->facts.sender.name; /* nobody else writes for it */
	s->facts.posting_count = 1;
	s->postings[0].place = "";
	s->postings[0].weekdays = 0;
	s->postings[0].programme_count = 0;
	s->postings[0].moved_count = 0;
	s->candidates[0].by = "";
	s->candidates[0].coordinator.phone = NULL;
	s->placements[0].by = s->placements[1].by = "";
	s->facts.summary = (struct mail_summary){ .placements = s->placements };
}

static void
one_of_each(struct sample *s)
{
	struct mail_summary *sum = &s->facts.summary;

	s->facts.posting_count = 1;
	s->postings[0].seats = 1;
	s->postings[0].candidate_count = s->postings[0].moved_count = 1;
	for (int r = 0; r < MAIL_UNPLACED_REASONS; r++)
		sum->unplaced[r] = 1;
	sum->learners = sum->eligible = sum->placed_direct = sum->seats = sum->postings = sum->alone = sum->pool = 1;
	sum->placed_ranked = sum->placed_assigned = 0;
	sum->placement_count = 1;
	s->placements[0].by = "assigned";
}

static void
who_moved_alone(struct sample *s)
{
	s->facts.posting_count = 1;
	s->postings[0].candidate_count = 0;
}

static void
more_than_are_listed(struct sample *s)
{
	for (size_t i = 0; i < MANY; i++) {
		many_candidates[i] = s->candidates[i % 3];
		many_postings[i] = s->postings[1];
		many_placements[i] = s->placements[i % 2];
	}
	s->postings[0].candidates = many_candidates;
	s->postings[0].candidate_count = MANY;
	many_postings[0] = s->postings[0];
	s->facts.postings = many_postings;
	s->facts.posting_count = MANY;
	s->facts.summary.placements = many_placements;
	s->facts.summary.placement_count = MANY;
	for (int r = 0; r < MAIL_UNPLACED_REASONS; r++)
		s->facts.summary.unplaced[r] = 2;
}

static void
more_moved_than_are_listed(struct sample *s)
{
	more_than_are_listed(s);
	s->postings[0].moved = many_candidates;
	s->postings[0].moved_count = MANY;
	s->postings[0].candidate_count = 0;
	many_postings[0] = s->postings[0];
}

/* No mail is made of it, but its templates would say something. */
static void
nothing(struct sample *s)
{
	least(s);
	s->facts.posting_count = 0;
}

typedef void change_fn(struct sample *s);
static change_fn *const variants[] = {
	as_it_is, least, one_of_each, who_moved_alone, more_than_are_listed, more_moved_than_are_listed, nothing,
};

/* ---- which tags are reached --------------------------------------------------------------------------------------- */
/* The text with a mark \1 before each section (B) and inside it (I), and before each variable (V): "\1B12.3;". */
static char *
marked(const struct template *t)
{
	GString *out = g_string_new(NULL);
	size_t at = 0, which = (size_t)(t - templates);

	for (size_t i = 0; i < t->tag_count; i++) {
		const struct tag *tag = &t->tags[i];
		bool section = tag->type == '#' || tag->type == '^';
		g_string_append_len(out, t->text + at, (gssize)(tag->at - at));
		g_string_append_printf(out, "\1%c%zu.%zu;", section ? 'B' : 'V', which, i);
		g_string_append_len(out, t->text + tag->at, (gssize)(tag->end - tag->at));
		if (section)
			g_string_append_printf(out, "\1I%zu.%zu;", which, i);
		at = tag->end;
	}
	g_string_append(out, t->text + at);
	return g_string_free(out, FALSE);
}

/* Each partial that the templates of this language and part may name. */
static void
partials_set(struct mustache_data *data, enum mail_language language, const char *part)
{
	for (size_t i = 0; i < template_count; i++) {
		char **name = g_strsplit(templates[i].name, ".", 3);
		if (g_strv_length(name) == 3 && strcmp(name[1], codes[language]) == 0 && strcmp(name[2], part) == 0) {
			char *text = marked(&templates[i]);
			assert_int_equal(mustache_set_text(data, name[0], text), 0);
			g_free(text);
		}
		g_strfreev(name);
	}
}

static void
marks_count(const char *text)
{
	static size_t before[TEMPLATES_MAX][TAGS_MAX], inside[TEMPLATES_MAX][TAGS_MAX];
	size_t t, i;
	char what;

	memset(before, 0, sizeof before);
	memset(inside, 0, sizeof inside);
	for (; (text = strchr(text, '\1')) != NULL; text++) {
		assert_int_equal(sscanf(text, "\1%c%zu.%zu;", &what, &t, &i), 3);
		templates[t].tags[i].reached = true;
		before[t][i] += what == 'B';
		inside[t][i] += what == 'I';
	}
	for (t = 0; t < template_count; t++) {
		for (i = 0; i < templates[t].tag_count; i++) {
			templates[t].tags[i].taken |= inside[t][i] > 0;
			templates[t].tags[i].not_taken |= before[t][i] > inside[t][i];
		}
	}
}

static void
render_marked(int kind, enum mail_language language, change_fn *change)
{
	struct sample s;

	sample_make((enum mail_kind)kind, language, &s);
	change(&s);
	if (kind == MAIL_DIGEST)
		sample_fold(&s);
	for (size_t p = 0; p < COUNT_OF(parts); p++) {
		struct mustache_data *data = mail_context(&s.facts, language);
		const struct template *t = template_named(kind_name(kind), language, parts[p]);
		char *text = marked(t), missing[MUSTACHE_NAME_MAX], *out = NULL;
		assert_non_null(data);
		partials_set(data, language, parts[p]);
		if (mustache_render(text, data, MUSTACHE_HTML, &out, missing) != MUSTACHE_OK)
			fail_msg("%s: %s has no value", t->name, missing);
		marks_count(out);
		free(out);
		g_free(text);
		mustache_destroy(&data);
	}
}

static void
every_variable_is_filled_and_every_section_taken_and_not(void **state)
{
	size_t faults = 0;

	(void)state;
	for (int k = 0; k < MAIL_KIND_COUNT; k++) {
		for (size_t v = 0; v < COUNT_OF(variants); v++) {
			render_marked(k, MAIL_FRENCH, variants[v]);
			render_marked(k, MAIL_ENGLISH, variants[v]);
		}
	}
	for (size_t t = 0; t < template_count; t++) {
		if (strcmp(templates[t].name, "page.html") == 0) /* around the others: the next tests */
			continue;
		for (size_t i = 0; i < templates[t].tag_count; i++) {
			const struct tag *tag = &templates[t].tags[i];
			bool section = tag->type == '#' || tag->type == '^';
			/* A list may stand where it is known not to be empty. */
			bool may_always = !section || g_str_has_suffix(tag->name, "_list");
			if (tag->reached && (!section || tag->taken) && (may_always || tag->not_taken))
				continue;
			faults++;
			fprintf(stderr, "%s: %c%s is %s\n", templates[t].name, tag->type, tag->name,
			        !tag->reached ? "never reached" : !tag->taken ? "never taken" : "always taken");
		}
	}
	assert_int_equal(faults, 0);
}

/* ---- what a template names ----------------------------------------------------------------------------------------- */
/* Names of the facts that it shows, its partials' included; links are for pages alone. */
static void
names_add(const struct template *t, enum mail_language language, const char *part, GHashTable *names)
{
	for (size_t i = 0; i < t->tag_count; i++) {
		const struct tag *tag = &t->tags[i];
		if (tag->type == '>')
			names_add(template_named(tag->name, language, part), language, part, names);
		else if (tag->type == 'v' && !g_str_has_suffix(tag->name, "_link"))
			g_hash_table_add(names, (void *)(uintptr_t)tag->name);
	}
}

static GHashTable *
names_of(int kind, enum mail_language language, const char *part)
{
	GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

	names_add(template_named(kind_name(kind), language, part), language, part, names);
	return names;
}

static size_t
names_lacking(int kind, const char *what, GHashTable *here, GHashTable *there)
{
	GHashTableIter each;
	void *name, *unused;
	size_t count = 0;

	g_hash_table_iter_init(&each, here);
	while (g_hash_table_iter_next(&each, &name, &unused)) {
		if (g_hash_table_contains(there, name))
			continue;
		fprintf(stderr, "%s: %s lacks %s\n", kind_name(kind), what, (const char *)name);
		count++;
	}
	return count;
}

static void
text_and_page_name_the_same_facts_in_both_languages(void **state)
{
	size_t lacking = 0;

	(void)state;
	for (int k = 0; k < MAIL_KIND_COUNT; k++) {
		GHashTable *fr = names_of(k, MAIL_FRENCH, "txt"), *en = names_of(k, MAIL_ENGLISH, "txt");
		GHashTable *fr_page = names_of(k, MAIL_FRENCH, "html"), *en_page = names_of(k, MAIL_ENGLISH, "html");
		lacking += names_lacking(k, "the French page", fr, fr_page) + names_lacking(k, "the French text", fr_page, fr);
		lacking += names_lacking(k, "the English page", en, en_page) + names_lacking(k, "the English text", en_page, en);
		lacking += names_lacking(k, "the English text", fr, en) + names_lacking(k, "the French text", en, fr);
		g_hash_table_destroy(fr);
		g_hash_table_destroy(en);
		g_hash_table_destroy(fr_page);
		g_hash_table_destroy(en_page);
	}
	assert_int_equal(lacking, 0);
}

/* Only the page around the parts holds what was escaped already. */
static void
nothing_gets_around_the_escaping(void **state)
{
	(void)state;
	for (size_t t = 0; t < template_count; t++) {
		for (size_t i = 0; i < templates[t].tag_count; i++) {
			const struct tag *tag = &templates[t].tags[i];
			if ((tag->type == '{' || tag->type == '&') &&
			    (strcmp(templates[t].name, "page.html") != 0 || strcmp(tag->name, "body") != 0))
				fail_msg("%s: %s is not escaped", templates[t].name, tag->name);
		}
	}
}

/* ---- what comes out ------------------------------------------------------------------------------------------------ */
static void
check_parts(const struct mail_parts *p, const char *what)
{
	const char *const all[] = { p->subject, p->text, p->html };

	for (size_t i = 0; i < COUNT_OF(all); i++) {
		assert_true(g_utf8_validate(all[i], -1, NULL));
		if (strstr(all[i], "{{") != NULL || strstr(all[i], "}}") != NULL)
			fail_msg("%s: a tag is left", what);
	}
	if (strstr(p->text, "\n\n\n") != NULL)
		fail_msg("%s: two empty lines in a row: %s", what, strstr(p->text, "\n\n\n"));
	assert_null(strchr(p->subject, '\n'));
	assert_true(strlen(p->subject) > 10 && strlen(p->text) > 100 && strlen(p->html) > strlen(p->text));
}

static void
no_tag_and_no_doubled_empty_line_is_left(void **state)
{
	struct compose_flaw flaw;
	struct mail_parts p;
	struct sample s;
	char what[128];

	(void)state;
	for (int k = 0; k < MAIL_KIND_COUNT; k++) {
		for (size_t v = 0; v < COUNT_OF(variants) * 3; v++) {
			sample_make((enum mail_kind)k, (enum mail_language)(v % 3), &s);
			variants[v / 3](&s);
			enum compose_result r = mail_render(&s.facts, &p, &flaw);
			snprintf(what, sizeof what, "%s, variant %zu", kind_name(k), v / 3);
			if (r == COMPOSE_OK)
				check_parts(&p, what);
			else if (r != COMPOSE_FACT || v / 3 == 0) /* a mail that says nothing */
				fail_msg("%s: %s: %s", what, flaw.field, flaw.why);
			mail_parts_clear(&p);
		}
	}
}

/* Each text of a stranger: where it is shown at all, it is in both parts, escaped in the page. */
static void
a_strangers_text_is_in_both_parts_and_escaped_in_the_page(void **state)
{
	static const char evil[] = "<b>&\"x'", escaped[] = "&lt;b&gt;&amp;&quot;x&#39;";
	struct sample_field fields[SAMPLE_FIELDS_MAX];
	struct compose_flaw flaw;
	struct mail_parts p;
	struct sample s;

	(void)state;
	sample_make(MAIL_CANDIDATES, MAIL_FRENCH, &s);
	size_t count = sample_fields(&s, fields);
	for (size_t i = 0; i < (size_t)MAIL_KIND_COUNT * count * 2; i++) {
		sample_make((enum mail_kind)(i / count / 2), i % 2 == 0 ? MAIL_FRENCH : MAIL_ENGLISH, &s);
		sample_fields(&s, fields);
		*fields[i / 2 % count].text = evil;
		if (mail_render(&s.facts, &p, &flaw) == COMPOSE_OK) {
			bool in_page = strstr(p.html, escaped) != NULL;
			assert_null(strstr(p.html, "<b>"));
			if (in_page != (strstr(p.text, evil) != NULL))
				fail_msg("%s: %s is in one part only", kind_name((int)(i / count / 2)),
				         fields[i / 2 % count].name);
		}
		mail_parts_clear(&p);
	}
}

static void
each_kind_has_a_sample_in_both_languages(void **state)
{
	(void)state;
	for (int k = 0; k < MAIL_KIND_COUNT; k++) {
		const struct mail_words *about = sample_about((enum mail_kind)k);
		if (about == NULL)
			fail_msg("%s has no row in preview_samples.c", kind_name(k));
		assert_non_null(about->fr);
		assert_non_null(about->en);
		assert_string_not_equal(about->fr, about->en);
	}
	assert_null(sample_about(MAIL_KIND_COUNT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_a_sample_in_both_languages),
		cmocka_unit_test(every_variable_is_filled_and_every_section_taken_and_not),
		cmocka_unit_test(text_and_page_name_the_same_facts_in_both_languages),
		cmocka_unit_test(nothing_gets_around_the_escaping),
		cmocka_unit_test(no_tag_and_no_doubled_empty_line_is_left),
		cmocka_unit_test(a_strangers_text_is_in_both_parts_and_escaped_in_the_page),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
