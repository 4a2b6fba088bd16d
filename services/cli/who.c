/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the key that a command uses; asks for --as clearly where there are several. */
#include "who.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "bus/policy.h"
#include "terminal.h"

const char *
who_key_path(struct app *app, const char *name)
{
	char *below = arena_printf(app->arena, KEYS_FOLDER "/%s.key", name);

	return below == NULL ? "" : app_path(app, below);
}

int
who_list(struct app *app, struct key_entry **out, size_t *count)
{
	struct keyring *k = NULL;
	struct key_why why;
	struct key_entry entry;

	*count = 0;
	if (keyring_open(app_path(app, KEYRING_PATH), &k, &why) != 0)
		return app_fail(EXIT_USE, _("no keys in %s ('bassin keys make' makes one): %s"), app->home,
		                terminal_safe_text(app->arena, why.text));
	*out = arena_zalloc(app->arena, keyring_count(k) + 1, sizeof(**out));
	for (size_t i = 0; *out != NULL && keyring_at(k, i, &entry); i++)
		if (access(who_key_path(app, entry.who.name), F_OK) == 0)
			(*out)[(*count)++] = entry;
	keyring_close(&k);
	return *out == NULL ? app_no_memory() : EXIT_DONE;
}

static int
ask_for_name(struct app *app, const struct key_entry *keys, size_t count, unsigned may)
{
	const char *names = "";

	for (size_t i = 0; i < count && names != NULL; i++)
		if ((keys[i].who.role & may) != 0)
			names = arena_printf(app->arena, "%s%s%s", names, *names == '\0' ? "" : ", ", keys[i].who.name);
	if (names == NULL || *names == '\0')
		return app_fail(EXIT_USE, _("none of the keys in %s may do that"), app_path(app, KEYS_FOLDER));
	return app_fail(EXIT_USE, _("several keys may do that: say as whom, by --as NAME or BASSIN_AS: %s"), names);
}

int
who_find_key(struct app *app, Bassin__V1__CommandType type, const char **path)
{
	const char *name = app->options.as != NULL ? app->options.as : getenv("BASSIN_AS");
	const struct command_policy *policy = policy_of_command((int)type);
	unsigned may = policy == NULL ? ROLE_PEOPLE : policy->may & ROLE_PEOPLE;
	struct key_entry *keys = NULL;
	size_t count = 0, fitting = 0;

	if (name != NULL && name[0] != '\0') {
		if (!key_name_is_sound(name))
			return app_fail(EXIT_USE, _("this is no name of a key: %s"),
			                terminal_safe_text(app->arena, name));
		*path = who_key_path(app, name);
		if (access(*path, R_OK) != 0)
			return app_fail(EXIT_USE, _("there is no key %s that you may read"), *path);
		return EXIT_DONE;
	}
	int status = who_list(app, &keys, &count);
	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < count; i++)
		if ((keys[i].who.role & may) != 0) {
			*path = who_key_path(app, keys[i].who.name);
			fitting++;
		}
	return fitting == 1 ? EXIT_DONE : ask_for_name(app, keys, count, may);
}
