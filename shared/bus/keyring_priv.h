/* SPDX-License-Identifier: Apache-2.0 */
/* Between keyring.c (reading), keyring_edit.c (changing), key_pair.c and directory.c. */
#ifndef BUS_KEYRING_PRIV_H
#define BUS_KEYRING_PRIV_H

#include "bus/keyring.h"
#include "bus/textfile.h"

#define KEYRING_MAX_BYTES (32 * MiB)
#define KEYRING_MAX_KEYS 100000u
#define KEY_FILE_MAX_BYTES (4 * KiB)

/* Fills *why; returns -1, so that a caller can return it. */
int key_why_set(struct key_why *why, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Takes one line apart (and cuts it up). -1: it is not sound. */
int keyring_parse_line(char *line, struct key_entry *out) MUST_CHECK;

#endif
