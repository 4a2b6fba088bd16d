/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: which source wins, what each mistake says, and what --help, --check and --example print. */
#include "bus_play.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "service/settings.h"

static const struct setting service_table[] = {
	SETTING_TEXT(smtp_url, SETTING_REQUIRED, "mail relay"),
	SETTING_INT(smtp_wait_ms, "5000", 100, 60000, "longest wait for the relay, ms"),
	SETTING_CHOICE(mail_mode, "hold", "hold|allowlist|send", "what happens to mail"),
	SETTING_SECRET(smtp_password, "", "of the relay"),
	SETTING_TEXT(pipe_file, "$home/run/pipe", "a file of the pool"),
	SETTING_END,
};
static const struct setting own_table[] = {
	SETTING_TEXT(log_id, "", "several stand"),
	{ "listen", SETTING_KIND_TEXT, "tcp://127.0.0.1:1", 0, 4096, NULL, "where", "tcp://127.0.0.1:2" },
	SETTING_END,
};
static const struct setting common_table[] = {
	SETTING_TEXT(home, "/nowhere", "the pool's folder"),
	SETTING_INT(smtp_wait_ms, "1", 1, 1, "the earlier table wins"),
	SETTING_END,
};
static const struct setting *const tables[] = { service_table, own_table, common_table, NULL };

static struct play play;
static char said[32768];        /* by the last run: both outputs */

static int
open_play(void **state)
{
	(void)state;
	play_open(&play);
	assert_int_equal(mkdir(play_path(&play, "etc"), 0700), 0);
	return 0;
}

static int
close_play(void **state)
{
	(void)state;
	play_close(&play);
	return 0;
}

static const char *const names[] = { "smtp_url", "smtp_wait_ms", "mail_mode", "smtp_password", "pipe_file", "home" };

/* Runs in a child: environment ("NAME=VALUE" or NULL), flags. Returns the result; *said is what it printed, after that all
 * values when it was OK. */
static enum settings_result
run(const char *environment, const char *const *flags)
{
	const char *argv[16] = { "./bin/bassin-notifications" };
	int argc = 1, ended, out[2];

	for (; flags[argc - 1] != NULL; argc++)
		argv[argc] = flags[argc - 1];
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	pid_t child = fork();
	if (child == 0) {
		struct settings *s;

		(void)dup2(out[1], 1);
		(void)dup2(out[1], 2);
		if (environment != NULL)
			(void)putenv((char *)(uintptr_t)environment);
		enum settings_result result =
		    settings_read("notifications", "tells people", tables, argc, (char **)(uintptr_t)argv, &s);
		for (size_t i = 0; i < COUNT_OF(names) && result == SETTINGS_OK; i++)
			(void)printf("%s=%s\n", names[i], settings_text(s, names[i]));
		if (result == SETTINGS_OK && settings_int(s, "smtp_wait_ms") < 100)
			result = SETTINGS_WRONG;
		settings_destroy(&s);
		(void)fflush(NULL);
		_exit((int)result);
	}
	(void)close(out[1]);
	size_t have = 0;
	for (ssize_t got; (got = read(out[0], said + have, sizeof said - 1 - have)) > 0;)
		have += (size_t)got;
	said[have] = '\0';
	(void)close(out[0]);
	assert_true(waitpid(child, &ended, 0) == child && WIFEXITED(ended));
	return (enum settings_result)WEXITSTATUS(ended);
}

#define RUN(environment, ...) run(environment, (const char *const[]){ __VA_ARGS__, NULL })

static void
check_said(const char *text)
{
	if (strstr(said, text) == NULL)
		fail_msg("not said: %s\nbut: %s", text, said);
}

static void
the_later_source_wins(void **state)
{
	const char *file = play_path(&play, "a.conf");

	(void)state;
	play_write(file, "smtp_url = smtp://file.example\nsmtp_wait_ms = 200\nmail_mode=allowlist\n");
	assert_int_equal(RUN(NULL, "--config", file), SETTINGS_OK);
	check_said("smtp_url=smtp://file.example\nsmtp_wait_ms=200\nmail_mode=allowlist\nsmtp_password=\n");
	assert_int_equal(RUN("BASSIN_SMTP_WAIT_MS=300", "--config", file), SETTINGS_OK);
	check_said("smtp_wait_ms=300\n");
	assert_int_equal(RUN("BASSIN_SMTP_WAIT_MS=300", "--config", file, "--smtp-wait-ms", "400"), SETTINGS_OK);
	check_said("smtp_wait_ms=400\n");
	assert_int_equal(RUN(NULL, "--smtp-wait-ms=500", "--smtp-url=a=b"), SETTINGS_OK);
	check_said("smtp_url=a=b\nsmtp_wait_ms=500\nmail_mode=hold\n");
	assert_int_equal(RUN(NULL, "--smtp-url", "a", "--smtp-url", "b"), SETTINGS_OK);
	check_said("smtp_url=b\n");
}

