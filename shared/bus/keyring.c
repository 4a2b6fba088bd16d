/* SPDX-License-Identifier: Apache-2.0 */
/* The keyring in memory: two sorted views of one array, replaced as a whole when the file changes. */
#include "bus/keyring.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/log.h"
#include "base/text.h"
#include "bus/keyring_priv.h"
#include "bus/policy.h"

#define LOOK_EVERY_MS 1000

struct keyring {
	char path[PATH_MAX];
	pthread_rwlock_t lock;              /* guards what follows */
	struct key_entry *entries;          /* sorted by name */
	uint32_t *by_key;                   /* indexes into entries, sorted by public key */
	size_t count;
	pthread_mutex_t looking;            /* one thread looks at the file at a time; guards seen and looked_ms */
	struct stat seen;
	int64_t looked_ms;
	atomic_bool stale;
};

int
key_why_set(struct key_why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof why->text, fmt, ap);
	va_end(ap);
	return -1;
}

/* ---- what a line may say -------------------------------------------------------------------------------------------- */
bool
key_name_is_sound(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	static const char inside[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t size = strlen(name);

	return size >= 1 && size <= NAME_MAX_BYTES && strchr(letters, name[0]) != NULL && strspn(name, inside) == size;
}

static bool
public_key_is_sound(const char *key)
{
	uint8_t raw[32];

	return strlen(key) == KEY_TEXT_SIZE - 1 && zmq_z85_decode(raw, key) != NULL;
}

bool
key_entry_is_sound(const struct key_entry *e)
{
	bool has_institution = e->who.institution[0] != '\0';

	if (!key_name_is_sound(e->who.name) || !public_key_is_sound(e->public_key))
		return false;
	if (strcmp(role_to_text(e->who.role), "none") == 0 || (e->who.role == ROLE_COLLEGE) != has_institution)
		return false;
	return !has_institution || (text_is_id(e->who.institution) && strpbrk(e->who.institution, " \t") == NULL &&
	                            strcmp(e->who.institution, "-") != 0);
}

int
keyring_parse_line(char *line, struct key_entry *out)
{
	char *at = line;
	char *name = textfile_word(&at), *role = textfile_word(&at), *institution = textfile_word(&at);
	char *key = textfile_word(&at);

	memset(out, 0, sizeof *out);
	if (key == NULL || textfile_word(&at) != NULL || strlen(name) > NAME_MAX_BYTES ||
	    strlen(institution) > NAME_MAX_BYTES || strlen(key) != KEY_TEXT_SIZE - 1)
		return -1;
	memcpy(out->who.name, name, strlen(name) + 1);
	memcpy(out->public_key, key, KEY_TEXT_SIZE);
	if (strcmp(institution, "-") != 0)
		memcpy(out->who.institution, institution, strlen(institution) + 1);
	out->who.role = role_from_text(role);
	return key_entry_is_sound(out) ? 0 : -1;
}

/* ---- loading -------------------------------------------------------------------------------------------------------- */
struct loaded { struct key_entry *entries; uint32_t *by_key; size_t count; };

static void
loaded_clear(struct loaded *l)
{
	free(l->entries);
	free(l->by_key);
	memset(l, 0, sizeof *l);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct key_entry *)a)->who.name, ((const struct key_entry *)b)->who.name);
}

static int
by_public_key(const void *a, const void *b, void *entries)
{
	const struct key_entry *e = entries;

	return strcmp(e[*(const uint32_t *)a].public_key, e[*(const uint32_t *)b].public_key);
}

static int
parse_lines(const char *path, char *text, struct loaded *out, struct key_why *why)
{
	size_t room = 0;
	unsigned number = 0;

	for (char *at = text, *line; (line = textfile_line(&at)) != NULL;) {
		number++;
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (out->count == room) {
			room = room == 0 ? 64 : room * 2;
			struct key_entry *more = reallocarray(out->entries, room, sizeof *more);

			if (more == NULL)
				return key_why_set(why, "%s: out of memory", path);
			out->entries = more;
		}
		if (out->count >= KEYRING_MAX_KEYS || keyring_parse_line(line, &out->entries[out->count]) != 0)
			return key_why_set(why, "%s:%u: not `name role institution-or-- public-key`", path, number);
		out->count++;
	}
	return 0;
}

/* Sorts both ways; a name or a key that stands twice would make the answer depend on the order of lines. */
static int
sort_both(const char *path, struct loaded *l, struct key_why *why)
{
	if (l->count == 0)
		return 0;
	qsort(l->entries, l->count, sizeof *l->entries, by_name);
	l->by_key = calloc(l->count, sizeof *l->by_key);
	if (l->by_key == NULL)
		return key_why_set(why, "%s: out of memory", path);
	for (size_t i = 0; i < l->count; i++)
		l->by_key[i] = (uint32_t)i;
	qsort_r(l->by_key, l->count, sizeof *l->by_key, by_public_key, l->entries);
	for (size_t i = 1; i < l->count; i++) {
		const struct key_entry *e = l->entries;

		if (strcmp(e[i - 1].who.name, e[i].who.name) == 0)
			return key_why_set(why, "%s: name %s stands twice", path, e[i].who.name);
		if (strcmp(e[l->by_key[i - 1]].public_key, e[l->by_key[i]].public_key) == 0)
			return key_why_set(why, "%s: %s and %s have the same key", path, e[l->by_key[i - 1]].who.name,
			                   e[l->by_key[i]].who.name);
	}
	return 0;
}

