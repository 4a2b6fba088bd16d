/* SPDX-License-Identifier: Apache-2.0 */
/* Commands to structs, and answers back. */
#include "wire.h"

#include <string.h>
#include "base/address.h"
#include "base/refusal.h"
#include "base/text.h"
#include "bassin/v1/notification.pb-c.h"
#include "context.h"
#include "preview_samples.h"

enum { REASON_BYTES_MAX = 500 };

bool
mail_id_read(const char *t, int64_t *out)
{
	return text_to_int(t, 1, INT64_MAX, out);
}

enum verdict
mail_ask_read(struct call *call, int64_t *mail)
{
	const Bassin__V1__MailAsk *m = call_message(call, &bassin__v1__mail_ask__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	if (!mail_id_read(m->mail, mail))
		return call_refuse(call, REFUSAL_UNKNOWN, "mail", NULL);
	return VERDICT_OK;
}

static enum verdict
reason_check(struct call *call, const char *reason)
{
	size_t size = strlen(reason);

	if (size == 0)
		return call_refuse(call, REFUSAL_REQUIRED, "reason", NULL);
	if (size > REASON_BYTES_MAX)
		return call_refuse(call, REFUSAL_TOO_LONG, "reason", "500");
	if (!text_is_utf8(reason, size) || !text_is_printable(reason, false))
		return call_refuse(call, REFUSAL_NOT_TEXT, "reason", NULL);
	return VERDICT_OK;
}

/* *out: normalised. */
static enum verdict
address_read(struct call *call, const char *address, const char **out)
{
	enum address_flaw flaw = address_check(address, strlen(address));

	if (flaw != ADDRESS_NONE)
		return call_refuse(call, REFUSAL_BAD_ADDRESS, "address", address_flaw_to_allowed(flaw));
	*out = address_normalise(call->work->arena, address);
	return *out != NULL ? VERDICT_OK : VERDICT_RETRY;
}

enum verdict
unsuppress_ask_read(struct call *call, const char **address)
{
	const Bassin__V1__MailUnsuppress *m = call_message(call, &bassin__v1__mail_unsuppress__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	return address_read(call, m->address, address);
}

enum verdict
suppress_ask_read(struct call *call, struct suppress_ask *out)
{
	const Bassin__V1__MailSuppress *m = call_message(call, &bassin__v1__mail_suppress__descriptor);

	*out = (struct suppress_ask){ .mail = 0 };
	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	enum verdict v = reason_check(call, m->reason);
	if (v != VERDICT_OK)
		return v;
	out->reason = m->reason;
	if (m->address[0] == '\0')
		return mail_id_read(m->mail, &out->mail) ? VERDICT_OK :
		                                           call_refuse(call, REFUSAL_UNKNOWN, "mail", NULL);
	if (m->mail[0] != '\0')
		return call_refuse(call, REFUSAL_DUPLICATE, "address", NULL);
	return address_read(call, m->address, &out->address);
}

enum verdict
mail_file_answer(struct call *call, const char *message, size_t size, const char *state)
{
	Bassin__V1__MailFile m = BASSIN__V1__MAIL_FILE__INIT;

	m.message = (ProtobufCBinaryData){ size, (uint8_t *)(uintptr_t)message };
	m.state = (char *)(uintptr_t)state;
	return call_answer(call, &m.base);
}

enum verdict
mail_preview_read(struct call *call, const char **kind, enum mail_language *language)
{
	const Bassin__V1__MailPreviewAsk *m = call_message(call, &bassin__v1__mail_preview_ask__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	*kind = m->kind;
	*language = mail_language_from_text(m->language);
	return VERDICT_OK;
}

enum verdict
mail_preview_answer(struct call *call, enum mail_language language, const struct mail_parts *parts)
{
	Bassin__V1__MailPreview m = BASSIN__V1__MAIL_PREVIEW__INIT;
	Bassin__V1__MailKind kinds[MAIL_KIND_COUNT], *pointers[MAIL_KIND_COUNT];

	for (int k = 0; k < MAIL_KIND_COUNT; k++) {
		const struct mail_words *about = sample_about((enum mail_kind)k);
		bassin__v1__mail_kind__init(&kinds[k]);
		kinds[k].kind = (char *)(uintptr_t)kind_to_text((enum mail_kind)k);
		if (about != NULL)
			kinds[k].purpose = (char *)(uintptr_t)mail_words_in(about, language);
		pointers[k] = &kinds[k];
	}
	m.kinds = pointers;
	m.n_kinds = MAIL_KIND_COUNT;
	if (parts != NULL) {
		m.subject = parts->subject;
		m.text = parts->text;
		m.html = parts->html;
	}
	return call_answer(call, &m.base);
}
