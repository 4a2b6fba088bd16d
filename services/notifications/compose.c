/* SPDX-License-Identifier: Apache-2.0 */
/* From facts to a whole message: the texts by mustache, the message by GMime. */
#include "compose.h"
#include "calendar_invite.h"
#include "context.h"
#include "words.h"

#include "base/address.h"
#include "notifications/templates.h"

#include <gmime/gmime.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { HEADER_TEXT_MAX_BYTES = 200, LANGUAGES_MAX = 2, REFERENCE_MAX_BYTES = 100 };

static const char *const kind_names[] = {
#define KIND_AS_NAME(kind, text) text,
	MAIL_KINDS(KIND_AS_NAME)
#undef KIND_AS_NAME
};

/* Texts that a template may name by {{> name}}. */
static const char *const partials[] = { "when", "call", "reasons", "freed", "task_lines", "footer" };

enum part { PART_SUBJECT, PART_TEXT, PART_HTML, PARTS };

static const char *const part_names[] = {
	[PART_SUBJECT] = "subject", [PART_TEXT] = "txt", [PART_HTML] = "html",
};

/* A mail in the making: its languages in order, and the three parts in each. */
struct draft {
	const struct mail_facts *facts;
	struct compose_flaw *flaw;
	enum mail_language languages[LANGUAGES_MAX];
	size_t language_count;
	char *parts[LANGUAGES_MAX][PARTS];
	char *subject, *text, *html;
};

enum mail_language mail_language_from_text(const char *text)
{
	if (text != NULL && strcmp(text, "fr") == 0)
		return MAIL_FRENCH;
	if (text != NULL && strcmp(text, "en") == 0)
		return MAIL_ENGLISH;
	return MAIL_LANGUAGE_UNKNOWN;
}

const char *compose_result_to_text(enum compose_result r)
{
	static const char *const texts[] = { "ok", "address", "fact", "template", "too_large", "no_memory" };

	return (size_t)r < sizeof texts / sizeof texts[0] ? texts[r] : "unknown";
}

void compose_open(void)
{
	g_mime_init();
}

void compose_close(void)
{
	g_mime_shutdown();
}

void mail_message_clear(struct mail_message *m)
{
	g_free(m->bytes);
	m->bytes = NULL;
	m->len = 0;
}

static enum compose_result refuse(struct compose_flaw *flaw, enum compose_result r, const char *field, const char *why)
{
	snprintf(flaw->field, sizeof flaw->field, "%s", field);
	flaw->why = why;
	return r;
}

/* ---- are the facts sound? ------------------------------------------------------------------------------------- */

static bool is_given(const char *text)
{
	char *clean = words_clean(text, MAIL_TEXT_MAX_BYTES);
	bool given = *clean != '\0';

	g_free(clean);
	return given;
}

static enum compose_result check_address(const char *field, const char *address, struct compose_flaw *flaw)
{
	enum address_flaw f = address == NULL ? ADDRESS_EMPTY : address_check(address, strlen(address));

	return f == ADDRESS_NONE ? COMPOSE_OK : refuse(flaw, COMPOSE_ADDRESS, field, address_flaw_to_allowed(f));
}

/* Whom the mail itself names, and whom only its calendar does. */
static enum compose_result check_people(const struct mail_candidate *all, size_t count, struct compose_flaw *flaw)
{
	enum compose_result r = COMPOSE_OK;

	for (size_t i = 0; r == COMPOSE_OK && i < count; i++)
		r = check_address("candidate.coordinator.email", all[i].coordinator.email, flaw);
	return r;
}

static enum compose_result check_addresses(const struct mail_facts *f, struct compose_flaw *flaw)
{
	const struct { const char *field, *address; } all[] = {
		{ "recipient_email", f->recipient_email }, { "sender.email", f->sender.email },
		{ "sender.stop_email", f->sender.stop_email }, { "coordinator.email", f->coordinator.email },
		{ "message_id", f->message_id },   /* has the form of an address */
	};
	enum compose_result r = COMPOSE_OK;

	for (size_t i = 0; r == COMPOSE_OK && i < sizeof all / sizeof all[0]; i++)
		r = check_address(all[i].field, all[i].address, flaw);
	for (size_t i = 0; r == COMPOSE_OK && i < f->posting_count; i++) {
		const struct mail_posting *p = &f->postings[i];

		r = check_people(p->candidates, p->candidate_count, flaw);
		if (r == COMPOSE_OK)
			r = check_people(p->moved, p->moved_count, flaw);
		if (r == COMPOSE_OK)
			r = check_people(p->freed, p->freed_count, flaw);
	}
	return r;
}

