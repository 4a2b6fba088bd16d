/* SPDX-License-Identifier: Apache-2.0 */
/* The order of start-up and, in reverse, of teardown; written once for every service. */
#include "service/service.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "bus/policy.h"
#include "bus/socket.h"
#include "service/runtime_priv.h"
#include "service/status_priv.h"

#define REPORT_ARENA_BYTES (8 * MiB)
#define DESCRIPTORS_WANTED 65536

struct runtime *runtime_here;

/* Of each service its own; defaults_make fills in what depends on its name. */
static struct setting own_settings[] = {
	SETTING_TEXT(log_id,         "",                        "name of this service's log and key, where several stand; empty: the service's"),
	SETTING_TEXT(listen,         SETTING_REQUIRED,          "where callers and readers connect to"),
	SETTING_SECRET(store,        SETTING_REQUIRED,          "the service's database, a libpq connection string"),
	SETTING_TEXT(key_file,       "",                        "this service's secret key; empty: $home/keys/LOG_ID.key"),
	SETTING_END,
};
enum { OWN_LISTEN = 1, OWN_STORE };     /* places in it */

static struct setting common_settings[] = {
	SETTING_TEXT(home,           "/var/lib/bassin",         "the pool's folder"),
	SETTING_TEXT(keyring,        "$home/keys/keyring",      "file of known public keys"),
	SETTING_TEXT(directory,      "$home/etc/directory",     "file that says where the services are"),
	SETTING_CHOICE(log_level,    "info", "error|warn|info|debug", "what is logged"),
	SETTING_INT(statement_ms,    "10000", 100, 600000,      "longest time of one statement, ms"),
	SETTING_INT(lease_idle_ms,   "2000", 1500, 60000,       "the database ends the session of an instance silent for longer, ms"),
	SETTING_INT(fetch_wait_ms,   "2000", 100, 30000,        "how long a log's owner may keep our question for events, ms"),
	SETTING_END,
};

const struct settings *
runtime_settings(const struct runtime *rt)
{
	return rt->settings;
}

struct core *
runtime_core(const struct runtime *rt)
{
	return rt->core;
}

/* ---- keys ----------------------------------------------------------------------------------------------------------- */
/* Our own key must be known as ours: a service that signs with somebody else's key would be trusted with her rights. */
static int
own_key_check(const struct runtime *rt)
{
	struct key_entry mine;

	if (strcmp(rt->key.name, rt->log_id) != 0) {
		log_error("key=%s expected=%s", rt->key.name, rt->log_id);
		return -1;
	}
	if (!keyring_by_key(rt->keyring, rt->key.public_key, &mine) || strcmp(mine.who.name, rt->log_id) != 0 ||
	    mine.who.role != role_from_text(rt->service->name)) {
		log_error("key=%s keyring=unknown expected_role=%s", rt->log_id, rt->service->name);
		return -1;
	}
	return 0;
}

static int
keys_open(struct runtime *rt)
{
	char path[PATH_MAX];
	struct key_why why = { .text = "" };
	const char *set = settings_text(rt->settings, "key_file");

	(void)snprintf(path, sizeof path, "%s/keys/%s.key", settings_text(rt->settings, "home"), rt->log_id);
	if (key_pair_load(set[0] != '\0' ? set : path, &rt->key, &why) != 0 ||
	    keyring_open(settings_text(rt->settings, "keyring"), &rt->keyring, &why) != 0 ||
	    directory_load(settings_text(rt->settings, "directory"), &rt->directory, &why) != 0) {
		log_error("keys=wrong reason=\"%s\"", why.text);
		return -1;
	}
	return own_key_check(rt);
}

/* ---- what is followed ----------------------------------------------------------------------------------------------- */
static int
follow_expand(struct runtime *rt, const struct follow *f)
{
	size_t found = 0;

	for (size_t i = 0; i < directory_count(rt->directory); i++) {
		const struct directory_entry *e = directory_at(rt->directory, i);

		if (!directory_entry_is_of(e, f->log_id))
			continue;
		if (rt->follow_count == FOLLOWS_MOST) {
			log_error("directory=too_many logs=%d", FOLLOWS_MOST);
			return -1;
		}
		rt->follows[rt->follow_count] = *f;
		rt->follows[rt->follow_count].log_id = e->name;
		rt->follow_entries[rt->follow_count++] = e;
		found++;
	}
	if (found == 0)
		log_error("directory=incomplete missing=%s", f->log_id);
	return found > 0 ? 0 : -1;
}

static int
follows_expand(struct runtime *rt)
{
	for (size_t i = 0; i < rt->service->follow_count; i++) {
		if (follow_expand(rt, &rt->service->follows[i]) != 0)
			return -1;
	}
	return 0;
}

