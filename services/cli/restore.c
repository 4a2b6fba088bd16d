/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `bassin restore DIR`: puts copies back. All is looked at before anything is changed. Of each store everything, the register
 * of the erased too, is replaced in one transaction, whose COMMIT is written only when the whole copy has been read: whatever
 * dies on the way, the store is the old one or the new one. Meanwhile the lease is ours, so no service can become active.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "cli/sql.h"
#include "json.h"
#include "manage.h"
#include "manifest.h"
#include "stores.h"
#include "terminal.h"

#define SCHEMAS_MAX_BYTES 4096
#define MAJOR 10000 /* of server_version_num */
#define LINE_MAX_BYTES 128

static const struct sql *const statements[] = { &SQL_store_users, NULL };
static const struct sql *const *const lists[] = { statements, NULL };

/* One store of the backup that is to be put back here. */
struct putting {
	const struct local *local;
	const json_t *copy; /* its part of the manifest */
	struct store *store; /* holds the lease */
};

struct restoring {
	struct app *app;
	const char *folder;
	const char *register_folder; /* another backup, whose register is newer; NULL: none */
	json_t *manifest, *register_manifest;
	struct locals locals;
	struct putting at[LOCALS_MAX];
	size_t count;
};

static const char *
text_of(struct restoring *r, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return terminal_safe_text(r->app->arena, text == NULL ? "" : text);
}

/* ---- is it newer than what is here? ------------------------------------------------------------------------------ */
/* What `PROGRAM --schema` says: `series version` in each line. */
static int
schemas_ask(struct app *app, const struct local *p, char out[SCHEMAS_MAX_BYTES])
{
	const char *const argv[] = { p->program, "--schema", NULL };
	int ends[2];
	pid_t pid;
	size_t have = 0;

	out[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) != 0)
		return app_fail(EXIT_AWAY, _("%s cannot be run: %s"), p->program, strerror(errno));
	int status = program_start(app, NULL, argv, -1, ends[1], &pid);
	(void)close(ends[1]);
	for (ssize_t got; status == EXIT_DONE && have < SCHEMAS_MAX_BYTES - 1 &&
	                  (got = read(ends[0], out + have, SCHEMAS_MAX_BYTES - 1 - have)) > 0;)
		have += (size_t)got;
	out[have] = '\0';
	(void)close(ends[0]);
	if (status == EXIT_DONE && program_wait(pid) != 0)
		return app_fail(EXIT_AWAY, _("%s does not say which stores it knows"), p->program);
	return status;
}

static int64_t
schema_known(const char *said, const char *series)
{
	size_t size = strlen(series);

	for (const char *line = said; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, series, size) == 0 && line[size] == ' ')
			return strtoll(line + size, NULL, 10);
	return 0;
}

static int
schemas_check(struct restoring *r, const struct putting *p)
{
	char said[SCHEMAS_MAX_BYTES];
	const char *series;
	json_t *version;
	int status = schemas_ask(r->app, p->local, said);

	if (status != EXIT_DONE)
		return status;
	json_object_foreach(json_object_get(p->copy, "schemas"), series, version) if (
	    json_integer_value(version) >
	    schema_known(said,
	                 series)) return app_fail(EXIT_REFUSED,
	                                          _("this backup is newer than %s here: install Bassin %s or later"),
	                                          p->local->program, text_of(r, r->manifest, "bassin"));
	return EXIT_DONE;
}

/* ---- is nobody using it? ----------------------------------------------------------------------------------------- */
static int
in_use(const struct local *p)
{
	return app_fail(EXIT_REFUSED, _("%s is running, and is not restored; stop it first: systemctl stop %s"),
	                p->name, p->unit);
}

