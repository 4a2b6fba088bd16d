/* SPDX-License-Identifier: Apache-2.0 */
/* Stays as iCalendar, by libical. */
#include "calendar_invite.h"

#include <glib.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "words.h"

#define DAY_S 86400

struct inviting {
	const struct mail_facts *mail;     /* the whole message */
	enum invite which;
	const enum mail_language *languages;
	size_t language_count;
	icalcomponent *calendar;
	size_t count;
	bool failed;
};

static void
add(struct inviting *v, icalcomponent *to, icalproperty *p)
{
	if (p != NULL && to != NULL)
		icalcomponent_add_property(to, p);
	else
		v->failed = true;
}

/* Later than whatever was said of the stay before: tens of seconds since 1970, and of what was said within the same ten a
 * cancellation counts as the later one. Fits until 2310. */
static int
sequence_make(const struct inviting *v)
{
	return (int)(v->mail->date_ms / 10000 * 2) + (v->which == INVITE_NOT_COMING);
}

static icaltimetype
day_of(int32_t day)
{
	return icaltime_from_timet_with_zone((time_t)day * DAY_S, 1, icaltimezone_get_utc_timezone());
}

/* A text in each language of the mail, joined by sep where they differ. */
typedef char *text_fn(const struct inviting *v, const struct mail_posting *p, const struct mail_candidate *c,
                      enum mail_language language, const struct words *words);

static char *
in_all_languages(struct inviting *v, text_fn *make, const char *sep, const struct mail_posting *p,
                 const struct mail_candidate *c)
{
	GString *all = g_string_new(NULL);

	for (size_t i = 0; i < v->language_count; i++) {
		struct words *words = words_new(v->languages[i]);
		char *one = words == NULL ? NULL : make(v, p, c, v->languages[i], words);
		v->failed = v->failed || one == NULL;
		if (one != NULL && strcmp(one, all->str) != 0)
			g_string_append_printf(all, "%s%s", all->len > 0 ? sep : "", one);
		g_free(one);
		words_destroy(&words);
	}
	return g_string_free(all, FALSE);
}

static char *
summary_make(const struct inviting *v, const struct mail_posting *p, const struct mail_candidate *c,
             enum mail_language language, const struct words *words)
{
	static const char *const labels[2][2] = {
		[INVITE_COMING] = { "Stage\u202f: ", "Placement: " },
		[INVITE_NOT_COMING] = { "Stage annulé\u202f: ", "Placement cancelled: " },
	};
	char *name = words_clean(c->name, MAIL_TEXT_MAX_BYTES), *title = words_clean(p->title, MAIL_TEXT_MAX_BYTES);
	char *text = g_strconcat(labels[v->which][language != MAIL_FRENCH], name, name[0] != '\0' ? ", " : "", title, NULL);

	(void)words;
	g_free(name);
	g_free(title);
	return text;
}

static char *
location_make(const struct inviting *v, const struct mail_posting *p, const struct mail_candidate *c,
              enum mail_language language, const struct words *words)
{
	const char *place = p->remote ? (language == MAIL_FRENCH ? "à distance" : "remote") : p->place;
	char *firm = words_clean(v->mail->employer_name, MAIL_TEXT_MAX_BYTES), *where = words_clean(place, MAIL_TEXT_MAX_BYTES);
	char *text = g_strconcat(firm, firm[0] != '\0' && where[0] != '\0' ? ", " : "", where, NULL);

	(void)c;
	(void)words;
	g_free(firm);
	g_free(where);
	return text;
}

static void
line_add(GString *to, const char *label, const char *text)
{
	char *clean = words_clean(text, MAIL_TEXT_MAX_BYTES);

	if (clean[0] != '\0')
		g_string_append_printf(to, "%s%s%s", to->len > 0 ? "\n" : "", label, clean);
	g_free(clean);
}

static char *
description_make(const struct inviting *v, const struct mail_posting *p, const struct mail_candidate *c,
                 enum mail_language language, const struct words *words)
{
	bool french = language == MAIL_FRENCH;
	char *hours = words_number(words, p->hours_hundredths), *days = words_weekdays(words, p->weekdays);
	char *time = g_strconcat(hours != NULL ? hours : "", french ? " heures par semaine" : " hours a week",
	                         days != NULL && days[0] != '\0' ? ", " : "", days, NULL);
	GString *text = g_string_new(NULL);

	(void)v;
	line_add(text, french ? "Programme\u202f: " : "Programme: ", mail_words_in(&c->programme, language));
	line_add(text, french ? "Établissement\u202f: " : "College: ", mail_words_in(&c->college, language));
	line_add(text, french ? "Numéro\u202f: " : "Number: ", c->number);
	line_add(text, french ? "Horaire\u202f: " : "Hours: ", time);
	line_add(text, french ? "Offre\u202f: " : "Posting: ", p->reference);
	line_add(text, "", c->coordinator.name);
	line_add(text, "", c->coordinator.email);
	line_add(text, "", c->coordinator.phone);
	g_free(time);
	g_free(days);
	g_free(hours);
	return g_string_free(text, FALSE);
}

