/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole round from its file: engine round INSTANCE.json THREADS RUNS. Each run prints the seconds of
 *   read     the file to a sealed instance
 *   solve    engine_solve: solo runs, pool, certificates
 *   pool     engine_solve of the same instance without colleges, which has no solo runs and only held pairs endow
 *   claim    reading the outcome; judge: the verifier's judgement of what was read
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "instance.h"
#include "measure.h"
#include "outcome.h"
#include "verifier/verifier.h"

static struct instance *
read_timed(const char *path)
{
	double since = made_now_s();
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct instance_flaw flaw;
	struct instance *in;

	if (fd < 0)
		made_die(path);
	if (instance_read_fd(fd, &in, &flaw) != 0)
		made_die(flaw.text);
	(void)close(fd);
	printf("read %.6f\n", made_now_s() - since);
	return in;
}

static struct engine_outcome *
solve_timed(const char *name, const struct engine_instance *in, int threads)
{
	double since = made_now_s();
	struct engine_outcome *out;
	enum engine_status status = engine_solve(in, threads, &out);

	if (status != ENGINE_OK)
		made_die(engine_status_to_text(status));
	printf("%s %.6f\n", name, made_now_s() - since);
	return out;
}

static int32_t *
none(int32_t count)
{
	int32_t *list = made_room((size_t)count, sizeof(*list));

	for (int32_t k = 0; k < count; k++)
		list[k] = ENGINE_NONE;
	return list;
}

static void
solve_pool(const struct engine_instance *in, int threads)
{
	int32_t *of_learner = none(in->n_learners), *of_posting = none(in->n_postings);
	struct engine_instance alone = *in;

	alone.n_colleges = 0;
	alone.learner_college = of_learner;
	alone.posting_college = of_posting;
	struct engine_outcome *out = solve_timed("pool", &alone, threads);
	engine_outcome_destroy(&out);
	free(of_learner);
	free(of_posting);
}

static void
judge_timed(const struct instance *in, const struct json_text_buffer *text)
{
	struct verifier_report report;
	struct claim *claim;
	double since = made_now_s();

	if (claim_read(in, text->bytes, text->used, &claim, &report) != 0)
		made_die(report.text);
	double read = made_now_s();
	verifier_judge(in, claim, &report);
	printf("claim %.6f\njudge %.6f\n", read - since, made_now_s() - read);
	if (report.verdict != VERIFIER_ACCEPTED)
		made_die(report.text);
	claim_destroy(&claim);
}

static void
judge_outcome(const struct instance *in, const struct engine_outcome *out)
{
	struct json_text_buffer text = { .max = SIZE_MAX / 2 };
	char digest[2 * INSTANCE_DIGEST_SIZE + 1];

	instance_digest(in, digest);
	if (outcome_write(in, out, digest, json_keep, &text) != 0)
		made_die("the outcome could not be written");
	judge_timed(in, &text);
	free(text.bytes);
}

void
measure_round(char **words)
{
	int threads = atoi(words[1]);

	for (int run = 0; run < atoi(words[2]); run++) {
		made_peak_reset();
		struct instance *in = read_timed(words[0]);
		if (run == 0)
			printf("kib_read %lld\n", (long long)made_peak_kib());
		made_peak_reset();
		struct engine_outcome *out = solve_timed("solve", &in->engine, threads);
		if (run == 0)
			printf("kib_solve %lld\n", (long long)made_peak_kib());
		solve_pool(&in->engine, threads);
		judge_outcome(in, out);
		engine_outcome_destroy(&out);
		instance_destroy(&in);
		(void)fflush(stdout);
	}
}