static int
store_take(struct restoring *r, struct putting *p)
{
	struct params params = params_new(r->app->arena);
	struct rows *rows;
	bool held = false;

	int status = local_connect(p->local, lists, &p->store);
	if (status != EXIT_DONE)
		return status;
	param_text(&params, p->local->name);
	if (store_lease_try(p->store, &held) != STORE_OK)
		return app_fail(EXIT_AWAY, _("the database of %s cannot be used; `bassin doctor` tells more"),
		                p->local->name);
	if (!held || store_run(p->store, &SQL_store_users, &params, &rows) != STORE_OK || rows_int(rows, 0, 0) > 0)
		return in_use(p->local);
	int64_t here = rows_int(rows, 0, 1) / MAJOR,
		there = json_integer_value(json_object_get(p->copy, "server")) / MAJOR;
	if (there > here)
		return app_fail(EXIT_REFUSED, _("this backup is of PostgreSQL %d, and the database of %s is on %d"),
		                (int)there, p->local->name, (int)here);
	return EXIT_DONE;
}

/* ---- what is to be restored -------------------------------------------------------------------------------------- */
static int
stores_choose(struct restoring *r)
{
	const json_t *copy;
	size_t i;

	json_array_foreach(json_object_get(r->manifest, "stores"), i, copy)
	{
		const char *name = json_string_value(json_object_get(copy, "name"));
		const struct local *p = locals_named(&r->locals, name);
		if (r->app->options.service != NULL && strcmp(r->app->options.service, name) != 0)
			continue;
		if (p == NULL || p->conninfo[0] == '\0')
			return app_fail(EXIT_USE,
			                _("%s is in the backup, and has no settings on this machine; --service NAME "
			                  "restores another one alone"),
			                terminal_safe_text(r->app->arena, name));
		if (r->count < LOCALS_MAX)
			r->at[r->count++] = (struct putting){ .local = p, .copy = copy };
	}
	return r->count > 0 ? EXIT_DONE : app_fail(EXIT_USE, _("%s holds no copy of that"), r->folder);
}

static int
all_check(struct restoring *r)
{
	int status = EXIT_DONE;

	for (size_t i = 0; status == EXIT_DONE && i < r->count; i++) {
		status = schemas_check(r, &r->at[i]);
		if (status == EXIT_DONE)
			status = store_take(r, &r->at[i]);
	}
	return status;
}

/* Another key of the pool makes other hashes: the register would know nobody. */
static void
pool_key_compare(struct restoring *r)
{
	const char *then = text_of(r, r->manifest, "pool_key"), *now = manifest_pool_key(r->app);

	if (strcmp(then, now) != 0)
		(void)app_fail(
		    EXIT_DONE,
		    _("warning: %s is not the key of this backup; with another one the register of the erased "
		      "knows nobody. Put that key back before you start a service"),
		    app_path(r->app, "keys/pool.key"));
}

static int
confirm(struct restoring *r)
{
	const char *names = "";

	for (size_t i = 0; i < r->count && names != NULL; i++)
		names = arena_printf(r->app->arena, "%s%s%s", names, i == 0 ? "" : ", ", r->at[i].local->name);
	const char *question =
	    names == NULL ?
		NULL :
		arena_printf(r->app->arena, _("What these databases hold is replaced by the copy of %s: %s. Restore?"),
	                     text_of(r, r->manifest, "made"), names);
	if (question == NULL)
		return app_no_memory();
	return manage_confirm(r->app, question) ? EXIT_DONE :
	                                          app_fail(EXIT_USE, "%s", _("not restored: nobody said yes (--yes)"));
}

/* ---- putting it back --------------------------------------------------------------------------------------------- */
static int
write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t put = write(fd, bytes, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		size -= (size_t)put;
	}
	return 0;
}

static int
write_text(int fd, const char *text)
{
	return write_all(fd, text, strlen(text));
}

static int
pump(int from, int to)
{
	static char buffer[256 * KiB];
	ssize_t got;

	while ((got = read(from, buffer, sizeof buffer)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || write_all(to, buffer, (size_t)got) != 0)
			return -1;
	}
	return 0;
}

/* `hash day` of a register's file, and nothing else: it becomes part of a statement. */
static bool
register_line_is_sound(const char *line)
{
	size_t hex = strspn(line, "0123456789abcdef"),
	       day = line[hex] == ' ' ? strspn(line + hex + 1, "0123456789-") : 0;

	return hex == 64 && day == 10 && strcmp(line + hex + 1 + day, "\n") == 0;
}