/* ---- sockets -------------------------------------------------------------------------------------------------------- */
/* CURVE without a ZAP handler lets everybody in, so nothing is bound before the handler has proven itself. */
static int
bus_open(struct runtime *rt)
{
	struct key_why why;

	if (zap_start(rt->keyring, &rt->zap) != 0 || !zap_is_proven(rt->zap, rt->key.public_key)) {
		log_error("zap=away nobody would be checked");
		return -1;
	}
	const struct wire_zmq_settings wire = { .listen = settings_text(rt->settings, "listen"), .key = &rt->key,
		                                .keyring = rt->keyring, .follows = rt->follow_entries,
		                                .follow_count = rt->follow_count };
	if (wire_zmq_open(&wire, &rt->wire, &why) != 0) {
		log_error("listen=wrong reason=\"%s\"", why.text);
		return -1;
	}
	return 0;
}

/* ---- store and core ------------------------------------------------------------------------------------------------- */
static int
store_open(struct runtime *rt)
{
	size_t lists = 0, series = 0;

	rt->series[series++] = (struct store_series){ "core", core_migrations };
	if (rt->service->migrations != NULL)
		rt->series[series++] = (struct store_series){ rt->service->name, rt->service->migrations };
	rt->statements[lists++] = core_statements;
	if (rt->service->statements != NULL)
		rt->statements[lists++] = rt->service->statements;
	const struct store_settings settings = {
		.conninfo = settings_text(rt->settings, "store"),
		.name = rt->log_id,
		.statement_ms = (int)settings_int(rt->settings, "statement_ms"),
		.idle_session_ms = (int)settings_int(rt->settings, "lease_idle_ms"),
		.wait = loop_store_wait,
		.wait_self = rt,
		.series = rt->series,
		.statements = rt->statements,
	};
	rt->store = store_new(&settings);
	rt->pg = rt->store == NULL ? NULL : core_pg_new(rt->store);
	rt->vacuum = vacuum_new(settings.conninfo);
	return rt->pg != NULL && rt->vacuum != NULL ? 0 : -1;
}

static int
commands_join(struct runtime *rt)
{
	size_t own = rt->service->command_count;

	rt->command_count = own + builtin_command_count;
	rt->commands = calloc(rt->command_count, sizeof *rt->commands);
	if (rt->commands == NULL)
		return -1;
	if (own > 0)
		memcpy(rt->commands, rt->service->commands, own * sizeof *rt->commands);
	memcpy(rt->commands + own, builtin_commands, builtin_command_count * sizeof *rt->commands);
	return 0;
}

static int
core_open(struct runtime *rt)
{
	if (commands_join(rt) != 0)
		return -1;
	const struct core_config config = {
		.log_id = rt->log_id,
		.service = rt->state,
		.commands = rt->commands, .command_count = rt->command_count,
		.follows = rt->follows, .follow_count = rt->follow_count,
		.chores = rt->service->chores, .chore_count = rt->service->chore_count,
		.store = core_pg_store(rt->pg),
		.wire = wire_zmq_for_core(rt->wire),
		.random = random_of_system,
		.may_command = policy_may_command,
		.may_read = policy_may_read,
		.suspicion = guard_suspicion, .in_hand = guard_in_hand, .guard = rt->guard,
		.on_active = rt->service->on_active, .on_passive = rt->service->on_passive,
		.fetch_wait_ms = settings_int(rt->settings, "fetch_wait_ms"),
	};
	rt->core = core_new(&config);
	return rt->core != NULL ? 0 : -1;
}

/* ---- the rest of starting ------------------------------------------------------------------------------------------- */
static int
guard_start(struct runtime *rt)
{
	char folder[PATH_MAX - 256], path[PATH_MAX];
	int length = snprintf(folder, sizeof folder, "%s/run", settings_text(rt->settings, "home"));

	if (length < 0 || (size_t)length >= sizeof folder || (mkdir(folder, 0700) != 0 && errno != EEXIST)) {
		log_error("home=away folder=run errno=%d", errno);
		return -1;
	}
	(void)snprintf(path, sizeof path, "%s/%s.aborts", folder, rt->log_id);
	return guard_open(path, clock_wall_ms(), &rt->guard);
}

static void
descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS_WANTED)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max : DESCRIPTORS_WANTED;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_warn("descriptors=few limit=%llu", (unsigned long long)limit.rlim_cur);
}