static void
included_files_lie_beside_the_one_that_includes(void **state)
{
	(void)state;
	play_write(play_path(&play, "etc/bassin.conf"), "smtp_url = smtp://shared.example\nmail_mode = send\nplaces = x\n");
	play_write(play_path(&play, "etc/notifications.conf"),
	           "# comment\n\nmail_mode = hold\ninclude = bassin.conf\nsmtp_wait_ms = 111\n");
	char home[128];
	(void)snprintf(home, sizeof home, "BASSIN_HOME=%s", play.dir);
	assert_int_equal(RUN(home, "--mail-mode", "allowlist"), SETTINGS_OK);
	check_said("smtp_url=smtp://shared.example\nsmtp_wait_ms=111\nmail_mode=allowlist\n");
	assert_null(strstr(said, "places"));                    /* another program's, in a shared file */
	assert_int_equal(RUN(home, "--smtp-wait-ms", "112"), SETTINGS_OK);
	check_said("mail_mode=send\n");                         /* the include stands below the line */
	(void)snprintf(home, sizeof home, "pipe_file=%s/run/pipe\n", play.dir);
	check_said(home);
	assert_int_equal(RUN(NULL, "--home", play.dir, "--check"), SETTINGS_DONE);
	check_said("setting places is not known here");
}

static void
includes_that_go_in_circles_end(void **state)
{
	(void)state;
	play_write(play_path(&play, "circle.conf"), "include = circle.conf\n");
	assert_int_equal(RUN(NULL, "--config", play_path(&play, "circle.conf"), "--smtp-url", "x"), SETTINGS_WRONG);
	check_said("nested too deeply");
}

static void
each_mistake_is_told(void **state)
{
	(void)state;
	assert_int_equal(RUN(NULL, "--mail-mode", "send"), SETTINGS_WRONG);
	check_said("setting smtp_url is required");
	assert_int_equal(RUN(NULL, "--smtp-url", "x", "--smtp-wait-ms", "99"), SETTINGS_WRONG);
	check_said("setting smtp_wait_ms is `99` (flag --smtp-wait-ms); allowed: 100..60000");
	assert_int_equal(RUN(NULL, "--smtp-url", "x", "--smtp-wait-ms", "1e3"), SETTINGS_WRONG);
	assert_int_equal(RUN("BASSIN_MAIL_MODE=sen", "--smtp-url", "x"), SETTINGS_WRONG);
	check_said("setting mail_mode is `sen` (environment BASSIN_MAIL_MODE); allowed: hold|allowlist|send");
	assert_int_equal(RUN(NULL, "--smtp-url", "x", "--nonsense", "1"), SETTINGS_WRONG);
	check_said("--nonsense: unknown flag");
	assert_int_equal(RUN(NULL, "--smtp-url", "x", "word"), SETTINGS_WRONG);
	check_said("word: not a flag");
	assert_int_equal(RUN(NULL, "--smtp-url"), SETTINGS_WRONG);
	check_said("--smtp-url: a value is missing");
	assert_int_equal(RUN(NULL, "--config", "/nowhere/x.conf", "--smtp-url", "x"), SETTINGS_WRONG);
	check_said("/nowhere/x.conf: No such file or directory");
	assert_int_equal(RUN(NULL, "--smtp-url", "a\033[31m"), SETTINGS_WRONG);
	play_write(play_path(&play, "bad.conf"), "smtp_url = x\nnonsense\nsmtp_wait_ms = no\n");
	assert_int_equal(RUN(NULL, "--config", play_path(&play, "bad.conf")), SETTINGS_WRONG);
	check_said("bad.conf:2: not `name = value`");
	check_said("bad.conf:3); allowed: 100..60000");         /* all of them, not only the first */
}

static void
an_unknown_name_in_a_file_is_refused_with_its_line(void **state)
{
	(void)state;
	play_write(play_path(&play, "odd.conf"), "smtp_url = x\nother = y\n");
	assert_int_equal(RUN(NULL, "--config", play_path(&play, "odd.conf")), SETTINGS_WRONG);
	check_said("odd.conf:2: setting other is not known here");
	play_write(play_path(&play, "odd.conf"), "[notifications]\nsmtp_url = x\ninclude = more.conf\n");
	play_write(play_path(&play, "more.conf"), "\nsmtp_pasword = y\n");
	assert_int_equal(RUN(NULL, "--config", play_path(&play, "odd.conf")), SETTINGS_WRONG);
	check_said("more.conf:2: setting smtp_pasword is not known here");
}