static enum compose_result check_texts(const struct mail_facts *f, struct compose_flaw *flaw)
{
	bool of_employer = f->kind != MAIL_ROUND_SUMMARY && f->kind != MAIL_TASKS && f->kind != MAIL_DIGEST;
	bool of_round = f->kind == MAIL_CANDIDATES || f->kind == MAIL_ROUND_SUMMARY;
	const struct { const char *field, *text; bool needed; } all[] = {
		{ "reference", f->reference, true },
		{ "recipient_name", f->recipient_name, true },
		{ "employer_name", f->employer_name, of_employer },
		{ "round_title", f->round_title, of_round },
		{ "sender.name", mail_words_in(&f->sender.name, MAIL_FRENCH), true },
		{ "sender.postal_address", f->sender.postal_address, true },
		{ "sender.phone", f->sender.phone, true },
		{ "college", mail_words_in(&f->college, MAIL_FRENCH), true },
		{ "coordinator.name", f->coordinator.name, true },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (all[i].needed && !is_given(all[i].text))
			return refuse(flaw, COMPOSE_FACT, all[i].field, "must not be empty");
	}
	if (strlen(f->reference) > REFERENCE_MAX_BYTES)
		return refuse(flaw, COMPOSE_FACT, "reference", "at most 100 bytes");
	return COMPOSE_OK;
}

static enum compose_result check_facts(const struct mail_facts *f, struct compose_flaw *flaw);

static enum compose_result check_sections(const struct mail_facts *f, struct compose_flaw *flaw)
{
	enum compose_result r = COMPOSE_OK;

	if (f->section_count == 0)
		return refuse(flaw, COMPOSE_FACT, "sections", "at least one: a mail that says nothing is not sent");
	for (size_t i = 0; r == COMPOSE_OK && i < f->section_count; i++) {
		struct mail_facts section = f->sections[i];

		section.message_id = f->message_id;
		r = section.kind == MAIL_DIGEST ? refuse(flaw, COMPOSE_FACT, "sections", "not of digests") :
		                                  check_facts(&section, flaw);
	}
	return r;
}

static enum compose_result check_facts(const struct mail_facts *f, struct compose_flaw *flaw)
{
	enum compose_result r;

	if ((size_t)f->kind >= sizeof kind_names / sizeof kind_names[0])
		return refuse(flaw, COMPOSE_FACT, "kind", "one of enum mail_kind");
	r = check_texts(f, flaw);
	if (r == COMPOSE_OK)
		r = check_addresses(f, flaw);
	if (r == COMPOSE_OK && f->kind == MAIL_DIGEST)
		return check_sections(f, flaw);
	if (r == COMPOSE_OK && f->kind == MAIL_TASKS && f->task_count == 0)
		r = refuse(flaw, COMPOSE_FACT, "tasks", "at least one: a mail that says nothing is not sent");
	if (r == COMPOSE_OK && f->kind != MAIL_ROUND_SUMMARY && f->kind != MAIL_TASKS && f->posting_count == 0)
		r = refuse(flaw, COMPOSE_FACT, "postings", "at least one: a mail that says nothing is not sent");
	if (r == COMPOSE_OK && f->kind == MAIL_CANDIDATES && mail_candidate_total(f) + mail_moved_total(f) == 0)
		r = refuse(flaw, COMPOSE_FACT, "candidates", "at least one: a mail that says nothing is not sent");
	return r;
}

/* ---- the texts ------------------------------------------------------------------------------------------------- */

static const char *template_text(const char *name)
{
	for (const struct notifications_templates_file *f = notifications_templates; f->name != NULL; f++) {
		if (strcmp(f->name, name) == 0)
			return f->text;
	}
	return NULL;
}

static enum compose_result render(const char *name, const struct mustache_data *data, enum mustache_escape escape,
                                  char **out, struct compose_flaw *flaw)
{
	const char *text = template_text(name);
	char missing[MUSTACHE_NAME_MAX], field[sizeof flaw->field];

	if (text == NULL)
		return refuse(flaw, COMPOSE_TEMPLATE, name, "no such template");
	switch (mustache_render(text, data, escape, out, missing)) {
	case MUSTACHE_OK:
		return COMPOSE_OK;
	case MUSTACHE_MISSING:
		snprintf(field, sizeof field, "%.30s: %.30s", name, missing);
		return refuse(flaw, COMPOSE_TEMPLATE, field, "a name without a value");
	case MUSTACHE_BROKEN:
		return refuse(flaw, COMPOSE_TEMPLATE, name, "cannot be parsed");
	default:
		return refuse(flaw, COMPOSE_NO_MEMORY, name, "no memory");
	}
}

