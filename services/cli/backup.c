/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `bassin backup DIR`: a copy of each store, of one moment each, while the services run. Everything is written into a folder
 * beside DIR, flushed, sealed by its manifest, and only then renamed: a folder that is called DIR is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "base/log.h"
#include "cli/sql.h"
#include "json.h"
#include "manage.h"
#include "manifest.h"
#include "stores.h"
#include "table.h"

#define REGISTER_PAGE 1000

static const struct sql *const statements[] = { &SQL_backup_repeatable, &SQL_backup_snapshot, &SQL_backup_head,
	                                        &SQL_backup_schemas,    &SQL_store_has,       NULL };
static const struct sql *const register_statements[] = { &SQL_backup_erased, NULL };
static const struct sql *const *const lists[] = { statements, NULL };
static const struct sql *const *const lists_with_register[] = { statements, register_statements, NULL };

struct copying {
	struct app *app;
	const struct local *local;
	const char *folder;
	struct tx *tx;
	json_t *store; /* its part of the manifest */
};

static int
not_written(const char *path)
{
	return app_fail(EXIT_AWAY, _("%s cannot be written: %s"), path, strerror(errno));
}

static int
store_lost(const struct local *p)
{
	return app_fail(EXIT_AWAY, _("the database of %s was lost while it was copied; nothing is kept, run it again"),
	                p->name);
}

/* ---- what is said of a store ------------------------------------------------------------------------------------- */
static int
schemas_add(struct copying *c)
{
	json_t *schemas = json_object();
	struct rows *rows;

	if (schemas == NULL || json_object_set_new(c->store, "schemas", schemas) != 0)
		return app_no_memory();
	if (tx_run(c->tx, &SQL_backup_schemas, NULL, &rows) != STORE_OK)
		return store_lost(c->local);
	for (int i = 0; i < rows_count(rows); i++)
		if (json_object_set_new(schemas, rows_text(rows, i, 0), json_integer(rows_int(rows, i, 1))) != 0)
			return app_no_memory();
	return EXIT_DONE;
}

/* Begins the transaction; *snapshot is what pg_dump is to see. */
static int
head_add(struct copying *c, struct store *store, const char **snapshot)
{
	struct rows *rows;

	if (tx_begin(store, &c->tx) != STORE_OK || tx_run(c->tx, &SQL_backup_repeatable, NULL, NULL) != STORE_OK ||
	    tx_run(c->tx, &SQL_backup_snapshot, NULL, &rows) != STORE_OK)
		return store_lost(c->local);
	*snapshot = arena_strdup(c->app->arena, rows_text(rows, 0, 0));
	if (tx_run(c->tx, &SQL_backup_head, NULL, &rows) != STORE_OK || rows_count(rows) != 1)
		return store_lost(c->local);
	c->store = json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:i, s:[]}", "name", c->local->name, "service",
	                     c->local->service, "seq", (json_int_t)rows_int(rows, 0, 0), "epoch", rows_text(rows, 0, 1),
	                     "epochs", (json_int_t)rows_int(rows, 0, 2), "server", (json_int_t)rows_int(rows, 0, 3),
	                     "erased", 0, "files");
	return c->store == NULL || *snapshot == NULL ? app_no_memory() : EXIT_DONE;
}

/* ---- its files --------------------------------------------------------------------------------------------------- */
static int
file_add(struct copying *c, const char *name)
{
	return manifest_add_file(c->store, c->folder, name) == 0 ? EXIT_DONE : not_written(name);
}

static int
dump_add(struct copying *c, const char *snapshot)
{
	const char *name = arena_printf(c->app->arena, "%s.dump", c->local->name),
		   *file = name == NULL ? NULL : arena_printf(c->app->arena, "--file=%s/%s", c->folder, name),
		   *of = arena_printf(c->app->arena, "--snapshot=%s", snapshot);
	const char *const argv[] = { "pg_dump", "--format=custom", "--no-password", "--lock-wait-timeout=60s", of, file,
		                     NULL };
	pid_t pid;

	if (file == NULL || of == NULL)
		return app_no_memory();
	int status = program_start(c->app, c->local, argv, -1, -1, &pid);
	if (status != EXIT_DONE)
		return status;
	if (program_wait(pid) != 0)
		return app_fail(EXIT_AWAY, _("pg_dump has failed for %s; nothing is kept"), c->local->name);
	return file_add(c, name);
}

