/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin round ...`: the intermediary's commands, and what a round comes to. */
#ifndef CLI_ROUND_H
#define CLI_ROUND_H

#include <stdio.h>
#include "app.h"
#include "bassin/v1/matching.pb-c.h"

int run_round_open(struct app *app);
int run_round_freeze(struct app *app);
int run_round_solve(struct app *app);
int run_round_publish(struct app *app);
int run_round_close(struct app *app);
int run_round_show(struct app *app);
int run_round_export(struct app *app);
int run_round_withdraw(struct app *app);

/* "5,3,2" into three weights, 0 to 1,000 each with a positive sum. */
bool weights_from_text(const char *text, uint32_t out[3]) MUST_CHECK;

/* The report as tables that a coordinator understands; details: each learner's line as well. 0, or -1: no memory, not
 * written. */
int round_print(const Bassin__V1__RoundReport *r, bool details, struct arena *a, FILE *to) MUST_CHECK;
/* The same lines as CSV, in words for programs: services/cli/LISTS.md. 0, or -1: no memory, not written. */
int round_csv(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to) MUST_CHECK;
/* Of it, who is in the round twice; nothing where nobody is. */
int round_print_same_person(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to) MUST_CHECK;

/* The emails of a published round, by college; what keeps it from asking is said on stderr and is no failure. */
int round_mail_print(struct app *app, const char *round, FILE *to) MUST_CHECK;

#endif
