/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin learner ...`, of one's own college. Each returns the exit status. */
#ifndef CLI_LEARNER_H
#define CLI_LEARNER_H

#include "app.h"

int run_learner_withdraw(struct app *app);
int run_learner_erase(struct app *app);
int run_learner_export(struct app *app); /* learner_export.c */

/* Withdraws up to 1,000 learners of one's own college. *refused counts those that were not. */
int learner_withdraw(struct app *app, const char *service, char **external_ids, size_t count, const char *reason,
                     size_t *refused) MUST_CHECK;

#endif