/* Pages by key, in the transaction of the copy: `hash day` in each line. */
static int
register_write(struct copying *c, FILE *to, int64_t *count)
{
	uint8_t after[32] = { 0 };
	struct rows *rows;
	int n;

	do {
		struct params p = params_new(c->app->arena);
		param_bytes(&p, after, *count == 0 ? 0 : sizeof after);
		param_int(&p, REGISTER_PAGE);
		if (tx_run(c->tx, &SQL_backup_erased, &p, &rows) != STORE_OK)
			return store_lost(c->local);
		n = rows_count(rows);
		for (int i = 0; i < n; i++) {
			if (fprintf(to, "%s %s\n", rows_text(rows, i, 0), rows_text(rows, i, 1)) < 0)
				return not_written(c->folder);
		}
		if (n > 0 && !hex_to_bytes(rows_text(rows, n - 1, 0), after, sizeof after))
			return store_lost(c->local);
		*count += n;
	} while (n == REGISTER_PAGE);
	return EXIT_DONE;
}

/* The register of the erased, also apart from the dump: the newest one goes with any restore. */
static int
register_add(struct copying *c)
{
	const char *name = arena_printf(c->app->arena, "%s.erased", c->local->name),
		   *path = name == NULL ? NULL : arena_printf(c->app->arena, "%s/%s", c->folder, name);
	FILE *to = path == NULL ? NULL : fopen(path, "wex");
	int64_t count = 0;

	if (to == NULL)
		return path == NULL ? app_no_memory() : not_written(path);
	int status = register_write(c, to, &count);
	if (fclose(to) != 0 && status == EXIT_DONE)
		status = not_written(path);
	if (status == EXIT_DONE && json_object_set_new(c->store, "erased", json_integer(count)) != 0)
		return app_no_memory();
	return status == EXIT_DONE ? file_add(c, name) : status;
}

/* ---- one store, all stores --------------------------------------------------------------------------------------- */
static int
store_has(struct copying *c, const char *table, struct store *store, bool *has)
{
	struct params p = params_new(c->app->arena);
	struct rows *rows;

	param_text(&p, table);
	if (store_run(store, &SQL_store_has, &p, &rows) != STORE_OK)
		return store_lost(c->local);
	*has = rows_bool(rows, 0, 0);
	return EXIT_DONE;
}

/* Statements on tables that are not there cannot be prepared, so the store is looked at first. */
static int
kind_find(struct copying *c, bool *has_register)
{
	static const struct sql *const first[] = { &SQL_store_has, NULL };
	static const struct sql *const *const look[] = { first, NULL };
	struct store *store;
	bool has_log = false;

	int status = local_connect(c->local, look, &store);
	if (status == EXIT_DONE)
		status = store_has(c, "event_head", store, &has_log);
	if (status == EXIT_DONE)
		status = store_has(c, "erased", store, has_register);
	store_destroy(&store);
	if (status == EXIT_DONE && !has_log)
		return app_fail(EXIT_AWAY, _("the database of %s is empty: its service has never been started"),
		                c->local->name);
	return status;
}

static int
store_copy(struct copying *c)
{
	const char *snapshot = NULL;
	struct store *store = NULL;
	bool has_register = false;

	int status = kind_find(c, &has_register);
	if (status == EXIT_DONE)
		status = local_connect(c->local, has_register ? lists_with_register : lists, &store);
	if (status == EXIT_DONE)
		status = head_add(c, store, &snapshot);
	if (status == EXIT_DONE)
		status = schemas_add(c);
	if (status == EXIT_DONE && has_register)
		status = register_add(c);
	if (status == EXIT_DONE)
		status = dump_add(c, snapshot);
	tx_rollback(&c->tx);
	store_destroy(&store);
	return status;
}

static int
stores_copy(struct app *app, const struct locals *locals, const char *folder, json_t *manifest)
{
	int status = EXIT_DONE;
	size_t copied = 0;

	for (size_t i = 0; status == EXIT_DONE && i < locals->count; i++) {
		struct copying c = { .app = app, .local = &locals->at[i], .folder = folder };
		if (c.local->conninfo[0] == '\0') {
			(void)app_fail(EXIT_DONE, _("%s has no settings on this machine, and is not in this backup"),
			               c.local->name);
			continue;
		}
		status = store_copy(&c);
		if (status == EXIT_DONE && json_array_append(json_object_get(manifest, "stores"), c.store) != 0)
			status = app_no_memory();
		json_decref(c.store);
		copied++;
	}
	return status == EXIT_DONE && copied == 0 ?
	           app_fail(EXIT_USE, _("no settings of a service are in %s"), app_path(app, "etc")) :
	           status;
}

