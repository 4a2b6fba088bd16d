/* SPDX-License-Identifier: Apache-2.0 */
/* The learner intake declares itself. */
#include "intake.h"
#include "learner_intake/sql.h"

int
main(int argc, char **argv)
{
	const struct service learner_intake = {
		.name = "learner_intake",
		.port = 7102,
		.about =
		    SETTINGS_ABOUT("takes programmes, learners, their rankings and direct offers, for one college or several"),
		.settings = learner_intake_settings,
		.commands = learner_intake_commands,
		.command_count = learner_intake_command_count,
		.chores = learner_intake_chores,
		.chore_count = learner_intake_chore_count,
		.statements = learner_intake_statements,
		.migrations = learner_intake_migrations,
		.open = intake_open,
		.close = intake_close,
		.on_active = intake_on_active,
	};

	return service_main(&learner_intake, argc, argv);
}
