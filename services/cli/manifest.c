/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of a backup: made, sealed, read and checked. */
#include "manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/language.h"
#include "bus/textfile.h"
#include "service/pool_key.h"
#include "service/version.h"
#include "table.h"
#include "terminal.h"

#define DIGEST_SIZE 32
#define MANIFEST_MAX_BYTES (4 * MiB)
#define SEALED (JSON_COMPACT | JSON_SORT_KEYS)

const char *
manifest_pool_key(struct app *app)
{
	uint8_t key[POOL_KEY_SIZE], digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	if (pool_key_load(app_path(app, "keys/pool.key"), key) != POOL_KEY_OK)
		return "";
	digest_256(key, sizeof key, NULL, 0, digest);
	sodium_memzero(key, sizeof key);
	hex_from_bytes(digest, sizeof digest, hex);
	const char *kept = arena_strdup(app->arena, hex);
	return kept == NULL ? "" : kept;
}

json_t *
manifest_new(struct app *app)
{
	int64_t now_ms = clock_wall_ms();

	return json_pack("{s:i, s:s, s:I, s:s, s:s, s:[]}", "format", MANIFEST_FORMAT, "bassin", BASSIN_VERSION,
	                 "made_ms", (json_int_t)now_ms, "made", time_text(app->arena, now_ms), "pool_key",
	                 manifest_pool_key(app), "stores");
}

/* ---- files ------------------------------------------------------------------------------------------------------- */
static int
digest_of_fd(int fd, char hex[DIGEST_HEX_SIZE], int64_t *bytes)
{
	static uint8_t buffer[256 * KiB];
	crypto_generichash_state state;
	uint8_t digest[DIGEST_SIZE];
	ssize_t got;

	(void)crypto_generichash_init(&state, NULL, 0, sizeof digest);
	*bytes = 0;
	while ((got = read(fd, buffer, sizeof buffer)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		(void)crypto_generichash_update(&state, buffer, (unsigned long long)got);
		*bytes += got;
	}
	(void)crypto_generichash_final(&state, digest, sizeof digest);
	hex_from_bytes(digest, sizeof digest, hex);
	return 0;
}

static int
digest_of_file(const char *folder, const char *name, bool flush, char hex[DIGEST_HEX_SIZE], int64_t *bytes)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/%s", folder, name);

	if (length < 0 || (size_t)length >= sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	int rc = digest_of_fd(fd, hex, bytes);
	if (rc == 0 && flush)
		rc = fsync(fd);
	int saved = errno;
	(void)close(fd);
	errno = saved;
	return rc;
}

int
manifest_add_file(json_t *store, const char *folder, const char *name)
{
	char hex[DIGEST_HEX_SIZE];
	int64_t bytes;

	if (digest_of_file(folder, name, true, hex, &bytes) != 0)
		return -1;
	json_t *file = json_pack("{s:s, s:I, s:s}", "name", name, "bytes", (json_int_t)bytes, "blake2b", hex);
	if (json_array_append_new(json_object_get(store, "files"), file) == 0)
		return 0;
	errno = ENOMEM;
	return -1;
}

/* ---- sealing ----------------------------------------------------------------------------------------------------- */
/* The digest of all but the digest. */
static int
seal_of(const json_t *manifest, char hex[DIGEST_HEX_SIZE])
{
	uint8_t digest[DIGEST_SIZE];
	json_t *rest = json_copy((json_t *)(uintptr_t)manifest);
	char *text = NULL;

	if (rest != NULL) {
		(void)json_object_del(rest, "digest");
		text = json_dumps(rest, SEALED);
	}
	json_decref(rest);
	if (text == NULL) {
		errno = ENOMEM;
		return -1;
	}
	digest_256(text, strlen(text), NULL, 0, digest);
	free(text);
	hex_from_bytes(digest, sizeof digest, hex);
	return 0;
}

int
manifest_write(json_t *manifest, const char *folder)
{
	char hex[DIGEST_HEX_SIZE], path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/manifest.json", folder);

	errno = ENOMEM;
	if (length < 0 || (size_t)length >= sizeof path || seal_of(manifest, hex) != 0 ||
	    json_object_set_new(manifest, "digest", json_string(hex)) != 0)
		return -1;
	char *text = json_dumps(manifest, JSON_INDENT(2));
	int rc = text == NULL ? -1 : textfile_create(path, 0600, text, strlen(text));
	free(text);
	return rc;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */
static int
damaged(struct app *app, const char *folder, const char *name, const char *why)
{
	return app_fail(EXIT_REFUSED, _("this backup is damaged and is not restored: %s/%s: %s"), folder,
	                terminal_safe_text(app->arena, name), why);
}

static int
file_check(struct app *app, const char *folder, const json_t *file)
{
	const char *name = json_string_value(json_object_get(file, "name")),
		   *said = json_string_value(json_object_get(file, "blake2b"));
	char hex[DIGEST_HEX_SIZE];
	int64_t bytes;

	if (name == NULL || said == NULL || strchr(name, '/') != NULL)
		return damaged(app, folder, "manifest.json", _("a file without name or digest"));
	if (digest_of_file(folder, name, false, hex, &bytes) != 0)
		return damaged(app, folder, name, strerror(errno));
	if (bytes != json_integer_value(json_object_get(file, "bytes")) || strcmp(hex, said) != 0)
		return damaged(app, folder, name, _("it is not what was written"));
	return EXIT_DONE;
}

static int
store_check(struct app *app, const char *folder, const json_t *store)
{
	const json_t *file;
	size_t i;

	if (json_string_value(json_object_get(store, "name")) == NULL)
		return damaged(app, folder, "manifest.json", _("a store without a name"));
	json_array_foreach(json_object_get(store, "files"), i, file)
	{
		int status = file_check(app, folder, file);
		if (status != EXIT_DONE)
			return status;
	}
	return EXIT_DONE;
}

static int
manifest_check(struct app *app, const char *folder, const json_t *manifest)
{
	const char *said = json_string_value(json_object_get(manifest, "digest")),
		   *version = json_string_value(json_object_get(manifest, "bassin"));
	char hex[DIGEST_HEX_SIZE];
	const json_t *store;
	size_t i;

	if (json_integer_value(json_object_get(manifest, "format")) > MANIFEST_FORMAT)
		return app_fail(EXIT_REFUSED, _("this backup is newer than this program (%s): install Bassin %s"),
		                BASSIN_VERSION, version == NULL ? "?" : terminal_safe_text(app->arena, version));
	if (said == NULL || seal_of(manifest, hex) != 0 || strcmp(said, hex) != 0)
		return damaged(app, folder, "manifest.json", _("it is not what was written"));
	json_array_foreach(json_object_get(manifest, "stores"), i, store)
	{
		int status = store_check(app, folder, store);
		if (status != EXIT_DONE)
			return status;
	}
	return EXIT_DONE;
}

int
manifest_read(struct app *app, const char *folder, json_t **out)
{
	const char *path = arena_printf(app->arena, "%s/manifest.json", folder);
	char *text;
	size_t size;

	*out = NULL;
	if (path == NULL)
		return app_no_memory();
	if (textfile_read(path, MANIFEST_MAX_BYTES, &text, &size, NULL) != 0)
		return app_fail(EXIT_USE, _("%s: %s; a backup that is whole has this file"), path, strerror(errno));
	*out = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (!json_is_object(*out)) {
		json_decref(*out);
		*out = NULL;
		return damaged(app, folder, "manifest.json", _("it is not what was written"));
	}
	int status = manifest_check(app, folder, *out);
	if (status != EXIT_DONE) {
		json_decref(*out);
		*out = NULL;
	}
	return status;
}
