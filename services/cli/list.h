/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and cards: pages of a Table from a service, shown as a table, CSV or JSON. */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include "app.h"

/* What is done with each page; it dies afterwards. Returns an exit status. */
typedef int (*page_fn)(void *self, const Bassin__V1__Table *page);

/* Asks for one page after the other. filters: "column=value". */
int list_pages(struct app *app, const char *service, Bassin__V1__CommandType type, const char *const *filters,
               size_t filter_count, page_fn take, void *self) MUST_CHECK;

/* The page's column of this name; SIZE_MAX: none. Its cell of a row, "" if there is none. */
size_t page_column(const Bassin__V1__Table *page, const char *name);
const char *page_cell(const Bassin__V1__Table *page, size_t row, size_t column);

/* The whole list on standard output, in the form that the options ask for. */
int list_show(struct app *app, const char *service, Bassin__V1__CommandType type, const char *const *filters,
              size_t filter_count);

/* One page as a table for people. */
int list_page_print(struct app *app, const Bassin__V1__Table *page);

/* A card: fields and values below each other; in JSON an object. */
int card_show(struct app *app, const Bassin__V1__Table *card);

int run_list(struct app *app);
int run_show(struct app *app);
int run_pair(struct app *app);
int run_round_list(struct app *app);
int run_mail_list(struct app *app);
int run_mail_suppressions(struct app *app);

#endif
