/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the outcome of one of a few fixed rounds; the first byte chooses which. The verifier answers, in both
 * languages when it refuses; the true outcome it accepts.
 */
#include "fuzz.h"

/* Reserves, tiers, an endowment that is moved, fixed and held pairs, each reason, two colleges. */
static const char *const ROUNDS[] = {
	"{\"seed\":\"s\",\"learners\":["
	"{\"id\":\"a\",\"college\":\"c\",\"ranking\":[[\"p\"],[\"q\",\"r\"]],\"groups\":[\"g\"]},"
	"{\"id\":\"b\",\"college\":\"c\",\"ranking\":[[\"p\",\"q\"]],\"tier\":2},"
	"{\"id\":\"d\",\"college\":\"e\",\"ranking\":[[\"p\"]],\"assignable\":false},"
	"{\"id\":\"f\",\"college\":\"e\",\"tier\":1},{\"id\":\"h\",\"ranking\":[[\"q\"]]},"
	"{\"id\":\"i\",\"college\":\"e\",\"assignable\":false},{\"id\":\"j\",\"college\":\"e\"},"
	"{\"id\":\"k\",\"college\":\"c\",\"ranking\":[[\"r\"],[\"p\"]]}],"
	"\"postings\":[{\"id\":\"p\",\"college\":\"c\",\"capacity\":2,\"ranking\":[[\"a\",\"b\"],[\"d\"]],"
	"\"reserves\":[{\"group\":\"g\",\"seats\":1}]},"
	"{\"id\":\"q\",\"college\":\"e\",\"capacity\":2,\"reserve_order\":\"last\","
	"\"reserves\":[{\"group\":\"g\",\"seats\":1}]},"
	"{\"id\":\"r\",\"capacity\":1,\"accepts_unranked\":false,\"ranking\":[[\"k\"]]}],"
	"\"fit\":[[\"a\",\"q\",500],[\"b\",\"q\",900],[\"f\",\"q\",100],[\"f\",\"p\",7],"
	"[\"h\",\"q\",3],[\"j\",\"q\",1000]],"
	"\"fixed\":[[\"h\",\"q\"]],\"held\":[[\"k\",\"r\"]]}",
	"{\"seed\":\"t\",\"learners\":[{\"id\":\"a\",\"college\":\"c\"},{\"id\":\"b\",\"college\":\"c\",\"tier\":3},"
	"{\"id\":\"d\",\"college\":\"e\"},{\"id\":\"f\",\"college\":\"e\"}],"
	"\"postings\":[{\"id\":\"p\",\"college\":\"c\",\"capacity\":1},"
	"{\"id\":\"q\",\"college\":\"e\",\"capacity\":2}],"
	"\"fit\":[[\"a\",\"p\",10],[\"b\",\"p\",900],[\"b\",\"q\",20],"
	"[\"d\",\"p\",1000],[\"d\",\"q\",5],[\"f\",\"q\",0]]}",
	"{\"seed\":\"u\",\"guarantee\":false}",
};
enum { N_ROUNDS = sizeof ROUNDS / sizeof *ROUNDS };

static struct {
	struct instance *in;
	struct json_text_buffer outcome;
} rounds[N_ROUNDS];

static void
solve_all(void)
{
	struct instance_flaw flaw;

	for (size_t k = 0; k < N_ROUNDS; k++) {
		REQUIRE(instance_read(ROUNDS[k], strlen(ROUNDS[k]), &rounds[k].in, &flaw) == 0, flaw.text);
		fuzz_solve(rounds[k].in);
		rounds[k].outcome = fuzz_outcome(rounds[k].in, 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verifier_report report;
	size_t which;
	char *bytes;

	if (size == 0)
		return 0;
	if (rounds[0].in == NULL)
		solve_all();
	which = data[0] % N_ROUNDS;
	bytes = malloc(size);
	REQUIRE(bytes != NULL, "no memory");
	memcpy(bytes, data + 1, size - 1);
	verifier_judge_bytes(rounds[which].in, bytes, size - 1, &report);
	if (report.verdict == VERIFIER_ACCEPTED)
		REQUIRE(report.text[0] == '\0' && report.text_fr[0] == '\0', report.text);
	else
		REQUIRE(report.condition[0] != '\0' && report.text[0] != '\0' && report.text_fr[0] != '\0',
		        "refused without a word");
	if (size - 1 == rounds[which].outcome.used && memcmp(bytes, rounds[which].outcome.bytes, size - 1) == 0)
		REQUIRE(report.verdict == VERIFIER_ACCEPTED, report.text);
	free(bytes);
	return 0;
}
