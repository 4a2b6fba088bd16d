/* SPDX-License-Identifier: Apache-2.0 */
/* Declares the service: its own view of the pool, and rounds of matching. */
#include "commands.h"
#include "matching/sql.h"
#include "service/service.h"
#include "tasks.h"
#include "view.h"

static const struct setting matching_settings[] = {
	SETTING_INT(freeze_wait_ms, "30000", 100, 600000, "how long a freeze waits for the intakes' logs, ms"),
	SETTING_INT(waiting_days, "2", 0, 365, "a reference may wait so long for what it names before its college is told, days"),
	SETTING_INT(tasks_wait_ms, "60000", 10, 3600000, "wait after a change before tasks are looked at, ms"),
	SETTING_END,
};

int
main(int argc, char **argv)
{
	const struct service matching = {
		.name = "matching",
		.port = 7103,
		.about = SETTINGS_ABOUT("the view of the whole pool, and its rounds of matching"),
		.settings = matching_settings,
		.commands = matching_commands, .command_count = matching_command_count,
		.follows = matching_follows, .follow_count = matching_follow_count,
		.chores = matching_chores, .chore_count = matching_chore_count,
		.statements = matching_statements, .migrations = matching_migrations,
		.open = matching_open, .close = matching_close,
		.on_active = tasks_on_active, .on_passive = matching_passive, .on_status = matching_status,
	};

	return service_main(&matching, argc, argv);
}
