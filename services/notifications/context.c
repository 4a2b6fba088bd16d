/* SPDX-License-Identifier: Apache-2.0 */
/* From the facts of a mail to the names that its templates use. */
#include "context.h"
#include "words.h"

#include "bus/matters.h"

#include <glib.h>
#include <string.h>

/* What every helper here needs: one language, one budget of rows, and whether anything has failed so far. */
struct maker {
	enum mail_language language;
	struct words *words;
	size_t rows_left;
	int rc;
};

const char *mail_words_in(const struct mail_words *w, enum mail_language language)
{
	const char *wanted = language == MAIL_FRENCH ? w->fr : w->en;
	const char *other = language == MAIL_FRENCH ? w->en : w->fr;

	if (wanted != NULL && *wanted != '\0')
		return wanted;
	return other != NULL ? other : "";
}

size_t mail_candidate_total(const struct mail_facts *facts)
{
	size_t total = 0;

	for (size_t i = 0; i < facts->posting_count; i++)
		total += facts->postings[i].candidate_count;
	return total;
}

size_t mail_moved_total(const struct mail_facts *facts)
{
	size_t total = 0;

	for (size_t i = 0; i < facts->posting_count; i++)
		total += facts->postings[i].moved_count;
	return total;
}

static int64_t mail_freed_total(const struct mail_facts *facts)
{
	int64_t total = 0;

	for (size_t i = 0; i < facts->posting_count; i++)
		total += (int64_t)facts->postings[i].freed_count;
	return total;
}

/* Takes made, which may be NULL after a failure. */
static void set_made(struct maker *m, struct mustache_data *o, const char *name, char *made)
{
	m->rc |= mustache_set_text(o, name, made);
	g_free(made);
}

static void set(struct maker *m, struct mustache_data *o, const char *name, const char *text)
{
	set_made(m, o, name, words_clean(text, MAIL_TEXT_MAX_BYTES));
}

static void set_words(struct maker *m, struct mustache_data *o, const char *name, const struct mail_words *w)
{
	set(m, o, name, mail_words_in(w, m->language));
}

static void set_flag(struct maker *m, struct mustache_data *o, const char *name, bool flag)
{
	m->rc |= mustache_set_flag(o, name, flag);
}

/* A count and, since words bend after it, NAME_one: French counts 0 and 1 as one, English 1 alone. NAME_any: not 0. */
static void set_count(struct maker *m, struct mustache_data *o, const char *name, int64_t count)
{
	char flag[MUSTACHE_NAME_MAX];

	set_made(m, o, name, words_number(m->words, count * 100));
	g_snprintf(flag, sizeof flag, "%s_one", name);
	set_flag(m, o, flag, count == 1 || (count == 0 && m->language == MAIL_FRENCH));
	g_snprintf(flag, sizeof flag, "%s_any", name);
	set_flag(m, o, flag, count != 0);
}

/* NAME, and NAME_given for a section around it. */
static void set_optional(struct maker *m, struct mustache_data *o, const char *name, const char *text)
{
	char *clean = words_clean(text, MAIL_TEXT_MAX_BYTES), flag[MUSTACHE_NAME_MAX];

	g_snprintf(flag, sizeof flag, "%s_given", name);
	set_flag(m, o, flag, *clean != '\0');
	set_made(m, o, name, clean);
}

/* The digits of a number as people write it: "819 555-0123, poste 4" is dialled 8195550123,4. */
static char *telephone_link(const char *phone)
{
	GString *out = g_string_new("tel:");
	bool in_words = false;

	for (const char *p = phone != NULL ? phone : ""; *p != '\0' && out->len < 40; p++) {
		if (g_ascii_isdigit(*p)) {
			if (in_words && out->len > 4)
				g_string_append_c(out, ',');
			in_words = false;
			g_string_append_c(out, *p);
		} else if (*p == '+' && out->len == 4) {
			g_string_append_c(out, *p);
		} else if (g_ascii_isalpha(*p)) {
			in_words = true;
		}
	}
	return g_string_free(out, FALSE);
}

