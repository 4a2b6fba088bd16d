/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin keys ...`: works on files below the pool's folder; the services see a changed keyring by themselves. */
#include "manage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/language.h"
#include "base/refusal.h"
#include "bus/policy.h"
#include "table.h"
#include "terminal.h"
#include "who.h"

#define POOL_KEY_PATH KEYS_FOLDER "/pool.key"
#define POOL_KEY_BYTES 32
#define DOUBT_PATIENCE_MS 2000 /* for a pool that may not be running */

static int
make_folder(struct app *app, const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return EXIT_DONE;
	return app_fail(EXIT_USE, _("%s cannot be made: %s"), terminal_safe_text(app->arena, path), strerror(errno));
}

/* Writes all or nothing durable: the file is new, so a crash leaves at most one that is too short, which services
 * refuse. */
static int
write_all(int fd, const char *text, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(fd, text + done, size - done);
		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd);
}

/* The key of the pool's keyed hashes (permanent codes, erased rows): 32 random bytes in hexadecimal, made once. */
static int
make_pool_key(struct app *app)
{
	const char *path = app_path(app, POOL_KEY_PATH);
	unsigned char bytes[POOL_KEY_BYTES];
	char text[2 * POOL_KEY_BYTES + 2];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return EXIT_DONE;
	if (fd < 0)
		return app_fail(EXIT_USE, _("%s cannot be made: %s"), terminal_safe_text(app->arena, path),
		                strerror(errno));
	random_of_system(NULL, bytes, sizeof(bytes));
	hex_from_bytes(bytes, sizeof(bytes), text);
	text[2 * POOL_KEY_BYTES] = '\n';
	int rc = write_all(fd, text, 2 * POOL_KEY_BYTES + 1);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
	if (close(fd) != 0 || rc != 0) {
		unlink(path);
		return app_fail(EXIT_USE, _("%s cannot be written: %s"), terminal_safe_text(app->arena, path),
		                strerror(errno));
	}
	return EXIT_DONE;
}

static int
read_entry(struct app *app, struct key_entry *entry)
{
	const struct options *o = &app->options;
	const char *institution = o->institution == NULL ? "" : o->institution;

	*entry = (struct key_entry){ .who = { .role = o->role == NULL ? ROLE_NONE : role_from_text(o->role) } };
	if (!key_name_is_sound(o->args[0]))
		return app_fail(EXIT_USE, _("a key's name is 1 to 128 of A-Z a-z 0-9 . _ - : %s"),
		                terminal_safe_text(app->arena, o->args[0]));
	if (entry->who.role == ROLE_NONE)
		return app_fail(
		    EXIT_USE, _("--role takes one of: %s"),
		    "college, intermediary, employer_intake, learner_intake, matching, notifications, console");
	if (strlen(institution) > NAME_MAX_BYTES)
		return app_fail(EXIT_USE, "%s", _("the institution's id is too long"));
	memcpy(entry->who.name, o->args[0], strlen(o->args[0]) + 1);
	memcpy(entry->who.institution, institution, strlen(institution) + 1);
	if (entry->who.role == ROLE_COLLEGE && institution[0] == '\0')
		return app_fail(EXIT_USE, "%s", _("a college's key needs its institution: --institution ID"));
	if (entry->who.role != ROLE_COLLEGE && institution[0] != '\0')
		return app_fail(EXIT_USE, "%s", _("only a college's key has an institution"));
	return EXIT_DONE;
}

/* Is this key there already, just as asked for? Then there is nothing to do. *there: the name is taken in the keyring.
 */
static int
find_entry(struct app *app, const struct key_entry *wanted, bool *same, bool *there)
{
	struct keyring *k = NULL;
	struct key_entry found;
	struct key_why why;
	const char *path = app_path(app, KEYRING_PATH);

	*same = *there = false;
	if (access(path, F_OK) != 0)
		return EXIT_DONE;
	if (keyring_open(path, &k, &why) != 0)
		return app_fail(EXIT_USE, "%s", terminal_safe_text(app->arena, why.text));
	*there = keyring_by_name(k, wanted->who.name, &found);
	keyring_close(&k);
	*same = *there && found.who.role == wanted->who.role &&
	        strcmp(found.who.institution, wanted->who.institution) == 0 &&
	        access(who_key_path(app, wanted->who.name), F_OK) == 0;
	return EXIT_DONE;
}

/* A key file that is there without a line in the keyring: the last try ended between the two, or the
 * key was revoked. */
static int
make_pair(struct app *app, struct key_entry *entry)
{
	const char *path = who_key_path(app, entry->who.name);
	struct key_pair pair;
	struct key_why why;
	int rc = 0;

	if (access(path, F_OK) == 0)
		return app_fail(EXIT_USE,
		                _("%s is there, but not in the keyring (revoked?); move it away to make a new key"),
		                path);
	if (key_pair_make(entry->who.name, &pair) != 0)
		return app_fail(EXIT_USE, "%s", _("no key could be made"));
	memcpy(entry->public_key, pair.public_key, sizeof(entry->public_key));
	rc = key_pair_save(&pair, path, &why);
	key_pair_clear(&pair);
	if (rc == 0 && keyring_add(app_path(app, KEYRING_PATH), entry, &why) != 0) {
		unlink(path); /* nobody knows it yet */
		rc = -1;
	}
	return rc == 0 ? EXIT_DONE : app_fail(EXIT_USE, "%s", terminal_safe_text(app->arena, why.text));
}

/* The key by which the pool may be asked about any institution; NULL: none is here. */
static const char *
intermediary_here(struct app *app)
{
	struct key_entry *keys = NULL;
	size_t count = 0;

	if (access(app_path(app, "etc/directory"), R_OK) != 0 || who_list(app, &keys, &count) != EXIT_DONE)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (keys[i].who.role == ROLE_INTERMEDIARY)
			return keys[i].who.name;
	return NULL;
}

/* The key is made all the same: an institution may be fed later, and the pool need not run. */
static void
doubt_institution(struct app *app, const char *institution)
{
	Bassin__V1__ShowAsk ask = BASSIN__V1__SHOW_ASK__INIT;
	Bassin__V1__CommandType type = BASSIN__V1__COMMAND_TYPE__EMPLOYER_INTAKE_SHOW;
	struct client_answer answer;
	const char *service, *as = intermediary_here(app);

	ask.id = arena_printf(app->arena, "institution:%s", institution);
	app->options.as = as;
	app->patience_ms = DOUBT_PATIENCE_MS;
	if (institution[0] == '\0' || as == NULL || ask.id == NULL ||
	    app_service(app, "employer_intake", &service) != EXIT_DONE || app_connect(app, type) != EXIT_DONE)
		return;
	if (client_ask(app->client, service, type, &ask.base, app->arena, &answer) == CLIENT_OK &&
	    answer.code == BASSIN__V1__REPLY_CODE__REFUSED && answer.refusal != NULL &&
	    strcmp(answer.refusal->code, REFUSAL_UNKNOWN) == 0)
		fprintf(stderr, _("The pool knows no institution %s yet: is it written so in the file that the "
		                  "intermediary feeds (bassin feed institutions FILE)?\n"),
		        terminal_safe_text(app->arena, institution));
}

int
run_keys_make(struct app *app)
{
	struct key_entry entry;
	bool same, there;
	int status = read_entry(app, &entry);

	if (status == EXIT_DONE)
		status = make_folder(app, app->home);
	if (status == EXIT_DONE)
		status = make_folder(app, app_path(app, KEYS_FOLDER));
	if (status == EXIT_DONE)
		status = make_pool_key(app);
	if (status == EXIT_DONE)
		status = find_entry(app, &entry, &same, &there);
	if (status == EXIT_DONE && there && !same)
		return app_fail(EXIT_USE, _("there is another key of this name: %s; 'bassin keys list' shows it"),
		                entry.who.name);
	if (status == EXIT_DONE && !same)
		status = make_pair(app, &entry);
	if (status != EXIT_DONE)
		return status;
	if (puts(who_key_path(app, entry.who.name)) == EOF)
		return app_not_written();
	doubt_institution(app, entry.who.institution);
	return EXIT_DONE;
}

int
run_keys_list(struct app *app)
{
	const struct column columns[] = {
		{ "name", column_title("name"), COLUMN_TEXT },
		{ "role", column_title("role"), COLUMN_TEXT },
		{ "institution", column_title("institution"), COLUMN_TEXT },
		{ "secret_here", _("secret key here"), COLUMN_TEXT },
		{ "public_key", _("public key"), COLUMN_TEXT },
	};
	struct table *t = table_new(app->arena, columns, COUNT_OF(columns));
	struct keyring *k = NULL;
	struct key_why why;
	int rc = 0;

	if (keyring_open(app_path(app, KEYRING_PATH), &k, &why) != 0)
		return app_fail(EXIT_USE, "%s", terminal_safe_text(app->arena, why.text));
	struct key_entry *entry = t == NULL ? NULL : arena_zalloc(app->arena, keyring_count(k) + 1, sizeof(*entry));
	for (size_t i = 0; entry != NULL && keyring_at(k, i, entry); i++, entry++) {
		bool here = access(who_key_path(app, entry->who.name), F_OK) == 0;
		const char *cells[] = { entry->who.name, role_to_text(entry->who.role), entry->who.institution,
			                here ? _("yes") : _("no"), entry->public_key };
		if (table_add(t, cells) != 0)
			break;
	}
	keyring_close(&k);
	if (entry == NULL)
		return app_no_memory();
	if (app->options.json)
		rc = fputs("[\n", stdout) == EOF || table_json(t, stdout, true) != 0 || fputs("\n]\n", stdout) == EOF ?
		         -1 :
		         0;
	else
		rc = app->options.csv ? table_csv(t, stdout, true) : table_print(t, stdout);
	return rc == 0 ? EXIT_DONE : app_not_written();
}

int
run_keys_revoke(struct app *app)
{
	struct key_why why;

	if (keyring_revoke(app_path(app, KEYRING_PATH), app->options.args[0], &why) != 0)
		return app_fail(EXIT_USE, "%s", terminal_safe_text(app->arena, why.text));
	/* Nobody knows it any more, so the secret part is of no use; a new key may have the same name. */
	unlink(who_key_path(app, app->options.args[0]));
	return printf(_("%s is revoked; services refuse it within a second\n"),
	              terminal_safe_text(app->arena, app->options.args[0])) < 0 ?
	           app_not_written() :
	           EXIT_DONE;
}
