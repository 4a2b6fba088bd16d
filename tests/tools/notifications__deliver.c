/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands mails to a relay as the service does, for tests: deliver URL [name=value ...] < mails
 *   settings  tls=starttls user= password= ca= helo= parallel= connect_ms= reply_ms= total_ms=
 *             lockstep=1: each mail is at its end before the next line is read
 *   stdin     one mail a line: ID FROM TO [FILE], tab between; without FILE a small built-in message
 *             (an address may hold \r and \n written as such, so that a test can try them)
 *   stdout    one line a mail: ID OUTCOME STAGE CODE REUSED TEXT, tab between; REFUSED where delivery_submit said so
 */
#include "delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool lockstep;

static void die(const char *what)
{
	fprintf(stderr, "deliver: %s\n", what);
	exit(1);
}

static void set(struct delivery_conf *c, char *arg)
{
	char *value = strchr(arg, '=');

	if (value == NULL)
		die("name=value wanted");
	*value++ = '\0';
	if (strcmp(arg, "tls") == 0)
		c->tls = strcmp(value, "starttls") == 0 ? DELIVERY_TLS_STARTTLS : DELIVERY_TLS_NONE;
	else if (strcmp(arg, "user") == 0)
		c->user = value;
	else if (strcmp(arg, "password") == 0)
		c->password = value;
	else if (strcmp(arg, "ca") == 0)
		c->ca_file = value;
	else if (strcmp(arg, "helo") == 0)
		c->helo_name = value;
	else if (strcmp(arg, "parallel") == 0)
		c->parallel = (unsigned)atoi(value);
	else if (strcmp(arg, "connect_ms") == 0)
		c->connect_ms = atol(value);
	else if (strcmp(arg, "reply_ms") == 0)
		c->reply_ms = atol(value);
	else if (strcmp(arg, "total_ms") == 0)
		c->total_ms = atol(value);
	else if (strcmp(arg, "lockstep") == 0)
		lockstep = *value == '1';
	else
		die("unknown setting");
}

static void unescape(char *text)
{
	char *to = text;

	for (char *p = text; *p != '\0'; p++) {
		if (p[0] == '\\' && (p[1] == 'r' || p[1] == 'n'))
			*to++ = *++p == 'r' ? '\r' : '\n';
		else
			*to++ = *p;
	}
	*to = '\0';
}

static char *read_file(const char *path, size_t *len)
{
	char *bytes = malloc(DELIVERY_MESSAGE_MAX + 1);
	FILE *f = fopen(path, "rb");

	if (bytes == NULL || f == NULL)
		die("cannot read the message");
	*len = fread(bytes, 1, DELIVERY_MESSAGE_MAX + 1, f);
	fclose(f);
	return bytes;
}

static void on_result(void *context, const struct delivery_result *r)
{
	(void)context;
	printf("%s\t%s\t%s\t%d\t%d\t%s\n", r->id, mail_outcome_to_text(r->outcome), mail_stage_to_text(r->stage), r->smtp_code,
	       r->reused, r->text);
	fflush(stdout);
}

static void deliver(struct delivery *d, char *line)
{
	static const char builtin[] = "Subject: test\r\n\r\n.starts with a dot\r\n..two dots\r\n.\r\nFrom here\r\nend\r\n";
	char *save = NULL, *id = strtok_r(line, "\t\n", &save), *from = strtok_r(NULL, "\t\n", &save);
	char *to = strtok_r(NULL, "\t\n", &save), *path = strtok_r(NULL, "\t\n", &save), *bytes = NULL;
	enum delivery_submitted done;
	size_t len = sizeof builtin - 1;

	if (id == NULL || from == NULL || to == NULL)
		die("ID FROM TO wanted");
	unescape(from);
	unescape(to);
	if (path != NULL)
		bytes = read_file(path, &len);
	while ((done = delivery_submit(d, id, from, to, bytes != NULL ? bytes : builtin, len)) == DELIVERY_FULL)
		delivery_step(d, 1000, on_result, NULL);
	if (done == DELIVERY_REFUSED)
		printf("%s\tREFUSED\n", id);
	else if (done != DELIVERY_TAKEN)
		die("no memory");
	free(bytes);
}

int main(int argc, char **argv)
{
	struct delivery_conf conf = { .parallel = 1, .connect_ms = 5000, .reply_ms = 5000, .total_ms = 20000 };
	struct delivery *d;
	const char *why;
	char *line = NULL;
	size_t room = 0;

	if (argc < 2)
		die("URL wanted");
	conf.url = argv[1];
	for (int i = 2; i < argc; i++)
		set(&conf, argv[i]);
	d = delivery_new(&conf, &why);
	if (d == NULL)
		die(why);
	while (getline(&line, &room, stdin) > 0) {
		deliver(d, line);
		while (lockstep && delivery_in_flight(d) > 0)
			delivery_step(d, 1000, on_result, NULL);
	}
	while (delivery_in_flight(d) > 0)
		delivery_step(d, 1000, on_result, NULL);
	free(line);
	delivery_destroy(&d);
	return 0;
}