/* Takes text. */
static void
add_text(struct inviting *v, icalcomponent *to, icalproperty *(*make)(const char *text), char *text)
{
	if (text[0] != '\0')
		add(v, to, make(text));
	g_free(text);
}

static void
organizer_add(struct inviting *v, icalcomponent *to, const struct mail_person *who)
{
	char *address = g_strconcat("mailto:", who->email, NULL), *name = words_clean(who->name, MAIL_TEXT_MAX_BYTES);
	icalproperty *organizer = icalproperty_new_organizer(address);

	g_strdelimit(name, "\"", '\''); /* a parameter has no way to say a quotation mark */
	if (organizer != NULL)
		icalproperty_add_parameter(organizer, icalparameter_new_cn(name));
	add(v, to, organizer);
	g_free(name);
	g_free(address);
}

static void
stay_add(struct inviting *v, const struct mail_posting *p, const struct mail_candidate *c)
{
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	icaltimezone *utc = icaltimezone_get_utc_timezone();
	bool coming = v->which == INVITE_COMING;

	if (event == NULL) {
		v->failed = true;
		return;
	}
	add_text(v, event, icalproperty_new_uid, g_strconcat(c->stay, strchr(v->mail->message_id, '@'), NULL));
	add(v, event, icalproperty_new_sequence(sequence_make(v)));
	add(v, event, icalproperty_new_dtstamp(icaltime_from_timet_with_zone((time_t)(v->mail->date_ms / 1000), 0, utc)));
	add(v, event, icalproperty_new_dtstart(day_of(p->starts_on)));
	add(v, event, icalproperty_new_dtend(day_of(p->ends_on + 1)));
	add(v, event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
	add(v, event, icalproperty_new_status(coming ? ICAL_STATUS_CONFIRMED : ICAL_STATUS_CANCELLED));
	add_text(v, event, icalproperty_new_summary, in_all_languages(v, summary_make, " / ", p, c));
	add_text(v, event, icalproperty_new_location, in_all_languages(v, location_make, " / ", p, c));
	add_text(v, event, icalproperty_new_description, in_all_languages(v, description_make, "\n\n", p, c));
	organizer_add(v, event, &c->coordinator);
	icalcomponent_add_component(v->calendar, event);
	v->count++;
}

/* A mail about freed places names those who still come; their stays stand in calendars already. */
static const struct mail_candidate *
stays_of(const struct mail_facts *f, const struct mail_posting *p, enum invite which, size_t *count)
{
	bool coming = which == INVITE_COMING;

	switch (f->kind) {
	case MAIL_CANDIDATES: *count = coming ? p->candidate_count : p->moved_count; return coming ? p->candidates : p->moved;
	case MAIL_PLACE_FREED: *count = coming ? 0 : p->freed_count; return p->freed;
	default: *count = 0; return NULL;
	}
}

static void
stays_add(struct inviting *v, const struct mail_facts *f)
{
	for (size_t i = 0; i < f->posting_count; i++) {
		const struct mail_posting *p = &f->postings[i];
		size_t count;
		const struct mail_candidate *stays = stays_of(f, p, v->which, &count);
		for (size_t s = 0; s < count && v->count < MAIL_LISTED_MAX; s++)
			if (stays[s].stay != NULL && stays[s].stay[0] != '\0')
				stay_add(v, p, &stays[s]);
	}
}

char *
calendar_invite(const struct mail_facts *facts, enum invite which, const enum mail_language *languages,
                size_t language_count, bool *failed)
{
	struct inviting v = { .mail = facts, .which = which, .languages = languages, .language_count = language_count };
	char *text = NULL;

	v.calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	*failed = v.calendar == NULL;
	if (*failed)
		return NULL;
	add(&v, v.calendar, icalproperty_new_prodid("-//Bassin//Bassin//EN"));
	add(&v, v.calendar, icalproperty_new_version("2.0"));
	add(&v, v.calendar, icalproperty_new_method(which == INVITE_COMING ? ICAL_METHOD_PUBLISH : ICAL_METHOD_CANCEL));
	stays_add(&v, facts);
	for (size_t i = 0; i < facts->section_count; i++)
		stays_add(&v, &facts->sections[i]);
	if (v.count > 0 && !v.failed)
		text = icalcomponent_as_ical_string_r(v.calendar);
	*failed = v.failed || (v.count > 0 && text == NULL);
	icalcomponent_free(v.calendar);
	return text;
}
