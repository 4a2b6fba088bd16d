/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads instances, one JSON object a line, and writes for each the outcome, one line, or {"refused": code, "why":
 * text}. --canonical gives the instance back in canonical form instead; --verify lets the verifier judge each outcome
 * first; --threads N lets solo runs go side by side. For tests: the other half is tests/reference/solve_round.py.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"
#include "verifier/verifier.h"

struct wish {
	bool canonical, verify;
	int  threads;
};

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

/* Tell the outcome, unless the verifier, if it is asked, has a word against it. */
static int
tell(const struct instance *in, const struct json_text_buffer *text, bool verify)
{
	struct verifier_report report = { .verdict = VERIFIER_ACCEPTED };

	if (verify)
		verifier_judge_bytes(in, text->bytes, text->used, &report);
	if (report.verdict != VERIFIER_ACCEPTED)
		return refuse(report.condition, report.text);
	return to_stdout(NULL, text->bytes, text->used);
}

static int
solve(const struct instance *in, const struct wish *wish)
{
	struct json_text_buffer text = { .max = SIZE_MAX / 2 };
	char digest[2 * INSTANCE_DIGEST_SIZE + 1];
	struct engine_outcome *out;
	enum engine_status status = engine_solve(&in->engine, wish->threads, &out);
	int rc;

	if (status != ENGINE_OK)
		return refuse("engine", engine_status_to_text(status));
	instance_digest(in, digest);
	rc = outcome_write(in, out, digest, json_keep, &text);
	if (rc == 0)
		rc = tell(in, &text, wish->verify);
	free(text.bytes);
	engine_outcome_destroy(&out);
	return rc;
}

static int
answer(const char *line, size_t size, const struct wish *wish)
{
	struct instance *in;
	struct instance_flaw flaw;
	int rc;

	if (instance_read(line, size, &in, &flaw) != 0)
		return refuse(flaw.code, flaw.text);
	rc = wish->canonical ? instance_write(in, to_stdout, NULL) : solve(in, wish);
	instance_destroy(&in);
	return rc;
}

int
main(int argc, char **argv)
{
	struct wish wish = { .threads = 1 };
	char *line = NULL;
	size_t room = 0;
	ssize_t size;
	int rc = sodium_init() < 0 ? 1 : 0;

	for (int k = 1; k < argc; k++) {
		wish.canonical |= strcmp(argv[k], "--canonical") == 0;
		wish.verify |= strcmp(argv[k], "--verify") == 0;
		if (strcmp(argv[k], "--threads") == 0 && k + 1 < argc)
			wish.threads = atoi(argv[++k]);
	}
	while (rc == 0 && (size = getline(&line, &room, stdin)) > 0)
		if (answer(line, (size_t)size, &wish) != 0 || putchar('\n') == EOF)
			rc = 1;
	free(line);
	return rc != 0 || fflush(stdout) != 0;
}
