/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin firm ...`: records of several colleges that are one employer. Each returns the exit status. */
#ifndef CLI_FIRM_H
#define CLI_FIRM_H

#include "app.h"

int run_firm_suspects(struct app *app);
int run_firm_duplicates(struct app *app);
int run_firm_show(struct app *app);
int run_firm_history(struct app *app);
int run_firm_propose(struct app *app);
int run_firm_merge(struct app *app);
int run_firm_unmerge(struct app *app);
int run_firm_reject(struct app *app);

#endif
