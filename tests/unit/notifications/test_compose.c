/* SPDX-License-Identifier: Apache-2.0 */
/* Composing: every blank of every template is filled, and no text gets out of its place. A Python test reads the mails
 * back with a parser that we did not write; here it is bytes. */
#include "mail_samples.h"
#include "mustache.h"
#include "words.h"

#include "base/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <glib.h>

enum { KINDS = MAIL_KIND_COUNT, LANGUAGES = MAIL_ENGLISH + 1 };

static const char *const header_names[] = {
	"From: ", "Reply-To: ", "To: ", "Subject: ", "Date: ", "Message-Id: ", "Auto-Submitted: ", "Content-Language: ",
	"List-Unsubscribe: ", "MIME-Version: ", "Content-Type: ",
};
enum { HEADERS = sizeof header_names / sizeof header_names[0] };

static int open_library(void **state)
{
	(void)state;
	compose_open();
	return 0;
}

static int close_library(void **state)
{
	(void)state;
	compose_close();
	return 0;
}

static void compose_or_fail(const struct mail_facts *facts, struct mail_message *m)
{
	struct compose_flaw flaw = { .why = "" };
	enum compose_result r = mail_compose(facts, m, &flaw);

	if (r != COMPOSE_OK)
		fail_msg("kind %d, language %d: %s: %s: %s", (int)facts->kind, (int)facts->language, compose_result_to_text(r),
		         flaw.field, flaw.why);
}

static int header_number(const char *line)
{
	for (int h = 0; h < HEADERS; h++) {
		if (strncmp(line, header_names[h], strlen(header_names[h])) == 0)
			return h;
	}
	return -1;
}

/* Lines of ASCII with CRLF; each header of ours once and no other one. */
static void check_wire_form(const struct mail_message *m, const char *what)
{
	int seen[HEADERS] = { 0 };
	const char *line = m->bytes, *end;

	for (size_t i = 0; i < m->len; i++) {
		if ((unsigned char)m->bytes[i] > 0x7e || m->bytes[i] == '\0' ||
		    (m->bytes[i] == '\n' && (i == 0 || m->bytes[i - 1] != '\r')) ||
		    (m->bytes[i] == '\r' && m->bytes[i + 1] != '\n'))
			fail_msg("%s: byte %zu is %02x", what, i, (unsigned char)m->bytes[i]);
	}
	for (; (end = strstr(line, "\r\n")) != NULL && end != line; line = end + 2) {
		assert_true(end - line <= 998);
		if (*line == ' ' || *line == '\t')
			continue;
		if (header_number(line) < 0)
			fail_msg("%s: a header of somebody else: %.60s", what, line);
		seen[header_number(line)]++;
	}
	for (int h = 0; h < HEADERS; h++) {
		if (seen[h] != 1)
			fail_msg("%s: %s %d times", what, header_names[h], seen[h]);
	}
	for (line = end; (end = strstr(line, "\r\n")) != NULL; line = end + 2)
		assert_true(end - line <= 100); /* a calendar part's Content-Type is the longest */
}

static void each_kind_in_each_language_has_all_its_blanks_filled(void **state)
{
	(void)state;
	for (int k = 0; k < KINDS; k++) {
		for (int l = 0; l < LANGUAGES; l++) {
			struct mail_message m;
			struct sample s;

			sample_make((enum mail_kind)k, (enum mail_language)l, &s);
			compose_or_fail(&s.facts, &m);
			check_wire_form(&m, "sample");
			assert_null(strstr(m.bytes, "{{"));
			mail_message_clear(&m);
			assert_null(m.bytes);
		}
	}
}

static void optional_facts_may_be_absent_and_all_sections_present(void **state)
{
	(void)state;
	for (int k = 0; k < KINDS; k++) {
		struct mail_message m;
		struct sample s;

		sample_make((enum mail_kind)k, MAIL_LANGUAGE_UNKNOWN, &s);
		s.facts.coordinator.phone = NULL;
		s.facts.sender.name.en = NULL;
		s.facts.college.en = "";
		s.facts.posting_count = 1;
		s.postings[0].place = "";
		s.postings[0].weekdays = 0;
		s.postings[0].programme_count = 0;
		s.postings[0].candidate_count = 1;
		memset(&s.facts.summary, 0, sizeof s.facts.summary);
		s.facts.summary.placed_assigned = 1;
		s.facts.summary.unplaced[MAIL_WITHDRAWN] = 3;
		compose_or_fail(&s.facts, &m);
		check_wire_form(&m, "least");
		mail_message_clear(&m);
	}
}

static void the_same_facts_give_the_same_bytes(void **state)
{
	struct mail_message a, b;
	struct sample s;

	(void)state;
	sample_make(MAIL_CANDIDATES, MAIL_LANGUAGE_UNKNOWN, &s);
	compose_or_fail(&s.facts, &a);
	compose_or_fail(&s.facts, &b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.bytes, b.bytes, a.len);
	mail_message_clear(&a);
	mail_message_clear(&b);
}

