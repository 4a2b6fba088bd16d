/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the pool's key, and the one hash that two services must make alike. */
#include "service/pool_key.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "base/ids.h"
#include "bus/core.h"

#define POOL_KEY_FILE_MAX 256

bool
pool_key_from_text(const char *text, uint8_t out[POOL_KEY_SIZE])
{
	char hex[2 * POOL_KEY_SIZE + 1];
	size_t size;

	text += strspn(text, " \t\r\n");
	size = strcspn(text, " \t\r\n");
	if (size != sizeof hex - 1 || text[size + strspn(text + size, " \t\r\n")] != '\0')
		return false;
	memcpy(hex, text, size);
	hex[size] = '\0';
	bool sound = hex_to_bytes(hex, out, POOL_KEY_SIZE);
	sodium_memzero(hex, sizeof hex);
	return sound;
}

enum pool_key_result
pool_key_load(const char *path, uint8_t out[POOL_KEY_SIZE])
{
	char text[POOL_KEY_FILE_MAX + 1];
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return POOL_KEY_UNREADABLE;
	size_t size = fread(text, 1, sizeof text - 1, file);
	text[size] = '\0';
	(void)fclose(file);
	bool sound = strlen(text) == size && pool_key_from_text(text, out);
	sodium_memzero(text, sizeof text);
	return sound ? POOL_KEY_OK : POOL_KEY_UNSOUND;
}

void
hash_of_person(const uint8_t key[POOL_KEY_SIZE], const char *institution, const char *external_id,
               uint8_t out[HASH_SIZE])
{
	char bytes[sizeof "person|" + 2 * NAME_MAX_BYTES + 2];
	int size = snprintf(bytes, sizeof bytes, "person|%s/%s", institution, external_id);

	BUG_IF(size < 0 || (size_t)size >= sizeof bytes);
	digest_256(bytes, (size_t)size, key, POOL_KEY_SIZE, out);
}
