/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this text an email address that we are willing to write to? Everybody asks here: the intakes when a row comes in,
 * notifications again before GMime or curl see it. It is stricter than RFC 5321 on purpose: no quoted local part, no
 * comment, no address literal, no bare host name, since none of them is a firm's address and each has been an attack.
 * Source: RFC 5321 4.1.2 and 4.5.3.1 (sizes), RFC 5322 3.2.3 (dot-atom), RFC 1123 2.1 (host names).
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

enum { ADDRESS_MAX_BYTES = 254, ADDRESS_LOCAL_MAX_BYTES = 64, ADDRESS_LABEL_MAX_BYTES = 63 };

/*      flaw           code for a report    what is allowed, in words */
#define ADDRESS_FLAWS(X) \
	X(NONE,        "ok",                "name@domain") \
	X(EMPTY,       "empty",             "name@domain") \
	X(TOO_LONG,    "too_long",          "at most 254 characters, 64 before the @") \
	X(CONTROL,     "control_character", "no line break, tab or other control character") \
	X(NOT_ASCII,   "not_ascii",         "ASCII only: an international domain in its xn-- form") \
	X(AT_SIGN,     "at_sign",           "exactly one @") \
	X(LOCAL_PART,  "local_part",        "before the @: letters, digits, !#$%&'*+-/=?^_`{|}~ and single dots inside") \
	X(DOMAIN,      "domain",            "after the @: labels of letters, digits and inner hyphens, at least one dot")

enum address_flaw {
#define ADDRESS_ENUM(flaw, code, allowed) ADDRESS_##flaw,
	ADDRESS_FLAWS(ADDRESS_ENUM)
#undef ADDRESS_ENUM
};

/* ADDRESS_NONE, or the first flaw. text: len bytes, NUL inside counts as a control character; NULL counts as empty. */
enum address_flaw address_check(const char *text, size_t len);

/* The same for a NUL-terminated text, as a question. */
bool address_is_sound(const char *text);

/* After the @: is this a host name as an address may have it? */
bool address_domain_is_sound(const char *domain, size_t len);

const char *address_flaw_to_text(enum address_flaw flaw);     /* static, never NULL: a word for reports */
const char *address_flaw_to_allowed(enum address_flaw flaw);  /* static, never NULL: what would be accepted */

#endif