static void check_attack(enum mail_kind kind, size_t field, size_t attack)
{
	struct sample_field fields[SAMPLE_FIELDS_MAX];
	struct compose_flaw flaw;
	struct mail_message m;
	struct sample s;
	char what[128];

	sample_make(kind, MAIL_LANGUAGE_UNKNOWN, &s);
	sample_fields(&s, fields);
	*fields[field].text = sample_attacks[attack];
	snprintf(what, sizeof what, "kind %d, %s, attack %zu", (int)kind, fields[field].name, attack);
	switch (mail_compose(&s.facts, &m, &flaw)) {
	case COMPOSE_OK:
		check_wire_form(&m, what);
		assert_null(strstr(m.bytes, "=E2=80=AE"));
		assert_null(strstr(m.bytes, "=1B"));
		mail_message_clear(&m);
		break;
	case COMPOSE_ADDRESS:
	case COMPOSE_FACT:
		assert_null(m.bytes);
		break;
	default:
		fail_msg("%s: %s: %s", what, flaw.field, flaw.why);
	}
}

static void no_text_gets_out_of_its_place(void **state)
{
	struct sample_field fields[SAMPLE_FIELDS_MAX];
	struct sample s;

	(void)state;
	sample_make(MAIL_CANDIDATES, MAIL_FRENCH, &s);
	for (int k = 0; k < KINDS; k++) {
		for (size_t f = 0; f < sample_fields(&s, fields); f++) {
			for (size_t a = 0; a < SAMPLE_ATTACKS; a++)
				check_attack((enum mail_kind)k, f, a);
		}
	}
}

static void an_address_that_is_none_refuses_the_mail(void **state)
{
	struct compose_flaw flaw = { .why = "" };
	struct mail_message m;
	struct sample s;

	(void)state;
	sample_make(MAIL_CANDIDATES, MAIL_FRENCH, &s);
	s.facts.recipient_email = "benoit@brodeur.example\r\nBcc: x@y.example";
	assert_int_equal(mail_compose(&s.facts, &m, &flaw), COMPOSE_ADDRESS);
	assert_string_equal(flaw.field, "recipient_email");
	assert_string_equal(flaw.why, address_flaw_to_allowed(ADDRESS_CONTROL));
	sample_make(MAIL_CANDIDATES, MAIL_FRENCH, &s);
	s.candidates[1].coordinator.email = NULL;
	assert_int_equal(mail_compose(&s.facts, &m, &flaw), COMPOSE_ADDRESS);
}

/* RFC 2369: mail programs read the bare URI, so neither folding nor an encoded word may touch it. */
static void the_way_to_stop_stands_plain_however_long_it_is(void **state)
{
	struct sample s;
	struct mail_message m;
	static const char expected[] =
	    "List-Unsubscribe: <mailto:coordination.des.stages@cegep-memphremagog.example?subject=stop%20"
	    "01a1fcd3e5097ecebccb6bf3f078561d>\r\n";

	(void)state;
	sample_make(MAIL_CANDIDATES, MAIL_FRENCH, &s);
	s.facts.reference = "01a1fcd3e5097ecebccb6bf3f078561d";
	s.facts.sender.stop_email = "coordination.des.stages@cegep-memphremagog.example";
	compose_or_fail(&s.facts, &m);
	assert_non_null(memmem(m.bytes, m.len, expected, sizeof expected - 1));
	mail_message_clear(&m);
}

static void a_mail_that_says_nothing_is_refused(void **state)
{
	struct compose_flaw flaw = { .why = "" };
	struct mail_message m;
	struct sample s;

	(void)state;
	sample_make(MAIL_CANDIDATES, MAIL_FRENCH, &s);
	s.postings[0].candidate_count = s.postings[1].candidate_count = s.postings[0].moved_count = 0;
	assert_int_equal(mail_compose(&s.facts, &m, &flaw), COMPOSE_FACT);
	sample_make(MAIL_POSTINGS_RECEIVED, MAIL_FRENCH, &s);
	s.facts.posting_count = 0;
	assert_int_equal(mail_compose(&s.facts, &m, &flaw), COMPOSE_FACT);
	sample_make(MAIL_POSTINGS_RECEIVED, MAIL_FRENCH, &s);
	s.facts.sender.postal_address = " \t ";
	assert_int_equal(mail_compose(&s.facts, &m, &flaw), COMPOSE_FACT);
	assert_string_equal(flaw.field, "sender.postal_address");
}

