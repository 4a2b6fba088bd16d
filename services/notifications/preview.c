/* SPDX-License-Identifier: Apache-2.0 */
/* What a kind of mail looks like: its own templates and composing, sample facts, and the sender of the settings. */
#include "notifications.h"
#include "preview_samples.h"

#include "base/refusal.h"

/* "postings_received|candidates|..."; NULL: no memory. */
static const char *
kinds_allowed(struct arena *a)
{
	const char *all = "";

	for (int k = 0; k < MAIL_KIND_COUNT && all != NULL; k++)
		all = arena_printf(a, "%s%s%s", all, k > 0 ? "|" : "", kind_to_text((enum mail_kind)k));
	return all;
}

static enum verdict
sample_answer(struct call *call, enum mail_kind kind, enum mail_language language)
{
	const struct post_settings *s = &notifications_of(call->work)->settings;
	struct compose_flaw flaw;
	struct mail_parts parts;
	struct sample sample;

	sample_make(kind, language, &sample);
	if (s->sender_is_complete) {
		const char *stop = s->sender.stop_email[0] != '\0' ? s->sender.stop_email : sample.facts.coordinator.email;
		sample.facts.sender = s->sender;
		sample.facts.sender.stop_email = stop;
	}
	enum compose_result r = mail_render(&sample.facts, &parts, &flaw);
	if (r != COMPOSE_OK)
		return r == COMPOSE_NO_MEMORY ? VERDICT_RETRY : VERDICT_BROKEN;
	enum verdict v = mail_preview_answer(call, language, &parts);
	mail_parts_clear(&parts);
	return v;
}

enum verdict
on_mail_preview(struct call *call)
{
	const char *text;
	enum mail_language language;
	enum mail_kind kind;
	enum verdict v = mail_preview_read(call, &text, &language);

	if (v != VERDICT_OK)
		return v;
	if (text[0] == '\0')
		return mail_preview_answer(call, language, NULL);
	if (!kind_from_text(text, &kind)) {
		const char *allowed = kinds_allowed(call->work->arena);
		return allowed == NULL ? VERDICT_RETRY : call_refuse(call, REFUSAL_NOT_IN_LIST, "kind", allowed);
	}
	return sample_answer(call, kind, language);
}
