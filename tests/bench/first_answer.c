/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From exec to the first answer, of a server that is started for it:
 *   first_answer http PORT COMMAND...                   until a GET is answered with 200
 *   first_answer SERVICE HOME NAME PORT COMMAND...      until `status` is answered over CURVE; asked as NAME, with what
 *                                                       the pool in HOME knows
 * Prints the milliseconds, leaves the server running, and prints its process id.
 */
#include <netinet/in.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bassin/v1/bus.pb-c.h"
#include "bus/client.h"

#define PATIENCE_S 30

static double answered_s;

static void
die(const char *what)
{
	fprintf(stderr, "first_answer: %s\n", what);
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
pause_shortly(double until_s)
{
	const struct timespec shortly = { .tv_nsec = 200000 };

	if (now_s() > until_s)
		die("no answer");
	(void)nanosleep(&shortly, NULL);
}

/* A connection, once somebody listens. */
static int
connect_to(const char *port, double until_s)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_port = htons((uint16_t)atoi(port)),
		                  .sin_addr = { htonl(INADDR_LOOPBACK) } };

	for (;;) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to) == 0)
			return fd;
		(void)close(fd);
		pause_shortly(until_s);
	}
}

static void
http_ask(const char *port, double until_s)
{
	static const char ask[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
			  yes[] = "HTTP/1.1 200";
	char answer[4096];
	int fd = connect_to(port, until_s);

	if (send(fd, ask, sizeof ask - 1, 0) != sizeof ask - 1 ||
	    recv(fd, answer, sizeof answer, 0) < (ssize_t)sizeof yes || memcmp(answer, yes, sizeof yes - 1) != 0)
		die("not answered with 200");
	answered_s = now_s();
	(void)close(fd);
}

static bool
is_answered(struct client *c, const char *service, struct arena *a)
{
	Bassin__V1__StatusAsk m = BASSIN__V1__STATUS_ASK__INIT;
	struct client_answer answer;

	arena_reset(a);
	return client_ask_endpoint(c, service, 0, BASSIN__V1__COMMAND_TYPE__STATUS, &m.base, a, &answer) == CLIENT_OK &&
	       answer.code == BASSIN__V1__REPLY_CODE__OK;
}

static void
status_ask(const char *service, const char *home, const char *name, const char *port, double until_s)
{
	char directory[512], keyring[512], key[512];
	struct arena *a = arena_new(1 * MiB);
	struct client *c;
	const char *why;

	(void)snprintf(directory, sizeof directory, "%s/etc/directory", home);
	(void)snprintf(keyring, sizeof keyring, "%s/keys/keyring", home);
	(void)snprintf(key, sizeof key, "%s/keys/%s.key", home, name);
	const struct client_settings settings = { .directory = directory,
		                                  .keyring = keyring,
		                                  .key_file = key,
		                                  .patience_ms = 1000L * PATIENCE_S,
		                                  .window = 1 };
	(void)close(connect_to(port, until_s)); /* so that the client does not knock in vain, and wait */
	if (a == NULL || client_new(&settings, &c, &why) != CLIENT_OK)
		die("client");
	while (!is_answered(c, service, a))
		pause_shortly(until_s);
	answered_s = now_s();
	client_destroy(&c); /* which takes a moment that is not the service's */
	arena_destroy(&a);
}

int
main(int argc, char **argv)
{
	bool http = argc > 3 && strcmp(argv[1], "http") == 0;

	if (sodium_init() < 0)
		die("memory");
	if (argc < 4 || (!http && argc < 6))
		die("http PORT COMMAND... | SERVICE HOME NAME PORT COMMAND...");
	char **command = http ? argv + 3 : argv + 5;
	double since = now_s(), until = since + PATIENCE_S;
	pid_t pid = fork();
	if (pid == 0) {
		/* whoever reads what we print waits for its end */
		if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
			_exit(127);
		(void)execvp(command[0], command);
		_exit(127);
	}
	if (http)
		http_ask(argv[2], until);
	else
		status_ask(argv[1], argv[2], argv[3], argv[4], until);
	printf("%.6f %d\n", 1000 * (answered_s - since), (int)pid);
	return 0;
}
