/* SPDX-License-Identifier: Apache-2.0 */
/* What `bassin doctor` says of files: settings, keys and who may read them, the directory, tables of places. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "bus/policy.h"
#include "doctor.h"
#include "service/places.h"
#include "service/pool_key.h"
#include "who.h"

#define SAID_MAX 16384

/* ---- settings ---------------------------------------------------------------------------------------------------- */
/* Runs a service's --check; what it complains of, in said. Its exit status. */
static int
check_run(struct doctor *d, const struct local *p, char said[SAID_MAX])
{
	const char *const argv[] = { "sh",       "-c",     "exec \"$0\" \"$@\" 2>&1",
		                     p->program, "--home", d->app->home,
		                     "--log-id", p->name,  "--check",
		                     NULL };
	int ends[2];
	pid_t pid;
	size_t have = 0;

	said[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) != 0)
		return 127;
	int status = program_start(d->app, NULL, argv, -1, ends[1], &pid);
	(void)close(ends[1]);
	for (ssize_t got;
	     status == EXIT_DONE && have < SAID_MAX - 1 && (got = read(ends[0], said + have, SAID_MAX - 1 - have)) > 0;)
		have += (size_t)got;
	said[have] = '\0';
	(void)close(ends[0]);
	return status == EXIT_DONE ? program_wait(pid) : 127;
}

static void
settings_of(struct doctor *d, const struct local *p)
{
	char said[SAID_MAX], *line, *rest = said;

	if (access(p->program, X_OK) != 0) {
		doctor_say(d, HEALTH_FAIL, "settings",
		           doctor_text(d, _("%s is not there: %s"), p->program, strerror(errno)),
		           _("install all of Bassin's programs in one folder"));
		return;
	}
	int status = check_run(d, p, said);
	if (status == 0 && said[0] == '\0') {
		doctor_say(d, HEALTH_OK, "settings", doctor_text(d, _("those of %s are sound"), p->name), "");
		return;
	}
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			doctor_say(d, status == 0 ? HEALTH_WARN : HEALTH_FAIL, "settings", line,
			           doctor_text(d, _("mend it in %s, section [%s]"), app_path(d->app, "etc/bassin.conf"),
			                       p->name));
}

/* A file that holds a password is for its readers only. */
static void
password_check(struct doctor *d, const char *path)
{
	struct stat there;

	if (stat(path, &there) != 0 || (there.st_mode & 0007) == 0)
		return;
	for (size_t i = 0; i < d->locals.count; i++) {
		const struct local *p = &d->locals.at[i];
		if (strstr(p->conninfo, "password=") == NULL && settings_text(p->settings, "smtp_password")[0] == '\0')
			continue;
		doctor_say(d, HEALTH_FAIL, "settings",
		           doctor_text(d, _("%s holds a password and everybody may read it"), path),
		           doctor_text(d, "chmod o= %s", path));
		return;
	}
}

