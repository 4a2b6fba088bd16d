/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin doctor`: looks at all that a pool on this machine needs, and says of what is wrong what to type. */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/log.h"
#include "json.h"
#include "manage.h"
#include "terminal.h"

#define CHECK_WIDTH 12

static const char *const levels[] = { [HEALTH_OK] = "ok", [HEALTH_WARN] = "warn", [HEALTH_FAIL] = "FAIL" };

void
doctor_say(struct doctor *d, enum health health, const char *check, const char *text, const char *mend)
{
	json_t *finding =
	    json_pack("{s:s, s:s, s:s, s:s}", "level", levels[health], "check", check, "text",
	              terminal_safe_text(d->app->arena, text), "do", terminal_safe_text(d->app->arena, mend));

	if (json_array_append_new(d->findings, finding) != 0 || health == HEALTH_FAIL)
		d->failed = true;
}

const char *
doctor_text(struct doctor *d, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	int length = vasprintf(&text, fmt, ap);
	va_end(ap);
	const char *kept = length < 0 ? NULL : arena_strdup(d->app->arena, text);
	if (length >= 0)
		free(text);
	return kept == NULL ? "" : kept;
}

static int
tell(struct doctor *d)
{
	const json_t *finding;
	size_t i;
	int rc = 0;

	if (d->app->options.json)
		return json_write(stdout, json_incref(d->findings)) == 0 ? EXIT_DONE : app_not_written();
	json_array_foreach(d->findings, i, finding)
	{
		const char *mend = json_string_value(json_object_get(finding, "do"));
		rc = rc < 0 ? rc :
		              printf("%-5s%-*s%s\n", json_string_value(json_object_get(finding, "level")), CHECK_WIDTH,
		                     json_string_value(json_object_get(finding, "check")),
		                     json_string_value(json_object_get(finding, "text")));
		if (rc >= 0 && mend[0] != '\0')
			rc = printf("%*s-> %s\n", 5 + CHECK_WIDTH, "", mend);
	}
	return rc < 0 ? app_not_written() : EXIT_DONE;
}

int
run_doctor(struct app *app)
{
	struct doctor d = { .app = app, .findings = json_array() };

	if (d.findings == NULL)
		return app_no_memory();
	log_open("bassin", LOG_LEVEL_ERROR);
	/* What other programs tell us is in our language. */
	(void)setenv("BASSIN_LANG", language_code(), 1);
	doctor_settings(&d);
	doctor_keys(&d);
	doctor_tables(&d);
	doctor_databases(&d);
	doctor_clock(&d);
	doctor_disk(&d, _("the pool's folder"), app->home);
	doctor_ports(&d);
	doctor_relay(&d);
	int status = tell(&d);
	locals_forget(&d.locals);
	json_decref(d.findings);
	return status == EXIT_DONE && d.failed ? EXIT_AWAY : status;
}
