/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands to the owner of toys.c, through the client that `bassin` uses:
 *   callers HOME NAME open COUNT WINDOW   COUNT small commands, WINDOW of them in flight: as many callers at once.
 *                                         stdout: "seconds S", then the latency of each in microseconds, one a line
 *   callers HOME NAME append COUNT        the owner appends COUNT events; ends when it has said yes
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bassin/v1/matching.pb-c.h"
#include "bus/client.h"

#define WINDOW_MAX 64

static void
die(const char *what)
{
	fprintf(stderr, "callers: %s\n", what);
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct client *
client_of(const char *home, const char *name, size_t window)
{
	char directory[512], keyring[512], key[512];
	struct client *c;
	const char *why;

	(void)snprintf(directory, sizeof directory, "%s/etc/directory", home);
	(void)snprintf(keyring, sizeof keyring, "%s/keys/keyring", home);
	(void)snprintf(key, sizeof key, "%s/keys/%s.key", home, name);
	const struct client_settings settings = { .directory = directory, .keyring = keyring, .key_file = key,
		                                  .patience_ms = 30000, .window = window };
	if (client_new(&settings, &c, &why) != CLIENT_OK)
		die(why);
	return c;
}

/* When each command in flight was sent. */
struct flight { struct id id; double sent; };
static struct flight flights[WINDOW_MAX];
static size_t flying;

static void
open_send(struct client *c)
{
	Bassin__V1__RoundOpen m = BASSIN__V1__ROUND_OPEN__INIT;
	char title[] = "Stage en techniques de l'informatique, hiver 2027, Sherbrooke et environs, 37,5 heures";

	m.title = title;
	flights[flying].sent = now_s();
	if (client_send(c, "matching", BASSIN__V1__COMMAND_TYPE__ROUND_OPEN, &m.base, &flights[flying].id) != CLIENT_OK)
		die("not sent");
	flying++;
}

static double
open_land(struct client *c, struct arena *a)
{
	struct client_answer answer;

	arena_reset(a);
	if (client_next(c, a, &answer) != CLIENT_OK || answer.code != BASSIN__V1__REPLY_CODE__OK)
		die("not answered with yes");
	for (size_t i = 0; i < flying; i++) {
		if (id_equal(&flights[i].id, &answer.id)) {
			double took = now_s() - flights[i].sent;
			flights[i] = flights[--flying];
			return took;
		}
	}
	die("an answer to nothing");
	return 0;
}

static void
open_many(struct client *c, struct arena *a, size_t count, size_t window)
{
	double *took = calloc(count, sizeof *took);
	size_t sent = 0, done = 0;

	if (took == NULL)
		die("memory");
	open_send(c);   /* the connection is made here, and not measured */
	(void)open_land(c, a);
	double since = now_s();
	while (done < count) {
		if (sent < count && flying < window) {
			open_send(c);
			sent++;
		} else {
			took[done++] = open_land(c, a);
		}
	}
	printf("seconds %.6f\n", now_s() - since);
	for (size_t i = 0; i < count; i++)
		printf("%.0f\n", took[i] * 1e6);
	free(took);
}

static void
append(struct client *c, struct arena *a, const char *count)
{
	Bassin__V1__RoundSolve m = BASSIN__V1__ROUND_SOLVE__INIT;
	struct client_answer answer;

	m.round = (char *)(uintptr_t)count;
	if (client_ask(c, "matching", BASSIN__V1__COMMAND_TYPE__ROUND_SOLVE, &m.base, a, &answer) != CLIENT_OK ||
	    answer.code != BASSIN__V1__REPLY_CODE__OK)
		die("not appended");
}

int
main(int argc, char **argv)
{
	bool opens = argc == 6 && strcmp(argv[3], "open") == 0;
	size_t window = opens ? strtoul(argv[5], NULL, 10) : 1, count = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
	struct arena *a = arena_new(1 * MiB);

	if ((!opens && (argc != 5 || strcmp(argv[3], "append") != 0)) || count == 0 || window == 0 || window > WINDOW_MAX)
		die("HOME NAME open COUNT WINDOW | HOME NAME append COUNT");
	if (a == NULL || sodium_init() < 0)
		die("memory");
	struct client *c = client_of(argv[1], argv[2], window);
	if (opens)
		open_many(c, a, count, window);
	else
		append(c, a, argv[4]);
	client_destroy(&c);
	arena_destroy(&a);
	return 0;
}