static int
file_load(const char *path, struct loaded *out, struct stat *about, struct key_why *why)
{
	char *text;
	size_t size;

	memset(out, 0, sizeof *out);
	if (textfile_read(path, KEYRING_MAX_BYTES, &text, &size, about) != 0)
		return key_why_set(why, "%s: %s", path, strerror(errno));
	int rc = parse_lines(path, text, out, why);
	if (rc == 0)
		rc = sort_both(path, out, why);
	free(text);
	if (rc != 0)
		loaded_clear(out);
	return rc;
}

static void
take(struct keyring *k, struct loaded *fresh)
{
	struct loaded old = { k->entries, k->by_key, k->count };

	k->entries = fresh->entries;
	k->by_key = fresh->by_key;
	k->count = fresh->count;
	*fresh = old;
}

int
keyring_open(const char *path, struct keyring **out, struct key_why *why)
{
	struct loaded first;
	struct keyring *k;

	*out = NULL;
	if (strlen(path) >= sizeof k->path)
		return key_why_set(why, "keyring: %s", strerror(ENAMETOOLONG));
	k = calloc(1, sizeof *k);
	if (k == NULL)
		return key_why_set(why, "%s: out of memory", path);
	if (file_load(path, &first, &k->seen, why) != 0) {
		free(k);
		return -1;
	}
	memcpy(k->path, path, strlen(path) + 1);
	BUG_IF(pthread_rwlock_init(&k->lock, NULL) != 0 || pthread_mutex_init(&k->looking, NULL) != 0);
	k->looked_ms = INT64_MIN;
	take(k, &first);
	*out = k;
	return 0;
}

void
keyring_close(struct keyring **self)
{
	struct keyring *k = *self;

	if (k == NULL)
		return;
	(void)pthread_rwlock_destroy(&k->lock);
	(void)pthread_mutex_destroy(&k->looking);
	free(k->entries);
	free(k->by_key);
	free(k);
	*self = NULL;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
look(struct keyring *k)
{
	struct stat there;
	struct loaded fresh;
	struct key_why why;

	if (stat(k->path, &there) == 0 && same_file(&there, &k->seen)) {
		atomic_store(&k->stale, false);     /* what we hold is what lies there (again) */
		return;
	}
	if (file_load(k->path, &fresh, &there, &why) != 0) {
		if (!atomic_exchange(&k->stale, true))
			log_error("keyring=stale reason=\"%s\"", why.text);
		return;
	}
	BUG_IF(pthread_rwlock_wrlock(&k->lock) != 0);
	take(k, &fresh);
	BUG_IF(pthread_rwlock_unlock(&k->lock) != 0);
	loaded_clear(&fresh);
	k->seen = there;
	atomic_store(&k->stale, false);
	log_info("keyring=loaded keys=%zu", keyring_count(k));
}

void
keyring_refresh(struct keyring *k, int64_t mono_ms, bool now)
{
	BUG_IF(pthread_mutex_lock(&k->looking) != 0);
	if (now || k->looked_ms == INT64_MIN || mono_ms - k->looked_ms >= LOOK_EVERY_MS) {
		k->looked_ms = mono_ms;
		look(k);
	}
	BUG_IF(pthread_mutex_unlock(&k->looking) != 0);
}

bool
keyring_is_stale(struct keyring *k)
{
	return atomic_load(&k->stale);
}

/* ---- asking --------------------------------------------------------------------------------------------------------- */
bool
keyring_by_key(struct keyring *k, const char *public_key, struct key_entry *out)
{
	bool found = false;

	BUG_IF(pthread_rwlock_rdlock(&k->lock) != 0);
	for (size_t low = 0, high = k->count; low < high && !found;) {
		size_t middle = low + (high - low) / 2;
		const struct key_entry *e = &k->entries[k->by_key[middle]];
		int order = strcmp(public_key, e->public_key);

		if (order == 0) {
			*out = *e;
			found = true;
		} else if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	BUG_IF(pthread_rwlock_unlock(&k->lock) != 0);
	return found;
}

bool
keyring_by_name(struct keyring *k, const char *name, struct key_entry *out)
{
	struct key_entry wanted;

	if (strlen(name) > NAME_MAX_BYTES)
		return false;
	memcpy(wanted.who.name, name, strlen(name) + 1);
	BUG_IF(pthread_rwlock_rdlock(&k->lock) != 0);
	const struct key_entry *e =
	    k->count == 0 ? NULL : bsearch(&wanted, k->entries, k->count, sizeof *k->entries, by_name);
	if (e != NULL)
		*out = *e;
	BUG_IF(pthread_rwlock_unlock(&k->lock) != 0);
	return e != NULL;
}

size_t
keyring_count(struct keyring *k)
{
	BUG_IF(pthread_rwlock_rdlock(&k->lock) != 0);
	size_t count = k->count;
	BUG_IF(pthread_rwlock_unlock(&k->lock) != 0);
	return count;
}

bool
keyring_at(struct keyring *k, size_t index, struct key_entry *out)
{
	BUG_IF(pthread_rwlock_rdlock(&k->lock) != 0);
	bool there = index < k->count;
	if (there)
		*out = k->entries[index];
	BUG_IF(pthread_rwlock_unlock(&k->lock) != 0);
	return there;
}
