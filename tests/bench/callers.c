/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands to the owner of toys.c:
 *   callers HOME NAME open COUNT CLIENTS WINDOW
 *                                         COUNT small commands from CLIENTS clients, each with a connection of its own and
 *                                         WINDOW commands in flight. stdout: "seconds S", then the latency of each in
 *                                         microseconds, one a line
 *   callers HOME NAME append COUNT[/MS]   the owner appends COUNT events (one every MS); ends when it has said yes
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "base/clock.h"
#include "bassin/v1/matching.pb-c.h"
#include "bus/client.h"
#include "bus/directory.h"
#include "bus/keyring_priv.h"
#include "bus/link.h"
#include "bus/socket.h"

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

/* ---- many clients in one thread, as pgbench does it ------------------------------------------------------------------ */
/* Each has a connection of its own, and so many commands in flight: the next one goes out when one is answered. */
struct flight { struct id id; double sent; };
struct caller {
	struct link *link;
	struct flight flights[BUS_WINDOW_MAX];
	size_t flying, sent;
};

struct crowd {
	struct caller callers[CLIENTS_MAX];
	size_t count, each, window, answered;
	struct arena *arena;
	double *took;
	struct key_pair key;
	struct keyring *keyring;
	struct directory *directory;
};

static void
caller_send(struct crowd *all, struct caller *of)
{
	Bassin__V1__RoundOpen m = BASSIN__V1__ROUND_OPEN__INIT;
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	Bassin__V1__Request rq = BASSIN__V1__REQUEST__INIT;
	char title[] = "Stage en techniques de l'informatique, hiver 2027, Sherbrooke et environs, 37,5 heures";
	size_t size;

	struct flight *flight = &of->flights[of->flying++];
	arena_reset(all->arena);
	m.title = title;
	*flight = (struct flight){ id_make(clock_wall_ms(), random_of_system, NULL), now_s() };
	of->sent++;
	rq.request_id = (ProtobufCBinaryData){ ID_SIZE, flight->id.bytes };
	rq.type = BASSIN__V1__COMMAND_TYPE__ROUND_OPEN;
	rq.ttl_ms = 30000;
	rq.payload.data = arena_pack(all->arena, &m.base, &rq.payload.len);
	up.body_case = BASSIN__V1__UPWARD__BODY_REQUEST;
	up.request = &rq;
	const uint8_t *frame = arena_pack(all->arena, &up.base, &size);
	if (rq.payload.data == NULL || frame == NULL || !link_send(of->link, frame, size))
		die("not sent");
}

static struct flight *
flight_find(struct caller *of, const ProtobufCBinaryData *request_id)
{
	struct id id;

	for (size_t i = 0; id_from_bytes(&id, request_id->data, request_id->len) && i < of->flying; i++) {
		if (id_equal(&of->flights[i].id, &id))
			return &of->flights[i];
	}
	return NULL;
}

/* false: nothing was there. */
static bool
caller_hear(struct crowd *all, struct caller *of)
{
	zmq_msg_t body;

	if (!link_recv(of->link, &body))
		return false;
	arena_reset(all->arena);
	ProtobufCAllocator allocator = arena_allocator(all->arena);
	const Bassin__V1__Downward *down =
	    bassin__v1__downward__unpack(&allocator, zmq_msg_size(&body), zmq_msg_data(&body));
	bool is_yes = down != NULL && down->body_case == BASSIN__V1__DOWNWARD__BODY_REPLY &&
	              down->reply->code == BASSIN__V1__REPLY_CODE__OK;
	struct flight *flight = is_yes ? flight_find(of, &down->reply->request_id) : NULL;
	if (flight == NULL)
		die("not answered with yes");
	(void)zmq_msg_close(&body);
	all->took[all->answered++] = now_s() - flight->sent;
	*flight = of->flights[--of->flying];
	if (of->sent < all->each)
		caller_send(all, of);
	return true;
}

static void
crowd_turn(struct crowd *all, bool tend)
{
	zmq_pollitem_t items[2 * CLIENTS_MAX];
	size_t count = 0, places[CLIENTS_MAX];

	for (size_t i = 0; i < all->count; i++) {
		if (tend)
			(void)link_tend(all->callers[i].link, clock_mono_ms());
		places[i] = count;
		count += link_poll_items(all->callers[i].link, false, items + count);
	}
	if (zmq_poll(items, (int)count, 1000) < 0)
		die("no poll");
	for (size_t i = 0; i < all->count && !tend; i++) {
		while (items[places[i]].revents != 0 && caller_hear(all, &all->callers[i]))
			continue;
	}
}

static void
crowd_connect(struct crowd *all, const char *home, const char *name)
{
	char directory[512], keyring[512], key[512];
	struct key_why why;
	bool up = false;

	(void)snprintf(directory, sizeof directory, "%s/etc/directory", home);
	(void)snprintf(keyring, sizeof keyring, "%s/keys/keyring", home);
	(void)snprintf(key, sizeof key, "%s/keys/%s.key", home, name);
	if (key_pair_load(key, &all->key, &why) != 0 || keyring_open(keyring, &all->keyring, &why) != 0 ||
	    directory_load(directory, &all->directory, &why) != 0)
		die("no keys");
	const struct directory_entry *owner = directory_find(all->directory, "matching");
	for (size_t i = 0; owner != NULL && i < all->count; i++)
		all->callers[i].link = link_new(owner->endpoints[0], owner->name, all->keyring, &all->key);
	while (!up) {
		crowd_turn(all, true);
		up = true;
		for (size_t i = 0; i < all->count; i++)
			up = up && link_is_up(all->callers[i].link);
	}
}

static void
open_many(const char *home, const char *name, size_t count, size_t clients, size_t window)
{
	static struct crowd all;

	all.count = clients;
	all.window = window;
	all.each = count / clients;
	all.arena = arena_new(1 * MiB);
	all.took = calloc(count, sizeof *all.took);
	if (all.arena == NULL || all.took == NULL)
		die("memory");
	crowd_connect(&all, home, name);
	double since = now_s();
	for (size_t i = 0; i < clients * window; i++) {
		struct caller *of = &all.callers[i % clients];
		if (of->sent < all.each)
			caller_send(&all, of);
	}
	while (all.answered < all.each * clients)
		crowd_turn(&all, false);
	printf("seconds %.6f\n", now_s() - since);
	for (size_t i = 0; i < all.answered; i++)
		printf("%.0f\n", all.took[i] * 1e6);
	for (size_t i = 0; i < clients; i++)
		link_destroy(&all.callers[i].link);
	keyring_close(&all.keyring);
	directory_destroy(&all.directory);
	arena_destroy(&all.arena);
	free(all.took);
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
	bool opens = argc == 7 && strcmp(argv[3], "open") == 0;
	size_t count = argc > 4 ? strtoul(argv[4], NULL, 10) : 0, clients = opens ? strtoul(argv[5], NULL, 10) : 1;
	size_t window = opens ? strtoul(argv[6], NULL, 10) : 1;

	if (window == 0 || window > BUS_WINDOW_MAX || (!opens && (argc != 5 || strcmp(argv[3], "append") != 0)) || count == 0 || clients == 0 || clients > CLIENTS_MAX)
		die("HOME NAME open COUNT CLIENTS WINDOW | HOME NAME append COUNT[/MS]");
	if (sodium_init() < 0)
		die("memory");
	if (opens)
		open_many(argv[1], argv[2], count, clients, window);
	else
		append(argv[1], argv[2], argv[4]);
	return 0;
}
