/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What says that a backup is whole: DIR/manifest.json, written last. It names what was copied, when and by which versions,
 * and the BLAKE2b-256 of each file and of itself, so that nothing that is damaged or half is ever restored.
 *
 *   {format: 1, bassin, made_ms, made, pool_key, digest, stores: [{name, service, seq, epoch, epochs, server, erased,
 *    schemas: {core: 1, ...}, files: [{name, bytes, blake2b}]}]}
 *
 * pool_key: digest of the pool's key, "" where it could not be read. digest: of the rest, as compact JSON with sorted names.
 */
#ifndef CLI_MANIFEST_H
#define CLI_MANIFEST_H

#include <jansson.h>
#include "app.h"

#define MANIFEST_FORMAT 1
#define DIGEST_HEX_SIZE 65

/* A new manifest without stores; NULL: no memory. */
json_t *manifest_new(struct app *app) MUST_CHECK;
/* Flushes FOLDER/NAME to disk and adds it to the files of a store. 0; -1 with errno. */
int manifest_add_file(json_t *store, const char *folder, const char *name) MUST_CHECK;
/* Seals it and writes it into the folder, flushed. 0; -1 with errno. */
int manifest_write(json_t *manifest, const char *folder) MUST_CHECK;

/* Reads and checks the manifest of a backup, and each file of it: *out is a new reference. What is wrong was told. */
int manifest_read(struct app *app, const char *folder, json_t **out) MUST_CHECK;

/* The digest of the pool's key as it is here, in hex; "" where it cannot be read. */
const char *manifest_pool_key(struct app *app);

#endif
