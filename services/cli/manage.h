/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that change one thing, or look after the pool. Each returns the exit status. */
#ifndef CLI_MANAGE_H
#define CLI_MANAGE_H

#include "app.h"

int run_keys_make(struct app *app); /* keys.c; these three need no pool */
int run_keys_list(struct app *app);
int run_keys_revoke(struct app *app);

int run_mail_show(struct app *app); /* mail.c */
int run_mail_retry(struct app *app);
int run_mail_suppress(struct app *app);
int run_mail_preview(struct app *app);

int run_status(struct app *app); /* status.c */

int run_erase_learner(struct app *app); /* manage.c */
int run_withdraw_learner(struct app *app);
int run_posting_pause(struct app *app);
int run_posting_reopen(struct app *app);
int run_posting_close(struct app *app);
int run_posting_withdraw(struct app *app);
int run_resync(struct app *app);
int run_parked_retry(struct app *app);

/* Asks on the terminal; --yes answers. false also where nobody can be asked. */
bool manage_confirm(struct app *app, const char *question);

/* Withdraws up to 1,000 learners of one's own college. *refused counts those that were not. */
int manage_withdraw(struct app *app, const char *service, char **external_ids, size_t count, const char *reason,
                    size_t *refused) MUST_CHECK;
int manage_move_posting(struct app *app, const char *service, const char *posting, int state,
                        const char *reason) MUST_CHECK;

#endif
