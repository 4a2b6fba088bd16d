/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is known: the keyring file with one public key per principal, and the secret key files of programs.
 *
 *   keyring    lines `name role institution-or-- public-key`, blanks between, # starts a comment line. Name and key are
 *              unique in it; a college has an institution, every other role has `-`.
 *   NAME.key   lines `name NAME`, `public KEY`, `secret KEY`; refused when group or others may read it.
 *
 * Keys are CURVE keys in Z85 (40 characters; ZeroMQ RFC 32). A name is 1..128 of A-Z a-z 0-9 . _ - and starts with a letter
 * or digit; an institution is an id (text_is_id) without blanks. A keyring object may be used by several threads.
 * Functions that return int: 0, or -1 with *why filled in (never with a key).
 */
#ifndef BUS_KEYRING_H
#define BUS_KEYRING_H

#include <limits.h>
#include "bus/core.h"

#define KEY_TEXT_SIZE 41        /* 40 characters of Z85 and a NUL */

struct key_why { char text[PATH_MAX + 160]; };      /* for administrators: file, line, what is wrong */

struct key_entry {
	struct principal who;       /* acts and subject are empty */
	char public_key[KEY_TEXT_SIZE];
};

/* ---- reading -------------------------------------------------------------------------------------------------------- */
struct keyring;

/* *out NULL on failure: the file cannot be read or has a wrong line. */
int  keyring_open(const char *path, struct keyring **out, struct key_why *why) MUST_CHECK;
void keyring_close(struct keyring **self);          /* NULL-safe; no other thread may still use it */

/*
 * Reads the file again when its (mtime, size, inode) has changed; looks at most once a second unless `now`. A file that
 * cannot be read or has a wrong line leaves the keys as they were (logged once, keyring_is_stale tells).
 */
void keyring_refresh(struct keyring *k, int64_t mono_ms, bool now);
bool keyring_is_stale(struct keyring *k);

/* Copies out; false: nobody has this key, or this name. */
bool keyring_by_key(struct keyring *k, const char *public_key, struct key_entry *out);
bool keyring_by_name(struct keyring *k, const char *name, struct key_entry *out);

size_t keyring_count(struct keyring *k);
bool   keyring_at(struct keyring *k, size_t index, struct key_entry *out);      /* sorted by name; false: beyond the end */

/* ---- changing: the whole file is written anew beside the old one, flushed, and renamed over it, under a lock ---------- */
int keyring_add(const char *path, const struct key_entry *entry, struct key_why *why) MUST_CHECK;   /* makes the file, too */
int keyring_revoke(const char *path, const char *name, struct key_why *why) MUST_CHECK;

bool key_name_is_sound(const char *name);
/* Is a principal of this role and institution possible? institution empty: none. */
bool key_entry_is_sound(const struct key_entry *entry);

/* ---- key pairs ------------------------------------------------------------------------------------------------------- */
struct key_pair {
	char name[NAME_MAX_BYTES + 1];
	char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];
};

int  key_pair_make(const char *name, struct key_pair *out) MUST_CHECK;      /* -1: the name is not sound */
/* Makes the file (0600), durably; refuses one that is already there. */
int  key_pair_save(const struct key_pair *pair, const char *path, struct key_why *why) MUST_CHECK;
int  key_pair_load(const char *path, struct key_pair *out, struct key_why *why) MUST_CHECK;
void key_pair_clear(struct key_pair *pair);         /* overwrites the secret */

#endif