static char *mail_link(const char *address)
{
	char *escaped = g_uri_escape_string(address != NULL ? address : "", "@+", FALSE);
	char *link = g_strconcat("mailto:", escaped, NULL);

	g_free(escaped);
	return link;
}

/* coordinator, _email, _email_link, _phone, _phone_link, _phone_given */
static void set_coordinator(struct maker *m, struct mustache_data *o, const struct mail_person *p)
{
	set(m, o, "coordinator", p->name);
	set(m, o, "coordinator_email", p->email);
	set_made(m, o, "coordinator_email_link", mail_link(p->email));
	set_optional(m, o, "coordinator_phone", p->phone);
	set_made(m, o, "coordinator_phone_link", telephone_link(p->phone));
}

/* How somebody was placed; none of the three: it is not said. */
static void set_by(struct maker *m, struct mustache_data *o, const char *by)
{
	set_flag(m, o, "by_offer", g_strcmp0(by, "fixed") == 0);
	set_flag(m, o, "by_ranking", g_strcmp0(by, "ranked") == 0);
	set_flag(m, o, "by_assignment", g_strcmp0(by, "assigned") == 0);
}

static struct mustache_data *candidate_data(struct maker *m, const struct mail_candidate *c)
{
	struct mustache_data *o = mustache_object();

	set(m, o, "candidate", c->name);
	set(m, o, "candidate_number", c->number);
	set_words(m, o, "candidate_programme", &c->programme);
	set_words(m, o, "candidate_college", &c->college);
	set_coordinator(m, o, &c->coordinator);
	set_by(m, o, c->by);
	return o;
}

static void set_programmes(struct maker *m, struct mustache_data *o, const struct mail_posting *p)
{
	GString *all = g_string_new(NULL);

	for (size_t i = 0; i < p->programme_count && all->len < MAIL_TEXT_MAX_BYTES; i++) {
		if (i > 0)
			g_string_append(all, m->language == MAIL_FRENCH ? "\u202f; " : "; ");
		g_string_append(all, mail_words_in(&p->programmes[i], m->language));
	}
	set_optional(m, o, "programmes", all->str);
	g_string_free(all, TRUE);
}

static void set_people(struct maker *m, struct mustache_data *o, const char *name, const struct mail_candidate *people,
                       size_t count, const char *list_name, const char *more_name)
{
	struct mustache_data *list = mustache_list();
	size_t listed = count < m->rows_left ? count : m->rows_left;

	for (size_t i = 0; i < listed; i++) {
		struct mustache_data *c = candidate_data(m, &people[i]);

		m->rc |= mustache_push_take(list, &c);
	}
	m->rows_left -= listed;
	set_count(m, o, name, (int64_t)count);
	set_count(m, o, more_name, (int64_t)(count - listed));
	m->rc |= mustache_set_take(o, list_name, &list);
}

/* Who comes, and who no longer does. */
static void set_candidates(struct maker *m, struct mustache_data *o, const struct mail_posting *p)
{
	set_people(m, o, "candidates", p->candidates, p->candidate_count, "candidate_list", "candidates_more");
	set_people(m, o, "moved", p->moved, p->moved_count, "moved_list", "moved_more");
}

static struct mustache_data *posting_data(struct maker *m, const struct mail_posting *p)
{
	struct mustache_data *o = mustache_object();
	char *weekdays = words_weekdays(m->words, p->weekdays);

	set(m, o, "posting_reference", p->reference);
	set(m, o, "title", p->title);
	set_flag(m, o, "remote", p->remote);
	set_optional(m, o, "place", p->remote ? NULL : p->place);
	set_count(m, o, "seats", p->seats);
	set_made(m, o, "starts", words_date(m->words, p->starts_on));
	set_made(m, o, "ends", words_date(m->words, p->ends_on));
	set_made(m, o, "hours", words_number(m->words, p->hours_hundredths));
	set_optional(m, o, "weekdays", weekdays);
	g_free(weekdays);
	set_programmes(m, o, p);
	set_candidates(m, o, p);
	set_count(m, o, "freed", (int64_t)p->freed_count);
	return o;
}

