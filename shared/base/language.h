/* SPDX-License-Identifier: Apache-2.0 */
/*
 * French and English by GNU gettext: English stands in the code, French in po/fr.po of the program's service. A bare
 * system has no French locale, so the locale is always C.UTF-8 and LANGUAGE alone decides.
 */
#ifndef BASE_LANGUAGE_H
#define BASE_LANGUAGE_H

#include <libintl.h>
#include <stdbool.h>

/* The domain is the catalogue's name, defined by the build. */
#define _(text) dgettext(BASSIN_DOMAIN, text)
#define N_(text) (text)
#define P_(one, many, n) dngettext(BASSIN_DOMAIN, one, many, (unsigned long)(n))

enum language { LANGUAGE_ENGLISH, LANGUAGE_FRENCH };

/* Once, before any text is shown and before language_set. domain: BASSIN_DOMAIN; folder NULL: ../locale beside the
 * program's folder, else ../share/locale. */
void language_start(const char *domain, const char *folder);
/* Another catalogue beside the program's own: that of texts which shared code shows. */
void language_add(const char *domain, const char *folder);
/* What language_start has set is undone: for a service, which speaks to people while it reads its settings only. */
void language_stop(void);
/* May be called again at any time. */
void language_set(enum language language);
enum language language_now(void);

/* "fr", "en" and what begins so ("fr_CA.UTF-8"). false: neither. */
bool language_from_text(const char *text, enum language *out);
/* What the environment asks for: BASSIN_LANG, LANGUAGE, LC_ALL, LC_MESSAGES, LANG, the first that is
 * set; else English. */
enum language language_of_environment(void);
const char *language_code(void); /* "fr" or "en" */

#endif