static int
register_write(struct restoring *r, const struct putting *p, int to)
{
	char line[LINE_MAX_BYTES], statement[2 * LINE_MAX_BYTES];
	const char *path = arena_printf(r->app->arena, "%s/%s.erased", r->register_folder, p->local->name);
	FILE *from = path == NULL ? NULL : fopen(path, "re");
	int rc = 0;

	if (from == NULL)
		return errno == ENOENT ? 0 : -1; /* a store that has no register */
	while (rc == 0 && fgets(line, sizeof line, from) != NULL) {
		if (!register_line_is_sound(line)) {
			rc = -1;
			break;
		}
		(void)snprintf(
		    statement, sizeof statement,
		    "INSERT INTO pg_temp.register_aside VALUES ('\\x%.64s', '%.10s') ON CONFLICT DO NOTHING;\n", line,
		    line + 65);
		rc = write_text(to, statement);
	}
	(void)fclose(from);
	return rc;
}

static int
begin_write(struct restoring *r, const struct putting *p, int to)
{
	if (write_text(to, "SET lock_timeout = '60s';\nBEGIN;\n") != 0 || write_text(to, SQL_restore_begin.text) != 0 ||
	    write_text(to, ";\n") != 0)
		return -1;
	return r->register_folder == NULL ? 0 : register_write(r, p, to);
}

/* The copy as SQL, out of pg_restore into psql. true: all of it was read and handed on. */
static bool
copy_stream(struct restoring *r, const struct putting *p, int to)
{
	const char *dump = arena_printf(r->app->arena, "%s/%s.dump", r->folder, p->local->name);
	const char *const argv[] = { "pg_restore", "--no-owner", "--no-privileges", "--file=-", dump, NULL };
	int ends[2];
	pid_t pid;

	if (dump == NULL || begin_write(r, p, to) != 0 || pipe2(ends, O_CLOEXEC) != 0)
		return false;
	bool started = program_start(r->app, p->local, argv, -1, ends[1], &pid) == EXIT_DONE;
	(void)close(ends[1]);
	bool whole = started && pump(ends[0], to) == 0;
	(void)close(ends[0]);
	return started && program_wait(pid) == 0 && whole;
}

static int
store_put(struct restoring *r, const struct putting *p)
{
	static const char *const argv[] = { "psql",          "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
		                            "--no-password", "--file=-",    NULL };
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return app_fail(EXIT_AWAY, _("%s cannot be run: %s"), argv[0], strerror(errno));
	int status = program_start(r->app, p->local, argv, ends[0], -1, &pid);
	(void)close(ends[0]);
	bool committed = false;
	if (status == EXIT_DONE) {
		/* Without COMMIT at the end of what it reads, psql goes away, and with it all that was done. */
		committed = copy_stream(r, p, ends[1]) && write_text(ends[1], SQL_restore_end.text) == 0 &&
		            write_text(ends[1], ";\nCOMMIT;\n") == 0;
	}
	(void)close(ends[1]);
	if (status != EXIT_DONE)
		return status;
	if (program_wait(pid) != 0 || !committed)
		return app_fail(EXIT_AWAY, _("%s was not restored, and is as it was"), p->local->name);
	return EXIT_DONE;
}

/* ---- what to do now ---------------------------------------------------------------------------------------------- */
static bool
is_restored(const struct restoring *r, const char *service)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->at[i].local->service, service) == 0)
			return true;
	return false;
}

static int
step_add(json_t *steps, const char *text)
{
	return text != NULL && json_array_append_new(steps, json_string(text)) == 0 ? EXIT_DONE : app_no_memory();
}

