/* SPDX-License-Identifier: Apache-2.0 */
/* Delivery reports read by GMime, and what they mean. */
#include "bounce.h"

#include <ctype.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/compiler.h"

enum {
	DEPTH_MAX = 3,      /* of parts: a report, or a report that something on the way has wrapped */
	PARTS_MAX = 16,     /* of one multipart that are looked at */
	BLOCKS_MAX = 64,    /* of one delivery-status part */
};

const char *
bounce_meaning_to_text(enum bounce_meaning m)
{
	static const char *const texts[] = { "noted", "message", "address" };

	return (size_t)m < COUNT_OF(texts) ? texts[m] : "unknown";
}

/* ---- what statuses mean ------------------------------------------------------------------------------------------ */
/* Permanent ones that say that nobody is there: RFC 3463 3.2, 3.3 and 3.5, RFC 7505 (null MX), and two by which Exchange Online
 * says so. 5.0.0 stands where the system had no better word for a 550. Not among them: what the sender is blamed for (5.1.7,
 * 5.1.8), a full mailbox (5.2.2), sizes, content and policy. */
static const char *const dead_statuses[] = {
	"5.0.0", "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.0", "5.2.1", "5.4.1", "5.4.4", "5.4.310",
};

static bool
status_is_dead(const char *status)
{
	for (size_t i = 0; i < COUNT_OF(dead_statuses); i++) {
		if (strcmp(dead_statuses[i], status) == 0)
			return true;
	}
	return false;
}

/* The status at the beginning of text, "5.1.1 (unknown user)": class.subject.detail. "": none stands there. */
static void
status_read(const char *text, char out[BOUNCE_STATUS_MAX])
{
	unsigned class, subject, detail;
	int size = 0;

	out[0] = '\0';
	if (sscanf(text, "%1u.%3u.%3u%n", &class, &subject, &detail, &size) == 3 && size > 0 &&
	    !isdigit((unsigned char)text[size]) && (class == 2 || class == 4 || class == 5))
		(void)snprintf(out, BOUNCE_STATUS_MAX, "%u.%u.%u", class, subject, detail);
}

enum bounce_meaning
bounce_judge(const char *action, const char *status)
{
	char read[BOUNCE_STATUS_MAX];

	if (action == NULL || strcasecmp(action, "failed") != 0)
		return BOUNCE_NOTED;
	status_read(status != NULL ? status : "", read);
	return status_is_dead(read) ? BOUNCE_ADDRESS : BOUNCE_MESSAGE;
}

enum bounce_meaning
refusal_judge(enum mail_stage stage, int code, const char *words, char status[BOUNCE_STATUS_MAX])
{
	const char *after = strchr(words, ' ');

	status_read(after != NULL ? after + 1 : "", status);
	if (stage < MAIL_STAGE_RCPT)
		return BOUNCE_MESSAGE;
	if (status[0] != '\0')
		return status_is_dead(status) ? BOUNCE_ADDRESS : BOUNCE_MESSAGE;
	return stage == MAIL_STAGE_RCPT && (code == 550 || code == 551 || code == 553) ? BOUNCE_ADDRESS : BOUNCE_MESSAGE;
}

/* ---- fields -------------------------------------------------------------------------------------------------------- */
static void
printable_copy(char *out, size_t room, const char *text)
{
	size_t used = 0;

	for (; text != NULL && *text != '\0' && used < room - 1; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '\r' || c == '\n' || c == '\t')
			c = ' ';
		if (c != ' ' || (used > 0 && out[used - 1] != ' '))
			out[used++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
}

/* "rfc822; luc@ferme.example", also in brackets; "" where that is no sound address. */
static void
address_read(const char *field, char out[ADDRESS_MAX_BYTES + 1])
{
	const char *at = field != NULL ? strchr(field, ';') : NULL;
	size_t size;

	out[0] = '\0';
	if (at == NULL)
		return;
	at += 1 + strspn(at + 1, " \t<");
	size = strcspn(at, " \t\r\n>");
	if (size <= ADDRESS_MAX_BYTES && address_check(at, size) == ADDRESS_NONE) {
		memcpy(out, at, size);
		out[size] = '\0';
	}
}

static void
message_id_read(const char *field, struct bounce_report *out)
{
	char *id = field != NULL && out->message_id[0] == '\0' ? g_mime_utils_decode_message_id(field) : NULL;

	/* One that was cut is none of ours. */
	if (id != NULL && strlen(id) < sizeof out->message_id)
		printable_copy(out->message_id, sizeof out->message_id, id);
	g_free(id);
}

/* ---- parts --------------------------------------------------------------------------------------------------------- */
/* The header fields that a text begins with; NULL: none. To be unreferenced. */
static GMimeObject *
fields_parse(const char *text, size_t size)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeObject *fields = g_mime_parser_construct_part(parser, NULL);

	g_object_unref(parser);
	g_object_unref(stream);
	return fields;
}

