/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one connection can write by itself, over the same driver (store/store.h) and into the same kind of table as the
 * reader of toys.c:
 *   peer CONNINFO ROWS BATCH    ROWS rows, BATCH of them in one unnest insert and commit. stdout: seconds
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "store/store.h"

#define BATCH_MAX 10000

static const struct sql insert = { "insert",
	"INSERT INTO bare (key, title) SELECT * FROM unnest($1::text[], $2::text[])" };
static const struct sql *const statements[] = { &insert, NULL };
static const struct sql *const *const lists[] = { statements, NULL };

static void
die(const char *what)
{
	fprintf(stderr, "peer: %s\n", what);
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
insert_some(struct store *s, struct arena *a, size_t first, size_t count)
{
	static const char *keys[BATCH_MAX], *titles[BATCH_MAX];

	arena_reset(a);
	struct params p = params_new(a);
	for (size_t i = 0; i < count; i++) {
		keys[i] = arena_printf(a, "college-%zu/stage-%012zu", i % 7, first + i);
		titles[i] = "Stage en techniques de l'informatique, hiver 2027, Sherbrooke et environs, 37,5 heures";
		if (keys[i] == NULL)
			die("memory");
	}
	param_texts(&p, keys, count);
	param_texts(&p, titles, count);
	if (store_run(s, &insert, &p, NULL) != STORE_OK)
		die("not inserted");
}

int
main(int argc, char **argv)
{
	size_t rows = argc == 4 ? strtoul(argv[2], NULL, 10) : 0, batch = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct arena *a = arena_new(64 * MiB);

	if (rows == 0 || batch == 0 || batch > BATCH_MAX || a == NULL)
		die("CONNINFO ROWS BATCH");
	const struct store_settings settings = { .conninfo = argv[1], .statement_ms = 10000, .statements = lists };
	struct store *s = store_new(&settings);
	if (s == NULL || store_connect(s, clock_mono_ms()) != STORE_OK)
		die("not connected");
	double since = now_s();
	for (size_t at = 0; at < rows; at += batch)
		insert_some(s, a, at, rows - at < batch ? rows - at : batch);
	printf("%.6f\n", now_s() - since);
	store_destroy(&s);
	arena_destroy(&a);
	return 0;
}
