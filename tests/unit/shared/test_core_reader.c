/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader makes of each batch that the owner of a log may send: only the sound answer to its own question counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"
#include "unit/shared/service_play.h"

static struct play play;
static size_t applied;          /* events, since the test began */
static bool b_is_poison;        /* key b cannot be applied */

static int
on_apply(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	(void)w;
	(void)f;
	for (size_t i = 0; i < count && b_is_poison; i++) {
		if (strcmp(events[i].key, "b") == 0)
			return STORE_BROKEN;
	}
	applied += count;
	return STORE_OK;
}

static int
on_drop(struct work *w, const struct follow *f, const char *topic, const char *key)
{
	(void)w;
	(void)f;
	(void)topic;
	(void)key;
	return STORE_OK;
}

static enum verdict
on_resync(struct call *call)
{
	Bassin__V1__StatusAsk empty = BASSIN__V1__STATUS_ASK__INIT;

	if (core_resync(call->work, "employer_intake") != STORE_OK)
		return VERDICT_RETRY;
	return call_answer(call, &empty.base);
}

static int
open_play(void **state)
{
	static const struct store_series series[] = { { "core", core_migrations }, { 0 } };
	static const struct sql *const *const statements[] = { core_statements, NULL };
	static const char *const topics[] = { "posting", NULL };
	static const struct command commands[] = { { BASSIN__V1__COMMAND_TYPE__RESYNC, on_resync, false } };
	static const struct follow follows[] = { { "employer_intake", topics, on_apply, on_drop } };

	(void)state;
	play_open(&play, "matching", series, statements, commands, COUNT_OF(commands), follows, COUNT_OF(follows), NULL);
	return 0;
}

static int
close_play(void **state)
{
	(void)state;
	play_close(&play);
	return 0;
}

/* The question that is open now. */
static const Bassin__V1__Fetch *
question(void)
{
	for (int i = 0; i < 5000 && (play.logs[0].asked == NULL || play.logs[0].asked->max_events == 0); i++)
		play_turn(&play);
	assert_non_null(play.logs[0].asked);
	return play.logs[0].asked;
}

/* What is wrong with an answer; seqs and scanned_to count from the cursor that was asked for. */
struct tale {
	const char *log_id;
	uint64_t fetch_id_off, after_off;
	bool other_epoch;
	int state, seqs[2];
	int scanned_to;
	uint64_t version;           /* 0: the number of the event */
};

static void
tell_to(const Bassin__V1__Fetch *f, const struct tale *t)
{
	struct id other = id_make(play.now_ms, random_of_system, NULL);
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	Bassin__V1__Batch b = BASSIN__V1__BATCH__INIT;
	Bassin__V1__Event events[2], *list[2];
	size_t size;

	b.log_id = t->log_id != NULL ? (char *)(uintptr_t)t->log_id : f->log_id;
	b.state = (Bassin__V1__BatchState)(t->state != 0 ? t->state : BASSIN__V1__BATCH_STATE__BATCH_OK);
	b.fetch_id = f->fetch_id + t->fetch_id_off;
	b.after_seq = f->after_seq + t->after_off;
	b.after_epoch = t->other_epoch || t->after_off > 0 ? (ProtobufCBinaryData){ ID_SIZE, other.bytes } : f->epoch;
	b.epoch = (ProtobufCBinaryData){ ID_SIZE, play.logs[0].epoch.bytes };
	b.scanned_to = b.head_seq = (uint64_t)((int64_t)f->after_seq + t->scanned_to);
	b.events = list;
	for (size_t i = 0; i < 2 && t->seqs[i] != 0; i++) {
		bassin__v1__event__init(&events[i]);
		events[i].seq = (uint64_t)((int64_t)f->after_seq + t->seqs[i]);
		events[i].topic = (char *)(uintptr_t)"posting";
		events[i].key = (char *)(uintptr_t)(i == 0 ? "a" : "b");
		events[i].version = t->version != 0 ? t->version : events[i].seq;
		events[i].body = (ProtobufCBinaryData){ 1, (uint8_t *)(uintptr_t)"x" };
		list[b.n_events++] = &events[i];
	}
	down.body_case = BASSIN__V1__DOWNWARD__BODY_BATCH;
	down.batch = &b;
	uint8_t *frame = arena_pack(play.arena, &down.base, &size);
	assert_non_null(frame);
	play.logs[0].asked = NULL;
	core_receive_batch(play.core, 0, frame, size, play.mono_ms);
	play_turn(&play);
}

static void
tell(const struct tale *t)
{
	tell_to(question(), t);
}

static void
a_sound_answer_is_applied_and_asked_on_from(void)
{
	uint64_t after = question()->after_seq;
	size_t before = applied;

	tell(&(struct tale){ .seqs = { 1, 2 }, .scanned_to = 3 });
	assert_int_equal(applied, before + 2);
	assert_int_equal(question()->after_seq, after + 3);
	assert_int_equal(question()->applied_seq, after);       /* sent before the batch was durable, and says so */
}