static void set_postings(struct maker *m, struct mustache_data *o, const struct mail_facts *f)
{
	struct mustache_data *list = mustache_list();
	size_t listed = f->posting_count < MAIL_LISTED_MAX ? f->posting_count : MAIL_LISTED_MAX;

	for (size_t i = 0; i < listed; i++) {
		struct mustache_data *p = posting_data(m, &f->postings[i]);

		m->rc |= mustache_push_take(list, &p);
	}
	set_count(m, o, "postings", (int64_t)f->posting_count);
	set_count(m, o, "postings_more", (int64_t)(f->posting_count - listed));
	set_count(m, o, "total", (int64_t)mail_candidate_total(f));
	set_count(m, o, "freed_total", mail_freed_total(f));
	set_count(m, o, "moved_total", (int64_t)mail_moved_total(f));
	m->rc |= mustache_set_take(o, "posting_list", &list);
}

static struct mustache_data *placement_data(struct maker *m, const struct mail_placement *p)
{
	struct mustache_data *o = mustache_object();

	set(m, o, "learner", p->learner_name);
	set(m, o, "learner_number", p->learner_number);
	set(m, o, "title", p->posting_title);
	set(m, o, "posting_reference", p->posting_reference);
	set(m, o, "employer", p->employer);
	set_by(m, o, p->by);
	return o;
}

static void set_placements(struct maker *m, struct mustache_data *o, const struct mail_summary *s)
{
	struct mustache_data *list = mustache_list();
	size_t listed = s->placement_count < MAIL_LISTED_MAX ? s->placement_count : MAIL_LISTED_MAX;

	for (size_t i = 0; i < listed; i++) {
		struct mustache_data *p = placement_data(m, &s->placements[i]);

		m->rc |= mustache_push_take(list, &p);
	}
	set_count(m, o, "placements", (int64_t)s->placement_count);
	set_count(m, o, "placements_more", (int64_t)(s->placement_count - listed));
	m->rc |= mustache_set_take(o, "placement_list", &list);
}

static void set_summary(struct maker *m, struct mustache_data *o, const struct mail_summary *s)
{
	static const char *const reasons[MAIL_UNPLACED_REASONS] = {
		[MAIL_NO_CONSENT] = "no_consent", [MAIL_NOT_ELIGIBLE] = "not_eligible",
		[MAIL_NOTHING_RANKED] = "nothing_ranked", [MAIL_NONE_FITS] = "none_fits",
		[MAIL_OUTRANKED] = "outranked", [MAIL_NO_SEAT] = "no_seat", [MAIL_WITHDRAWN] = "withdrawn",
	};
	int64_t unplaced = 0;

	for (size_t r = 0; r < MAIL_UNPLACED_REASONS; r++) {
		set_count(m, o, reasons[r], s->unplaced[r]);
		unplaced += s->unplaced[r];
	}
	set_count(m, o, "unplaced", unplaced);
	set_count(m, o, "learners", s->learners);
	set_count(m, o, "eligible", s->eligible);
	set_count(m, o, "placed", (int64_t)s->placed_direct + s->placed_ranked + s->placed_assigned);
	set_count(m, o, "placed_direct", s->placed_direct);
	set_count(m, o, "placed_ranked", s->placed_ranked);
	set_count(m, o, "placed_assigned", s->placed_assigned);
	set_count(m, o, "college_postings", s->postings);
	set_count(m, o, "college_seats", s->seats);
	set_count(m, o, "college_seats_filled", s->seats_filled);
	set_count(m, o, "alone", s->alone);
	set_count(m, o, "pool", s->pool);
	set_placements(m, o, s);
}

/* is_KIND for every kind, is_other for one that these templates do not know. */
static void set_task_kind(struct maker *m, struct mustache_data *o, const char *kind)
{
	static const char *const kinds[] = {
#define KIND_AS_TEXT(kind, command) #kind,
		MATTER_KINDS(KIND_AS_TEXT)
#undef KIND_AS_TEXT
	};
	char flag[MUSTACHE_NAME_MAX];
	bool known = false;

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		bool is_it = strcmp(kinds[i], kind) == 0;

		g_snprintf(flag, sizeof flag, "is_%s", kinds[i]);
		set_flag(m, o, flag, is_it);
		known = known || is_it;
	}
	set_flag(m, o, "is_other", !known);
	set(m, o, "task_kind", kind);
}