static const char *code_of(enum mail_language language)
{
	return language == MAIL_FRENCH ? "fr" : "en";
}

/* The partials of one language and part. Without their last line break, which the line that names them has already. */
static int set_partials(struct mustache_data *data, enum mail_language language, enum part part)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof partials / sizeof partials[0]; i++) {
		char *name = g_strdup_printf("%s.%s.%s", partials[i], code_of(language), part_names[part]);
		const char *text = template_text(name);
		size_t len = text != NULL ? strlen(text) : 0;
		char *trimmed = text == NULL ? NULL : g_strndup(text, len > 0 && text[len - 1] == '\n' ? len - 1 : len);

		rc |= mustache_set_text(data, partials[i], trimmed);
		g_free(trimmed);
		g_free(name);
	}
	return rc;
}

static enum compose_result render_part(struct draft *d, size_t at, enum part part, struct mustache_data *data)
{
	char *name = g_strdup_printf("%s.%s.%s", kind_names[d->facts->kind], code_of(d->languages[at]), part_names[part]);
	enum compose_result r = COMPOSE_OK;

	if (part != PART_SUBJECT && set_partials(data, d->languages[at], part) != 0)
		r = refuse(d->flaw, COMPOSE_TEMPLATE, name, "a partial is missing");
	if (r == COMPOSE_OK)
		r = render(name, data, part == PART_HTML ? MUSTACHE_HTML : MUSTACHE_PLAIN, &d->parts[at][part], d->flaw);
	g_free(name);
	return r;
}

static enum compose_result render_language(struct draft *d, size_t at)
{
	struct mustache_data *data = mail_context(d->facts, d->languages[at]);
	enum compose_result r = COMPOSE_OK;

	if (data == NULL)
		return refuse(d->flaw, COMPOSE_NO_MEMORY, "context", "no memory, or ICU has no such language");
	for (int part = 0; r == COMPOSE_OK && part < PARTS; part++)
		r = render_part(d, at, (enum part)part, data);
	mustache_destroy(&data);
	return r;
}

/* The HTML parts of all languages on one page. Its bodies are rendered already: each blank in them was escaped there. */
static enum compose_result render_page(struct draft *d)
{
	struct mustache_data *page = mustache_object(), *sections = mustache_list();
	enum compose_result r;
	int rc = 0;

	for (size_t i = 0; i < d->language_count; i++) {
		struct mustache_data *s = mustache_object();

		rc |= mustache_set_text(s, "section_lang", code_of(d->languages[i]));
		rc |= mustache_set_text(s, "body", d->parts[i][PART_HTML]);
		rc |= mustache_set_flag(s, "followed", i + 1 < d->language_count);
		rc |= mustache_push_take(sections, &s);
	}
	rc |= mustache_set_text(page, "page_lang", code_of(d->languages[0]));
	rc |= mustache_set_text(page, "subject", d->subject);
	rc |= mustache_set_flag(page, "bilingual", d->language_count > 1);
	rc |= mustache_set_take(page, "sections", &sections);
	r = rc != 0 ? refuse(d->flaw, COMPOSE_NO_MEMORY, "page.html", "no memory")
	            : render("page.html", page, MUSTACHE_HTML, &d->html, d->flaw);
	mustache_destroy(&page);
	return r;
}

static enum compose_result render_all(struct draft *d)
{
	enum compose_result r = COMPOSE_OK;
	char *subject;

	for (size_t i = 0; r == COMPOSE_OK && i < d->language_count; i++)
		r = render_language(d, i);
	if (r != COMPOSE_OK)
		return r;
	if (d->language_count == 1) {
		subject = g_strdup(d->parts[0][PART_SUBJECT]);
		d->text = g_strdup(d->parts[0][PART_TEXT]);
	} else {
		subject = g_strconcat(d->parts[0][PART_SUBJECT], " / ", d->parts[1][PART_SUBJECT], NULL);
		d->text = g_strconcat("(English below)\n\n", d->parts[0][PART_TEXT],
		                      "\n==================================================\n\n", d->parts[1][PART_TEXT], NULL);
	}
	d->subject = words_clean(subject, MAIL_TEXT_MAX_BYTES);
	g_free(subject);
	return render_page(d);
}

/* ---- the message ----------------------------------------------------------------------------------------------- */

/* A text for a header: "=?" would be taken for an encoded word, and what it hides for a header of its own. */
static char *header_text(const char *text)
{
	GString *clean = g_string_new(NULL);
	char *one_line = words_clean(text, HEADER_TEXT_MAX_BYTES);

	g_string_assign(clean, one_line);
	g_string_replace(clean, "=?", "= ?", 0);
	g_free(one_line);
	return g_string_free(clean, FALSE);
}

