/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing: the pool's key and the table of places are read once, before anything is served. */
#include "intake.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include "base/log.h"
#include "store/store.h"

const struct setting learner_intake_settings[] = {
	SETTING_TEXT(pool_key_file, "$home/keys/pool.key",
	             "file with the pool's key for hashes, 64 hex digits, made by `bassin keys`; the same at every intake"),
	SETTING_TEXT(places, "", "table of postal codes: code;latitude;longitude; empty: places are known by coordinates only"),
	SETTING_END
};

const struct chore learner_intake_chores[] = {
	{ "erasure", erasure_due, erasure_run, erasure_after },
};
const size_t learner_intake_chore_count = COUNT_OF(learner_intake_chores);

static int
key_load(const char *path, uint8_t out[POOL_KEY_SIZE])
{
	enum pool_key_result r = pool_key_load(path, out);

	if (r == POOL_KEY_UNREADABLE)
		log_error("setting=pool_key_file errno=%d unreadable=1", errno);
	if (r == POOL_KEY_UNSOUND)
		log_error("setting=pool_key_file needs=64_hex_digits");
	return r == POOL_KEY_OK ? 0 : -1;
}

static int
intake_load(const struct settings *settings, struct intake *in)
{
	if (key_load(settings_text(settings, "pool_key_file"), in->pool_key) != 0)
		return -1;
	enum places_result r = places_load(settings_text(settings, "places"), &in->places);
	if (r != PLACES_OK) {
		log_error("setting=places wrong=\"%s\"", places_result_to_text(r));
		return -1;
	}
	log_info("places=%zu left_out=%zu", places_count(in->places), places_left_out(in->places));
	return 0;
}

int
intake_open(struct runtime *rt, void **state)
{
	struct intake *in = calloc(1, sizeof *in);

	*state = in;
	if (in != NULL && intake_load(runtime_settings(rt), in) == 0)
		return 0;
	intake_close(state);
	return -1;
}

void
intake_close(void **state)
{
	struct intake *in = *state;

	if (in != NULL) {
		places_destroy(&in->places);
		sodium_memzero(in->pool_key, sizeof in->pool_key);
	}
	free(in);
	*state = NULL;
}

/* A restore may have brought back people who are in the register of the erased, and a crash may have left events to
 * blank: both are put right before the first command. */
int
intake_on_active(struct work *w)
{
	intake_of(w)->erasure_pending = true;
	return erase_restored(w);
}
