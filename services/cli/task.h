/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin task ...`: what people must do. Each returns the exit status. */
#ifndef CLI_TASK_H
#define CLI_TASK_H

#include "app.h"

int run_task_list(struct app *app);
int run_task_done(struct app *app);

#endif
