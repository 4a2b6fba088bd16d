/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a delivery report. What is read is printable, ends, and says of an address only what stands there. */
#include "fuzz.h"

#include "bounce.h"

#include <gmime/gmime.h>

static void
require_text(const char *text, size_t room)
{
	size_t size = strnlen(text, room);

	REQUIRE(size < room, "a text without an end");
	for (size_t i = 0; i < size; i++)
		REQUIRE(text[i] >= 0x20 && text[i] < 0x7f, "a text that is not printable");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bounce_report report;
	static bool open;
	char *bytes = malloc(size == 0 ? 1 : size); /* on the heap, so that a byte too far is seen */

	if (!open)
		g_mime_init();
	open = true;
	REQUIRE(bytes != NULL, "no memory");
	if (size > 0)
		memcpy(bytes, data, size);
	bool read = bounce_read(bytes, size, &report);
	free(bytes);
	REQUIRE(report.recipient_count <= BOUNCE_RECIPIENTS_MAX, "too many recipients");
	if (!read)
		return 0;
	REQUIRE(report.message_id[0] != '\0' && report.recipient_count > 0, "a report of nothing");
	require_text(report.message_id, sizeof report.message_id);
	for (size_t i = 0; i < report.recipient_count; i++) {
		const struct bounce_recipient *r = &report.recipients[i];
		require_text(r->address, sizeof r->address);
		require_text(r->original, sizeof r->original);
		require_text(r->status, sizeof r->status);
		require_text(r->diagnostic, sizeof r->diagnostic);
		REQUIRE(r->address[0] == '\0' || address_is_sound(r->address), "an address that is none");
		REQUIRE(r->meaning != BOUNCE_ADDRESS || r->status[0] == '5', "nobody there, without a status that says so");
		REQUIRE(r->address[0] == '\0' || bounce_recipient_find(&report, r->address) != NULL, "not found");
	}
	return 0;
}
