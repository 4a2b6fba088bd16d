/* SPDX-License-Identifier: Apache-2.0 */
/* Keyring, key files and directory: what they take, what they refuse, and what a change of the file does. */
#include "bus_play.h"

#include <fcntl.h>
#include <sys/wait.h>

static struct play play;
static struct key_pair alice, bob;

static int
open_play(void **state)
{
	(void)state;
	play_open(&play);
	play_key(&play, "alice", ROLE_COLLEGE, "cegep-sample", &alice);
	play_key(&play, "bob", ROLE_INTERMEDIARY, "", &bob);
	return 0;
}

static int
close_play(void **state)
{
	(void)state;
	play_close(&play);
	return 0;
}

static void
a_key_is_found_by_key_and_by_name(void **state)
{
	struct keyring *k;
	struct key_why why;
	struct key_entry e;

	(void)state;
	assert_int_equal(keyring_open(play.keyring, &k, &why), 0);
	assert_int_equal(keyring_count(k), 2);
	assert_true(keyring_by_key(k, alice.public_key, &e));
	assert_string_equal(e.who.name, "alice");
	assert_string_equal(e.who.institution, "cegep-sample");
	assert_int_equal(e.who.role, ROLE_COLLEGE);
	assert_true(keyring_by_name(k, "bob", &e));
	assert_string_equal(e.public_key, bob.public_key);
	assert_string_equal(e.who.institution, "");
	assert_false(keyring_by_name(k, "carol", &e));
	assert_false(keyring_by_key(k, alice.secret_key, &e));
	assert_true(keyring_at(k, 0, &e));
	assert_string_equal(e.who.name, "alice");
	assert_false(keyring_at(k, 2, &e));
	keyring_close(&k);
	assert_null(k);
}

static void
a_revoked_key_is_gone_after_a_look(void **state)
{
	struct keyring *k;
	struct key_why why;
	struct key_entry e;
	struct key_pair carol;

	(void)state;
	assert_int_equal(keyring_open(play.keyring, &k, &why), 0);
	keyring_refresh(k, 1000, false);
	play_key(&play, "carol", ROLE_COLLEGE, "cegep-other", &carol);
	keyring_refresh(k, 1999, false);
	assert_false(keyring_by_key(k, carol.public_key, &e));      /* looked a moment ago */
	keyring_refresh(k, 2000, false);
	assert_true(keyring_by_key(k, carol.public_key, &e));
	assert_int_equal(keyring_revoke(play.keyring, "carol", &why), 0);
	keyring_refresh(k, 2001, true);
	assert_false(keyring_by_key(k, carol.public_key, &e));
	assert_true(keyring_by_key(k, alice.public_key, &e));
	assert_int_equal(keyring_revoke(play.keyring, "carol", &why), -1);
	keyring_close(&k);
}

static void
a_damaged_file_leaves_the_keys_as_they_were(void **state)
{
	struct keyring *k;
	struct key_why why;
	struct key_entry e;
	char kept[64];

	(void)state;
	(void)snprintf(kept, sizeof kept, "%s.kept", "keyring");
	assert_int_equal(keyring_open(play.keyring, &k, &why), 0);
	assert_int_equal(rename(play.keyring, play_path(&play, kept)), 0);
	keyring_refresh(k, 1, true);
	assert_true(keyring_is_stale(k));
	play_write(play.keyring, "alice college\n");
	keyring_refresh(k, 2, true);
	assert_true(keyring_is_stale(k));
	assert_true(keyring_by_key(k, alice.public_key, &e));
	assert_int_equal(rename(play_path(&play, kept), play.keyring), 0);
	keyring_refresh(k, 3, true);
	assert_false(keyring_is_stale(k));
	keyring_close(&k);
}

static void
wrong_lines_are_named(void **state)
{
	static const char *const lines[] = {
		"alice college cegep-sample",                    /* no key */
		"alice college cegep-sample short",
		"alice teacher cegep-sample %s",                 /* no such role */
		"alice college - %s",                            /* a college without institution */
		"alice intermediary cegep-sample %s",            /* an institution that is none of its business */
		"ali/ce college cegep-sample %s",
		"alice college cegep/sample %s",
		"alice college cegep-sample %s more",
		"-alice college cegep-sample %s",
	};
	struct keyring *k;
	struct key_why why;
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		int length = snprintf(text, sizeof text, "# comment\n\n");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(text + length, sizeof text - (size_t)length, lines[i], alice.public_key);
#pragma GCC diagnostic pop
		play_write(play_path(&play, "wrong"), text);
		assert_int_equal(keyring_open(play_path(&play, "wrong"), &k, &why), -1);
		assert_null(k);
		if (strstr(why.text, "wrong:3:") == NULL)
			fail_msg("%s: %s", lines[i], why.text);
		assert_null(strstr(why.text, alice.public_key));
	}
}

