/* SPDX-License-Identifier: Apache-2.0 */
/* What a feed file names and nobody has fed yet: told below the report, since the service that takes the rows cannot know. */
#ifndef CLI_NAMED_H
#define CLI_NAMED_H

#include "app.h"
#include "plan.h"

/* Rankings and offers that were taken: asks matching which of their postings it does not know, and says so to people.
 * Whatever keeps it from asking is no failure of the feed. To be called last: from then on patience is short. */
int named_tell(struct app *app, const struct plan *p);

#endif
