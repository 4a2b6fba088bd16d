/* SPDX-License-Identifier: Apache-2.0 */
/* Delivery reports as mail systems write them (tests/fuzz/corpus/bounce), what they mean, and what is none. */
#include "bounce.h"
#include "compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"

#define OUR_ID "5f1e2d3c4b5a69788796a5b4c3d2e1f0@pool.example"
#define LUC "luc@ferme.example"

static int
open_library(void **state)
{
	(void)state;
	compose_open();
	return 0;
}

static int
close_library(void **state)
{
	(void)state;
	compose_close();
	return 0;
}

static char *
file_load(const char *name, size_t *size)
{
	const char *root = getenv("BASSIN_ROOT");
	char path[1024], *bytes = malloc(64 * KiB);

	(void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/bounce/%s", root != NULL ? root : ".", name);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	*size = fread(bytes, 1, 64 * KiB, f);
	assert_true(*size > 0 && *size < 64 * KiB);
	fclose(f);
	return bytes;
}

static void
reports_of_all_makes_are_read(void **state)
{
	static const struct {
		const char *name, *status;
		enum bounce_meaning meaning;
		const char *diagnostic;
	} all[] = {
		{ "postfix-unknown-user", "5.1.1", BOUNCE_ADDRESS,
		  "smtp; 550 5.1.1 <luc@ferme.example>: Recipient address rejected: User unknown in virtual mailbox table" },
		{ "postfix-headers-only", "5.4.4", BOUNCE_ADDRESS, NULL },
		{ "postfix-delayed", "4.4.1", BOUNCE_NOTED, NULL },
		{ "postfix-expired", "4.4.1", BOUNCE_MESSAGE, NULL },
		{ "exim-unrouteable", "5.0.0", BOUNCE_ADDRESS, "" },
		{ "exchange-not-found", "5.1.10", BOUNCE_ADDRESS, NULL },
		{ "gmail-no-such-user", "5.1.1", BOUNCE_ADDRESS, NULL },
		{ "mailbox-full", "5.2.2", BOUNCE_MESSAGE, "smtp; 552 5.2.2 over quota" },
		{ "policy", "5.7.1", BOUNCE_MESSAGE, NULL },
		{ "delivered", "2.0.0", BOUNCE_NOTED, "" },
		{ "international", "5.1.1", BOUNCE_ADDRESS, "" },
		{ "two-recipients", "5.2.1", BOUNCE_ADDRESS, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		struct bounce_report r;
		size_t size;
		char *bytes = file_load(all[i].name, &size);
		if (!bounce_read(bytes, size, &r))
			fail_msg("%s is no report", all[i].name);
		assert_string_equal(r.message_id, OUR_ID);
		const struct bounce_recipient *says = bounce_recipient_find(&r, "LUC@ferme.example");
		if (says == NULL)
			fail_msg("%s is not about her", all[i].name);
		assert_string_equal(says->status, all[i].status);
		assert_int_equal(says->meaning, all[i].meaning);
		if (all[i].diagnostic != NULL)
			assert_string_equal(says->diagnostic, all[i].diagnostic);
		assert_null(bounce_recipient_find(&r, "luc@ferme.exampl"));
		assert_null(bounce_recipient_find(&r, ""));
		free(bytes);
	}
}

static void
what_is_no_report_is_told(void **state)
{
	static const char *const names[] = { "vacation", "nested", "no-end" };
	struct bounce_report r;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		size_t size;
		char *bytes = file_load(names[i], &size);
		assert_false(bounce_read(bytes, size, &r));
		free(bytes);
	}
	assert_false(bounce_read("", 0, &r));
	assert_false(bounce_read("\0\0\0", 3, &r));
}

/* Cut anywhere, a report is none, or says what the whole one does. */
static void
a_report_may_end_anywhere(void **state)
{
	struct bounce_report r;
	size_t size, read = 0;
	char *bytes = file_load("postfix-unknown-user", &size);

	(void)state;
	for (size_t end = 0; end <= size; end++) {
		char *piece = malloc(end + 1); /* of its size, for the sanitizers */
		memcpy(piece, bytes, end);
		if (bounce_read(piece, end, &r) && strcmp(r.message_id, OUR_ID) == 0) {
			read++;
			assert_int_equal(bounce_recipient_find(&r, LUC)->meaning, BOUNCE_ADDRESS);
		}
		free(piece);
	}
	assert_true(read > 100);
	free(bytes);
}

#define REPORT(fields) \
	"Content-Type: multipart/report; boundary=f\r\n\r\n--f\r\nContent-Type: message/delivery-status\r\n\r\n" \
	"Reporting-MTA: dns; x\r\n\r\n" fields "\r\n--f\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" OUR_ID \
	">\r\n\r\n--f--\r\n"

static void
addresses_and_texts_of_strangers_are_bounded(void **state)
{
	static const char *const none[] = {
		REPORT("Final-Recipient: luc@ferme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"),
		REPORT("Final-Recipient: rfc822; luc@ferme.example@x\r\nAction: failed\r\nStatus: 5.1.1\r\n"),
		REPORT("Final-Recipient: rfc822;\r\nAction: failed\r\nStatus: 5.1.1\r\n"),
		REPORT("Final-Recipient: rfc822; \xff\xfe@ferme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"),
	};
	struct bounce_report r;
	char text[4096];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(none); i++)
		assert_true(!bounce_read(none[i], strlen(none[i]), &r) || bounce_recipient_find(&r, LUC) == NULL);
	(void)snprintf(text, sizeof text, REPORT("Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\n"
	                                         "Diagnostic-Code: smtp; \x1b[2J%0*d\r\n"),
	               LUC, 2000, 1);
	assert_true(bounce_read(text, strlen(text), &r));
	assert_int_equal(strlen(r.recipients[0].diagnostic), BOUNCE_TEXT_MAX - 1);
	assert_null(strchr(r.recipients[0].diagnostic, '\x1b'));
	(void)snprintf(text, sizeof text,
	               "Content-Type: message/delivery-status\r\nIn-Reply-To: <%01000d@x.example>\r\n\r\nA: b\r\n\r\n"
	               "Final-Recipient: rfc822; " LUC "\r\nAction: failed\r\nStatus: 5.1.1\r\n",
	               1);
	assert_false(bounce_read(text, strlen(text), &r));
}