static void
a_name_or_a_key_stands_once(void **state)
{
	struct keyring *k;
	struct key_why why;
	struct key_entry e;
	char text[512];

	(void)state;
	(void)snprintf(text, sizeof text, "a college x %s\na college y %s\n", alice.public_key, bob.public_key);
	play_write(play_path(&play, "twice"), text);
	assert_int_equal(keyring_open(play_path(&play, "twice"), &k, &why), -1);
	(void)snprintf(text, sizeof text, "a college x %s\nb college y %s\n", alice.public_key, alice.public_key);
	play_write(play_path(&play, "twice"), text);
	assert_int_equal(keyring_open(play_path(&play, "twice"), &k, &why), -1);
	play_entry(&alice, ROLE_COLLEGE, "cegep-other", &e);
	assert_int_equal(keyring_add(play.keyring, &e, &why), -1);
	(void)snprintf(e.who.name, sizeof e.who.name, "another");
	assert_int_equal(keyring_add(play.keyring, &e, &why), -1);
}

static void
an_empty_keyring_knows_nobody(void **state)
{
	struct keyring *k;
	struct key_why why;
	struct key_entry e;

	(void)state;
	play_write(play_path(&play, "empty"), "# nobody yet\n");
	assert_int_equal(keyring_open(play_path(&play, "empty"), &k, &why), 0);
	assert_int_equal(keyring_count(k), 0);
	assert_false(keyring_by_name(k, "alice", &e));
	assert_false(keyring_by_key(k, alice.public_key, &e));
	keyring_close(&k);
	assert_int_equal(keyring_open(play_path(&play, "none"), &k, &why), -1);
}

static void
a_rewrite_keeps_comments_and_order(void **state)
{
	struct key_why why;
	struct key_entry e;
	struct key_pair pair;
	char text[1024], want[1024];

	(void)state;
	(void)snprintf(text, sizeof text, "# ours\nzoe college x %s\n\n# theirs\nabe college y %s", alice.public_key,
	               bob.public_key);
	play_write(play_path(&play, "kept"), text);
	assert_int_equal(key_pair_make("mia", &pair), 0);
	play_entry(&pair, ROLE_CONSOLE, "", &e);
	assert_int_equal(keyring_add(play_path(&play, "kept"), &e, &why), 0);
	assert_int_equal(keyring_revoke(play_path(&play, "kept"), "zoe", &why), 0);
	(void)snprintf(want, sizeof want, "# ours\n\n# theirs\nabe college y %s\nmia console - %s\n", bob.public_key,
	               pair.public_key);
	FILE *f = fopen(play_path(&play, "kept"), "re");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	(void)fclose(f);
	assert_string_equal(text, want);
}

/* Two administrators at once: whoever comes second waits, and nobody's line is lost. */
static void
adding_at_the_same_time_loses_nothing(void **state)
{
	struct keyring *k;
	struct key_why why;
	int ended;

	(void)state;
	for (int child = 0; child < 4; child++) {
		if (fork() != 0)
			continue;
		for (int i = 0; i < 10; i++) {
			struct key_pair pair;
			struct key_entry e;
			char name[32];

			(void)snprintf(name, sizeof name, "key-%d-%d", child, i);
			if (key_pair_make(name, &pair) != 0)
				_exit(1);
			play_entry(&pair, ROLE_COLLEGE, "cegep-sample", &e);
			if (keyring_add(play_path(&play, "many"), &e, &why) != 0)
				_exit(1);
		}
		_exit(0);
	}
	for (int child = 0; child < 4; child++) {
		assert_true(wait(&ended) > 0);
		assert_int_equal(ended, 0);
	}
	assert_int_equal(keyring_open(play_path(&play, "many"), &k, &why), 0);
	assert_int_equal(keyring_count(k), 40);
	keyring_close(&k);
}

/* ---- key files ------------------------------------------------------------------------------------------------------ */
static void
a_key_file_is_read_back(void **state)
{
	struct key_pair back;
	struct key_why why;
	struct stat about;

	(void)state;
	assert_int_equal(key_pair_load(play_path(&play, "alice.key"), &back, &why), 0);
	assert_string_equal(back.name, "alice");
	assert_string_equal(back.public_key, alice.public_key);
	assert_string_equal(back.secret_key, alice.secret_key);
	assert_int_equal(stat(play_path(&play, "alice.key"), &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(key_pair_save(&back, play_path(&play, "alice.key"), &why), -1);   /* never over another */
	key_pair_clear(&back);
	assert_string_equal(back.secret_key, "");
}

static void
a_key_file_that_others_may_read_is_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0660, 0644 };
	struct key_pair back;
	struct key_why why;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		assert_int_equal(chmod(play_path(&play, "bob.key"), modes[i]), 0);
		assert_int_equal(key_pair_load(play_path(&play, "bob.key"), &back, &why), -1);
		assert_string_equal(back.secret_key, "");
		assert_null(strstr(why.text, bob.secret_key));
	}
	assert_int_equal(chmod(play_path(&play, "bob.key"), 0600), 0);
	assert_int_equal(key_pair_load(play_path(&play, "bob.key"), &back, &why), 0);
}

