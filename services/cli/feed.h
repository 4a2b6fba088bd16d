/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_FEED_H
#define CLI_FEED_H

#include "app.h"

/* `bassin feed KIND FILE`: 0 every row was taken, 3 some were refused, 2 the file as a whole was, 1 the
 * pool is away. */
int run_feed(struct app *app);

#endif
