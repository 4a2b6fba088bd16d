/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/keyring_priv.h"

#define DIRECTORY_MAX_BYTES (1 * MiB)
#define DIRECTORY_MAX_ENTRIES 4096u

struct directory {
	struct directory_entry *entries;
	size_t count, room;
};

bool
endpoint_is_sound(const char *endpoint)
{
	size_t size = strlen(endpoint);
	int64_t port;

	if (size > ENDPOINT_MAX_BYTES || strpbrk(endpoint, " \t;,") != NULL || !text_is_printable(endpoint, false))
		return false;
	if (strncmp(endpoint, "ipc://", 6) == 0)
		return size > 6;
	const char *colon = strrchr(endpoint, ':');
	return strncmp(endpoint, "tcp://", 6) == 0 && colon > endpoint + 6 && text_to_int(colon + 1, 1, 65535, &port);
}

static int
endpoints_take(char *list, struct directory_entry *out)
{
	for (char *save = NULL, *one = strtok_r(list, ",", &save); one != NULL; one = strtok_r(NULL, ",", &save)) {
		if (out->endpoint_count == DIRECTORY_ENDPOINTS_MAX || !endpoint_is_sound(one))
			return -1;
		memcpy(out->endpoints[out->endpoint_count++], one, strlen(one) + 1);
	}
	return out->endpoint_count > 0 ? 0 : -1;
}

static int
entry_parse(char *line, struct directory_entry *out)
{
	char *at = line, *name = textfile_word(&at), *list = name == NULL ? NULL : textfile_word(&at);

	memset(out, 0, sizeof *out);
	if (list == NULL || textfile_word(&at) != NULL || !key_name_is_sound(name))
		return -1;
	memcpy(out->name, name, strlen(name) + 1);
	return endpoints_take(list, out);
}

static int
entry_add(struct directory *d, const struct directory_entry *e)
{
	if (d->count == d->room) {
		size_t room = d->room == 0 ? 16 : d->room * 2;
		struct directory_entry *more = reallocarray(d->entries, room, sizeof *more);

		if (more == NULL)
			return -1;
		d->entries = more;
		d->room = room;
	}
	d->entries[d->count++] = *e;
	return 0;
}

static int
lines_parse(const char *path, char *text, struct directory *d, struct key_why *why)
{
	struct directory_entry e;
	unsigned number = 0;

	for (char *at = text, *line; (line = textfile_line(&at)) != NULL;) {
		number++;
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (d->count == DIRECTORY_MAX_ENTRIES || entry_parse(line, &e) != 0)
			return key_why_set(why, "%s:%u: not `name endpoint[,endpoint...]`", path, number);
		if (directory_find(d, e.name) != NULL)
			return key_why_set(why, "%s:%u: %s stands twice", path, number, e.name);
		if (entry_add(d, &e) != 0)
			return key_why_set(why, "%s: out of memory", path);
	}
	return 0;
}

int
directory_load(const char *path, struct directory **out, struct key_why *why)
{
	char *text;
	size_t size;

	*out = NULL;
	if (textfile_read(path, DIRECTORY_MAX_BYTES, &text, &size, NULL) != 0)
		return key_why_set(why, "%s: %s", path, strerror(errno));
	struct directory *d = calloc(1, sizeof *d);
	int rc = d == NULL ? key_why_set(why, "%s: out of memory", path) : lines_parse(path, text, d, why);
	free(text);
	if (rc != 0)
		directory_destroy(&d);
	*out = d;
	return rc;
}

void
directory_destroy(struct directory **self)
{
	if (*self == NULL)
		return;
	free((*self)->entries);
	free(*self);
	*self = NULL;
}

size_t
directory_count(const struct directory *d)
{
	return d->count;
}

const struct directory_entry *
directory_at(const struct directory *d, size_t index)
{
	BUG_IF(index >= d->count);
	return &d->entries[index];
}

const struct directory_entry *
directory_find(const struct directory *d, const char *name)
{
	for (size_t i = 0; i < d->count; i++) {
		if (strcmp(d->entries[i].name, name) == 0)
			return &d->entries[i];
	}
	return NULL;
}

bool
directory_entry_is_of(const struct directory_entry *e, const char *log_id)
{
	size_t size = strlen(log_id);

	return strncmp(e->name, log_id, size) == 0 && (e->name[size] == '\0' || e->name[size] == '_');
}
