/* SPDX-License-Identifier: Apache-2.0 */
/* Texts with blanks to fill: kainjow's mustache behind a C face. A blank that nobody filled is an error here. */
#ifndef NOTIFICATIONS_MUSTACHE_H
#define NOTIFICATIONS_MUSTACHE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mustache_data;   /* an object with named values, or a list of objects */

enum mustache_escape { MUSTACHE_PLAIN, MUSTACHE_HTML };

enum mustache_result {
	MUSTACHE_OK,
	MUSTACHE_MISSING,    /* a name in the template has no value: see missing */
	MUSTACHE_BROKEN,     /* the template cannot be parsed */
	MUSTACHE_NO_MEMORY,
};

enum { MUSTACHE_NAME_MAX = 64 };

struct mustache_data *mustache_object(void);   /* NULL: no memory */
struct mustache_data *mustache_list(void);     /* NULL: no memory */
void mustache_destroy(struct mustache_data **self);   /* NULL-safe, leaves NULL behind */

/*
 * 0, or -1: no memory, or NULL for self or text (so that a chain of calls needs one check at the end, by or-ing).
 * Texts are copied. The _take forms take *child and leave NULL behind, even on failure.
 */
int mustache_set_text(struct mustache_data *self, const char *name, const char *text);
int mustache_set_flag(struct mustache_data *self, const char *name, bool flag);
int mustache_set_take(struct mustache_data *self, const char *name, struct mustache_data **child);
int mustache_push_take(struct mustache_data *list, struct mustache_data **child);

/*
 * Render a template. {{name}} is escaped for HTML or not at all, as escape says; {{> name}} renders the text that
 * stands under that name as a template.
 *   *out     NUL-terminated, to be freed by the caller with free(); NULL unless MUSTACHE_OK
 *   missing  the first name without a value, cut to fit; empty where there is none
 */
enum mustache_result mustache_render(const char *text, const struct mustache_data *data, enum mustache_escape escape,
                                     char **out, char missing[MUSTACHE_NAME_MAX]);

#ifdef __cplusplus
}
#endif

#endif
