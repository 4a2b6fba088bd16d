/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every command works with: the pool's folder, whose key is used, the connection, and how an answer that is no OK
 * is told. Functions that return int return an exit status, 0 when all is well; what went wrong has been said on stderr
 * then.
 */
#ifndef CLI_APP_H
#define CLI_APP_H

#include "base/arena.h"
#include "bassin/v1/bus.pb-c.h"
#include "bus/client.h"
#include "bus/directory.h"
#include "options.h"

enum { EXIT_DONE = 0, EXIT_AWAY = 1, EXIT_USE = 2, EXIT_REFUSED = 3 };

struct app {
	struct options options;
	const char *home;
	struct arena *arena; /* lives as long as the command */
	struct client *client; /* NULL until it is needed */
	struct directory *directory; /* the same */
	int64_t patience_ms; /* how long weather is waited for */
	size_t window; /* commands in flight at once */
};

int app_open(struct app *app); /* out of options; touches no file */
void app_close(struct app *app);

/* `bassin: ` and a line on stderr; returns status. */
int app_fail(int status, const char *fmt, ...) PRINTF_LIKE(2, 3);
int app_no_memory(void);
int app_not_written(void); /* standard output, or a file, cannot be written */

/* A path below the pool's folder, in the arena; "" without memory. */
const char *app_path(struct app *app, const char *below);
int app_directory(struct app *app, const struct directory **out) MUST_CHECK;
/* The entry that stands for a service: its own name, or --service where several stand. */
int app_service(struct app *app, const char *service, const char **name) MUST_CHECK;

/* Whose key, out of --as, BASSIN_AS, or the only key here whose role may send this; then connects, once. */
int app_connect(struct app *app, Bassin__V1__CommandType type) MUST_CHECK;

/*
 * Sends one command and waits. *reply (may be NULL: nothing is expected) is unpacked in a.
 * A refusal is told in the user's language, with --json also as an object on standard output.
 */
int app_ask(struct app *app, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *payload,
            struct arena *a, const ProtobufCMessageDescriptor *reply_type, void **reply) MUST_CHECK;
/* The same without telling a refusal: *answer has it, and EXIT_REFUSED is returned. */
int app_ask_quietly(struct app *app, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *payload,
                    struct arena *a, struct client_answer *answer) MUST_CHECK;
/* Tells an answer that is no OK. */
int app_tell(struct app *app, const struct client_answer *answer);
int app_tell_unreachable(const char *service);

#endif
