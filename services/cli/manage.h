/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that change one thing, or look after the pool. Each returns the exit status. */
#ifndef CLI_MANAGE_H
#define CLI_MANAGE_H

#include "app.h"

int run_keys_make(struct app *app); /* keys.c; these three work without a pool */
int run_keys_list(struct app *app);
int run_keys_revoke(struct app *app);

int run_mail_show(struct app *app); /* mail.c */
int run_mail_retry(struct app *app);
int run_mail_suppress(struct app *app);
int run_mail_frequency(struct app *app);
int run_mail_unsuppress(struct app *app);
int run_mail_preview(struct app *app);

int run_status(struct app *app); /* status.c */

int run_backup(struct app *app); /* backup.c; these work on this machine's settings and databases */
int run_restore(struct app *app); /* restore.c */
int run_doctor(struct app *app); /* doctor.c */
int run_set(struct app *app); /* set.c */

int run_posting_pause(struct app *app); /* manage.c */
int run_posting_open(struct app *app);
int run_posting_close(struct app *app);
int run_posting_withdraw(struct app *app);
int run_employer_pause(struct app *app);
int run_employer_resume(struct app *app);
int run_resync(struct app *app);
int run_parked_retry(struct app *app);

/* Asks on the terminal; --yes answers. false also where nobody can be asked. */
bool manage_confirm(struct app *app, const char *question);
/* Says that it was done, in JSON `{}`, where status is EXIT_DONE; returns the exit status. */
int manage_say(struct app *app, int status, const char *text);

int manage_move_posting(struct app *app, const char *service, const char *posting, int state,
                        const char *reason) MUST_CHECK;

#endif
