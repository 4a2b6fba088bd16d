/* SPDX-License-Identifier: Apache-2.0 */
/* The check of email addresses: what is taken, and what each refusal is called. */
#include "base/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SIZED(text) (text), sizeof(text) - 1

static const struct {
	const char *text;
	size_t len;
	enum address_flaw flaw;
} cases[] = {
	{ SIZED("marie.roy@cegep-sherbrooke.example"), ADDRESS_NONE },
	{ SIZED("a@b.ca"), ADDRESS_NONE },
	{ SIZED("o'brien+stage/2027=x@sub.firm-1.example"), ADDRESS_NONE },
	{ SIZED("x@xn--caf-dma.example"), ADDRESS_NONE },
	{ SIZED("x@1.2.a3"), ADDRESS_NONE },
	{ SIZED(""), ADDRESS_EMPTY },
	{ SIZED("plain"), ADDRESS_AT_SIGN },
	{ SIZED("a@b@c.example"), ADDRESS_AT_SIGN },
	{ SIZED("\"a@b\"@c.example"), ADDRESS_AT_SIGN },
	{ SIZED("a b@c.example"), ADDRESS_LOCAL_PART },
	{ SIZED("\"ab\"@c.example"), ADDRESS_LOCAL_PART },
	{ SIZED("@c.example"), ADDRESS_LOCAL_PART },
	{ SIZED(".a@c.example"), ADDRESS_LOCAL_PART },
	{ SIZED("a.@c.example"), ADDRESS_LOCAL_PART },
	{ SIZED("a..b@c.example"), ADDRESS_LOCAL_PART },
	{ SIZED("<a@c.example"), ADDRESS_LOCAL_PART },
	{ SIZED("a,b@c.example"), ADDRESS_LOCAL_PART },
	{ SIZED("a@"), ADDRESS_DOMAIN },
	{ SIZED("a@localhost"), ADDRESS_DOMAIN },
	{ SIZED("a@.example"), ADDRESS_DOMAIN },
	{ SIZED("a@b..example"), ADDRESS_DOMAIN },
	{ SIZED("a@b.example."), ADDRESS_DOMAIN },
	{ SIZED("a@-b.example"), ADDRESS_DOMAIN },
	{ SIZED("a@b-.example"), ADDRESS_DOMAIN },
	{ SIZED("a@b_c.example"), ADDRESS_DOMAIN },
	{ SIZED("a@b.example>"), ADDRESS_DOMAIN },
	{ SIZED("a@b.example "), ADDRESS_DOMAIN },
	{ SIZED("a@[192.0.2.7]"), ADDRESS_DOMAIN },
	{ SIZED("a@192.0.2.7"), ADDRESS_DOMAIN },
	{ SIZED("a@b.example\r\nRCPT TO:<c@d.example>"), ADDRESS_CONTROL },
	{ SIZED("a@b.example\n"), ADDRESS_CONTROL },
	{ SIZED("a\t@b.example"), ADDRESS_CONTROL },
	{ SIZED("a@b.example\0.evil"), ADDRESS_CONTROL },
	{ SIZED("a\x7f@b.example"), ADDRESS_CONTROL },
	{ SIZED("zo\xc3\xa9@b.example"), ADDRESS_NOT_ASCII },
	{ SIZED("a@caf\xc3\xa9.example"), ADDRESS_NOT_ASCII },
	{ SIZED("a@b.example\xe2\x80\xae"), ADDRESS_NOT_ASCII },
};

static void each_address_is_taken_or_refused_for_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum address_flaw flaw = address_check(cases[i].text, cases[i].len);

		if (flaw != cases[i].flaw)
			fail_msg("%s: %s, not %s", cases[i].text, address_flaw_to_text(flaw), address_flaw_to_text(cases[i].flaw));
	}
}

static void sizes_are_those_of_smtp(void **state)
{
	char text[400], label[64];

	(void)state;
	memset(label, 'b', sizeof label);
	memset(text, 'a', sizeof text);
	memcpy(text + 64, "@b.example", 11);
	assert_true(address_is_sound(text));
	memset(text, 'a', sizeof text);
	memcpy(text + 65, "@b.example", 11);
	assert_int_equal(address_check(text, strlen(text)), ADDRESS_TOO_LONG);
	/* 1 + 1 + 3 * 64 + 60 = 254 */
	memcpy(text, "a@", 2);
	for (size_t i = 0; i < 3; i++) {
		memcpy(text + 2 + 64 * i, label, 63);
		text[2 + 64 * i + 63] = '.';
	}
	memset(text + 194, 'c', 60);
	assert_int_equal(address_check(text, 254), ADDRESS_NONE);
	memset(text + 194, 'c', 61);
	assert_int_equal(address_check(text, 255), ADDRESS_TOO_LONG);
	memcpy(text + 2, label, 64);
	memcpy(text + 66, ".example", 9);
	assert_int_equal(address_check(text, strlen(text)), ADDRESS_DOMAIN);
}

static void every_flaw_has_its_texts(void **state)
{
	(void)state;
	for (int f = ADDRESS_NONE; f <= ADDRESS_DOMAIN; f++) {
		assert_true(strlen(address_flaw_to_text((enum address_flaw)f)) > 0);
		assert_true(strlen(address_flaw_to_allowed((enum address_flaw)f)) > 0);
	}
	assert_string_equal(address_flaw_to_text((enum address_flaw)99), "unknown");
	assert_false(address_is_sound(NULL));
	assert_int_equal(address_check(NULL, 5), ADDRESS_EMPTY);
	assert_false(address_domain_is_sound(NULL, 0));
	assert_false(address_domain_is_sound("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_address_is_taken_or_refused_for_its_reason),
		cmocka_unit_test(sizes_are_those_of_smtp),
		cmocka_unit_test(every_flaw_has_its_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