static void
wrong_key_files_are_refused(void **state)
{
	struct key_pair back;
	struct key_why why;
	char mixed[512];

	(void)state;
	(void)snprintf(mixed, sizeof mixed, "name alice\npublic %s\nsecret %s\n", bob.public_key, alice.secret_key);
	const char *const texts[] = { "", "name alice\n", "secret x\n", mixed, "name alice\npublic \nsecret \n" };
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		play_write(play_path(&play, "wrong.key"), texts[i]);
		assert_int_equal(chmod(play_path(&play, "wrong.key"), 0600), 0);
		assert_int_equal(key_pair_load(play_path(&play, "wrong.key"), &back, &why), -1);
	}
	assert_int_equal(key_pair_load(play.dir, &back, &why), -1);         /* a folder */
	assert_int_equal(key_pair_load(play_path(&play, "no.key"), &back, &why), -1);
	assert_int_equal(key_pair_make("../alice", &back), -1);
	assert_int_equal(key_pair_make("", &back), -1);
}

/* ---- directory ------------------------------------------------------------------------------------------------------ */
static void
the_directory_says_where_services_are(void **state)
{
	struct directory *d;
	struct key_why why;

	(void)state;
	play_write(play.directory, "# services\nmatching tcp://127.0.0.1:7103,tcp://[::1]:7104\n"
	                           "learner_intake_north ipc:///run/x\nlearner_intake tcp://a.example:1\n");
	assert_int_equal(directory_load(play.directory, &d, &why), 0);
	assert_int_equal(directory_count(d), 3);
	assert_int_equal(directory_find(d, "matching")->endpoint_count, 2);
	assert_string_equal(directory_find(d, "matching")->endpoints[1], "tcp://[::1]:7104");
	assert_null(directory_find(d, "notifications"));
	assert_true(directory_entry_is_of(directory_at(d, 1), "learner_intake"));
	assert_true(directory_entry_is_of(directory_at(d, 2), "learner_intake"));
	assert_false(directory_entry_is_of(directory_at(d, 0), "learner_intake"));
	assert_false(directory_entry_is_of(directory_at(d, 0), "match"));
	directory_destroy(&d);
	assert_null(d);
}

static void
wrong_directory_lines_are_named(void **state)
{
	static const char *const lines[] = {
		"matching", "matching tcp://127.0.0.1", "matching tcp://127.0.0.1:0", "matching tcp://127.0.0.1:70000",
		"matching tcp://:80", "matching inproc://x", "matching ipc://", "matching ,", "mat/ching tcp://a:1",
		"matching tcp://a:1 tcp://b:2", "m tcp://a:1,tcp://a:2,tcp://a:3,tcp://a:4,tcp://a:5,tcp://a:6,tcp://a:7,"
		"tcp://a:8,tcp://a:9", "a tcp://a:1\na tcp://a:2",
	};
	struct directory *d;
	struct key_why why;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		play_write(play_path(&play, "wrong"), lines[i]);
		if (directory_load(play_path(&play, "wrong"), &d, &why) != -1)
			fail_msg("%s was taken", lines[i]);
		assert_null(d);
		assert_non_null(strstr(why.text, i + 1 == COUNT_OF(lines) ? "wrong:2:" : "wrong:1:"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_found_by_key_and_by_name),
		cmocka_unit_test(a_revoked_key_is_gone_after_a_look),
		cmocka_unit_test(a_damaged_file_leaves_the_keys_as_they_were),
		cmocka_unit_test(wrong_lines_are_named),
		cmocka_unit_test(a_name_or_a_key_stands_once),
		cmocka_unit_test(an_empty_keyring_knows_nobody),
		cmocka_unit_test(a_rewrite_keeps_comments_and_order),
		cmocka_unit_test(adding_at_the_same_time_loses_nothing),
		cmocka_unit_test(a_key_file_is_read_back),
		cmocka_unit_test(a_key_file_that_others_may_read_is_refused),
		cmocka_unit_test(wrong_key_files_are_refused),
		cmocka_unit_test(the_directory_says_where_services_are),
		cmocka_unit_test(wrong_directory_lines_are_named),
	};

	return cmocka_run_group_tests(tests, open_play, close_play);
}