static struct mustache_data *task_data(struct maker *m, const struct mail_task *t)
{
	struct mustache_data *o = mustache_object();

	set(m, o, "task", t->number);
	set(m, o, "subject", t->subject);
	set(m, o, "other", t->other);
	set_optional(m, o, "command", t->command);
	set_count(m, o, "age", t->age_days);
	set_task_kind(m, o, t->kind);
	return o;
}

static void set_tasks(struct maker *m, struct mustache_data *o, const struct mail_facts *f)
{
	struct mustache_data *list = mustache_list();

	for (size_t i = 0; i < f->task_count; i++) {
		struct mustache_data *t = task_data(m, &f->tasks[i]);

		m->rc |= mustache_push_take(list, &t);
	}
	set_count(m, o, "tasks", f->task_total);
	set_count(m, o, "tasks_more", f->task_total - (int64_t)f->task_count);
	m->rc |= mustache_set_take(o, "task_list", &list);
}

static void set_sender(struct maker *m, struct mustache_data *o, const struct mail_facts *f)
{
	const char *sender = mail_words_in(&f->sender.name, m->language);
	const char *college = mail_words_in(&f->college, m->language);

	set(m, o, "sender", sender);
	set(m, o, "sender_address", f->sender.postal_address);
	set(m, o, "sender_phone", f->sender.phone);
	set(m, o, "stop_email", f->sender.stop_email);
	set_made(m, o, "stop_link", mail_link(f->sender.stop_email));
	set_flag(m, o, "on_behalf", strcmp(sender, college) != 0);
}

/* What is told, and who may be asked about it. */
static void set_facts(struct maker *m, struct mustache_data *o, const struct mail_facts *f)
{
	set(m, o, "reference", f->reference);
	set_words(m, o, "college", &f->college);
	set_coordinator(m, o, &f->coordinator);
	if (f->kind == MAIL_ROUND_SUMMARY) {
		set_summary(m, o, &f->summary);
	} else if (f->kind == MAIL_TASKS) {
		set_tasks(m, o, f);
	} else if (f->kind != MAIL_DIGEST) {
		set(m, o, "employer_name", f->employer_name);
		set_postings(m, o, f);
	}
	if (f->kind == MAIL_CANDIDATES || f->kind == MAIL_ROUND_SUMMARY)
		set(m, o, "round_title", f->round_title);
}

/* section_list: each with is_KIND for every kind, and what a mail of its kind alone would say. */
static void set_sections(struct maker *m, struct mustache_data *o, const struct mail_facts *f)
{
	static const char *const flags[] = {
#define KIND_AS_FLAG(kind, text) "is_" text,
		MAIL_KINDS(KIND_AS_FLAG)
#undef KIND_AS_FLAG
	};
	struct mustache_data *list = mustache_list();

	for (size_t i = 0; i < f->section_count; i++) {
		struct mustache_data *section = mustache_object();

		for (int k = 0; k < MAIL_KIND_COUNT; k++)
			set_flag(m, section, flags[k], (int)f->sections[i].kind == k);
		set_facts(m, section, &f->sections[i]);
		m->rc |= mustache_push_take(list, &section);
	}
	m->rc |= mustache_set_take(o, "section_list", &list);
}

struct mustache_data *mail_context(const struct mail_facts *facts, enum mail_language language)
{
	struct maker m = { .language = language, .words = words_new(language), .rows_left = MAIL_LISTED_MAX };
	struct mustache_data *o = mustache_object();

	if (m.words == NULL || o == NULL) {
		words_destroy(&m.words);
		mustache_destroy(&o);
		return NULL;
	}
	set(&m, o, "lang", language == MAIL_FRENCH ? "fr" : "en");
	set(&m, o, "recipient", facts->recipient_name);
	set_sender(&m, o, facts);
	set_facts(&m, o, facts);
	if (facts->kind == MAIL_DIGEST)
		set_sections(&m, o, facts);
	words_destroy(&m.words);
	if (m.rc != 0)
		mustache_destroy(&o);
	return o;
}
