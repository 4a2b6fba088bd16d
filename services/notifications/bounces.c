/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery reports of the Maildir: read, matched with the mail that each returns, recorded, and only then moved. Whatever the
 * moment of a crash, a report that is read again is known by its digest.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crash.h"
#include "base/log.h"
#include "bounce.h"
#include "maildir.h"
#include "notifications.h"

#define SWEEP_AT_ONCE 500 /* files in one turn */

/* One file in hand. */
struct reading {
	const struct maildir_file *file;
	uint8_t digest[32];
	struct bounce_report report;
	const char *aside; /* why it is no report about a mail of ours; NULL: it is one */
	struct bounced_mail mail;
	const struct bounce_recipient *says;
	bool is_new, later;
};

int64_t
bounces_due(void *service)
{
	const struct notifications *n = service;

	return n->settings.bounce_maildir[0] == '\0' ? INT64_MAX : n->bounces_due_ms;
}

static void
trouble_set(struct notifications *n, bool trouble)
{
	if (trouble && !n->maildir_trouble)
		log_error("setting=bounce_maildir cannot be read or written");
	n->maildir_trouble = trouble;
}

/* Of what a file holds, or of its name where it cannot be read. */
static void
digest_make(const struct maildir_file *f, uint8_t out[32])
{
	if (f->bytes != NULL)
		digest_256(f->bytes, f->size, NULL, 0, out);
	else
		digest_256(f->name, strlen(f->name), NULL, 0, out);
}

static const char *
hex_of(struct work *w, const uint8_t digest[32])
{
	char *hex = arena_alloc(w->arena, 17);

	if (hex == NULL)
		return "";
	hex_from_bytes(digest, 8, hex);
	return hex;
}

/* ---- matching ---------------------------------------------------------------------------------------------------- */
static const struct bounced_mail *
mail_of(const struct bounced_mail *all, size_t count, const char *message_id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(all[i].message_id, message_id) == 0)
			return &all[i];
	}
	return NULL;
}

/* A report may touch only the address to which that very message went. */
static void
reading_match(struct reading *r, const struct bounced_mail *all, size_t count)
{
	const struct bounced_mail *mail = r->aside == NULL ? mail_of(all, count, r->report.message_id) : NULL;

	if (r->aside != NULL)
		return;
	r->aside = "not_our_mail";
	if (mail == NULL)
		return;
	r->mail = *mail;
	r->says = bounce_recipient_find(&r->report, mail->to);
	r->later = mail->state == QUEUE_SENDING; /* the relay was quicker than our note of what it said */
	r->aside = r->says == NULL ? "another_recipient" : NULL;
}

static int
readings_match(struct work *w, struct reading *all, size_t count)
{
	const char **ids = arena_zalloc(w->arena, count, sizeof *ids);
	struct bounced_mail *mails;
	size_t id_count = 0, mail_count;

	if (ids == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		if (all[i].aside == NULL)
			ids[id_count++] = all[i].report.message_id;
	}
	int result = store_bounced_mails(w, ids, id_count, &mails, &mail_count);
	for (size_t i = 0; i < count && result == STORE_OK; i++)
		reading_match(&all[i], mails, mail_count);
	return result;
}

/* ---- what it means ------------------------------------------------------------------------------------------------ */
/* The code in "smtp; 550 5.1.1 no such user"; 0: none. */
static int64_t
code_of(const char *diagnostic)
{
	const char *at = strncasecmp(diagnostic, "smtp;", 5) == 0 ? diagnostic + 5 : diagnostic;
	char *end;
	long code = strtol(at, &end, 10);

	return end != at && code >= 400 && code <= 599 ? code : 0;
}

static int
reading_record(struct work *w, const struct reading *r)
{
	const struct bounce_recipient *says = r->says;
	const char *words = arena_printf(w->arena, "%s %s", says->status, says->diagnostic);
	int result;

	if (words == NULL)
		return STORE_RETRY;
	if (says->meaning == BOUNCE_NOTED)
		result = store_bounce_note(w, r->mail.mail, words);
	else
		result = store_bounce_fail(w, r->mail.mail, code_of(says->diagnostic), words);
	if (result == STORE_OK && says->meaning == BOUNCE_ADDRESS)
		result = store_address_dead(w, r->mail.mail, "bounced", says->status);
	if (result == STORE_OK)
		log_info("mail=%" PRId64 " report=%s means=%s status=%s", r->mail.mail, hex_of(w, r->digest),
		         bounce_meaning_to_text(says->meaning), says->status);
	return result;
}