static void
actions_and_statuses_mean_what_the_rfc_says(void **state)
{
	(void)state;
	assert_int_equal(bounce_judge("failed", "5.1.1"), BOUNCE_ADDRESS);
	assert_int_equal(bounce_judge("FAILED", "5.1.1 (unknown)"), BOUNCE_ADDRESS);
	assert_int_equal(bounce_judge("failed", "5.1.11"), BOUNCE_MESSAGE);
	assert_int_equal(bounce_judge("failed", "5.1.7"), BOUNCE_MESSAGE); /* the sender is blamed */
	assert_int_equal(bounce_judge("failed", "4.4.7"), BOUNCE_MESSAGE);
	assert_int_equal(bounce_judge("failed", ""), BOUNCE_MESSAGE);
	assert_int_equal(bounce_judge("failed", NULL), BOUNCE_MESSAGE);
	assert_int_equal(bounce_judge("failed", "5.1.1111"), BOUNCE_MESSAGE);
	assert_int_equal(bounce_judge("delayed", "5.1.1"), BOUNCE_NOTED);
	assert_int_equal(bounce_judge("relayed", "2.1.5"), BOUNCE_NOTED);
	assert_int_equal(bounce_judge("", "5.1.1"), BOUNCE_NOTED);
	assert_int_equal(bounce_judge(NULL, NULL), BOUNCE_NOTED);
}

static void
a_relays_refusal_is_about_the_address_or_not(void **state)
{
	static const struct {
		enum mail_stage stage;
		int code;
		const char *words;
		enum bounce_meaning meaning;
		const char *status;
	} all[] = {
		{ MAIL_STAGE_RCPT, 550, "550 5.1.1 no such user", BOUNCE_ADDRESS, "5.1.1" },
		{ MAIL_STAGE_RCPT, 550, "550 no such user", BOUNCE_ADDRESS, "" },
		{ MAIL_STAGE_RCPT, 551, "551 moved", BOUNCE_ADDRESS, "" },
		{ MAIL_STAGE_RCPT, 553, "553 not a mailbox", BOUNCE_ADDRESS, "" },
		{ MAIL_STAGE_RCPT, 550, "550 5.7.1 blocked by policy", BOUNCE_MESSAGE, "5.7.1" },
		{ MAIL_STAGE_RCPT, 553, "553 5.1.8 sender domain does not exist", BOUNCE_MESSAGE, "5.1.8" },
		{ MAIL_STAGE_RCPT, 552, "552 over quota", BOUNCE_MESSAGE, "" },
		{ MAIL_STAGE_RCPT, 554, "554 no", BOUNCE_MESSAGE, "" },
		{ MAIL_STAGE_DOT, 550, "550 5.1.1 unknown after all", BOUNCE_ADDRESS, "5.1.1" },
		{ MAIL_STAGE_DOT, 550, "550 spam", BOUNCE_MESSAGE, "" },
		{ MAIL_STAGE_MAIL, 550, "550 5.1.1 who are you", BOUNCE_MESSAGE, "5.1.1" },
		{ MAIL_STAGE_RCPT, 500, "", BOUNCE_MESSAGE, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		char status[BOUNCE_STATUS_MAX];
		if (refusal_judge(all[i].stage, all[i].code, all[i].words, status) != all[i].meaning)
			fail_msg("%s", all[i].words);
		assert_string_equal(status, all[i].status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_of_all_makes_are_read),
		cmocka_unit_test(what_is_no_report_is_told),
		cmocka_unit_test(a_report_may_end_anywhere),
		cmocka_unit_test(addresses_and_texts_of_strangers_are_bounded),
		cmocka_unit_test(actions_and_statuses_mean_what_the_rfc_says),
		cmocka_unit_test(a_relays_refusal_is_about_the_address_or_not),
	};

	return cmocka_run_group_tests(tests, open_library, close_library);
}