static void long_lists_are_cut_and_counted(void **state)
{
	enum { MANY = 5000 };
	struct mail_placement *all = calloc(MANY, sizeof *all);
	struct mail_message m;
	struct sample s;

	(void)state;
	assert_non_null(all);
	sample_make(MAIL_ROUND_SUMMARY, MAIL_LANGUAGE_UNKNOWN, &s);
	for (size_t i = 0; i < MANY; i++)
		all[i] = s.placements[i % 2];
	s.facts.summary.placements = all;
	s.facts.summary.placement_count = MANY;
	compose_or_fail(&s.facts, &m);
	assert_true(m.len < MAIL_MAX_BYTES);
	assert_non_null(strstr(m.bytes, "4,700 more"));
	mail_message_clear(&m);
	free(all);
}

static void check_words(char *made, const char *expected)
{
	assert_non_null(made);
	assert_string_equal(made, expected);
	g_free(made);
}

static void dates_numbers_and_days_read_as_people_write_them(void **state)
{
	struct words *fr = words_new(MAIL_FRENCH), *en = words_new(MAIL_ENGLISH);

	(void)state;
	check_words(words_date(fr, 20878), "1er mars 2027");
	check_words(words_date(fr, 20829), "11 janvier 2027");
	check_words(words_date(en, 20829), "January 11, 2027");
	check_words(words_date(en, 21244), "March 1, 2028");
	check_words(words_number(fr, 3750), "37,5");
	check_words(words_number(en, 3750), "37.5");
	check_words(words_number(en, 4000), "40");
	check_words(words_weekdays(fr, 0x1f), "du lundi au vendredi");
	check_words(words_weekdays(fr, 0x13), "lundi, mardi et vendredi");
	check_words(words_weekdays(en, 0x60), "Saturday and Sunday");
	check_words(words_weekdays(en, 0x04), "Wednesday");
	check_words(words_weekdays(en, 0), "");
	words_destroy(&fr);
	words_destroy(&en);
	words_destroy(&en);
}

static void foreign_text_is_one_clean_line(void **state)
{
	(void)state;
	check_words(words_clean("  Atelier\r\n\tBrodeur \xe2\x80\xa8 inc. ", 500), "Atelier Brodeur inc.");
	check_words(words_clean("a\xe2\x80\xae" "b\xef\xbb\xbf" "c\x07", 500), "abc");
	check_words(words_clean("e\xcc\x81t\xc3\xa9", 500), "\xc3\xa9t\xc3\xa9");
	check_words(words_clean("bad\xff", 500), "bad\xef\xbf\xbd");
	check_words(words_clean("Nguy\xe1\xbb\x85n", 7), "Nguy");
	check_words(words_clean(NULL, 500), "");
	check_words(words_clean("\n", 500), "");
}

static void a_name_without_a_value_is_told(void **state)
{
	struct mustache_data *o = mustache_object();
	char missing[MUSTACHE_NAME_MAX], *out = NULL;

	(void)state;
	assert_int_equal(mustache_set_text(o, "known", "<a> & 'b'"), 0);
	assert_int_equal(mustache_render("{{known}} {{{known}}}", o, MUSTACHE_HTML, &out, missing), MUSTACHE_OK);
	assert_string_equal(out, "&lt;a&gt; &amp; &#39;b&#39; <a> & 'b'");
	free(out);
	assert_int_equal(mustache_render("{{known}}", o, MUSTACHE_PLAIN, &out, missing), MUSTACHE_OK);
	assert_string_equal(out, "<a> & 'b'");
	free(out);
	assert_int_equal(mustache_render("{{known}} {{#un}}x{{/un}}", o, MUSTACHE_HTML, &out, missing), MUSTACHE_MISSING);
	assert_string_equal(missing, "un");
	assert_null(out);
	assert_int_equal(mustache_render("{{> part}}", o, MUSTACHE_HTML, &out, missing), MUSTACHE_MISSING);
	assert_int_equal(mustache_render("{{#open}}", o, MUSTACHE_HTML, &out, missing), MUSTACHE_BROKEN);
	assert_int_equal(mustache_set_text(NULL, "x", "y"), -1);
	assert_int_equal(mustache_set_text(o, "x", NULL), -1);
	mustache_destroy(&o);
	mustache_destroy(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_in_each_language_has_all_its_blanks_filled),
		cmocka_unit_test(optional_facts_may_be_absent_and_all_sections_present),
		cmocka_unit_test(the_same_facts_give_the_same_bytes),
		cmocka_unit_test(no_text_gets_out_of_its_place),
		cmocka_unit_test(an_address_that_is_none_refuses_the_mail),
		cmocka_unit_test(the_way_to_stop_stands_plain_however_long_it_is),
		cmocka_unit_test(a_mail_that_says_nothing_is_refused),
		cmocka_unit_test(long_lists_are_cut_and_counted),
		cmocka_unit_test(dates_numbers_and_days_read_as_people_write_them),
		cmocka_unit_test(foreign_text_is_one_clean_line),
		cmocka_unit_test(a_name_without_a_value_is_told),
	};

	return cmocka_run_group_tests(tests, open_library, close_library);
}
