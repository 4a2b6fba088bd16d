/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ids.h"

#include <sodium.h>
#include <string.h>

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
random_of_system(void *unused, void *out, size_t size)
{
	(void)unused;
	randombytes_buf(out, size);
}

struct id
id_make(int64_t now_ms, random_fn random, void *self)
{
	struct id id;

	random(self, id.bytes, sizeof id.bytes);
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)((uint64_t)now_ms >> (40 - 8 * i));
	id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return id;
}

bool
id_is_uuid7(const struct id *id)
{
	return (id->bytes[6] & 0xf0) == 0x70 && (id->bytes[8] & 0xc0) == 0x80;
}

int64_t
id_time_ms(const struct id *id)
{
	uint64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | id->bytes[i];
	return (int64_t)ms;
}

bool
id_is_zero(const struct id *id)
{
	static const struct id zero;

	return id_equal(id, &zero);
}

bool
id_equal(const struct id *a, const struct id *b)
{
	return memcmp(a->bytes, b->bytes, ID_SIZE) == 0;
}

bool
id_from_bytes(struct id *out, const void *bytes, size_t size)
{
	if (size != ID_SIZE)
		return false;
	memcpy(out->bytes, bytes, ID_SIZE);
	return true;
}

void
id_to_hex(const struct id *id, char out[ID_HEX_SIZE])
{
	hex_from_bytes(id->bytes, ID_SIZE, out);
}

bool
id_from_hex(struct id *out, const char *hex)
{
	return hex_to_bytes(hex, out->bytes, ID_SIZE);
}

void
pool_numbers_make(random_fn random, void *self, char (*out)[POOL_NUMBER_SIZE], size_t count)
{
	random(self, out, count * sizeof *out);
	for (size_t n = 0; n < count; n++) {
		for (size_t i = 0; i < POOL_NUMBER_SIZE - 1; i++)
			out[n][i] = base32[(uint8_t)out[n][i] & 31];
		out[n][POOL_NUMBER_SIZE - 1] = '\0';
	}
}

bool
pool_number_is_sound(const char *text)
{
	return strlen(text) == POOL_NUMBER_SIZE - 1 && strspn(text, base32) == POOL_NUMBER_SIZE - 1;
}

void
hex_from_bytes(const void *bytes, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *b = bytes;

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[b[i] >> 4];
		out[2 * i + 1] = digits[b[i] & 15];
	}
	out[2 * size] = '\0';
}

bool
hex_to_bytes(const char *hex, void *out, size_t size)
{
	size_t used;

	return strlen(hex) == 2 * size && sodium_hex2bin(out, size, hex, 2 * size, NULL, &used, NULL) == 0 && used == size;
}

void
digest_256(const void *bytes, size_t size, const void *key, size_t key_size, uint8_t out[32])
{
	int failed = crypto_generichash(out, 32, bytes, size, key, key_size);
	BUG_IF(failed != 0);
}