void
doctor_settings(struct doctor *d)
{
	const struct directory *directory;

	if (app_directory(d->app, &directory) != EXIT_DONE || locals_find(d->app, &d->locals) != EXIT_DONE) {
		doctor_say(
		    d, HEALTH_FAIL, "settings",
		    doctor_text(d, _("%s does not say where the services are"), app_path(d->app, "etc/directory")),
		    _("name the pool's folder by BASSIN_HOME or --home, and write that file: a line `matching tcp://HOST:7103` "
		      "for each service"));
		return;
	}
	for (size_t i = 0; i < d->locals.count; i++) {
		const struct local *p = &d->locals.at[i];
		if (p->conninfo[0] != '\0' || d->app->options.service != NULL)
			settings_of(d, p);
		else
			doctor_say(
			    d, HEALTH_WARN, "settings", doctor_text(d, _("%s has no settings here"), p->name),
			    doctor_text(d, _("where it runs on this machine: a section [%s] with its `store` in %s"),
			                p->name, app_path(d->app, "etc/bassin.conf")));
	}
	password_check(d, app_path(d->app, "etc/bassin.conf"));
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */
static const char *
make_command(struct doctor *d, const struct local *p)
{
	return doctor_text(d, "bassin keys make %s --role %s", p->name, p->service);
}

static void
key_of(struct doctor *d, const struct local *p, struct keyring *k)
{
	const char *path = who_key_path(d->app, p->name);
	struct key_entry entry;
	struct key_pair pair;
	struct key_why why;
	struct stat there;

	if (stat(path, &there) != 0) {
		doctor_say(d, HEALTH_FAIL, "keys", doctor_text(d, "%s: %s", path, strerror(errno)), make_command(d, p));
		return;
	}
	if (key_pair_load(path, &pair, &why) != 0) {
		doctor_say(d, HEALTH_FAIL, "keys", why.text, doctor_text(d, "chmod 600 %s", path));
		return;
	}
	if (!keyring_by_name(k, p->name, &entry) || strcmp(entry.public_key, pair.public_key) != 0 ||
	    entry.who.role != role_from_text(p->service))
		doctor_say(d, HEALTH_FAIL, "keys",
		           doctor_text(d, _("the keyring does not know the key of %s"), p->name),
		           doctor_text(d, "bassin keys revoke %s; %s", p->name, make_command(d, p)));
	else
		doctor_say(d, HEALTH_OK, "keys", doctor_text(d, _("%s has its key, and the keyring knows it"), p->name),
		           "");
	key_pair_clear(&pair);
}

static void
folder_check(struct doctor *d)
{
	const char *path = app_path(d->app, KEYS_FOLDER);
	struct stat there;

	if (stat(path, &there) == 0 && (there.st_mode & 0066) != 0)
		doctor_say(d, HEALTH_FAIL, "keys", doctor_text(d, _("others may read or write in %s"), path),
		           doctor_text(d, "chmod 711 %s", path));
}

static void
pool_key_check(struct doctor *d)
{
	const char *path = app_path(d->app, KEYS_FOLDER "/pool.key");
	uint8_t key[POOL_KEY_SIZE];
	struct stat there;

	if (stat(path, &there) != 0)
		doctor_say(
		    d, HEALTH_FAIL, "keys", doctor_text(d, "%s: %s", path, strerror(errno)),
		    _("put it back from your copy; another one knows nobody of the register of the erased (KEYS.md)"));
	else if (pool_key_load(path, key) != POOL_KEY_OK)
		doctor_say(
		    d, HEALTH_FAIL, "keys", doctor_text(d, _("%s is not the key of a pool, or cannot be read"), path),
		    _("put it back from your copy; another one knows nobody of the register of the erased (KEYS.md)"));
	else if ((there.st_mode & 0007) != 0)
		doctor_say(d, HEALTH_FAIL, "keys", doctor_text(d, _("everybody may read %s"), path),
		           doctor_text(d, "chmod o= %s", path));
	else
		doctor_say(d, HEALTH_OK, "keys", _("the pool's key is there"), "");
	explicit_bzero(key, sizeof key);
}

static bool
has_intake(const struct doctor *d)
{
	for (size_t i = 0; i < d->locals.count; i++)
		if (d->locals.at[i].conninfo[0] != '\0' && strstr(d->locals.at[i].service, "_intake") != NULL)
			return true;
	return false;
}

/* Services that are named in the directory and that nobody could believe. */
static void
directory_compare(struct doctor *d, struct keyring *k)
{
	struct key_entry entry;

	for (size_t i = 0; i < d->locals.count; i++) {
		const struct local *p = &d->locals.at[i];
		if (p->conninfo[0] == '\0' && !keyring_by_name(k, p->name, &entry))
			doctor_say(d, HEALTH_FAIL, "directory",
			           doctor_text(d, _("%s is in the directory and not in the keyring"), p->name),
			           make_command(d, p));
	}
}

void
doctor_keys(struct doctor *d)
{
	struct keyring *k;
	struct key_why why;

	if (d->locals.count == 0)
		return;
	folder_check(d);
	if (keyring_open(app_path(d->app, KEYRING_PATH), &k, &why) != 0) {
		doctor_say(d, HEALTH_FAIL, "keys", why.text, make_command(d, &d->locals.at[0]));
		return;
	}
	for (size_t i = 0; i < d->locals.count; i++)
		if (d->locals.at[i].conninfo[0] != '\0')
			key_of(d, &d->locals.at[i], k);
	directory_compare(d, k);
	keyring_close(&k);
	/* Of use to the intakes alone: a college's machine should not have it. */
	if (has_intake(d))
		pool_key_check(d);
}

/* ---- directory and places ---------------------------------------------------------------------------------------- */
static void
places_check(struct doctor *d, const struct local *p)
{
	const char *path = settings_text(p->settings, "places");
	struct places *table = NULL;

	if (path[0] == '\0') {
		doctor_say(d, HEALTH_WARN, "places", doctor_text(d, _("%s knows no postal codes"), p->name),
		           doctor_text(d, _("set places = FILE (code;latitude;longitude) in [%s], or feed coordinates"),
		                       p->name));
		return;
	}
	enum places_result r = places_load(path, &table);
	if (r != PLACES_OK || places_count(table) == 0)
		doctor_say(d, HEALTH_FAIL, "places",
		           doctor_text(d, "%s: %s", path,
		                       r == PLACES_OK ? _("no postal code is in it") : places_result_to_text(r)),
		           doctor_text(d, _("set places in [%s] to a file of lines code;latitude;longitude"), p->name));
	else
		doctor_say(d, HEALTH_OK, "places",
		           doctor_text(d, _("%s: %zu postal codes, %zu lines left out"), path, places_count(table),
		                       places_left_out(table)),
		           "");
	places_destroy(&table);
}

void
doctor_tables(struct doctor *d)
{
	static const char *const all[] = { "employer_intake", "learner_intake", "matching", "notifications" };

	for (size_t s = 0; s < COUNT_OF(all) && d->locals.count > 0 && d->app->options.service == NULL; s++) {
		size_t found = 0;
		for (size_t i = 0; i < d->locals.count; i++)
			found += strcmp(d->locals.at[i].service, all[s]) == 0;
		if (found == 0)
			doctor_say(d, HEALTH_FAIL, "directory", doctor_text(d, _("no %s is in the directory"), all[s]),
			           doctor_text(d, _("a line `%s tcp://HOST:PORT` in %s"), all[s],
			                       app_path(d->app, "etc/directory")));
	}
	for (size_t i = 0; i < d->locals.count; i++)
		if (d->locals.at[i].conninfo[0] != '\0' && strstr(d->locals.at[i].service, "_intake") != NULL)
			places_check(d, &d->locals.at[i]);
}
