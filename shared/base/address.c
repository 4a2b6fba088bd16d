/* SPDX-License-Identifier: Apache-2.0 */
/* Our own check of email addresses: pure, byte by byte, no locale. */
#include "base/address.h"

#include <string.h>

static bool is_alnum(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* atext of RFC 5322. strchr would also find the NUL at the end. */
static bool is_atext(unsigned char c)
{
	return is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static enum address_flaw flaw_in_bytes(const char *text, size_t len)
{
	bool foreign = false;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f)
			return ADDRESS_CONTROL;
		foreign = foreign || c > 0x7f;
	}
	return foreign ? ADDRESS_NOT_ASCII : ADDRESS_NONE;
}

static bool local_part_is_sound(const char *local, size_t len)
{
	if (len == 0 || local[0] == '.' || local[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (local[i] == '.' ? local[i - 1] == '.' : !is_atext((unsigned char)local[i]))
			return false;
	}
	return true;
}

static bool label_is_sound(const char *label, size_t len)
{
	if (len == 0 || len > ADDRESS_LABEL_MAX_BYTES || label[0] == '-' || label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_alnum((unsigned char)label[i]) && label[i] != '-')
			return false;
	}
	return true;
}

static bool is_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
	}
	return true;
}

bool address_domain_is_sound(const char *domain, size_t len)
{
	size_t start = 0, labels = 0;

	if (domain == NULL || len > ADDRESS_MAX_BYTES)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && domain[i] != '.')
			continue;
		if (!label_is_sound(domain + start, i - start))
			return false;
		labels++;
		if (i < len)
			start = i + 1;
	}
	/* 192.0.2.7 is a number, not a name: no top level domain is all digits. */
	return labels >= 2 && !is_digits(domain + start, len - start);
}

enum address_flaw address_check(const char *text, size_t len)
{
	enum address_flaw flaw;
	const char *at;
	size_t local_len;

	if (text == NULL || len == 0)
		return ADDRESS_EMPTY;
	flaw = flaw_in_bytes(text, len);
	if (flaw != ADDRESS_NONE)
		return flaw;
	at = memchr(text, '@', len);
	if (at == NULL || memchr(at + 1, '@', len - (size_t)(at - text) - 1) != NULL)
		return ADDRESS_AT_SIGN;
	local_len = (size_t)(at - text);
	if (len > ADDRESS_MAX_BYTES || local_len > ADDRESS_LOCAL_MAX_BYTES)
		return ADDRESS_TOO_LONG;
	if (!local_part_is_sound(text, local_len))
		return ADDRESS_LOCAL_PART;
	if (!address_domain_is_sound(at + 1, len - local_len - 1))
		return ADDRESS_DOMAIN;
	return ADDRESS_NONE;
}

bool address_is_sound(const char *text)
{
	return text != NULL && address_check(text, strnlen(text, ADDRESS_MAX_BYTES + 1)) == ADDRESS_NONE;
}

static const struct {
	const char *code, *allowed;
} flaws[] = {
#define ADDRESS_ROW(flaw, code, allowed) [ADDRESS_##flaw] = { code, allowed },
	ADDRESS_FLAWS(ADDRESS_ROW)
#undef ADDRESS_ROW
};

const char *address_flaw_to_text(enum address_flaw flaw)
{
	return (size_t)flaw < sizeof flaws / sizeof flaws[0] ? flaws[flaw].code : "unknown";
}

const char *address_flaw_to_allowed(enum address_flaw flaw)
{
	return (size_t)flaw < sizeof flaws / sizeof flaws[0] ? flaws[flaw].allowed : "name@domain";
}
