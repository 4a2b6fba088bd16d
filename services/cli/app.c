/* SPDX-License-Identifier: Apache-2.0 */
/* The pool's folder and connection, and telling what went wrong. */
#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/log.h"
#include "json.h"
#include "refusals.h"
#include "table.h"
#include "terminal.h"
#include "who.h"

#define ARENA_MAX ((size_t)2048 * MiB)
#define WINDOW 8

int
app_fail(int status, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("bassin: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}

int
app_no_memory(void)
{
	return app_fail(EXIT_AWAY, "%s", _("out of memory"));
}

int
app_not_written(void)
{
	return app_fail(EXIT_AWAY, "%s", _("the output cannot be written"));
}

int
app_open(struct app *app)
{
	const char *home = getenv("BASSIN_HOME");

	app->home = app->options.home != NULL ? app->options.home : home != NULL && home[0] != '\0' ? home : "var";
	app->patience_ms = (app->options.wait_s > 0 ? app->options.wait_s : 30) * INT64_C(1000);
	app->window = WINDOW;
	app->arena = arena_new(ARENA_MAX);
	/* The shared parts log; a person at a terminal is told by us. */
	log_open("bassin", LOG_LEVEL_ERROR);
	return app->arena == NULL ? app_no_memory() : EXIT_DONE;
}

void
app_close(struct app *app)
{
	client_destroy(&app->client);
	directory_destroy(&app->directory);
	arena_destroy(&app->arena);
}

const char *
app_path(struct app *app, const char *below)
{
	char *path = arena_printf(app->arena, "%s/%s", app->home, below);

	return path == NULL ? "" : path;
}

int
app_directory(struct app *app, const struct directory **out)
{
	struct key_why why;

	if (app->directory == NULL && directory_load(app_path(app, "etc/directory"), &app->directory, &why) != 0)
		return app_fail(EXIT_USE,
		                _("no pool is described in %s (--home DIR or BASSIN_HOME names its folder): %s"),
		                app->home, terminal_safe_text(app->arena, why.text));
	*out = app->directory;
	return EXIT_DONE;
}

int
app_service(struct app *app, const char *service, const char **name)
{
	const struct directory *d = NULL;
	int status = app_directory(app, &d);

	*name = NULL;
	for (size_t i = 0; status == EXIT_DONE && i < directory_count(d); i++) {
		const struct directory_entry *e = directory_at(d, i);
		if (!directory_entry_is_of(e, service) ||
		    (app->options.service != NULL && strcmp(app->options.service, e->name) != 0))
			continue;
		if (*name != NULL)
			return app_fail(EXIT_USE, _("there are several: %s and %s; say which by --service NAME"), *name,
			                e->name);
		*name = e->name;
	}
	if (status == EXIT_DONE && *name == NULL)
		return app_fail(EXIT_USE, _("there is no service %s in %s"),
		                app->options.service != NULL ? app->options.service : service,
		                app_path(app, "etc/directory"));
	return status;
}

int
app_connect(struct app *app, Bassin__V1__CommandType type)
{
	struct client_settings settings = { .patience_ms = app->patience_ms, .window = app->window };
	const char *key = NULL, *why = "";
	const struct directory *d;

	if (app->client != NULL)
		return EXIT_DONE;
	int status = app_directory(app, &d);
	if (status == EXIT_DONE)
		status = who_find_key(app, type, &key);
	if (status != EXIT_DONE)
		return status;
	settings.directory = app_path(app, "etc/directory");
	settings.keyring = app_path(app, KEYRING_PATH);
	settings.key_file = key;
	switch (client_new(&settings, &app->client, &why)) {
	case CLIENT_OK: return EXIT_DONE;
	case CLIENT_SETTINGS: return app_fail(EXIT_USE, "%s", terminal_safe_text(app->arena, why));
	default:
		return app_fail(EXIT_AWAY, _("the pool could not be reached: %s"), terminal_safe_text(app->arena, why));
	}
}

/* ---- answers that are no OK -------------------------------------------------------------------------------------- */
int
app_tell_unreachable(const char *service)
{
	return app_fail(EXIT_AWAY, _("%s could not be reached; nothing is lost, run it again"), service);
}

static int
tell_refusal(struct app *app, const Bassin__V1__Refusal *refusal)
{
	const char *field = refusal->field;
	const char *sentence = terminal_safe_text(app->arena, refusal_text(app->arena, refusal));

	if (app->options.json) {
		json_t *object =
		    json_pack("{s:{s:s, s:s, s:s, s:s, s:s}}", "refused", "code", refusal->code, "field", field, "allowed",
		              refusal->allowed, "state", refusal->state, "message", sentence);
		if (json_write(stdout, object) != 0)
			return app_not_written();
	}
	if (field[0] == '\0')
		return app_fail(EXIT_REFUSED, _("refused: %s"), sentence);
	/* What is in a state is a thing, not a column that was typed. */
	return app_fail(EXIT_REFUSED, _("refused: %s %s"),
	                terminal_safe_text(app->arena, refusal->state[0] != '\0' ? column_title(field) : field), sentence);
}

int
app_tell(struct app *app, const struct client_answer *answer)
{
	static const Bassin__V1__Refusal nothing = BASSIN__V1__REFUSAL__INIT;

	switch (answer->code) {
	case BASSIN__V1__REPLY_CODE__OK: return EXIT_DONE;
	case BASSIN__V1__REPLY_CODE__REFUSED:
		return tell_refusal(app, answer->refusal == NULL ? &nothing : answer->refusal);
	case BASSIN__V1__REPLY_CODE__UNAVAILABLE:
	case BASSIN__V1__REPLY_CODE__NOT_ACTIVE:
	case BASSIN__V1__REPLY_CODE__EXPIRED: return app_fail(EXIT_AWAY, "%s", reply_code_sentence(answer->code));
	default: return app_fail(EXIT_REFUSED, "%s", reply_code_sentence(answer->code));
	}
}

int
app_ask_quietly(struct app *app, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *payload,
                struct arena *a, struct client_answer *answer)
{
	int status = app_connect(app, type);

	if (status != EXIT_DONE)
		return status;
	switch (client_ask(app->client, service, type, payload, a, answer)) {
	case CLIENT_OK: return answer->code == BASSIN__V1__REPLY_CODE__OK ? EXIT_DONE : EXIT_REFUSED;
	case CLIENT_KEY_REFUSED:
		answer->code = BASSIN__V1__REPLY_CODE__OK;      /* no answer came: the line below says all there is */
		return app_fail(EXIT_REFUSED, _("%s does not know this key, or it was revoked"), service);
	case CLIENT_SETTINGS:
		return app_fail(EXIT_USE, _("there is no service %s in %s"), service, app_path(app, "etc/directory"));
	default: return app_tell_unreachable(service);
	}
}

int
app_ask(struct app *app, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *payload,
        struct arena *a, const ProtobufCMessageDescriptor *reply_type, void **reply)
{
	struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__OK };
	int status = app_ask_quietly(app, service, type, payload, a, &answer);
	ProtobufCAllocator allocator = arena_allocator(a);

	if (status == EXIT_REFUSED && answer.code != BASSIN__V1__REPLY_CODE__OK)
		return app_tell(app, &answer);
	if (status != EXIT_DONE || reply == NULL)
		return status;
	*reply = protobuf_c_message_unpack(reply_type, &allocator, answer.size, answer.payload);
	if (*reply == NULL)
		return app_fail(EXIT_AWAY, "%s", reply_code_sentence(BASSIN__V1__REPLY_CODE__REPLY_UNSPECIFIED));
	return EXIT_DONE;
}