static void add_address(GMimeMessage *m, GMimeAddressType type, const char *name, const char *address)
{
	char *clean = header_text(name);
	InternetAddress *mailbox = internet_address_mailbox_new(clean, address);

	/* Left alone, GMime takes the smallest character set that will do, among them some that few programs know. */
	internet_address_set_charset(mailbox, "utf-8");
	internet_address_list_add(g_mime_message_get_addresses(m, type), mailbox);
	g_object_unref(mailbox);
	g_free(clean);
}

static GMimeObject *text_part(const char *subtype, const char *text, const char *language)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	/* Not g_mime_text_part_set_text(), which takes Latin-1 where that will do. */
	g_mime_part_set_content(GMIME_PART(part), content);
	g_mime_text_part_set_charset(part, "utf-8");
	g_object_unref(content);
	g_object_unref(stream);
	/* Quoted-printable whatever the text: lines of any length, no byte that a relay could dislike. */
	g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_object_set_header(GMIME_OBJECT(part), "Content-Language", language, NULL);
	return GMIME_OBJECT(part);
}

/* "=_" cannot occur in quoted-printable text, so that no text can end the part that it stands in. */
static GMimeMultipart *alternatives(const struct draft *d, const char *language)
{
	GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
	char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, d->facts->message_id, -1);
	char *boundary = g_strdup_printf("=_%.32s", digest);
	GMimeObject *text = text_part("plain", d->text, language), *html = text_part("html", d->html, language);

	g_mime_multipart_set_boundary(both, boundary);
	g_mime_multipart_add(both, text);
	g_mime_multipart_add(both, html);
	g_object_unref(text);
	g_object_unref(html);
	g_free(boundary);
	g_free(digest);
	return both;
}

/* Base64, which keeps iCalendar's line ends and folds whatever the way. Takes text, made by malloc. */
static void add_calendar(GMimeMultipart *to, char *text, enum invite which)
{
	GMimePart *part = g_mime_part_new_with_type("text", "calendar");
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	bool coming = which == INVITE_COMING;

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "method", coming ? "PUBLISH" : "CANCEL");
	g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
	g_mime_part_set_filename(part, coming ? "stages.ics" : "annulations.ics");
	g_mime_multipart_add(to, GMIME_OBJECT(part));
	g_object_unref(content);
	g_object_unref(stream);
	g_object_unref(part);
	free(text);
}

/* Both texts, and the stays for a calendar where the mail tells of any. Takes both. NULL: no memory. */
static GMimeObject *with_calendars(const struct draft *d, GMimeMultipart *both)
{
	GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");
	char *boundary = g_strdup_printf("=_m%s", g_mime_multipart_get_boundary(both) + strlen("=_"));
	bool failed = false;

	g_mime_multipart_set_boundary(mixed, boundary);
	g_free(boundary);
	g_mime_multipart_add(mixed, GMIME_OBJECT(both));
	for (int which = INVITE_COMING; which <= INVITE_NOT_COMING && !failed; which++) {
		char *text = calendar_invite(d->facts, (enum invite)which, d->languages, d->language_count, &failed);
		if (text != NULL)
			add_calendar(mixed, text, (enum invite)which);
	}
	if (g_mime_multipart_get_count(mixed) == 1 && !failed) {
		g_object_unref(mixed);
		return GMIME_OBJECT(both);
	}
	g_object_unref(both);
	if (failed)
		g_clear_object(&mixed);
	return (GMimeObject *)mixed;
}

/* RFC 2369. Set raw: GMime would make an encoded word of a long one, which no mail program looks into. */
static void set_stop_header(GMimeMessage *m, const struct mail_facts *f)
{
	char *address = g_uri_escape_string(f->sender.stop_email, "@+", FALSE);
	char *reference = g_uri_escape_string(f->reference, NULL, FALSE);
	char *value = g_strdup_printf(" <mailto:%s?subject=stop%%20%s>\n", address, reference);

	g_mime_object_set_header(GMIME_OBJECT(m), "List-Unsubscribe", "", NULL);
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(m));
	g_mime_header_set_raw_value(g_mime_header_list_get_header(headers, "List-Unsubscribe"), value);
	g_free(value);
	g_free(reference);
	g_free(address);
}

