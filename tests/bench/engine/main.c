/* SPDX-License-Identifier: Apache-2.0 */
/* engine WHAT WORDS...: one measurement, or "write" for an instance on standard output. See measure.h. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

static void
write_round(char **words)
{
	made_write(stdout, atoi(words[0]), atoi(words[1]), atoi(words[2]));
}

static const struct {
	const char *name, *words;
	int count;
	void (*run)(char **words);
} all[] = {
	{ "assign", "LEARNERS ELIGIBLE SEATS_PERCENT RUNS", 4, measure_assign },
	{ "ranked", "LEARNERS CHOICES POSTINGS SEATS RUNS", 5, measure_ranked },
	{ "round", "INSTANCE.json THREADS RUNS", 3, measure_round },
	{ "write", "LEARNERS POSTINGS COLLEGES", 3, write_round },
};

int
main(int argc, char **argv)
{
	if (sodium_init() < 0)
		made_die("libsodium does not start");
	for (size_t k = 0; argc > 1 && k < sizeof(all) / sizeof(all[0]); k++)
		if (strcmp(argv[1], all[k].name) == 0 && argc == all[k].count + 2) {
			all[k].run(argv + 2);
			return fflush(stdout) == 0 ? 0 : 2;
		}
	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
		fprintf(stderr, "engine %s %s\n", all[k].name, all[k].words);
	return 2;
}
