/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads instances, one JSON object a line, and writes for each the outcome, one line, or {"refused": code, "why":
 * text}. With --canonical the instance comes back in canonical form instead, with --threads N solo runs go side by side.
 * For tests: the other half is tests/reference/solve_round.py.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"

static int
to_stdout(void *to, const char *bytes, size_t size)
{
	(void)to;
	return fwrite(bytes, 1, size, stdout) == size ? 0 : -1;
}

static int
refuse(const char *code, const char *why)
{
	struct json_out o;

	json_out_init(&o, to_stdout, NULL);
	json_open(&o, '{');
	json_key(&o, "refused");
	json_text(&o, code);
	json_key(&o, "why");
	json_text(&o, why);
	json_close(&o, '}');
	return json_out_finish(&o);
}

static int
solve(const struct instance *in, int threads)
{
	char digest[2 * INSTANCE_DIGEST_SIZE + 1];
	struct engine_outcome *out;
	enum engine_status status = engine_solve(&in->engine, threads, &out);
	int rc;

	if (status != ENGINE_OK)
		return refuse("engine", engine_status_to_text(status));
	instance_digest(in, digest);
	rc = outcome_write(in, out, digest, to_stdout, NULL);
	engine_outcome_destroy(&out);
	return rc;
}

static int
answer(const char *line, size_t size, bool canonical, int threads)
{
	struct instance *in;
	struct instance_flaw flaw;
	int rc;

	if (instance_read(line, size, &in, &flaw) != 0)
		return refuse(flaw.code, flaw.text);
	rc = canonical ? instance_write(in, to_stdout, NULL) : solve(in, threads);
	instance_destroy(&in);
	return rc;
}

int
main(int argc, char **argv)
{
	bool canonical = argc == 2 && strcmp(argv[1], "--canonical") == 0;
	int threads = argc == 3 && strcmp(argv[1], "--threads") == 0 ? atoi(argv[2]) : 1;
	char *line = NULL;
	size_t room = 0;
	ssize_t size;
	int rc = sodium_init() < 0 ? 1 : 0;

	while (rc == 0 && (size = getline(&line, &room, stdin)) > 0)
		if (answer(line, (size_t)size, canonical, threads) != 0 || putchar('\n') == EOF)
			rc = 1;
	free(line);
	return rc != 0 || fflush(stdout) != 0;
}