static void
only_the_sound_answer_to_the_open_question_counts(void **state)
{
	const struct { const char *what; struct tale tale; } wrong[] = {
		{ "another log's", { .log_id = "learner_intake", .seqs = { 1, 2 }, .scanned_to = 2 } },
		{ "to another question", { .fetch_id_off = 1, .seqs = { 1, 2 }, .scanned_to = 2 } },
		{ "after another number", { .after_off = 1, .seqs = { 2, 3 }, .scanned_to = 3 } },
		{ "after the same number of another history", { .other_epoch = true, .seqs = { 1, 2 }, .scanned_to = 2 } },
		{ "events backwards", { .seqs = { 2, 1 }, .scanned_to = 2 } },
		{ "one number twice", { .seqs = { 1, 1 }, .scanned_to = 2 } },
		{ "an event beyond what is covered", { .seqs = { 1, 3 }, .scanned_to = 2 } },
		{ "what was there before", { .seqs = { -1, 1 }, .scanned_to = 2 } },
		{ "a cover that goes back", { .scanned_to = -1 } },
		{ "a history that was lost", { .state = BASSIN__V1__BATCH_STATE__DIVERGED, .seqs = { 1, 2 }, .scanned_to = 2 } },
	};

	(void)state;
	a_sound_answer_is_applied_and_asked_on_from();
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		uint64_t after = question()->after_seq;
		size_t before = applied;
		tell(&wrong[i].tale);
		if (applied != before || question()->after_seq != after)
			fail_msg("%s: taken", wrong[i].what);
		a_sound_answer_is_applied_and_asked_on_from();
	}
}

static void
an_older_version_is_passed_over(void **state)
{
	(void)state;
	a_sound_answer_is_applied_and_asked_on_from();
	uint64_t after = question()->after_seq;
	size_t before = applied;
	tell(&(struct tale){ .seqs = { 1, 2 }, .scanned_to = 2, .version = 1 });
	assert_int_equal(applied, before);
	assert_int_equal(question()->after_seq, after + 2);
}

static uint32_t
parked(void)
{
	struct core_status s;

	core_status(play.core, &s);
	return s.follows[0].parked;
}

static void
an_event_that_is_set_aside_holds_up_nobody_and_heals_with_the_next_of_its_key(void **state)
{
	uint64_t after = question()->after_seq;

	(void)state;
	b_is_poison = true;
	tell(&(struct tale){ .seqs = { 1, 2 }, .scanned_to = 2 });
	assert_int_equal(question()->after_seq, after + 2);
	assert_int_equal(parked(), 1);
	b_is_poison = false;
	a_sound_answer_is_applied_and_asked_on_from();
	assert_int_equal(parked(), 0);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM parked_event"), "0");
}

static void
head_tell(uint64_t fetch_id, uint64_t head_seq)
{
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	Bassin__V1__Batch b = BASSIN__V1__BATCH__INIT;
	size_t size;

	b.log_id = (char *)(uintptr_t)"employer_intake";
	b.state = BASSIN__V1__BATCH_STATE__BATCH_OK;
	b.fetch_id = fetch_id;
	b.head_seq = head_seq;
	down.body_case = BASSIN__V1__DOWNWARD__BODY_BATCH;
	down.batch = &b;
	uint8_t *frame = arena_pack(play.arena, &down.base, &size);
	assert_non_null(frame);
	core_receive_batch(play.core, 0, frame, size, play.mono_ms);
	play_turn(&play);
}

/* A freeze goes by it. */
static void
only_the_answer_to_the_last_question_for_the_head_counts(void **state)
{
	uint64_t head_seq = 0;

	(void)state;
	int64_t asked_ms = play.mono_ms;
	core_head_ask(play.core, 0, asked_ms);
	uint64_t first = play.logs[0].asked->fetch_id;
	assert_int_equal(play.logs[0].asked->max_events, 0);
	head_tell(first, 7);
	assert_true(core_head_heard(play.core, 0, asked_ms, &head_seq));
	assert_int_equal(head_seq, 7);
	play_turn(&play);
	asked_ms = play.mono_ms;
	core_head_ask(play.core, 0, asked_ms);
	uint64_t second = play.logs[0].asked->fetch_id;
	head_tell(first, 8);
	assert_false(core_head_heard(play.core, 0, asked_ms, &head_seq));
	head_tell(second, 9);
	assert_true(core_head_heard(play.core, 0, asked_ms, &head_seq));
	assert_int_equal(head_seq, 9);
}

/* Taken for an answer after it, the rest of the log would be all there is: everything before would be dropped. */
static void
a_resync_forgets_the_question_that_was_open(void **state)
{
	Bassin__V1__StatusAsk nothing = BASSIN__V1__STATUS_ASK__INIT;

	(void)state;
	a_sound_answer_is_applied_and_asked_on_from();
	const Bassin__V1__Fetch *old = question();
	size_t before = applied;
	struct play_answer a = play_ask(&play, ROLE_INTERMEDIARY, "", BASSIN__V1__COMMAND_TYPE__RESYNC, &nothing.base);
	assert_int_equal(a.code, BASSIN__V1__REPLY_CODE__OK);
	tell_to(old, &(struct tale){ .seqs = { 1, 2 }, .scanned_to = 2 });
	assert_int_equal(applied, before);
	assert_int_equal(question()->after_seq, 0);
	a_sound_answer_is_applied_and_asked_on_from();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_sound_answer_to_the_open_question_counts),
		cmocka_unit_test(an_older_version_is_passed_over),
		cmocka_unit_test(an_event_that_is_set_aside_holds_up_nobody_and_heals_with_the_next_of_its_key),
		cmocka_unit_test(only_the_answer_to_the_last_question_for_the_head_counts),
		cmocka_unit_test(a_resync_forgets_the_question_that_was_open),
	};

	log_open("test_core_reader", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, open_play, close_play);
}