/* NULL: no memory. */
static GMimeMessage *message_of(const struct draft *d)
{
	const struct mail_facts *f = d->facts;
	const char *language = d->language_count > 1 ? "fr, en" : code_of(d->languages[0]);
	GMimeMessage *m = g_mime_message_new(FALSE);
	GDateTime *date = g_date_time_new_from_unix_utc(f->date_ms / 1000);
	GMimeObject *body = with_calendars(d, alternatives(d, language));
	char *subject = header_text(d->subject);

	add_address(m, GMIME_ADDRESS_TYPE_FROM, mail_words_in(&f->sender.name, d->languages[0]), f->sender.email);
	if (strcmp(f->coordinator.email, f->recipient_email) != 0)
		add_address(m, GMIME_ADDRESS_TYPE_REPLY_TO, f->coordinator.name, f->coordinator.email);
	else   /* a coordinator does not write to herself */
		add_address(m, GMIME_ADDRESS_TYPE_REPLY_TO, mail_words_in(&f->sender.name, d->languages[0]), f->sender.email);
	add_address(m, GMIME_ADDRESS_TYPE_TO, f->recipient_name, f->recipient_email);
	g_mime_message_set_subject(m, subject, "utf-8");
	if (date != NULL)
		g_mime_message_set_date(m, date);
	g_mime_message_set_message_id(m, f->message_id);
	g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted", "auto-generated", NULL);
	g_mime_object_set_header(GMIME_OBJECT(m), "Content-Language", language, NULL);
	set_stop_header(m, f);
	if (body != NULL) {
		g_mime_message_set_mime_part(m, body);
		g_object_unref(body);
	} else {
		g_clear_object(&m);
	}
	g_free(subject);
	if (date != NULL)
		g_date_time_unref(date);
	return m;
}

static enum compose_result write_message(const struct draft *d, struct mail_message *out)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	GMimeMessage *m = message_of(d);
	enum compose_result r = COMPOSE_OK;
	char *bytes;

	if (m == NULL) {
		g_mime_format_options_free(format);
		return refuse(d->flaw, COMPOSE_NO_MEMORY, "calendar", "no memory");
	}
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	bytes = g_mime_object_to_string(GMIME_OBJECT(m), format);
	if (bytes == NULL) {
		r = refuse(d->flaw, COMPOSE_NO_MEMORY, "message", "no memory");
	} else if (strlen(bytes) > MAIL_MAX_BYTES) {
		r = refuse(d->flaw, COMPOSE_TOO_LARGE, "message", "at most 1 MiB");
		g_free(bytes);
	} else {
		*out = (struct mail_message){ .bytes = bytes, .len = strlen(bytes) };
	}
	g_object_unref(m);
	g_mime_format_options_free(format);
	return r;
}

static void draft_clear(struct draft *d)
{
	for (size_t i = 0; i < LANGUAGES_MAX; i++) {
		for (size_t part = 0; part < PARTS; part++)
			free(d->parts[i][part]);
	}
	g_free(d->subject);
	g_free(d->text);
	free(d->html);
}

/* To be cleared, whatever comes of it. */
static enum compose_result draft_make(struct draft *d, const struct mail_facts *facts, struct compose_flaw *flaw)
{
	enum compose_result r;

	*d = (struct draft){ .facts = facts, .flaw = flaw, .languages = { facts->language }, .language_count = 1 };
	if (facts->language != MAIL_FRENCH && facts->language != MAIL_ENGLISH) {
		d->languages[0] = MAIL_FRENCH;
		d->languages[1] = MAIL_ENGLISH;
		d->language_count = 2;
	}
	r = check_facts(facts, flaw);
	return r == COMPOSE_OK ? render_all(d) : r;
}

enum compose_result mail_compose(const struct mail_facts *facts, struct mail_message *out, struct compose_flaw *flaw)
{
	struct draft d;
	enum compose_result r = draft_make(&d, facts, flaw);

	*out = (struct mail_message){ .bytes = NULL };
	if (r == COMPOSE_OK)
		r = write_message(&d, out);
	draft_clear(&d);
	return r;
}

enum compose_result mail_render(const struct mail_facts *facts, struct mail_parts *out, struct compose_flaw *flaw)
{
	struct draft d;
	enum compose_result r = draft_make(&d, facts, flaw);

	*out = (struct mail_parts){ .subject = NULL };
	if (r == COMPOSE_OK) {
		*out = (struct mail_parts){ d.subject, d.text, d.html };
		d.subject = d.text = d.html = NULL;
	}
	draft_clear(&d);
	return r;
}

void mail_parts_clear(struct mail_parts *p)
{
	g_free(p->subject);
	g_free(p->text);
	free(p->html);
	*p = (struct mail_parts){ .subject = NULL };
}