static int
names_take(struct runtime *rt)
{
	const char *set = settings_text(rt->settings, "log_id");
	enum log_level level;

	BUG_IF(log_level_from_text(settings_text(rt->settings, "log_level"), &level) != 0);
	rt->log_id = set[0] != '\0' ? set : rt->service->name;
	log_open(rt->log_id, level);
	size_t size = strlen(rt->service->name);
	if (strncmp(rt->log_id, rt->service->name, size) == 0 && (rt->log_id[size] == '\0' || rt->log_id[size] == '_') &&
	    key_name_is_sound(rt->log_id))
		return 0;
	log_error("log_id=wrong allowed=\"%s or %s_...\"", rt->service->name, rt->service->name);
	return -1;
}

static int
service_open(struct runtime *rt)
{
	if (rt->service->open == NULL || rt->service->open(rt, &rt->state) == 0)
		return 0;
	log_error("service=%s opened=0", rt->log_id);
	return -1;
}

static int
start(struct runtime *rt)
{
	rt->report_arena = arena_new(REPORT_ARENA_BYTES);
	rt->own = status_out_new();
	if (rt->report_arena == NULL || rt->own == NULL || loop_open(rt) != 0) {
		log_error("service=%s memory=short", rt->log_id);
		return -1;
	}
	descriptors_raise();
	rt->started_ms = clock_mono_ms();
	rt->own_at_ms = INT64_MIN / 2;
	if (guard_start(rt) != 0 || keys_open(rt) != 0 || follows_expand(rt) != 0 || bus_open(rt) != 0)
		return -1;
	if (store_open(rt) != 0 || service_open(rt) != 0)
		return -1;
	return core_open(rt);
}

/* The mirror of start; every part knows how to be closed when it was never opened. */
static void
stop(struct runtime *rt)
{
	core_destroy(&rt->core);
	if (rt->service->close != NULL && rt->state != NULL)
		rt->service->close(&rt->state);
	vacuum_destroy(&rt->vacuum);
	core_pg_destroy(&rt->pg);
	store_destroy(&rt->store);
	wire_zmq_close(&rt->wire);
	zap_stop(&rt->zap);
	directory_destroy(&rt->directory);
	keyring_close(&rt->keyring);
	key_pair_clear(&rt->key);
	guard_close(&rt->guard);
	loop_close(rt);
	status_out_destroy(&rt->own);
	arena_destroy(&rt->report_arena);
	free(rt->commands);
	settings_destroy(&rt->settings);
}

/* Defaults, and what an example file sets, that depend on the service. */
static void
defaults_make(const struct service *service)
{
	static char listen[64], store[256];

	(void)snprintf(listen, sizeof listen, "tcp://127.0.0.1:%u", service->port);
	(void)snprintf(store, sizeof store, "host=127.0.0.1 dbname=%s user=%s passfile=/etc/bassin/%s.pgpass", service->name,
	               service->name, service->name);
	own_settings[OWN_LISTEN].fallback = own_settings[OWN_LISTEN].example = listen;
	own_settings[OWN_STORE].example = store;
	common_settings[0].example = common_settings[0].fallback;
}

/* Series and their newest versions, as a restore compares them with a copy's. */
static int
schema_show(const struct service *service)
{
	const struct store_series series[] = { { "core", core_migrations }, { service->name, service->migrations } };

	for (size_t i = 0; i < COUNT_OF(series); i++) {
		const struct migration *m = series[i].migrations;
		int newest = 0;
		for (; m != NULL && m->version != 0; m++)
			newest = m->version;
		(void)printf("%s %d\n", series[i].name, newest);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

int
service_main(const struct service *service, int argc, char **argv)
{
	static struct runtime rt;
	const struct setting *tables[] = { service->settings, own_settings, common_settings, NULL };
	const struct setting *const *used = service->settings != NULL ? tables : tables + 1;

	rt = (struct runtime){ .service = service, .wake_fd = -1, .signal_fd = -1, .stop_by_ms = INT64_MAX };
	runtime_here = &rt;
	log_open(service->name, LOG_LEVEL_INFO);
	defaults_make(service);
	switch (settings_read(service->name, service->about, used, argc, argv, &rt.settings)) {
	case SETTINGS_OK:
		break;
	case SETTINGS_DONE:
		return 0;
	case SETTINGS_SCHEMA:
		return schema_show(service);
	case SETTINGS_WRONG:
		return 2;
	}
	rt.exit_status = names_take(&rt) == 0 && start(&rt) == 0 ? 0 : 2;
	if (rt.exit_status == 0) {
		log_info("service=%s started=1", rt.log_id);
		loop_run(&rt);
		log_info("service=%s stopped=1 status=%d", rt.log_id, rt.exit_status);
	}
	stop(&rt);
	return rt.exit_status;
}