static void
recipient_read(const char *text, size_t size, struct bounce_report *out)
{
	GMimeObject *fields = fields_parse(text, size);
	const char *final = fields != NULL ? g_mime_object_get_header(fields, "Final-Recipient") : NULL;

	if (final != NULL && out->recipient_count < BOUNCE_RECIPIENTS_MAX) {
		struct bounce_recipient *r = &out->recipients[out->recipient_count++];
		const char *action = g_mime_object_get_header(fields, "Action");
		const char *status = g_mime_object_get_header(fields, "Status");
		char word[16];
		address_read(final, r->address);
		address_read(g_mime_object_get_header(fields, "Original-Recipient"), r->original);
		printable_copy(word, sizeof word, action);
		status_read(status != NULL ? status : "", r->status);
		printable_copy(r->diagnostic, sizeof r->diagnostic, g_mime_object_get_header(fields, "Diagnostic-Code"));
		r->meaning = bounce_judge(word, r->status);
	}
	if (fields != NULL)
		g_object_unref(fields);
}

/* The end of a block of fields: where an empty line begins, or the end of the text. */
static const char *
block_end(const char *at, const char *end)
{
	for (; at < end; at++) {
		if (*at == '\n' && (at + 1 == end || at[1] == '\n' || (at[1] == '\r' && at + 2 < end && at[2] == '\n')))
			return at + 1;
	}
	return end;
}

/* RFC 3464 2.1: fields of the whole report, then one block for each recipient, with an empty line between. */
static void
status_part_read(const char *text, size_t size, struct bounce_report *out)
{
	const char *at = text, *end = text + size;

	for (int blocks = 0; at < end && blocks < BLOCKS_MAX; blocks++) {
		const char *stop;
		while (at < end && (*at == '\n' || *at == '\r'))
			at++;
		stop = block_end(at, end);
		if (stop > at)
			recipient_read(at, (size_t)(stop - at), out);
		at = stop;
	}
}

static void
returned_headers_read(const char *text, size_t size, struct bounce_report *out)
{
	GMimeObject *fields = fields_parse(text, size);

	if (fields == NULL)
		return;
	message_id_read(g_mime_object_get_header(fields, "Message-ID"), out);
	g_object_unref(fields);
}

typedef void content_fn(const char *text, size_t size, struct bounce_report *out);

/* The content of a part, decoded. */
static void
content_read(GMimePart *part, content_fn *read, struct bounce_report *out)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *mem = g_mime_stream_mem_new();

	if (content != NULL && g_mime_data_wrapper_write_to_stream(content, mem) >= 0) {
		const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));
		if (bytes->len > 0)
			read((const char *)bytes->data, bytes->len, out);
	}
	g_object_unref(mem);
}

static void
leaf_read(GMimePart *part, struct bounce_report *out)
{
	static const struct {
		const char *type, *subtype;
		content_fn *read;
	} kinds[] = {
		{ "message", "delivery-status", status_part_read },
		{ "message", "global-delivery-status", status_part_read },
		{ "text", "rfc822-headers", returned_headers_read },
		{ "message", "rfc822-headers", returned_headers_read },
		{ "message", "global-headers", returned_headers_read },
	};
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (g_mime_content_type_is_type(type, kinds[i].type, kinds[i].subtype))
			content_read(part, kinds[i].read, out);
	}
}

/* At most DEPTH_MAX deep: what was returned may hold anything. */
static void
part_read(GMimeObject *part, int depth, struct bounce_report *out) /* NOLINT(misc-no-recursion) */
{
	if (GMIME_IS_MULTIPART(part)) {
		int count = g_mime_multipart_get_count(GMIME_MULTIPART(part));
		for (int i = 0; i < count && i < PARTS_MAX && depth < DEPTH_MAX; i++)
			part_read(g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1, out);
	} else if (GMIME_IS_MESSAGE_PART(part)) {
		GMimeMessage *returned = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
		if (returned != NULL)
			message_id_read(g_mime_object_get_header(GMIME_OBJECT(returned), "Message-ID"), out);
	} else if (GMIME_IS_PART(part)) {
		leaf_read(GMIME_PART(part), out);
	}
}

bool
bounce_read(const char *bytes, size_t size, struct bounce_report *out)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	memset(out, 0, sizeof *out);
	if (message != NULL) {
		GMimeObject *body = g_mime_message_get_mime_part(message);
		if (body != NULL)
			part_read(body, 0, out);
		/* Some return nothing of the mail, but answer it. */
		message_id_read(g_mime_object_get_header(GMIME_OBJECT(message), "In-Reply-To"), out);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return out->recipient_count > 0 && out->message_id[0] != '\0';
}

const struct bounce_recipient *
bounce_recipient_find(const struct bounce_report *r, const char *address)
{
	const struct bounce_recipient *found = NULL;

	for (size_t i = 0; i < r->recipient_count; i++) {
		const struct bounce_recipient *at = &r->recipients[i];
		if (address[0] != '\0' &&
		    (strcasecmp(at->address, address) == 0 || strcasecmp(at->original, address) == 0) &&
		    (found == NULL || at->meaning > found->meaning))
			found = at;
	}
	return found;
}
