/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin`: what a college or an operator types. */
#include <stdio.h>

#include "app.h"
#include "base/language.h"
#include "commands.h"

int
main(int argc, char **argv)
{
	struct app app = { .home = NULL };
	const struct cli_command *command = NULL;

	language_start(BASSIN_DOMAIN, NULL);
	language_set(language_of_environment());
	switch (options_read(cli_commands, argc, argv, &app.options, &command)) {
	case OPTIONS_READ: break;
	case OPTIONS_DONE: return fflush(stdout) == 0 ? EXIT_DONE : EXIT_AWAY;
	case OPTIONS_WRONG: return EXIT_USE;
	}
	int status = app_open(&app);
	if (status == EXIT_DONE)
		status = command->run(&app);
	/* A full disk or a closed pipe shows when the last of the output is flushed. */
	if (fflush(stdout) != 0 && status == EXIT_DONE)
		status = app_not_written();
	app_close(&app);
	return status;
}
