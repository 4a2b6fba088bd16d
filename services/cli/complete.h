/* SPDX-License-Identifier: Apache-2.0 */
/* `--complete`: what the pool holds of one's own and the file does not name is listed, and withdrawn after a
 * confirmation. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "app.h"
#include "plan.h"

/* After the file was fed. Learners and postings are withdrawn, rankings cleared, direct offers taken back. */
int complete(struct app *app, const struct plan *fed, const char *service) MUST_CHECK;
/* Before it is fed: may this kind be completed? */
int complete_is_possible(const struct kind *kind) MUST_CHECK;

#endif