static int
readings_record(struct work *w, struct reading *all, size_t count)
{
	struct bounce_row *rows = arena_zalloc(w->arena, count, sizeof *rows);
	bool **fresh = arena_zalloc(w->arena, count, sizeof *fresh);
	size_t n = 0;

	if (rows == NULL || fresh == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		if (all[i].later)
			continue;
		rows[n] = (struct bounce_row){ { all[i].digest, sizeof all[i].digest }, 0, "noted", "" };
		if (all[i].aside == NULL)
			rows[n] = (struct bounce_row){ rows[n].digest, all[i].mail.mail,
				                       bounce_meaning_to_text(all[i].says->meaning),
				                       all[i].says->status };
		fresh[n++] = &all[i].is_new;
	}
	int result = store_bounces(w, rows, n, fresh);
	for (size_t i = 0; i < count && result == STORE_OK; i++) {
		if (all[i].is_new && all[i].aside == NULL)
			result = reading_record(w, &all[i]);
		else if (all[i].is_new)
			log_warn("report=%s aside=%s", hex_of(w, all[i].digest), all[i].aside);
	}
	return result;
}

/* ---- files -------------------------------------------------------------------------------------------------------- */
/* A report about a message that is no longer kept goes, too: it may name who was erased. */
static void
files_plan(struct notifications *n, const struct reading *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct handled_file *h = &n->handled[n->handled_count];
		if (all[i].later)
			continue;
		memcpy(h->name, all[i].file->name, sizeof h->name);
		h->fate = all[i].aside != NULL ? 'F' : all[i].mail.is_blank ? 'X' : 'S';
		n->handled_count++;
	}
}

/* Somebody was erased: nothing of what was set aside is kept, once all that came before is handled. */
static int
aside_sweep(struct work *w)
{
	struct notifications *n = notifications_of(w);
	bool asked, more = false;
	int result = store_sweep_asked(w, &asked);

	if (result != STORE_OK || !asked)
		return result;
	/* Deleted before it is noted as done: a crash between the two deletes again. */
	bool failed = maildir_sweep(n->settings.bounce_maildir, INT64_MAX, SWEEP_AT_ONCE, &more) != 0;
	trouble_set(n, failed);
	n->bounces_due_ms = more ? 0 : n->bounces_due_ms;
	return failed || more ? STORE_OK : store_sweep_done(w);
}

static size_t
files_read(struct work *w, struct reading *all, bool *more)
{
	struct notifications *n = notifications_of(w);
	struct maildir_file *files = arena_zalloc(w->arena, BOUNCES_AT_ONCE, sizeof *files);
	int count = files == NULL ? -1 :
	                            maildir_read(n->settings.bounce_maildir, w->arena, files, BOUNCES_AT_ONCE, more);

	trouble_set(n, count < 0);
	for (int i = 0; i < count; i++) {
		all[i].file = &files[i];
		digest_make(&files[i], all[i].digest);
		if (files[i].bytes == NULL)
			all[i].aside = "unreadable";
		else if (!bounce_read(files[i].bytes, files[i].size, &all[i].report))
			all[i].aside = "not_a_report";
	}
	return count < 0 ? 0 : (size_t)count;
}

int
bounces_run(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct reading *all = arena_zalloc(w->arena, BOUNCES_AT_ONCE, sizeof *all);
	bool more = false;

	if (all == NULL)
		return STORE_RETRY;
	n->handled_count = 0;
	size_t count = files_read(w, all, &more);
	int result = count > 0 ? readings_match(w, all, count) : STORE_OK;
	if (result == STORE_OK && count > 0)
		result = readings_record(w, all, count);
	if (result != STORE_OK)
		return result;
	files_plan(n, all, count);
	/* What must wait for its mail's result is no reason to look again at once. */
	bool at_once = more && n->handled_count > 0 && !n->move_failed;
	n->bounces_due_ms = w->mono_ms + (at_once ? 0 : n->settings.bounce_check_ms);
	if (count > 0)
		count_soon(n, w->mono_ms);
	return count == 0 ? aside_sweep(w) : STORE_OK;
}

void
bounces_after(void *service, bool committed)
{
	struct notifications *n = service;
	bool failed = false;

	if (n->handled_count > 0)
		CRASH_POINT("bounce_recorded");
	for (size_t i = 0; i < n->handled_count && committed; i++) {
		const struct handled_file *h = &n->handled[i];
		int rc = h->fate == 'X' ? maildir_remove(n->settings.bounce_maildir, h->name) :
		                          maildir_keep(n->settings.bounce_maildir, h->name, h->fate);
		failed = failed || rc != 0;
		n->reports_total++;
		CRASH_POINT("bounce_moved");
	}
	if (failed && !n->move_failed)
		log_error("setting=bounce_maildir a file cannot be moved from new/ to cur/");
	if (n->handled_count > 0)
		n->move_failed = failed;
	n->handled_count = 0;
	if (!committed)
		n->bounces_due_ms = 0;
}
