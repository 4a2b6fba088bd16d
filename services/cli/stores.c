/* SPDX-License-Identifier: Apache-2.0 */
/* Which services have their settings here, where their stores are, and running PostgreSQL's programs on them. */
#include "stores.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/language.h"
#include "terminal.h"

#define VARIABLES_MAX 512
#define STATEMENT_MS 600000

/* Readers stand before what they read: a copy of a reader is then never ahead of the copy of the log. */
static const char *const services[] = { "notifications", "matching", "employer_intake", "learner_intake" };

/* What is looked up here of a service's settings, with the service's own defaults; it explains them where it has them. */
#define LOOK_UP(name, fallback)                                            \
	{                                                                  \
		name, SETTING_KIND_TEXT, fallback, 0, 4096, NULL, "", NULL \
	}
static const struct setting looked_up[] = {
	LOOK_UP("home", ""),
	LOOK_UP("log_id", ""),
	LOOK_UP("store", ""),
	LOOK_UP("places", ""),
	LOOK_UP("mail_mode", "hold"),
	LOOK_UP("smtp_url", ""),
	LOOK_UP("smtp_tls", "none"),
	LOOK_UP("smtp_user", ""),
	LOOK_UP("smtp_password", ""),
	LOOK_UP("smtp_ca_file", ""),
	SETTING_END,
};
static const struct setting *const tables[] = { looked_up, NULL };

/* ---- which there are --------------------------------------------------------------------------------------------- */
static const char *
beside_us(struct app *app, const char *program)
{
	char self[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);

	self[size > 0 ? size : 0] = '\0';
	const char *slash = strrchr(self, '/');
	return arena_printf(app->arena, "%.*s%s", slash == NULL ? 0 : (int)(slash - self) + 1, self, program);
}

static int
local_fill(struct app *app, struct local *p, const char *name, const char *service)
{
	char *program = arena_printf(app->arena, "bassin-%s", service);

	for (char *c = program; c != NULL && *c != '\0'; c++)
		*c = *c == '_' ? '-' : *c;
	p->name = name;
	p->service = service;
	p->unit = program == NULL ? NULL : arena_printf(app->arena, "%s@%s", program, name);
	p->program = program == NULL ? NULL : beside_us(app, program);
	if (p->unit == NULL || p->program == NULL)
		return app_no_memory();
	p->settings = settings_of_service("bassin", app->home, name, tables);
	if (p->settings == NULL)
		return EXIT_USE;
	p->conninfo = settings_text(p->settings, "store");
	return EXIT_DONE;
}

int
locals_find(struct app *app, struct locals *out)
{
	const struct directory *d = NULL;
	int status = app_directory(app, &d);

	out->count = 0;
	language_add("bassin-service", NULL);
	for (size_t s = 0; status == EXIT_DONE && s < COUNT_OF(services); s++)
		for (size_t i = 0; status == EXIT_DONE && i < directory_count(d) && out->count < LOCALS_MAX; i++) {
			const struct directory_entry *e = directory_at(d, i);
			if (directory_entry_is_of(e, services[s]) &&
			    (app->options.service == NULL || strcmp(app->options.service, e->name) == 0))
				status = local_fill(app, &out->at[out->count++], e->name, services[s]);
		}
	if (status == EXIT_DONE && out->count == 0)
		return app_fail(EXIT_USE, _("there is no service %s in %s"),
		                app->options.service == NULL ? "" : app->options.service,
		                app_path(app, "etc/directory"));
	return status;
}

void
locals_forget(struct locals *self)
{
	for (size_t i = 0; i < self->count; i++)
		settings_destroy(&self->at[i].settings);
	self->count = 0;
}

const struct local *
locals_named(const struct locals *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->at[i].name, name) == 0)
			return &p->at[i];
	return NULL;
}

int
local_connect(const struct local *p, const struct sql *const *const *statements, struct store **out)
{
	const struct store_settings settings = {
		.conninfo = p->conninfo, .name = "bassin", .statement_ms = STATEMENT_MS, .statements = statements
	};

	*out = store_new(&settings);
	if (*out == NULL)
		return app_no_memory();
	if (store_connect(*out, clock_mono_ms()) == STORE_OK)
		return EXIT_DONE;
	store_destroy(out);
	return app_fail(EXIT_AWAY, _("the database of %s cannot be used; `bassin doctor` tells more"), p->name);
}

/* ---- programs ---------------------------------------------------------------------------------------------------- */
/* Our environment, with what the connection string says in libpq's own variables. */
static char **
environment_for(struct app *app, const struct local *p)
{
	char **all = arena_zalloc(app->arena, VARIABLES_MAX, sizeof *all);
	PQconninfoOption *options = p == NULL ? NULL : PQconninfoParse(p->conninfo, NULL);
	size_t n = 0;

	if (all == NULL || (p != NULL && options == NULL)) {
		PQconninfoFree(options);
		return NULL;
	}
	for (char **e = environ; *e != NULL && n < VARIABLES_MAX - 1; e++)
		if (p == NULL || strncmp(*e, "PG", 2) != 0)
			all[n++] = *e;
	for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL && n < VARIABLES_MAX - 1; o++) {
		if (o->envvar == NULL || o->val == NULL || o->val[0] == '\0')
			continue;
		all[n] = arena_printf(app->arena, "%s=%s", o->envvar, o->val);
		if (all[n++] == NULL)
			n = 0;
	}
	PQconninfoFree(options);
	return n == 0 ? NULL : all;
}

static int
redirect(posix_spawn_file_actions_t *actions, int fd, int becomes, int flags)
{
	return fd >= 0 ? posix_spawn_file_actions_adddup2(actions, fd, becomes) :
	                 posix_spawn_file_actions_addopen(actions, becomes, "/dev/null", flags, 0);
}

int
program_start(struct app *app, const struct local *p, const char *const *argv, int in, int out, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	char **environment = environment_for(app, p);

	if (environment == NULL || posix_spawn_file_actions_init(&actions) != 0)
		return app_no_memory();
	int error = redirect(&actions, in, STDIN_FILENO, O_RDONLY);
	if (error == 0)
		error = redirect(&actions, out, STDOUT_FILENO, O_WRONLY);
	if (error == 0)
		error = posix_spawnp(pid, argv[0], &actions, NULL, (char **)(uintptr_t)argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return error == 0 ? EXIT_DONE : app_fail(EXIT_AWAY, _("%s cannot be run: %s"), argv[0], strerror(error));
}

int
program_wait(pid_t pid)
{
	int how;

	while (waitpid(pid, &how, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}
