/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids and random numbers. UUIDv7: RFC 9562, section 5.7. Pool numbers: ten characters of Crockford's base 32, 50 bits.
 * Random bytes come from libsodium in a service and from the seed in the simulation, so they are an argument.
 */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/compiler.h"

#define ID_SIZE 16
#define ID_HEX_SIZE 33
#define POOL_NUMBER_SIZE 11     /* with its NUL */

struct id { uint8_t bytes[ID_SIZE]; };

typedef void (*random_fn)(void *self, void *out, size_t size);
void random_of_system(void *unused, void *out, size_t size);

struct id id_make(int64_t now_ms, random_fn random, void *self);   /* a UUIDv7 */
bool      id_is_uuid7(const struct id *id);
int64_t   id_time_ms(const struct id *id);
bool      id_is_zero(const struct id *id);
bool      id_equal(const struct id *a, const struct id *b);
bool      id_from_bytes(struct id *out, const void *bytes, size_t size) MUST_CHECK;   /* false: not 16 bytes */
void      id_to_hex(const struct id *id, char out[ID_HEX_SIZE]);
bool      id_from_hex(struct id *out, const char *hex) MUST_CHECK;

/* Random each, and as good as never alike. */
void pool_numbers_make(random_fn random, void *self, char (*out)[POOL_NUMBER_SIZE], size_t count);
bool pool_number_is_sound(const char *text);

/* out takes 2 * size + 1 bytes. */
void hex_from_bytes(const void *bytes, size_t size, char *out);
bool hex_to_bytes(const char *hex, void *out, size_t size) MUST_CHECK;   /* exactly 2 * size digits */

/* BLAKE2b-256 (RFC 7693); key may be NULL with key_size 0, else 16..64 bytes. */
void digest_256(const void *bytes, size_t size, const void *key, size_t key_size, uint8_t out[32]);

#endif
