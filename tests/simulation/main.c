/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simulate [--seconds N | --seeds N] [--from SEED] [--file SEEDS] [--trace] [--tap]
 * Runs seeds until the time or the count is up and prints every seed that fails; --file runs those in a file (one decimal
 * number a line): the ones that failed once. Exit status 0 when none fails, 1 when one does, 2 for wrong arguments.
 */
#include "world.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"

struct tally { uint64_t seeds, failed, faults; };

/* What a broken invariant ends with: the seed that led to it. */
static char seed_line[64];

static void
seed_tell(int signal_number)
{
	ssize_t ignored = write(STDOUT_FILENO, seed_line, strlen(seed_line));

	(void)ignored;
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

static void
seed_run(struct world *w, uint64_t seed, struct tally *t)
{
	(void)snprintf(seed_line, sizeof seed_line, "# seed %" PRIu64 ": aborted\n", seed);
	bool ok = world_run(w, seed);

	t->seeds++;
	t->faults += w->faults;
	if (!ok) {
		t->failed++;
		printf("# seed %" PRIu64 ": %s\n", seed, w->verdict);
		fflush(stdout);
	}
}

static int
file_run(struct world *w, const char *path, struct tally *t)
{
	FILE *f = fopen(path, "r");
	char line[128];

	if (f == NULL) {
		fprintf(stderr, "simulate: %s cannot be read\n", path);
		return -1;
	}
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] >= '0' && line[0] <= '9')
			seed_run(w, strtoull(line, NULL, 10), t);
	}
	(void)fclose(f);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct world w;
	struct tally known = { 0, 0, 0 }, fresh = { 0, 0, 0 };
	long seconds = 10, seeds = 0;
	uint64_t from = 0;
	const char *file = NULL;
	bool tap = false, given = false;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		if (strcmp(argv[i], "--trace") == 0) {
			w.trace = true;
		} else if (strcmp(argv[i], "--tap") == 0) {
			tap = true;
		} else if (strcmp(argv[i], "--seconds") == 0) {
			seconds = strtol(value, NULL, 10);
			i++;
		} else if (strcmp(argv[i], "--seeds") == 0) {
			seeds = strtol(value, NULL, 10);
			i++;
		} else if (strcmp(argv[i], "--from") == 0) {
			from = strtoull(value, NULL, 10);
			given = true;
			i++;
		} else if (strcmp(argv[i], "--file") == 0) {
			file = value;
			i++;
		} else {
			fprintf(stderr, "usage: simulate [--seconds N | --seeds N] [--from SEED] [--file SEEDS] [--trace] [--tap]\n");
			return 2;
		}
	}
	(void)signal(SIGABRT, seed_tell);
	log_open("simulate", w.trace ? LOG_LEVEL_DEBUG : LOG_LEVEL_NONE);
	if (file != NULL && file_run(&w, file, &known) != 0)
		return 2;
	if (!given)
		random_of_system(NULL, &from, sizeof from);
	int64_t begin = clock_mono_ms(), end = begin + seconds * 1000;
	for (uint64_t s = from; seeds > 0 ? fresh.seeds < (uint64_t)seeds : clock_mono_ms() < end; s++)
		seed_run(&w, s, &fresh);
	double minutes = (double)(clock_mono_ms() - begin) / 60000;
	printf("# fresh seeds from %" PRIu64 ": %" PRIu64 ", %.0f a minute, %" PRIu64 " faults\n", from, fresh.seeds,
	       minutes > 0 ? (double)fresh.seeds / minutes : 0, fresh.faults);
	if (tap) {
		printf("1..2\n%sok 1 - every seed that failed once passes (%" PRIu64 ")\n", known.failed ? "not " : "", known.seeds);
		printf("%sok 2 - fresh seeds lose, double, invent and reorder nothing\n", fresh.failed ? "not " : "");
	}
	return known.failed + fresh.failed == 0 ? 0 : 1;
}
