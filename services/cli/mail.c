/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin mail ...`: what was written to whom, and stopping it. */
#include "manage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "bassin/v1/notification.pb-c.h"
#include "json.h"
#include "table.h"
#include "terminal.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

/* To the file of --output, else to standard output. */
static int
write_out(struct app *app, const char *data, size_t size)
{
	const char *path = app->options.output;
	FILE *to = stdout;
	size_t written;

	if (path != NULL && (to = fopen(path, "wb")) == NULL)
		return app_fail(EXIT_AWAY, _("%s cannot be written: %s"), terminal_safe_text(app->arena, path),
		                strerror(errno));
	if (to == stdout && isatty(STDOUT_FILENO)) {
		/* A terminal obeys control characters; a file keeps the message as it was sent. */
		const char *safe = terminal_safe(app->arena, data, size, true);
		size = strlen(safe);
		written = fwrite(safe, 1, size, to);
	} else {
		written = fwrite(data, 1, size, to);
	}
	if ((to == stdout ? fflush(to) : fclose(to)) != 0 || written != size)
		return app_not_written();
	return EXIT_DONE;
}

int
run_mail_show(struct app *app)
{
	Bassin__V1__ShowAsk ask = BASSIN__V1__SHOW_ASK__INIT;
	const char *service;
	void *reply = NULL;
	int status = app_service(app, "notifications", &service);

	ask.id = app->options.args[0];
	ask.language = (char *)(uintptr_t)language_code();
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(MAIL_SHOW), &ask.base, app->arena,
		                 &bassin__v1__mail_file__descriptor, &reply);
	if (status != EXIT_DONE)
		return status;
	const Bassin__V1__MailFile *mail = reply;
	if (!app->options.json)
		return write_out(app, (const char *)mail->message.data, mail->message.len);
	json_t *object = json_pack(
	    "{s:s, s:o}", "state", mail->state, "message",
	    json_string(terminal_safe(app->arena, (const char *)mail->message.data, mail->message.len, true)));
	return json_write(stdout, object) == 0 ? EXIT_DONE : app_not_written();
}

static int
say(struct app *app, int status, const char *text)
{
	if (status != EXIT_DONE)
		return status;
	if (app->options.json)
		return puts("{}") == EOF ? app_not_written() : EXIT_DONE;
	return puts(text) == EOF ? app_not_written() : EXIT_DONE;
}

int
run_mail_retry(struct app *app)
{
	Bassin__V1__MailAsk ask = BASSIN__V1__MAIL_ASK__INIT;
	const char *service;
	int status = app_service(app, "notifications", &service);

	ask.mail = app->options.args[0];
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(MAIL_RETRY), &ask.base, app->arena, NULL, NULL);
	return say(app, status, _("will be tried again now"));
}

int
run_mail_suppress(struct app *app)
{
	Bassin__V1__MailSuppress ask = BASSIN__V1__MAIL_SUPPRESS__INIT;
	const char *service;
	int status = app_service(app, "notifications", &service);
	bool is_address = strchr(app->options.args[0], '@') != NULL;

	if (status == EXIT_DONE && app->options.reason == NULL)
		return app_fail(EXIT_USE, "%s", _("suppressing needs its reason: --reason TEXT"));
	if (is_address)
		ask.address = app->options.args[0];
	else
		ask.mail = app->options.args[0];
	ask.reason = (char *)(uintptr_t)(app->options.reason == NULL ? "" : app->options.reason);
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(MAIL_SUPPRESS), &ask.base, app->arena, NULL, NULL);
	return say(app, status,
	           is_address ? _("nothing is sent to this address any more") : _("this message is not sent"));
}

int
run_mail_unsuppress(struct app *app)
{
	Bassin__V1__MailUnsuppress ask = BASSIN__V1__MAIL_UNSUPPRESS__INIT;
	const char *service;
	int status = app_service(app, "notifications", &service);

	ask.address = app->options.args[0];
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(MAIL_UNSUPPRESS), &ask.base, app->arena, NULL, NULL);
	return say(app, status, _("is written to again; what was not sent meanwhile: bassin mail retry ID"));
}

/* ---- preview ----------------------------------------------------------------------------------------------------- */
static int
show_kinds(struct app *app, const Bassin__V1__MailPreview *preview)
{
	const struct column columns[] = {
		{ "kind", column_title("kind"), COLUMN_TEXT },
		{ "about", column_title("about"), COLUMN_TEXT },
	};
	struct table *table = table_new(app->arena, columns, COUNT_OF(columns));

	if (table == NULL)
		return app_no_memory();
	for (size_t i = 0; i < preview->n_kinds; i++) {
		const char *cells[COUNT_OF(columns)] = { preview->kinds[i]->kind, preview->kinds[i]->purpose };
		if (table_add(table, cells) != 0)
			return app_no_memory();
	}
	if (!app->options.json)
		return table_print(table, stdout) == 0 ? EXIT_DONE : app_not_written();
	return fputs("[\n", stdout) != EOF && table_json(table, stdout, true) == 0 && fputs("\n]\n", stdout) != EOF ?
	           EXIT_DONE :
	           app_not_written();
}

static int
show_preview(struct app *app, const Bassin__V1__MailPreview *preview)
{
	if (app->options.json) {
		json_t *object = json_pack("{s:s, s:s, s:s}", "subject", preview->subject, "text", preview->text, "html",
		                           preview->html);
		return json_write(stdout, object) == 0 ? EXIT_DONE : app_not_written();
	}
	if (app->options.html)
		return write_out(app, preview->html, strlen(preview->html));
	const char *text = arena_printf(app->arena, _("Subject: %s\n\n%s"), preview->subject, preview->text);
	return text == NULL ? app_no_memory() : write_out(app, text, strlen(text));
}

int
run_mail_preview(struct app *app)
{
	Bassin__V1__MailPreviewAsk ask = BASSIN__V1__MAIL_PREVIEW_ASK__INIT;
	const char *service;
	void *reply = NULL;
	int status = app_service(app, "notifications", &service);

	if (app->options.arg_count > 0)
		ask.kind = app->options.args[0];
	ask.language = (char *)(uintptr_t)language_code();
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(MAIL_PREVIEW), &ask.base, app->arena,
		                 &bassin__v1__mail_preview__descriptor, &reply);
	if (status != EXIT_DONE)
		return status;
	return app->options.arg_count > 0 ? show_preview(app, reply) : show_kinds(app, reply);
}
