/* SPDX-License-Identifier: Apache-2.0 */
/* Adding and revoking keys: comments and order of the file stay as people wrote them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "bus/keyring_priv.h"
#include "bus/policy.h"

/* Two administrators at once: the second one waits. A file of its own, since the keyring itself is replaced. */
static int
lock_take(const char *path, struct key_why *why)
{
	char name[PATH_MAX];
	int length = snprintf(name, sizeof name, "%s.lock", path);

	if (length < 0 || (size_t)length >= sizeof name)
		return key_why_set(why, "%s: %s", path, strerror(ENAMETOOLONG));
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return key_why_set(why, "%s: %s", name, strerror(errno));
	while (flock(fd, LOCK_EX) != 0) {
		if (errno != EINTR) {
			(void)key_why_set(why, "%s: %s", name, strerror(errno));
			(void)close(fd);
			return -1;
		}
	}
	return fd;
}

/* The text of the file, or an empty one when it is not there; NULL with *why. */
static char *
text_now(const char *path, size_t *size, struct key_why *why)
{
	char *text = NULL;

	if (textfile_read(path, KEYRING_MAX_BYTES, &text, size, NULL) == 0)
		return text;
	if (errno == ENOENT) {
		*size = 0;
		text = calloc(1, 1);
	}
	if (text == NULL)
		(void)key_why_set(why, "%s: %s", path, strerror(errno));
	return text;
}

/* Does this line (a copy is cut up) name this name or this key? */
static bool
line_is_of(const char *line, size_t size, const char *name, const char *public_key)
{
	struct key_entry e;
	char *copy = strndup(line, size);
	char *at = copy, *cut = copy == NULL ? NULL : textfile_line(&at);

	bool is = cut != NULL && cut[0] != '#' && keyring_parse_line(cut, &e) == 0 &&
	          (strcmp(e.who.name, name) == 0 || (public_key != NULL && strcmp(e.public_key, public_key) == 0));
	free(copy);
	return is;
}

/* The first line from *at on that is of this name or key: its start, its size with the ending in *size; NULL: none. */
static const char *
line_find(const char *text, const char *name, const char *public_key, size_t *size)
{
	for (const char *line = text; *line != '\0'; line += *size) {
		const char *end = strchr(line, '\n');

		*size = end == NULL ? strlen(line) : (size_t)(end - line) + 1;
		if (line_is_of(line, *size, name, public_key))
			return line;
	}
	return NULL;
}

static int
add_locked(const char *path, const struct key_entry *e, struct key_why *why)
{
	size_t size, found;
	char *text = text_now(path, &size, why), *longer = NULL;

	if (text == NULL)
		return -1;
	int rc = -1;
	if (line_find(text, e->who.name, e->public_key, &found) != NULL) {
		(void)key_why_set(why, "%s: name or key of %s is there already", path, e->who.name);
	} else {
		int length = asprintf(&longer, "%s%s%s %s %s %s\n", text, size > 0 && text[size - 1] != '\n' ? "\n" : "",
		                      e->who.name, role_to_text(e->who.role),
		                      e->who.institution[0] == '\0' ? "-" : e->who.institution, e->public_key);
		if (length < 0)
			longer = NULL;
		else
			rc = textfile_replace(path, 0644, longer, (size_t)length);
		if (rc != 0)
			(void)key_why_set(why, "%s: %s", path, strerror(errno));
	}
	free(longer);
	free(text);
	return rc;
}

static int
revoke_locked(const char *path, const char *name, struct key_why *why)
{
	size_t size, cut;
	char *text = text_now(path, &size, why);

	if (text == NULL)
		return -1;
	int rc = -1;
	const char *line = line_find(text, name, NULL, &cut);
	if (line == NULL) {
		(void)key_why_set(why, "%s: no key of that name", path);
	} else {
		size_t at = (size_t)(line - text);

		memmove(text + at, text + at + cut, size - at - cut + 1);
		rc = textfile_replace(path, 0644, text, size - cut);
		if (rc != 0)
			(void)key_why_set(why, "%s: %s", path, strerror(errno));
	}
	free(text);
	return rc;
}

int
keyring_add(const char *path, const struct key_entry *entry, struct key_why *why)
{
	if (!key_entry_is_sound(entry))
		return key_why_set(why, "name, role, institution or key is not sound");
	int lock = lock_take(path, why);
	if (lock < 0)
		return -1;
	int rc = add_locked(path, entry, why);
	(void)close(lock);
	return rc;
}

int
keyring_revoke(const char *path, const char *name, struct key_why *why)
{
	int lock = lock_take(path, why);

	if (lock < 0)
		return -1;
	int rc = revoke_locked(path, name, why);
	(void)close(lock);
	return rc;
}
