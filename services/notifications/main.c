/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications declares itself; opening starts the thread that talks to the relay, unless mail is held. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "notifications.h"
#include "notifications/sql.h"

static void
wake(void *rt)
{
	runtime_wake(rt);
}

/* smtp_tls=tls says what smtps:// says. The text is the worker's to copy. */
static const char *
relay_url(const struct settings *s, char *room, size_t size)
{
	const char *url = settings_text(s, "smtp_url");

	if (strcmp(settings_text(s, "smtp_tls"), "tls") != 0 || strncmp(url, "smtp://", 7) != 0)
		return url;
	int length = snprintf(room, size, "smtps://%s", url + 7);
	return length > 0 && (size_t)length < size ? room : url;
}

static int
worker_start(struct runtime *rt, struct notifications *n)
{
	const struct settings *s = runtime_settings(rt);
	struct worker_settings settings = post_worker_settings(s, &n->settings);
	const char *why;
	char url[1024];

	settings.wake = wake;
	settings.wake_self = rt;
	settings.delivery.url = relay_url(s, url, sizeof url);
	n->worker = worker_open(&settings, &why);
	if (n->worker == NULL) {
		log_error("setting=smtp wrong=\"%s\"", why);
		return -1;
	}
	return 0;
}

static void
notifications_close(void **state)
{
	struct notifications *n = *state;

	if (n == NULL)
		return;
	worker_close(&n->worker);
	queue_close(n);
	zone_close(&n->settings.zone);
	compose_close();
	free(n);
	*state = NULL;
}

static int
notifications_open(struct runtime *rt, void **state)
{
	struct notifications *n = calloc(1, sizeof *n);

	*state = n;
	if (n == NULL)
		return -1;
	compose_open();
	n->tasks.wait_ms = settings_int(runtime_settings(rt), "tasks_wait_ms");
	if (post_settings_read(runtime_settings(rt), &n->settings) == 0 &&
	    (n->settings.mode == MODE_HOLD || worker_start(rt, n) == 0)) {
		log_info("mail_mode=%s connections=%u", settings_text(runtime_settings(rt), "mail_mode"),
		         n->settings.connections);
		return 0;
	}
	notifications_close(state);
	return -1;
}

int
main(int argc, char **argv)
{
	const struct service service = {
		.name = "notifications",
		.port = 7104,
		.about = SETTINGS_ABOUT("tells employers and coordinators by email what happened"),
		.settings = notifications_settings,
		.commands = notifications_commands,
		.command_count = notifications_command_count,
		.follows = notifications_follows,
		.follow_count = notifications_follow_count,
		.chores = notifications_chores,
		.chore_count = notifications_chore_count,
		.statements = notifications_statements,
		.migrations = notifications_migrations,
		.open = notifications_open,
		.close = notifications_close,
		.on_active = notifications_on_active,
		.on_status = notifications_on_status,
	};

	return service_main(&service, argc, argv);
}
