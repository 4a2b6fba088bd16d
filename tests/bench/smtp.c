/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both ends of SMTP at their barest, to have a limit to measure against:
 *   smtp sink                              listens on a free port of loopback, prints it, and takes every mail; ends when
 *                                          its standard input does
 *   smtp source PORT COUNT CONNECTIONS FILE   sends the file COUNT times as a mail, one dialogue at a time on each
 *                                          connection; prints the seconds it took
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define LINE_MAX_BYTES 8192

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* A dialogue of small packets: none may wait for the other side's acknowledgement. */
static void
no_delay(int fd)
{
	const int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
		die("no delay");
}

static void
say(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(fd, text, size, MSG_NOSIGNAL);
		if (sent <= 0)
			return;         /* the other side has gone: read will tell */
		text += sent;
		size -= (size_t)sent;
	}
}

#define SAY(fd, text) say(fd, text, sizeof text - 1)

/* ---- the sink ------------------------------------------------------------------------------------------------------- */
struct talk {
	bool in_data;
	size_t size;
	char line[LINE_MAX_BYTES];
};

static void
sink_line(int fd, struct talk *t)
{
	if (t->in_data) {
		if (strcmp(t->line, ".\r") == 0) {
			t->in_data = false;
			SAY(fd, "250 2.0.0 taken\r\n");
		}
	} else if (strncasecmp(t->line, "DATA", 4) == 0) {
		t->in_data = true;
		SAY(fd, "354 go on\r\n");
	} else if (strncasecmp(t->line, "EHLO", 4) == 0) {
		SAY(fd, "250-sink.example\r\n250 8BITMIME\r\n");
	} else if (strncasecmp(t->line, "QUIT", 4) == 0) {
		SAY(fd, "221 2.0.0 bye\r\n");
	} else if (strncasecmp(t->line, "MAIL FROM:", 10) == 0 || strncasecmp(t->line, "RCPT TO:", 8) == 0) {
		SAY(fd, "250 2.0.0 yes\r\n");
	} else {
		SAY(fd, "500 5.5.2 what?\r\n");        /* a mail that ended too soon is noticed */
	}
}

/* Lines end with \n; of a line that is too long only its length is kept. false: the peer has gone. */
static bool
sink_read(int fd, struct talk *t)
{
	char bytes[65536];
	ssize_t got = recv(fd, bytes, sizeof bytes, 0);

	for (ssize_t i = 0; i < got; i++) {
		if (bytes[i] != '\n') {
			if (t->size < sizeof t->line - 1)
				t->line[t->size++] = bytes[i];
			continue;
		}
		t->line[t->size++] = '\0';
		sink_line(fd, t);
		t->size = 0;
	}
	return got > 0;
}

static int
sink_listen(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, CONNECTIONS_MAX) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &size) != 0)
		die("sink");
	printf("%d\n", ntohs(at.sin_port));
	(void)fflush(stdout);
	return fd;
}

static void
sink(void)
{
	static struct talk talks[CONNECTIONS_MAX];
	struct pollfd fds[CONNECTIONS_MAX + 2] = { { .fd = 0, .events = POLLIN }, { .fd = sink_listen(), .events = POLLIN } };

	for (int i = 2; i < CONNECTIONS_MAX + 2; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	while (poll(fds, CONNECTIONS_MAX + 2, -1) > 0 && fds[0].revents == 0) {
		for (int i = 2; i < CONNECTIONS_MAX + 2; i++) {
			if (fds[i].revents != 0 && !sink_read(fds[i].fd, &talks[i - 2])) {
				(void)close(fds[i].fd);
				fds[i].fd = -1;
			} else if (fds[i].fd < 0 && fds[1].revents != 0) {
				fds[i].fd = accept(fds[1].fd, NULL, NULL);
				fds[1].revents = 0;
				if (fds[i].fd < 0)
					continue;
				no_delay(fds[i].fd);
				talks[i - 2] = (struct talk){ .size = 0 };
				SAY(fds[i].fd, "220 sink.example\r\n");
			}
			fds[i].revents = 0;
		}
	}
}

/* ---- the source ----------------------------------------------------------------------------------------------------- */
struct sender { int fd, step; };

static char mail[1 << 20];
static size_t mail_size;
static long left;

/* With a dot more before each line that begins with one (RFC 5321, 4.5.2), and the end of the mail behind it. */
static void
mail_load(const char *path)
{
	FILE *f = fopen(path, "rbe");
	bool at_start = true;
	int c;

	if (f == NULL)
		die(path);
	while ((c = getc(f)) != EOF && mail_size < sizeof mail - 8) {
		if (at_start && c == '.')
			mail[mail_size++] = '.';
		mail[mail_size++] = (char)c;
		at_start = c == '\n';
	}
	(void)fclose(f);
	memcpy(mail + mail_size, ".\r\n", 3);
	mail_size += 3;
}

/* What is said after each answer, as a sender without PIPELINING must. false: nothing more to send. */
static bool
source_turn(struct sender *s)
{
	switch (s->step) {
	case 0:
		SAY(s->fd, "EHLO bench.example\r\n");
		break;
	case 1:
		if (left == 0)
			return false;
		left--;
		SAY(s->fd, "MAIL FROM:<bassin@chambre.example>\r\n");
		break;
	case 2:
		SAY(s->fd, "RCPT TO:<benoit@brodeur.example>\r\n");
		break;
	case 3:
		SAY(s->fd, "DATA\r\n");
		break;
	default:
		say(s->fd, mail, mail_size);
		s->step = 0;
		break;
	}
	s->step++;
	return true;
}

static int
source_connect(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		                  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
		die("source");
	no_delay(fd);
	return fd;
}

static void
source(int port, long count, int connections)
{
	struct sender senders[CONNECTIONS_MAX];
	struct pollfd fds[CONNECTIONS_MAX];
	struct timespec since, until;
	char answer[4096];

	int talking = connections;

	left = count;
	(void)clock_gettime(CLOCK_MONOTONIC, &since);
	for (int i = 0; i < connections; i++) {
		senders[i] = (struct sender){ .fd = source_connect(port) };
		fds[i] = (struct pollfd){ .fd = senders[i].fd, .events = POLLIN };
	}
	while (talking > 0 && poll(fds, (nfds_t)connections, -1) > 0) {
		for (int i = 0; i < connections; i++) {
			if (fds[i].fd < 0 || fds[i].revents == 0)
				continue;
			if (recv(fds[i].fd, answer, sizeof answer, 0) <= 0 || (answer[0] != '2' && answer[0] != '3'))
				die("source: refused, or the sink has gone");
			if (!source_turn(&senders[i])) {
				(void)close(fds[i].fd);
				fds[i].fd = -1;
				talking--;
			}
		}
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	printf("%.9f\n", (double)(until.tv_sec - since.tv_sec) + (double)(until.tv_nsec - since.tv_nsec) / 1e9);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "sink") == 0) {
		sink();
		return 0;
	}
	int connections = argc == 6 ? atoi(argv[4]) : 0;
	if (argc != 6 || strcmp(argv[1], "source") != 0 || connections < 1 || connections > CONNECTIONS_MAX) {
		fprintf(stderr, "smtp sink | smtp source PORT COUNT CONNECTIONS FILE\n");
		return 1;
	}
	mail_load(argv[5]);
	source(atoi(argv[2]), atol(argv[3]), connections);
	return 0;
}
