/* SPDX-License-Identifier: Apache-2.0 */
/* Whose key a command uses. Secret keys are files NAME.key under keys/, public ones stand in the keyring. */
#ifndef CLI_WHO_H
#define CLI_WHO_H

#include "app.h"

#define KEYS_FOLDER "keys"
#define KEYRING_PATH "keys/keyring"

/* The secret key's file, in app's arena: --as, else BASSIN_AS, else the only key here whose role may send this. */
int who_find_key(struct app *app, Bassin__V1__CommandType type, const char **path) MUST_CHECK;

/* Secret keys that are here and in the keyring, by name. *out lives in app's arena. */
int who_list(struct app *app, struct key_entry **out, size_t *count) MUST_CHECK;

/* keys/NAME.key below the pool's folder; name is sound. */
const char *who_key_path(struct app *app, const char *name);

#endif