static json_t *
steps_make(struct restoring *r)
{
	struct arena *a = r->app->arena;
	json_t *steps = json_array();
	int status = steps == NULL ? EXIT_AWAY : EXIT_DONE;

	if (status == EXIT_DONE && is_restored(r, "notifications"))
		status = step_add(
		    steps,
		    _("set mail_mode = hold in [notifications] first: mails since the copy would be composed again; "
		      "look through `bassin mail list`, `bassin mail suppress ID` what went out, then set it back"));
	for (size_t i = 0; status == EXIT_DONE && i < r->count; i++)
		status = step_add(steps, arena_printf(a, "systemctl start %s", r->at[i].local->unit));
	if (status == EXIT_DONE && is_restored(r, "matching"))
		status = step_add(
		    steps,
		    _("bassin round list: a round that was published since the copy is not known any more, though "
		      "its mails are out; solve nothing, restore a later copy"));
	if (status == EXIT_DONE && (is_restored(r, "employer_intake") || is_restored(r, "learner_intake")))
		status =
		    step_add(steps, arena_printf(a, _("each college feeds again what it fed since %s: the same files"),
		                                 text_of(r, r->manifest, "made")));
	for (size_t i = 0; status == EXIT_DONE && i < r->count; i++)
		status = step_add(
		    steps, arena_printf(a,
		                        _("bassin status; then, for each service whose reader is `diverged` here: "
		                          "bassin resync SERVICE %s"),
		                        r->at[i].local->name));
	if (status == EXIT_DONE)
		return steps;
	json_decref(steps);
	return NULL;
}

static int
tell(struct restoring *r)
{
	json_t *names = json_array(), *steps = steps_make(r), *step;
	size_t i;

	for (i = 0; i < r->count; i++)
		(void)json_array_append_new(names, json_string(r->at[i].local->name));
	json_t *all =
	    json_pack("{s:o, s:s, s:o}", "restored", names, "made", text_of(r, r->manifest, "made"), "next", steps);
	if (all == NULL)
		return app_no_memory();
	if (r->app->options.json)
		return json_write(stdout, all) == 0 ? EXIT_DONE : app_not_written();
	int rc = printf(_("Restored to %s. Now:\n"), text_of(r, r->manifest, "made"));
	json_array_foreach(steps, i, step) rc = rc < 0 ? rc : printf("  %zu. %s\n", i + 1, json_string_value(step));
	json_decref(all);
	return rc < 0 ? app_not_written() : EXIT_DONE;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */
static int
manifests_read(struct restoring *r)
{
	int status = manifest_read(r->app, r->folder, &r->manifest);

	if (status == EXIT_DONE && r->register_folder != NULL)
		status = manifest_read(r->app, r->register_folder, &r->register_manifest);
	return status;
}

static int
all_put(struct restoring *r)
{
	size_t done = 0;
	int status = EXIT_DONE;

	while (status == EXIT_DONE && done < r->count) {
		status = store_put(r, &r->at[done]);
		done += status == EXIT_DONE;
	}
	if (status == EXIT_DONE)
		return tell(r);
	for (size_t i = 0; i < done; i++)
		(void)app_fail(status,
		               _("%s was restored before that; run it again for all, or --service NAME for the rest"),
		               r->at[i].local->name);
	return status;
}

static int
restore(struct restoring *r)
{
	int status = manifests_read(r);

	if (status == EXIT_DONE)
		status = locals_find(r->app, &r->locals);
	if (status == EXIT_DONE)
		status = stores_choose(r);
	if (status == EXIT_DONE)
		status = all_check(r);
	if (status == EXIT_DONE) {
		pool_key_compare(r);
		status = confirm(r);
	}
	return status == EXIT_DONE ? all_put(r) : status;
}

int
run_restore(struct app *app)
{
	struct restoring r = { .app = app,
		               .folder = app->options.args[0],
		               .register_folder = app->options.register_from };

	(void)signal(SIGPIPE, SIG_IGN);
	int status = restore(&r);
	for (size_t i = 0; i < r.count; i++)
		store_destroy(&r.at[i].store);
	locals_forget(&r.locals);
	json_decref(r.manifest);
	json_decref(r.register_manifest);
	return status;
}
