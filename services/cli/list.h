/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and cards: pages of a Table from a service, shown as a table, CSV or JSON. */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include <jansson.h>

#include "app.h"

/* What is done with each page; it dies afterwards. Returns an exit status. */
typedef int (*page_fn)(void *self, const Bassin__V1__Table *page);

/* Asks for one page after the other. filters: "column=value". */
int list_pages(struct app *app, const char *service, Bassin__V1__CommandType type, const char *const *filters,
               size_t filter_count, page_fn take, void *self) MUST_CHECK;

/* The page's column of this name; SIZE_MAX: none. Its cell of a row, "" if there is none. */
size_t page_column(const Bassin__V1__Table *page, const char *name);
const char *page_cell(const Bassin__V1__Table *page, size_t row, size_t column);

/* Its rows as an array of objects by column. A new reference, or NULL without memory. Text that is not UTF-8 becomes null. */
json_t *page_json(const Bassin__V1__Table *page) MUST_CHECK;

/* A list on its way to standard output, in the form that the options ask for: begin, pages, end. */
struct list_showing {
	struct app *app;
	struct table *table; /* for people: all pages together */
	const char *service; /* shown as a first column; NULL: not */
	size_t rows;
	bool has_header;
};
int list_show_begin(const struct list_showing *s) MUST_CHECK;
int list_show_page(void *self, const Bassin__V1__Table *page) MUST_CHECK; /* a page_fn of a list_showing */
int list_show_end(struct list_showing *s) MUST_CHECK;
/* The trails of all services, by time (audit.c). */
int audit_show(struct app *app, const char *const *filters, size_t count) MUST_CHECK;

/* The whole list on standard output, in the form that the options ask for. */
int list_show(struct app *app, const char *service, Bassin__V1__CommandType type, const char *const *filters,
              size_t filter_count);

/* One page as a table for people. */
int list_page_print(struct app *app, const Bassin__V1__Table *page);

/* A card: fields and values below each other; in JSON an object. */
int card_show(struct app *app, const Bassin__V1__Table *card);

int run_list(struct app *app);
int run_audit(struct app *app); /* audit.c */
int run_show(struct app *app);
int run_pair(struct app *app);
int run_round_list(struct app *app);
int run_mail_list(struct app *app);
int run_mail_suppressions(struct app *app);

#endif
