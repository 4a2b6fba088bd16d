/* SPDX-License-Identifier: Apache-2.0 */
/* Each answer of the event log to a Fetch, one by one: the plain rules of bus.proto and core.h. */
#include "unit/shared/core_play.h"

static void
a_topic_is_read_only_by_whom_the_table_names(void **state)
{
	(void)state;
	assert_int_equal(fetch(ROLE_MATCHING, &(struct fetch){ .topic = "contact", .max_events = 10, .max_bytes = 1000 })->state,
	                 BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN);
	assert_int_equal(fetch(ROLE_COLLEGE, &(struct fetch){ .topic = "posting", .max_events = 10, .max_bytes = 1000 })->state,
	                 BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN);
	assert_int_equal(
	    fetch(ROLE_MATCHING, &(struct fetch){ .log = "other", .topic = "posting", .max_events = 10, .max_bytes = 1000 })->state,
	    BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN);
}

static void
a_fetch_gets_its_topics_in_order_within_its_limits(void **state)
{
	put("pd");
	put("pc");      /* contact */
	put("pe");
	put("pf");
	uint64_t end = head();
	struct fetch f = { .topic = "posting", .max_events = 2, .max_bytes = 1 * MiB };
	struct cursor cursor = { .seq = 0 };
	uint64_t last = 0;
	size_t seen = 0;

	(void)state;
	while (cursor.seq < end) {
		f.after = cursor;
		const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &f);
		assert_int_equal(b->state, BASSIN__V1__BATCH_STATE__BATCH_OK);
		assert_true(b->n_events <= 2 && b->head_seq == end);
		for (size_t i = 0; i < b->n_events; i++) {
			assert_true(b->events[i]->seq > last && b->events[i]->seq <= b->scanned_to);
			assert_string_equal(b->events[i]->topic, "posting");
			last = b->events[i]->seq;
			seen++;
		}
		cursor = cursor_of(b);
	}
	assert_true(seen >= 3);
	f.after = (struct cursor){ .seq = 0 };
	f.max_events = 100;
	f.max_bytes = 1;        /* one event always fits */
	assert_int_equal(fetch(ROLE_MATCHING, &f)->n_events, 1);
}

static void
a_fetch_that_finds_nothing_waits_for_the_next_commit(void **state)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 1000, .max_bytes = 1 * MiB });
	struct fetch f = { .topic = "posting", .after = cursor_of(b), .max_events = 10, .max_bytes = 1000, .wait_ms = 30000 };

	(void)state;
	f.after = cursor_of(b);
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &f);
	for (int i = 0; i < 50; i++)
		turn();
	assert_int_equal(stage.answer_count, 0);
	send_as(college(), &(struct ask){ .payload = "pg", .id = new_id(0) });
	turns_until(2);
	const Bassin__V1__Batch *woken = answer_at(0)->body_case == BASSIN__V1__DOWNWARD__BODY_BATCH ? answer_at(0)->batch
	                                                                                          : answer_at(1)->batch;
	assert_int_equal(woken->n_events, 1);
	assert_string_equal(woken->events[0]->key, "g");
	f.after = cursor_of(woken);
	f.wait_ms = 100;
	assert_int_equal(fetch(ROLE_MATCHING, &f)->n_events, 0);        /* at wait_ms, with nothing */
}

static void
a_cursor_of_another_history_is_told_so(void **state)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 1000, .max_bytes = 1 * MiB });
	struct fetch f = { .topic = "posting", .max_events = 10, .max_bytes = 1000, .wait_ms = 10 };
	struct cursor good = cursor_of(b);

	(void)state;
	f.after = (struct cursor){ good.epoch, good.seq + 1 };
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__DIVERGED);
	f.after = (struct cursor){ new_id(0), 1 };
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__DIVERGED);
	/* After a takeover the old epoch's cursor still stands. */
	core_destroy(&stage.core);
	core_open();
	f.after = good;
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__BATCH_OK);
	put("ph");
	f.after = (struct cursor){ good.epoch, good.seq + 1 };
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__DIVERGED);
	/* Nor was anything of the new epoch before it began. */
	f.after = good;
	f.after.epoch = cursor_of(fetch(ROLE_MATCHING, &f)).epoch;
	assert_false(id_equal(&f.after.epoch, &good.epoch));
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__DIVERGED);
}

/* Whoever waits for the store reads frames meanwhile: Fetches of others, and of the very reader that is being served. */
static void
another_asks(void)
{
	fetch_send(ROLE_NOTIFICATIONS, &(struct fetch){ .topic = "posting", .max_events = 5, .max_bytes = 1 * MiB, .wait_ms = 30000,
	                                                .id = 7 });
}

static void
a_fetch_that_comes_while_another_is_read_from_the_store_is_answered_too(void **state)
{
	int mine = 0, others = 0;

	(void)state;
	put("pi");
	core_destroy(&stage.core);      /* so that the events come from the store, not from memory */
	core_open();
	stage.meanwhile = another_asks;
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 5, .max_bytes = 1 * MiB, .wait_ms = 30000 });
	for (int i = 0; i < 20; i++)
		turn();
	for (size_t i = 0; i < stage.answer_count; i++) {
		mine += answer_at(i)->batch->fetch_id == 42;
		others += answer_at(i)->batch->fetch_id == 7;
	}
	assert_int_equal(mine, 1);
	assert_int_equal(others, 1);
}

