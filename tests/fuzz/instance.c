/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an instance. What is refused is refused in words that name the place, the same in two languages; what is
 * read is written in canonical form, which reads as the same instance, and is solved and verified.
 */
#include "fuzz.h"

static struct json_text_buffer
canonical(const struct instance *in)
{
	struct json_text_buffer text = { .max = SIZE_MAX / 2 };

	REQUIRE(instance_write(in, json_keep, &text) == 0, "the sink takes everything");
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_text_buffer text, text_again;
	struct instance *in, *again;
	struct instance_flaw flaw;
	char *bytes = malloc(size == 0 ? 1 : size); /* on the heap, so that a byte too far is seen */

	REQUIRE(bytes != NULL, "no memory");
	if (size > 0)
		memcpy(bytes, data, size);
	if (instance_read(bytes, size, &in, &flaw) != 0) {
		REQUIRE(flaw.code[0] != '\0' && flaw.text[0] != '\0' && flaw.text_fr[0] != '\0',
		        "refused without a word");
		REQUIRE(strchr(flaw.text, '\n') == NULL && strchr(flaw.text_fr, '\n') == NULL, "more than a line");
		free(bytes);
		return 0;
	}
	free(bytes);
	text = canonical(in);
	REQUIRE(instance_read(text.bytes, text.used, &again, &flaw) == 0, flaw.text);
	text_again = canonical(again);
	REQUIRE(text.used == text_again.used && memcmp(text.bytes, text_again.bytes, text.used) == 0,
	        "the canonical form changes");
	free(text.bytes);
	free(text_again.bytes);
	instance_destroy(&again);
	fuzz_solve(in);
	instance_destroy(&in);
	return 0;
}
