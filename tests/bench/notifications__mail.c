/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails as notifications makes and sends them:
 *   notifications__mail compose COUNT FILE         composes COUNT mails of two languages, keeps the last one in FILE; prints
 *                                                  the seconds, then those of encoding the same bytes as quoted-printable
 *   notifications__mail send URL COUNT PARALLEL FILE   hands FILE to the relay COUNT times; prints the seconds
 */
#include "unit/notifications/mail_samples.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <time.h>

#include "delivery.h"

static void
die(const char *what)
{
	fprintf(stderr, "mail: %s\n", what);
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- composing ------------------------------------------------------------------------------------------------------ */
static void
keep(const char *path, const struct mail_message *m)
{
	FILE *f = fopen(path, "wbe");

	if (f == NULL || fwrite(m->bytes, 1, m->len, f) != m->len || fclose(f) != 0)
		die(path);
}

static double
compose_s(int count, const char *path, struct mail_message *last)
{
	struct compose_flaw flaw;
	struct sample s;
	double since = now_s();

	sample_make(MAIL_CANDIDATES, MAIL_LANGUAGE_UNKNOWN, &s);
	for (int i = 0; i < count; i++) {
		if (mail_compose(&s.facts, last, &flaw) != COMPOSE_OK)
			die(flaw.why);
		if (i + 1 < count)
			mail_message_clear(last);
	}
	double took = now_s() - since;
	keep(path, last);
	return took;
}

static double
encode_s(int count, const struct mail_message *m)
{
	GMimeEncoding encoding;

	g_mime_encoding_init_encode(&encoding, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	char *out = malloc(g_mime_encoding_outlen(&encoding, m->len));
	if (out == NULL)
		die("memory");
	double since = now_s();
	for (int i = 0; i < count; i++) {
		g_mime_encoding_init_encode(&encoding, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
		(void)g_mime_encoding_flush(&encoding, m->bytes, m->len, out);
	}
	double took = now_s() - since;
	free(out);
	return took;
}

static void
compose(int count, const char *path)
{
	struct mail_message last = { NULL, 0 };

	compose_open();
	double composed = compose_s(count, path, &last);
	printf("%.9f %.9f\n", composed, encode_s(count, &last));
	mail_message_clear(&last);
	compose_close();
}

/* ---- sending -------------------------------------------------------------------------------------------------------- */
static void
on_result(void *context, const struct delivery_result *result)
{
	int *sent = context;

	if (result->outcome != MAIL_OUTCOME_SENT)
		die(result->text);
	(*sent)++;
}

static void
deliver(const char *url, int count, unsigned parallel, const char *path)
{
	static char bytes[1 << 20];
	const struct delivery_conf conf = { .url = url, .helo_name = "bench.example", .parallel = parallel, .connect_ms = 5000,
		                            .reply_ms = 5000, .total_ms = 20000 };
	const char *why;
	int taken = 0, sent = 0;
	FILE *f = fopen(path, "rbe");

	if (f == NULL)
		die(path);
	size_t size = fread(bytes, 1, sizeof bytes, f);
	(void)fclose(f);
	struct delivery *d = delivery_new(&conf, &why);
	if (d == NULL)
		die(why);
	double since = now_s();
	while (sent < count) {
		while (taken < count) {
			enum delivery_submitted s =
			    delivery_submit(d, "one", "bassin@chambre.example", "benoit@brodeur.example", bytes, size);
			if (s == DELIVERY_FULL)
				break;
			if (s != DELIVERY_TAKEN)
				die("refused");
			taken++;
		}
		(void)delivery_step(d, 1000, on_result, &sent);
	}
	printf("%.9f\n", now_s() - since);
	delivery_destroy(&d);
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "compose") == 0 && atoi(argv[2]) > 0)
		compose(atoi(argv[2]), argv[3]);
	else if (argc == 6 && strcmp(argv[1], "send") == 0 && atoi(argv[3]) > 0)
		deliver(argv[2], atoi(argv[3]), (unsigned)atoi(argv[4]), argv[5]);
	else
		die("compose COUNT FILE | send URL COUNT PARALLEL FILE");
	return 0;
}