/* ---- the folder -------------------------------------------------------------------------------------------------- */
static int
folder_flush(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* The folder in which a path lies. */
static const char *
parent_of(struct app *app, const char *path)
{
	char *parent = arena_strdup(app->arena, path);
	char *slash = parent == NULL ? NULL : strrchr(parent, '/');

	if (slash == NULL)
		return ".";
	slash[slash == parent] = '\0';
	return parent;
}

/* What a backup that failed has written: files of ours, in a folder of ours. */
static void
folder_remove(const char *folder, const struct locals *locals)
{
	static const char *const ends[] = { "dump", "erased" };
	char path[PATH_MAX];

	for (size_t i = 0; i < locals->count; i++)
		for (size_t e = 0; e < COUNT_OF(ends); e++) {
			int length = snprintf(path, sizeof path, "%s/%s.%s", folder, locals->at[i].name, ends[e]);
			if (length > 0 && (size_t)length < sizeof path)
				(void)unlink(path);
		}
	int length = snprintf(path, sizeof path, "%s/manifest.json", folder);
	if (length > 0 && (size_t)length < sizeof path)
		(void)unlink(path);
	(void)rmdir(folder);
}

static int
folder_seal(struct app *app, json_t *manifest, const char *folder, const char *name)
{
	if (manifest_write(manifest, folder) != 0 || folder_flush(folder) != 0)
		return not_written(folder);
	if (rename(folder, name) != 0 || folder_flush(parent_of(app, name)) != 0)
		return not_written(name);
	return EXIT_DONE;
}

static int
tell(struct app *app, json_t *manifest, const char *name)
{
	static const struct column columns[] = { { "name", N_("store"), COLUMN_TEXT },
		                                 { "seq", N_("last event"), COLUMN_NUMBER },
		                                 { "epoch", N_("epoch"), COLUMN_TEXT },
		                                 { "erased", N_("erased"), COLUMN_NUMBER } };
	struct column shown[COUNT_OF(columns)];
	json_t *store;
	size_t i;

	if (app->options.json)
		return json_write(stdout, json_incref(manifest)) == 0 ? EXIT_DONE : app_not_written();
	for (i = 0; i < COUNT_OF(columns); i++)
		shown[i] = (struct column){ columns[i].name, _(columns[i].title), columns[i].kind };
	struct table *t = table_new(app->arena, shown, COUNT_OF(shown));
	if (t == NULL)
		return app_no_memory();
	json_array_foreach(json_object_get(manifest, "stores"), i, store)
	{
		const char *cells[] = { json_string_value(json_object_get(store, "name")),
			                arena_printf(app->arena, "%" PRId64,
			                             (int64_t)json_integer_value(json_object_get(store, "seq"))),
			                json_string_value(json_object_get(store, "epoch")),
			                arena_printf(app->arena, "%" PRId64,
			                             (int64_t)json_integer_value(json_object_get(store, "erased"))) };
		if (table_add(t, cells) != 0)
			return app_no_memory();
	}
	if (table_print(t, stdout) != 0 ||
	    printf(_("%s is whole. Keys and settings are not in it: keep %s and %s apart from it, encrypted.\n"), name,
	           app_path(app, "keys"), app_path(app, "etc")) < 0)
		return app_not_written();
	return EXIT_DONE;
}

static int
backup_into(struct app *app, const char *name, const char *folder, const struct locals *locals)
{
	json_t *manifest = manifest_new(app);

	if (manifest == NULL)
		return app_no_memory();
	int status = stores_copy(app, locals, folder, manifest);
	if (status == EXIT_DONE)
		status = folder_seal(app, manifest, folder, name);
	if (status == EXIT_DONE)
		status = tell(app, manifest, name);
	else
		folder_remove(folder, locals);
	json_decref(manifest);
	return status;
}

int
run_backup(struct app *app)
{
	char *name = app->options.args[0];
	size_t size = strlen(name);
	while (size > 1 && name[size - 1] == '/')
		name[--size] = '\0';
	char *folder = arena_printf(app->arena, "%s.partial-XXXXXX", name);
	struct locals locals;
	struct stat there;

	log_open("bassin", LOG_LEVEL_WARN);
	(void)umask(077);
	if (folder == NULL)
		return app_no_memory();
	if (lstat(name, &there) == 0)
		return app_fail(EXIT_USE, _("%s is there already: a backup is a new folder"), name);
	int status = locals_find(app, &locals);
	if (status == EXIT_DONE && mkdtemp(folder) == NULL)
		status = not_written(folder);
	if (status == EXIT_DONE)
		status = backup_into(app, name, folder, &locals);
	locals_forget(&locals);
	return status;
}