static void
a_section_is_for_one_service(void **state)
{
	const char *file = play_path(&play, "whole.conf");

	(void)state;
	play_write(file, "smtp_wait_ms = 200\nmail_mode = send\n[matching]\nfreeze = 3\nmail_mode = allowlist\n[notifications]\n"
	                 "smtp_url = mine\nsmtp_wait_ms = 300\n[notifications_north]\nsmtp_url = north\n[matching_x]\nsmtp_url = no\n");
	assert_int_equal(RUN(NULL, "--config", file, "--check"), SETTINGS_DONE);
	assert_string_equal(said, "");
	assert_int_equal(RUN(NULL, "--config", file), SETTINGS_OK);
	check_said("smtp_url=mine\nsmtp_wait_ms=300\nmail_mode=send\n");
	assert_int_equal(RUN(NULL, "--config", file, "--log-id", "notifications_north"), SETTINGS_OK);
	check_said("smtp_url=north\nsmtp_wait_ms=200\nmail_mode=send\n");
	assert_int_equal(RUN("BASSIN_LOG_ID=notifications_south", "--config", file), SETTINGS_WRONG);
	check_said("setting smtp_url is required");
	play_write(file, "smtp_url = x\n\n[notification]\nmail_mode = send\n[college]\n[matching\n");
	assert_int_equal(RUN(NULL, "--config", file), SETTINGS_WRONG);
	check_said("whole.conf:3: no service is called [notification]");
	check_said("whole.conf:5: no service is called [college]");
}

static void
one_file_serves_when_a_service_has_none_of_its_own(void **state)
{
	(void)state;
	(void)unlink(play_path(&play, "etc/notifications.conf"));
	play_write(play_path(&play, "etc/bassin.conf"), "mail_mode = send\n[notifications]\nsmtp_url = one\n[matching]\n");
	assert_int_equal(RUN(NULL, "--home", play.dir), SETTINGS_OK);
	check_said("smtp_url=one\nsmtp_wait_ms=5000\nmail_mode=send\n");
	play_write(play_path(&play, "etc/notifications.conf"), "smtp_url = own\n");
	assert_int_equal(RUN(NULL, "--home", play.dir), SETTINGS_OK);
	check_said("smtp_url=own\nsmtp_wait_ms=5000\nmail_mode=hold\n");
}

static void
secrets_are_not_shown(void **state)
{
	(void)state;
	assert_int_equal(RUN(NULL, "--smtp-url", "x", "--smtp-password", "hush\001hush"), SETTINGS_WRONG);
	check_said("setting smtp_password is `***`");
	assert_null(strstr(said, "hush"));
}

static void
help_names_every_setting(void **state)
{
	(void)state;
	assert_int_equal(RUN(NULL, "--help"), SETTINGS_DONE);
	check_said("Usage: bassin-notifications [--config FILE]");     /* the file, not the service's id */
	check_said("  --smtp-wait-ms NUMBER");
	check_said("longest wait for the relay, ms (100..60000; default: 5000)");
	check_said("mail relay (required)");
	check_said("(hold|allowlist|send; default: hold)");
	check_said("--config FILE");
	assert_null(strstr(said, "the earlier table wins"));
	assert_int_equal(RUN(NULL, "--version"), SETTINGS_DONE);
	check_said("notifications ");
}

static void
the_example_is_a_file_that_can_be_read(void **state)
{
	(void)state;
	assert_int_equal(RUN(NULL, "--example"), SETTINGS_DONE);
	char *required = strstr(said, "smtp_url =\n");
	assert_non_null(required);
	char *section = strstr(said, "\n[notifications]\n# tells people\n");
	assert_true(section != NULL && section < required && strstr(said, "# home = /nowhere\n") < section);
	assert_true(strstr(said, "\nlisten = tcp://127.0.0.1:2\n") > section);
	play_write(play_path(&play, "example.conf"), said);
	assert_int_equal(RUN(NULL, "--config", play_path(&play, "example.conf"), "--check", "--smtp-url", "x"), SETTINGS_DONE);
	assert_string_equal(said, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_later_source_wins),
		cmocka_unit_test(included_files_lie_beside_the_one_that_includes),
		cmocka_unit_test(includes_that_go_in_circles_end),
		cmocka_unit_test(each_mistake_is_told),
		cmocka_unit_test(an_unknown_name_in_a_file_is_refused_with_its_line),
		cmocka_unit_test(a_section_is_for_one_service),
		cmocka_unit_test(one_file_serves_when_a_service_has_none_of_its_own),
		cmocka_unit_test(secrets_are_not_shown),
		cmocka_unit_test(help_names_every_setting),
		cmocka_unit_test(the_example_is_a_file_that_can_be_read),
	};

	return cmocka_run_group_tests(tests, open_play, close_play);
}
