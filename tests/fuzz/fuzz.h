/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share: texts that grow, rounds solved and judged, and the end of the program where something
 * is wrong.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "outcome.h"
#include "verifier/verifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, saying why: libFuzzer keeps the input. */
static inline void
fuzz_require(bool condition, const char *what, const char *why)
{
	if (condition)
		return;
	fprintf(stderr, "\n%s: %s\n", what, why);
	abort();
}
#define REQUIRE(condition, why) fuzz_require(condition, #condition, why)

static inline struct json_text_buffer
fuzz_outcome(const struct instance *in, int threads)
{
	struct json_text_buffer text = { .max = SIZE_MAX / 2 };
	char digest[2 * INSTANCE_DIGEST_SIZE + 1];
	struct engine_outcome *out;
	enum engine_status status = engine_solve(&in->engine, threads, &out);

	REQUIRE(status == ENGINE_OK, engine_status_to_text(status));
	instance_digest(in, digest);
	REQUIRE(outcome_write(in, out, digest, json_keep, &text) == 0, "the sink takes everything");
	engine_outcome_destroy(&out);
	return text;
}

/* Solve by one thread and by three: the same bytes, which the verifier accepts. */
static inline void
fuzz_solve(const struct instance *in)
{
	struct json_text_buffer one = fuzz_outcome(in, 1), three = fuzz_outcome(in, 3);
	struct verifier_report report;

	REQUIRE(one.used == three.used && memcmp(one.bytes, three.bytes, one.used) == 0, "threads change the outcome");
	verifier_judge_bytes(in, one.bytes, one.used, &report);
	if (report.verdict != VERIFIER_ACCEPTED)
		fprintf(stderr, "\n%.*s\n", (int)one.used, one.bytes);
	REQUIRE(report.verdict == VERIFIER_ACCEPTED, report.text);
	free(one.bytes);
	free(three.bytes);
}

#endif