static void
it_starts_over(void)
{
	fetch_send(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 5000, .max_bytes = 1 * MiB, .wait_ms = 30000,
	                                           .id = 7 });
}

static void
a_reader_that_starts_over_while_it_is_served_gets_all_from_its_new_cursor(void **state)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 5000, .max_bytes = 1 * MiB });
	struct fetch late = { .topic = "posting", .after = cursor_of(b), .max_events = 5000, .max_bytes = 1 * MiB, .wait_ms = 30000 };
	size_t all = b->n_events + 1;

	(void)state;
	put("pj");
	core_destroy(&stage.core);
	core_open();
	stage.meanwhile = it_starts_over;
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &late);
	turns_until(1);
	assert_int_equal(answer_at(0)->batch->fetch_id, 7);
	assert_int_equal(answer_at(0)->batch->after_seq, 0);
	assert_int_equal(answer_at(0)->batch->n_events, all);
}

static size_t
events_of_key(const char *key)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 5000, .max_bytes = 4 * MiB });
	size_t count = 0;

	for (size_t i = 0; i < b->n_events; i++)
		count += strcmp(b->events[i]->key, key) == 0;
	return count;
}

/* Names come as in the log; only what every reader has applied goes, and the last of each key stays. */
static void
compaction_waits_for_every_reader_and_keeps_the_last(void **state)
{
	struct fetch at_head = { .topic = "posting", .max_events = 5000, .max_bytes = 4 * MiB, .wait_ms = 10 };

	(void)state;
	for (int i = 0; i < 3; i++)
		put("py");
	core_destroy(&stage.core);      /* so that the events come from the store, not from memory */
	core_open();
	(void)fetch(ROLE_NOTIFICATIONS, &at_head);
	for (int i = 0; i < 400; i++)
		turn();
	assert_int_equal(events_of_key("y"), 3);        /* neither reader has said that it is durable */
	at_head.after = cursor_of(answer_at(0)->batch);
	at_head.applied = at_head.after.seq;
	(void)fetch(ROLE_NOTIFICATIONS, &at_head);
	(void)fetch(ROLE_MATCHING, &at_head);
	core_destroy(&stage.core);
	core_open();                                    /* applied_seq is remembered by the store, or not at all */
	(void)fetch(ROLE_NOTIFICATIONS, &at_head);
	(void)fetch(ROLE_MATCHING, &at_head);
	for (int i = 0; i < 400; i++)
		turn();
	core_destroy(&stage.core);
	core_open();
	assert_int_equal(events_of_key("y"), 1);
}

static void
the_head_is_told_without_events(void **state)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting" });

	(void)state;
	assert_int_equal(b->n_events, 0);
	assert_int_equal(b->head_seq, head());
}

static void
another_takes_over_and_it_is_asked_again(void)
{
	cluster_sql(&stage.cluster, "UPDATE event_head SET epoch = gen_random_uuid()");
	fetch_send(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .id = 7 });
}

/* What was proved for an earlier question says nothing about the time of a later one. */
static void
a_head_that_is_asked_for_anew_is_proved_anew(void **state)
{
	(void)state;
	stage.at_rollback = another_takes_over_and_it_is_asked_again;
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &(struct fetch){ .topic = "posting" });
	turns_until(1);
	assert_null(stage.at_rollback);
	assert_int_equal(answer_at(0)->batch->fetch_id, 7);
	assert_int_equal(answer_at(0)->batch->state, BASSIN__V1__BATCH_STATE__BATCH_NOT_ACTIVE);
	core_destroy(&stage.core);
	core_open();
}

/* A freeze goes by what heads are told: an instance that was paused while another one took over must tell none. */
static void
a_superseded_instance_tells_no_head(void **state)
{
	struct fetch ask = { .topic = "posting" };

	(void)state;
	cluster_sql(&stage.cluster, "UPDATE event_head SET epoch = gen_random_uuid(), seq = seq + 1");
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &ask);
	turns_until(1);
	assert_int_equal(answer_at(0)->batch->state, BASSIN__V1__BATCH_STATE__BATCH_NOT_ACTIVE);
	assert_int_equal(answer_at(0)->batch->head_seq, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_topic_is_read_only_by_whom_the_table_names),
		cmocka_unit_test(a_fetch_gets_its_topics_in_order_within_its_limits),
		cmocka_unit_test(a_fetch_that_finds_nothing_waits_for_the_next_commit),
		cmocka_unit_test(a_cursor_of_another_history_is_told_so),
		cmocka_unit_test(a_fetch_that_comes_while_another_is_read_from_the_store_is_answered_too),
		cmocka_unit_test(a_reader_that_starts_over_while_it_is_served_gets_all_from_its_new_cursor),
		cmocka_unit_test(compaction_waits_for_every_reader_and_keeps_the_last),
		cmocka_unit_test(the_head_is_told_without_events),
		cmocka_unit_test(a_head_that_is_asked_for_anew_is_proved_anew),
		cmocka_unit_test(a_superseded_instance_tells_no_head),
	};

	log_open("test_core_log", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, stage_open, stage_close);
}
