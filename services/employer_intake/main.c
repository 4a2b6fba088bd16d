/* SPDX-License-Identifier: Apache-2.0 */
/* Declares the employer intake; no logic but reading the table of postal codes and the pool's key. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "employer_intake/sql.h"
#include "intake.h"
#include "service/service.h"

static const struct setting intake_settings[] = {
	SETTING_TEXT(pool_key_file, "$home/keys/pool.key",
	             "file with the pool's key for hashes, 64 hex digits, made by `bassin keys`; the same at every intake"),
	SETTING_TEXT(places, "", "file of postal codes, code;latitude;longitude; empty: none is known"),
	SETTING_INT(silent_days, "14", 0, 365, "an open posting may wait so long for its employer's ranking before its college is told, days"),
	SETTING_INT(waiting_days, "2", 0, 365, "a posting may wait so long for its employer's record before its college is told, days"),
	SETTING_INT(tasks_wait_ms, "5000", 10, 3600000, "wait after a change before tasks are looked at, ms"),
	SETTING_END
};

static void
intake_close(void **state)
{
	struct intake *in = *state;

	if (in == NULL)
		return;
	places_destroy(&in->places);
	sodium_memzero(in->pool_key, sizeof in->pool_key);
	free(in);
	*state = NULL;
}

/* Without the key all works but one thing: an erased learner whom a ranking names by her college's own id stays there. */
static int
key_open(struct intake *in, const char *path)
{
	enum pool_key_result r = pool_key_load(path, in->pool_key);

	if (r == POOL_KEY_UNREADABLE)
		log_warn("setting=pool_key_file errno=%d unreadable=1 erased_learners=by_pool_number_only", errno);
	if (r == POOL_KEY_UNSOUND)
		log_error("setting=pool_key_file needs=64_hex_digits");
	in->has_pool_key = r == POOL_KEY_OK;
	return r == POOL_KEY_UNSOUND ? -1 : 0;
}

static int
intake_open(struct runtime *rt, void **state)
{
	struct intake *in = calloc(1, sizeof *in);

	*state = in;
	if (in == NULL)
		return -1;
	if (key_open(in, settings_text(runtime_settings(rt), "pool_key_file")) != 0) {
		intake_close(state);
		return -1;
	}
	in->silent_ms = settings_int(runtime_settings(rt), "silent_days") * DAY_MS;
	in->waiting_ms = settings_int(runtime_settings(rt), "waiting_days") * DAY_MS;
	in->tasks.wait_ms = settings_int(runtime_settings(rt), "tasks_wait_ms");
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
		.port = 7101,
		.about = SETTINGS_ABOUT("institutions, employers, postings and employers' rankings"),
		.settings = intake_settings,
		.commands = intake_commands, .command_count = intake_command_count,
		.follows = intake_follows, .follow_count = intake_follow_count,
		.chores = intake_chores, .chore_count = intake_chore_count,
		.statements = employer_intake_statements,
		.migrations = employer_intake_migrations,
		.open = intake_open, .close = intake_close, .on_active = tasks_on_active,
	};

	return service_main(&service, argc, argv);
}
