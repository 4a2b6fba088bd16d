/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands to the owner of toys.c, through the client that `bassin` uses:
 *   callers HOME NAME open COUNT CLIENTS  COUNT small commands from CLIENTS clients, each with a connection of its own,
 *                                         one command after the other. stdout: "seconds S", then the latency of each in
 *                                         microseconds, one a line
 *   callers HOME NAME append COUNT[/MS]   the owner appends COUNT events (one every MS); ends when it has said yes
 */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bassin/v1/matching.pb-c.h"
#include "bus/client.h"

#define CLIENTS_MAX 64

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
client_of(const char *home, const char *name)
{
	char directory[512], keyring[512], key[512];
	struct client *c;
	const char *why;

	(void)snprintf(directory, sizeof directory, "%s/etc/directory", home);
	(void)snprintf(keyring, sizeof keyring, "%s/keys/keyring", home);
	(void)snprintf(key, sizeof key, "%s/keys/%s.key", home, name);
	const struct client_settings settings = { .directory = directory, .keyring = keyring, .key_file = key,
		                                  .patience_ms = 30000, .window = 1 };
	if (client_new(&settings, &c, &why) != CLIENT_OK)
		die(why);
	return c;
}

struct caller {
	pthread_t thread;
	struct client *client;
	struct arena *arena;
	size_t count;
	double *took;
};

/* Seconds from asking to the answer. */
static double
open_one(const struct caller *of)
{
	Bassin__V1__RoundOpen m = BASSIN__V1__ROUND_OPEN__INIT;
	struct client_answer answer;
	char title[] = "Stage en techniques de l'informatique, hiver 2027, Sherbrooke et environs, 37,5 heures";
	double since = now_s();

	m.title = title;
	arena_reset(of->arena);
	if (client_ask(of->client, "matching", BASSIN__V1__COMMAND_TYPE__ROUND_OPEN, &m.base, of->arena, &answer) != CLIENT_OK ||
	    answer.code != BASSIN__V1__REPLY_CODE__OK)
		die("not answered with yes");
	return now_s() - since;
}

static void *
caller_run(void *arg)
{
	struct caller *of = arg;

	for (size_t i = 0; i < of->count; i++)
		of->took[i] = open_one(of);
	return NULL;
}

static void
caller_open(struct caller *of, const char *home, const char *name, size_t count)
{
	of->client = client_of(home, name);
	of->arena = arena_new(1 * MiB);
	of->count = count;
	of->took = calloc(count, sizeof *of->took);
	if (of->arena == NULL || of->took == NULL)
		die("memory");
	(void)open_one(of);     /* the connection is made here, and not measured */
}

static void
open_many(const char *home, const char *name, size_t count, size_t clients)
{
	static struct caller callers[CLIENTS_MAX];

	for (size_t i = 0; i < clients; i++)
		caller_open(&callers[i], home, name, count / clients);
	double since = now_s();
	for (size_t i = 0; i < clients; i++) {
		if (pthread_create(&callers[i].thread, NULL, caller_run, &callers[i]) != 0)
			die("threads");
	}
	for (size_t i = 0; i < clients; i++)
		(void)pthread_join(callers[i].thread, NULL);
	printf("seconds %.6f\n", now_s() - since);
	for (size_t i = 0; i < clients; i++) {
		for (size_t j = 0; j < callers[i].count; j++)
			printf("%.0f\n", callers[i].took[j] * 1e6);
		client_destroy(&callers[i].client);
		arena_destroy(&callers[i].arena);
		free(callers[i].took);
	}
}

static void
append(const char *home, const char *name, const char *count)
{
	Bassin__V1__RoundSolve m = BASSIN__V1__ROUND_SOLVE__INIT;
	struct client *c = client_of(home, name);
	struct arena *a = arena_new(1 * MiB);
	struct client_answer answer;

	m.round = (char *)(uintptr_t)count;
	if (a == NULL || client_ask(c, "matching", BASSIN__V1__COMMAND_TYPE__ROUND_SOLVE, &m.base, a, &answer) != CLIENT_OK ||
	    answer.code != BASSIN__V1__REPLY_CODE__OK)
		die("not appended");
	client_destroy(&c);
	arena_destroy(&a);
}

int
main(int argc, char **argv)
{
	bool opens = argc == 6 && strcmp(argv[3], "open") == 0;
	size_t count = argc > 4 ? strtoul(argv[4], NULL, 10) : 0, clients = opens ? strtoul(argv[5], NULL, 10) : 1;

	if ((!opens && (argc != 5 || strcmp(argv[3], "append") != 0)) || count == 0 || clients == 0 || clients > CLIENTS_MAX)
		die("HOME NAME open COUNT CLIENTS | HOME NAME append COUNT[/MS]");
	if (sodium_init() < 0)
		die("memory");
	if (opens)
		open_many(argv[1], argv[2], count, clients);
	else
		append(argv[1], argv[2], argv[4]);
	return 0;
}
