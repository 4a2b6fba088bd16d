/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool's key for keyed hashes, the same at every intake: 64 hex digits in a file that `bassin keys make` writes once.
 * What is hashed with it can be compared by whoever has the key, and guessed by nobody else.
 */
#ifndef SERVICE_POOL_KEY_H
#define SERVICE_POOL_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/compiler.h"

#define POOL_KEY_SIZE 32
#define HASH_SIZE 32

enum pool_key_result { POOL_KEY_OK, POOL_KEY_UNREADABLE, POOL_KEY_UNSOUND };

/* Reads the file; errno says why it is unreadable. Nothing is logged. */
enum pool_key_result pool_key_load(const char *path, uint8_t out[POOL_KEY_SIZE]) MUST_CHECK;
/* From a file's text: 64 hex digits, blanks around them. */
bool pool_key_from_text(const char *text, uint8_t out[POOL_KEY_SIZE]);

/* Who somebody is at her college, as in the register of the erased: keyed BLAKE2b-256; both are ids (text_is_id). */
void hash_of_person(const uint8_t key[POOL_KEY_SIZE], const char *institution, const char *external_id,
                    uint8_t out[HASH_SIZE]);

#endif
