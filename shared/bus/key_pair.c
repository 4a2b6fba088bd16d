/* SPDX-License-Identifier: Apache-2.0 */
/* Secret key files. Whoever reads one is that principal, so everything about their rights is checked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "bus/keyring_priv.h"

int
key_pair_make(const char *name, struct key_pair *out)
{
	memset(out, 0, sizeof *out);
	if (!key_name_is_sound(name) || zmq_curve_keypair(out->public_key, out->secret_key) != 0)
		return -1;
	memcpy(out->name, name, strlen(name) + 1);
	return 0;
}

void
key_pair_clear(struct key_pair *pair)
{
	explicit_bzero(pair, sizeof *pair);
}

int
key_pair_save(const struct key_pair *pair, const char *path, struct key_why *why)
{
	char text[NAME_MAX_BYTES + 2 * KEY_TEXT_SIZE + 64];
	int length = snprintf(text, sizeof text, "name %s\npublic %s\nsecret %s\n", pair->name, pair->public_key,
	                      pair->secret_key);

	BUG_IF(length < 0 || (size_t)length >= sizeof text);
	int rc = textfile_create(path, 0600, text, (size_t)length);
	explicit_bzero(text, sizeof text);
	return rc == 0 ? 0 : key_why_set(why, "%s: %s", path, strerror(errno));
}

/* One `field value` line into out[size]; -1: another field, a missing value, too long. */
static int
field_take(char *line, const char *field, char *out, size_t size)
{
	char *at = line, *name = textfile_word(&at), *value = name == NULL ? NULL : textfile_word(&at);

	if (value == NULL || strcmp(name, field) != 0 || textfile_word(&at) != NULL || strlen(value) >= size)
		return -1;
	memcpy(out, value, strlen(value) + 1);
	return 0;
}

static int
pair_parse(char *text, struct key_pair *out)
{
	static const char *const fields[] = { "name", "public", "secret" };
	char *const into[] = { out->name, out->public_key, out->secret_key };
	const size_t sizes[] = { sizeof out->name, sizeof out->public_key, sizeof out->secret_key };
	char derived[KEY_TEXT_SIZE];
	size_t count = 0;

	for (char *at = text, *line; (line = textfile_line(&at)) != NULL;) {
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (count == COUNT_OF(fields) || field_take(line, fields[count], into[count], sizes[count]) != 0)
			return -1;
		count++;
	}
	if (count != COUNT_OF(fields) || !key_name_is_sound(out->name) || strlen(out->secret_key) != KEY_TEXT_SIZE - 1)
		return -1;
	/* A public key that does not belong to the secret one would be refused everywhere without a reason. */
	return zmq_curve_public(derived, out->secret_key) == 0 && strcmp(derived, out->public_key) == 0 ? 0 : -1;
}

int
key_pair_load(const char *path, struct key_pair *out, struct key_why *why)
{
	struct stat about;
	char *text;
	size_t size;

	memset(out, 0, sizeof *out);
	if (textfile_read(path, KEY_FILE_MAX_BYTES, &text, &size, &about) != 0)
		return key_why_set(why, "%s: %s", path, strerror(errno));
	int rc = 0;
	if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		rc = key_why_set(why, "%s: group or others may read or write it; chmod 600 it, or make a new key", path);
	else if (about.st_uid != geteuid() && about.st_uid != 0 && geteuid() != 0)
		rc = key_why_set(why, "%s: belongs to somebody else", path);
	else if (pair_parse(text, out) != 0)
		rc = key_why_set(why, "%s: not a key file (name, public, secret)", path);
	explicit_bzero(text, size);
	free(text);
	if (rc != 0)
		key_pair_clear(out);
	return rc;
}
