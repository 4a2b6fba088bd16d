/* SPDX-License-Identifier: Apache-2.0 */
/* Declares the employer intake; no logic but reading the table of postal codes. */
#include <stdlib.h>

#include "base/log.h"
#include "employer_intake/sql.h"
#include "intake.h"
#include "service/service.h"

static const struct setting intake_settings[] = {
	SETTING_TEXT(places, "", "file of postal codes, code;latitude;longitude; empty: none is known"),
	SETTING_END
};

static void
intake_close(void **state)
{
	struct intake *in = *state;

	if (in == NULL)
		return;
	places_destroy(&in->places);
	free(in);
	*state = NULL;
}

static int
intake_open(struct runtime *rt, void **state)
{
	struct intake *in = calloc(1, sizeof *in);

	*state = in;
	if (in == NULL)
		return -1;
	enum places_result r = places_load(settings_text(runtime_settings(rt), "places"), &in->places);
	if (r != PLACES_OK) {
		log_error("setting=places wrong=\"%s\"", places_result_to_text(r));
		intake_close(state);
		return -1;
	}
	log_info("setting=places codes=%zu left_out=%zu", places_count(in->places), places_left_out(in->places));
	return 0;
}

int
main(int argc, char **argv)
{
	const struct service service = {
		.name = "employer_intake",
		.about = "institutions, employers, postings and employers' rankings",
		.settings = intake_settings,
		.commands = intake_commands, .command_count = intake_command_count,
		.follows = intake_follows, .follow_count = intake_follow_count,
		.statements = employer_intake_statements,
		.migrations = employer_intake_migrations,
		.open = intake_open, .close = intake_close,
	};

	return service_main(&service, argc, argv);
}
