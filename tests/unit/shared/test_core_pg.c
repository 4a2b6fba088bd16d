/* SPDX-License-Identifier: Apache-2.0 */
/* The core's store on a real PostgreSQL: what each call of core_store promises. reliability.md: R14, R15, R28. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "bus/core_pg.h"
#include "bus/policy.h"
#include "unit/shared/pg_cluster.h"

#define NOW 1790000000000

static struct cluster cluster;

/* One instance of a service. */
struct instance {
	struct store *store;
	struct core_pg *pg;
	struct core_store core;
	struct id epoch;
	uint64_t first_seq;
};
static struct instance one;
static struct arena *arena;

static void
instance_open(struct instance *i)
{
	static const struct store_series series[] = { { "core", core_migrations }, { NULL, NULL } };
	static const struct sql *const *const lists[] = { core_statements, NULL };
	const struct store_settings settings = { .conninfo = cluster.conninfo, .statement_ms = 5000, .series = series,
		.statements = lists };

	i->store = store_new(&settings);
	assert_non_null(i->store);
	i->pg = core_pg_new(i->store);
	assert_non_null(i->pg);
	i->core = core_pg_store(i->pg);
	assert_int_equal(i->core.connect(i->core.self, clock_mono_ms()), STORE_OK);
	assert_true(i->core.is_connected(i->core.self));
}

static void
instance_close(struct instance *i)
{
	core_pg_destroy(&i->pg);
	store_destroy(&i->store);
}

static void
instance_activate(struct instance *i)
{
	for (bool held = false; !held;)
		assert_int_equal(i->core.lease_try(i->core.self, &held), STORE_OK);
	i->epoch = id_make(NOW, random_of_system, NULL);
	assert_int_equal(i->core.epoch_begin(i->core.self, &i->epoch, NOW, &i->first_seq), STORE_OK);
}

static int
setup(void **state)
{
	(void)state;
	(void)cluster_sql(&cluster, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	arena = arena_new(256 * MiB);
	instance_open(&one);
	instance_activate(&one);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	instance_close(&one);
	arena_destroy(&arena);
	return 0;
}

static struct tx *
begin(struct instance *i)
{
	struct tx *tx;

	assert_int_equal(i->core.begin(i->core.self, &i->epoch, &tx), STORE_OK);
	return tx;
}

static void
commit(struct instance *i, struct tx **tx)
{
	assert_int_equal(i->core.commit(i->core.self, tx), STORE_OK);
	assert_null(*tx);
}

static struct event
an_event(const char *topic, const char *key, uint64_t version)
{
	return (struct event){ .topic = topic, .key = key, .version = version, .type = 3,
		.at_ms = NOW + (int64_t)(version % 1000), .body = (const uint8_t *)"\0body", .size = 5 };
}

/* Numbers them from the head on, as the core does. */
static int
append_in(struct instance *i, struct tx *tx, const struct id *epoch, struct event *events, size_t count)
{
	uint64_t head = strtoull(cluster_sql(&cluster, "SELECT seq FROM event_head"), NULL, 10);

	for (size_t k = 0; k < count; k++)
		events[k].seq = ++head;
	return i->core.events_append(tx, arena, epoch, events, count);
}

static void
append(struct instance *i, struct event *events, size_t count)
{
	struct tx *tx = begin(i);

	assert_int_equal(append_in(i, tx, &i->epoch, events, count), STORE_OK);
	commit(i, &tx);
}

static size_t
read_all(const char *topic, struct event **out)
{
	size_t count;

	assert_int_equal(one.core.events_read(one.core.self, arena, 0, UINT64_MAX, &topic, 1, 1000, out, &count), STORE_OK);
	return count;
}

/* ---- epochs, fence ----------------------------------------------------------------------------------------------- */

static void
an_epoch_begins_behind_the_head_and_is_remembered(void **state)
{
	struct event events[] = { an_event("posting", "a", 1), an_event("posting", "b", 1) };
	struct epoch_start *epochs;
	size_t count;
	struct id first = one.epoch;

	(void)state;
	assert_int_equal(one.first_seq, 1);
	append(&one, events, 2);
	instance_activate(&one);
	assert_int_equal(one.first_seq, 3);
	assert_int_equal(one.core.epochs_load(one.core.self, arena, &epochs, &count), STORE_OK);
	assert_int_equal(count, 2);
	assert_true(id_equal(&epochs[0].epoch, &first) && epochs[0].first_seq == 1);
	assert_true(id_equal(&epochs[1].epoch, &one.epoch) && epochs[1].first_seq == 3);
	/* One that wrote nothing is in no cursor, and is not kept. */
	instance_activate(&one);
	assert_int_equal(one.core.epochs_load(one.core.self, arena, &epochs, &count), STORE_OK);
	assert_int_equal(count, 2);
	assert_true(id_equal(&epochs[0].epoch, &first));
	assert_true(id_equal(&epochs[1].epoch, &one.epoch) && epochs[1].first_seq == 3);
}

static void
another_epoch_can_write_nothing(void **state)
{
	struct id old = one.epoch;
	struct tx *tx;
	struct event e = an_event("posting", "a", 1);

	(void)state;
	instance_activate(&one);
	assert_int_equal(one.core.begin(one.core.self, &old, &tx), CORE_FENCED);
	assert_null(tx);
	tx = begin(&one);
	assert_int_equal(append_in(&one, tx, &old, &e, 1), STORE_OK);
	assert_int_equal(one.core.commit(one.core.self, &tx), CORE_FENCED);
	/* Without waiting for the fence: what is sent behind it does nothing, the commit too. */
	assert_int_equal(one.core.open(one.core.self, &old, &tx), STORE_OK);
	assert_int_equal(append_in(&one, tx, &one.epoch, &e, 1), STORE_OK);
	assert_int_equal(one.core.commit(one.core.self, &tx), CORE_FENCED);
	assert_int_equal(one.core.open(one.core.self, &old, &tx), STORE_OK);
	struct stored_reply reply = { .principal = "cegep", .request_id = one.epoch };
	assert_int_equal(one.core.replies_find(tx, arena, &reply, 1), CORE_FENCED);
	one.core.rollback(one.core.self, &tx);
	append(&one, &e, 1);
	assert_int_equal(e.seq, 1);
}

/* Who numbers from another head than the store's has missed something. */
static void
events_go_nowhere_but_behind_the_head(void **state)
{
	struct event e = an_event("posting", "a", 1);
	struct tx *tx;

	(void)state;
	append(&one, &e, 1);
	for (uint64_t seq = 1; seq <= 3; seq += 2) {
		e.seq = seq;
		assert_int_equal(one.core.open(one.core.self, &one.epoch, &tx), STORE_OK);
		assert_int_equal(one.core.events_append(tx, arena, &one.epoch, &e, 1), STORE_OK);
		assert_int_equal(one.core.commit(one.core.self, &tx), CORE_FENCED);
	}
	append(&one, &e, 1);
	assert_int_equal(e.seq, 2);
}

/* Also one that says nothing: what it read of its store would be of before the takeover, what it writes of after it. */
static void
a_transaction_holds_the_counter_from_its_beginning(void **state)
{
	static const char free_rows[] = "SELECT count(*) FROM (SELECT seq FROM event_head FOR NO KEY UPDATE SKIP LOCKED) AS f";
	struct tx *tx = begin(&one);

	(void)state;
	assert_string_equal(cluster_sql(&cluster, "%s", free_rows), "0");
	commit(&one, &tx);
	assert_string_equal(cluster_sql(&cluster, "%s", free_rows), "1");
}

static void
a_takeover_waits_for_the_writer_inside_and_then_shuts_it_out(void **state)
{
	struct instance two;
	struct event inside = an_event("posting", "inside", 1), next = an_event("posting", "next", 1);
	int status;

	(void)state;
	struct tx *tx = begin(&one);
	assert_int_equal(append_in(&one, tx, &one.epoch, &inside, 1), STORE_OK);
	pid_t child = fork();
	if (child == 0) {
		/* Another one who cares for no lease: the fence alone must hold. */
		PGconn *conn = PQconnectdb(cluster.conninfo);
		PGresult *r = PQexec(conn, "UPDATE event_head SET epoch = gen_random_uuid() RETURNING seq");
		int ok = PQntuples(r) == 1 && strcmp(PQgetvalue(r, 0, 0), "1") == 0;
		PQclear(r);
		PQfinish(conn);
		_exit(ok ? 0 : 1);
	}
	while (strcmp(cluster_sql(&cluster, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"), "1") != 0)
		continue;
	commit(&one, &tx);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(one.core.begin(one.core.self, &one.epoch, &tx), CORE_FENCED);
	/* And properly: the first dies, the second takes over. */
	store_disconnect(one.store);
	instance_open(&two);
	instance_activate(&two);
	assert_int_equal(two.first_seq, 2);
	assert_int_equal(one.core.connect(one.core.self, clock_mono_ms()), STORE_OK);
	bool held;
	assert_int_equal(one.core.lease_try(one.core.self, &held), STORE_OK);
	assert_false(held);
	assert_int_equal(one.core.begin(one.core.self, &one.epoch, &tx), CORE_FENCED);
	append(&two, &next, 1);
	assert_int_equal(next.seq, 2);
	instance_close(&two);
}

/* ---- the log ----------------------------------------------------------------------------------------------------- */

static void
events_are_numbered_in_their_order_without_gaps(void **state)
{
	enum { MANY = 500 };
	static char keys[MANY][16];
	struct event events[MANY], *back;
	uint64_t next = 1;
	const char *topic = "posting";
	size_t count;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(keys[i], sizeof keys[i], "k%d", i);
		events[i] = an_event(topic, keys[i], 1);
	}
	for (int group = 0; group < 40; group++) {
		size_t n = (size_t)group * 12 + 1;
		struct tx *tx = begin(&one);
		assert_int_equal(append_in(&one, tx, &one.epoch, events, n), STORE_OK);
		if (group % 5 == 3) {          /* what is rolled back leaves no gap */
			one.core.rollback(one.core.self, &tx);
			continue;
		}
		commit(&one, &tx);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(events[i].seq, next++);
	}
	/* A reader in steps sees each once, in order. */
	uint64_t seen = 0;
	do {
		assert_int_equal(one.core.events_read(one.core.self, arena, seen, next - 1, &topic, 1, 1000, &back, &count),
		    STORE_OK);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(back[i].seq, ++seen);
	} while (count > 0);
	assert_int_equal(seen, next - 1);
}

static void
an_event_comes_back_as_it_was(void **state)
{
	struct event events[] = { an_event("posting", "cégep/é", INT64_MAX), an_event("contact", "c", 1),
		an_event("posting", "e", 0) };
	struct event *back;
	const char *both[] = { "posting", "contact" };
	size_t count;

	(void)state;
	events[2].size = 0;
	events[2].body = NULL;
	append(&one, events, 3);
	assert_int_equal(read_all("posting", &back), 2);
	assert_int_equal(back[0].seq, 1);
	assert_string_equal(back[0].topic, "posting");
	assert_string_equal(back[0].key, "cégep/é");
	assert_true(back[0].version == INT64_MAX);
	assert_int_equal(back[0].type, 3);
	assert_true(back[0].at_ms == events[0].at_ms);
	assert_int_equal(back[0].size, 5);
	assert_memory_equal(back[0].body, "\0body", 5);
	assert_int_equal(back[1].seq, 3);
	assert_int_equal(back[1].size, 0);
	assert_int_equal(one.core.events_read(one.core.self, arena, 1, 2, both, 2, 10, &back, &count), STORE_OK);
	assert_int_equal(count, 1);
	assert_string_equal(back[0].topic, "contact");
	assert_int_equal(one.core.events_read(one.core.self, arena, 0, 3, both, 2, 2, &back, &count), STORE_OK);
	assert_int_equal(count, 2);
	assert_int_equal(one.core.events_read(one.core.self, arena, UINT64_MAX, UINT64_MAX, both, 2, 2, &back, &count),
	    STORE_OK);
	assert_int_equal(count, 0);
	struct event beyond = an_event("posting", "x", (uint64_t)INT64_MAX + 1);
	struct tx *tx = begin(&one);
	assert_int_equal(one.core.events_append(tx, arena, &one.epoch, &beyond, 1), STORE_BROKEN);
	assert_int_equal(one.core.events_append(tx, arena, &one.epoch, &beyond, 0), STORE_OK);
	one.core.rollback(one.core.self, &tx);
}

static void
superseded_events_go_once_they_were_applied(void **state)
{
	struct event events[] = { an_event("posting", "a", 1), an_event("posting", "b", 1), an_event("posting", "a", 2),
		an_event("contact", "a", 1), an_event("posting", "a", 3), an_event("posting", "a", 4) };
	struct event *back;

	(void)state;
	append(&one, events, 6);
	for (int repeat = 0; repeat < 2; repeat++) {
		struct tx *tx = begin(&one);
		assert_int_equal(one.core.tidy(tx, arena, 4, 0), STORE_OK);
		commit(&one, &tx);
		assert_string_equal(cluster_sql(&cluster, "SELECT string_agg(seq::text, ',' ORDER BY seq) FROM event"),
		    "2,3,4,5,6");
	}
	struct tx *tx = begin(&one);
	assert_int_equal(one.core.tidy(tx, arena, 6, 0), STORE_OK);
	commit(&one, &tx);
	assert_int_equal(read_all("posting", &back), 2);
	assert_string_equal(back[0].key, "b");
	assert_int_equal(back[1].version, 4);
	tx = begin(&one);
	assert_int_equal(one.core.tidy(tx, arena, UINT64_MAX, INT64_MIN), STORE_OK);
	commit(&one, &tx);
	assert_int_equal(read_all("posting", &back), 2);
}

static void
a_persons_events_are_blanked(void **state)
{
	struct event events[] = { an_event("profile", "7K", 1), an_event("contact", "7K", 1), an_event("profile", "8K", 1),
		an_event("profile", "7K", 2), an_event("ranking", "7K", 1) };
	const char *topics[] = { "profile", "contact" }, *keys[] = { "7K", "7K" };

	(void)state;
	append(&one, events, 5);
	struct tx *tx = begin(&one);
	assert_int_equal(core_pg_events_blank(tx, arena, topics, keys, 2), STORE_OK);
	commit(&one, &tx);
	assert_string_equal(cluster_sql(&cluster, "SELECT string_agg(seq::text, ',' ORDER BY seq) FROM event"
	    " WHERE body = ''"), "1,2,4");
}

static void
readers_are_registered_and_move(void **state)
{
	struct registered_reader readers[] = { { "matching/matching", 5, NOW }, { "notifications/n", 0, NOW } }, *back;
	size_t count;

	(void)state;
	struct tx *tx = begin(&one);
	assert_int_equal(one.core.readers_keep(tx, arena, readers, 2), STORE_OK);
	assert_int_equal(one.core.readers_keep(tx, arena, readers, 0), STORE_OK);
	commit(&one, &tx);
	readers[0].applied_seq = 9;
	tx = begin(&one);
	assert_int_equal(one.core.readers_keep(tx, arena, readers, 1), STORE_OK);
	commit(&one, &tx);
	assert_int_equal(one.core.readers_load(one.core.self, arena, &back, &count), STORE_OK);
	assert_int_equal(count, 2);
	assert_string_equal(back[0].name, "matching/matching");
	assert_int_equal(back[0].applied_seq, 9);
	assert_true(back[1].seen_ms == NOW);
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

static void
a_stored_reply_is_found_by_its_principal_and_id(void **state)
{
	struct id ids[] = { id_make(NOW, random_of_system, NULL), id_make(NOW, random_of_system, NULL) };
	struct stored_reply kept[] = {
		{ .principal = "college-a", .request_id = ids[0], .digest = { 1, 2, 3 }, .code = 2,
			.reply = (const uint8_t *)"\0r", .size = 2 },
		{ .principal = "college-a", .request_id = ids[1], .digest = { 9 }, .code = 1, .reply = NULL, .size = 0 } };
	struct stored_reply asked[] = { { .principal = "college-b", .request_id = ids[0] },
		{ .principal = "college-a", .request_id = ids[1] }, { .principal = "college-a", .request_id = ids[0] } };

	(void)state;
	struct tx *tx = begin(&one);
	assert_int_equal(one.core.replies_keep(tx, arena, kept, 2, NOW), STORE_OK);
	commit(&one, &tx);
	tx = begin(&one);
	assert_int_equal(one.core.replies_find(tx, arena, asked, 3), STORE_OK);
	assert_int_equal(one.core.replies_find(tx, arena, asked, 0), STORE_OK);
	assert_false(asked[0].found);
	assert_true(asked[1].found && asked[2].found);
	assert_int_equal(asked[1].size, 0);
	assert_int_equal(asked[2].code, 2);
	assert_int_equal(asked[2].size, 2);
	assert_memory_equal(asked[2].reply, "\0r", 2);
	assert_memory_equal(asked[2].found_digest, kept[0].digest, 32);
	/* The same command kept twice would have happened twice. */
	assert_int_equal(one.core.replies_keep(tx, arena, kept, 1, NOW), STORE_OK);
	assert_int_equal(one.core.commit(one.core.self, &tx), STORE_BROKEN);
	/* Old ones go, no others: a command whose answer is forgotten would happen again. */
	tx = begin(&one);
	assert_int_equal(one.core.tidy(tx, arena, 0, NOW), STORE_OK);
	commit(&one, &tx);
	assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM command_reply"), "2");
	tx = begin(&one);
	assert_int_equal(one.core.tidy(tx, arena, 0, NOW + 1), STORE_OK);
	commit(&one, &tx);
	assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM command_reply"), "0");
}

static void
the_audit_trail_tells_who_did_what(void **state)
{
	const struct audit_filter all = { .since_ms = INT64_MIN, .before_ms = INT64_MAX };
	const struct audit_filter of_a = { .institution = "cegep-a", .since_ms = INT64_MIN, .before_ms = INT64_MAX };
	struct principal college = { .name = "college-a", .institution = "cegep-a", .role = ROLE_COLLEGE };
	struct principal console = { .name = "console", .institution = "cegep-b", .subject = "s-1", .role = ROLE_COLLEGE,
		.acts = ROLE_CONSOLE };
	struct audit_line lines[] = {
		{ .who = &college, .type = 12, .code = 1, .request_id = one.epoch, .subject_ids = "a/1 a/2" },
		{ .who = &console, .type = 14, .code = 2, .refusal = "bad_state" } };
	struct audit_row *rows;
	size_t count;

	(void)state;
	struct tx *tx = begin(&one);
	assert_int_equal(one.core.audit_keep(tx, arena, lines, 2, NOW), STORE_OK);
	assert_int_equal(core_pg_audit_list(tx, arena, INT64_MAX, &all, 10, &rows, &count), STORE_OK);
	assert_int_equal(count, 2);
	assert_string_equal(rows[0].principal, "console");
	assert_string_equal(rows[0].acts, role_to_text(ROLE_CONSOLE));
	assert_string_equal(rows[0].subject, "s-1");
	assert_string_equal(rows[0].refusal, "bad_state");
	assert_string_equal(rows[0].subject_ids, "");
	assert_true(rows[1].at_ms == NOW && rows[1].type == 12 && rows[1].code == 1);
	assert_true(id_equal(&rows[1].request_id, &one.epoch));
	assert_string_equal(rows[1].subject_ids, "a/1 a/2");
	assert_int_equal(core_pg_audit_list(tx, arena, INT64_MAX, &of_a, 10, &rows, &count), STORE_OK);
	assert_int_equal(count, 1);
	assert_int_equal(core_pg_audit_list(tx, arena, rows[0].id, &all, 10, &rows, &count), STORE_OK);
	assert_int_equal(count, 0);
	commit(&one, &tx);
}

/* ---- followed logs ----------------------------------------------------------------------------------------------- */

static void
a_readers_place_is_kept(void **state)
{
	struct reader_state back, kept = { .cursor = { .epoch = one.epoch, .seq = 77 }, .generation = 3,
		.resync_to = UINT64_MAX };

	(void)state;
	assert_int_equal(one.core.reader_state_load(one.core.self, "intake", &back), STORE_OK);
	assert_true(back.cursor.seq == 0 && id_is_zero(&back.cursor.epoch) && back.generation == 0 && back.resync_to == 0);
	for (int i = 0; i < 2; i++) {
		struct tx *tx = begin(&one);
		assert_int_equal(one.core.reader_state_keep(tx, arena, "intake", &kept), STORE_OK);
		commit(&one, &tx);
		assert_int_equal(one.core.reader_state_load(one.core.self, "intake", &back), STORE_OK);
		assert_true(back.cursor.seq == 77 && id_equal(&back.cursor.epoch, &one.epoch));
		assert_true(back.generation == (i == 0 ? 3 : 4) && back.resync_to == (i == 0 ? UINT64_MAX : 12));
		kept.resync_to = 12;
		kept.generation = 4;
	}
}

enum { OLD = ADMISSION_OLD, NEWER = ADMISSION_NEWER, FIRST = ADMISSION_FIRST };
/* So many keys that nobody has seen stand before the events asked about: many go another way than few. */
static size_t strangers;

static void
admit(uint32_t generation, const struct event *events, size_t count, const int *expected)
{
	static unsigned serial;
	struct event *all = arena_zalloc(arena, strangers + count, sizeof *all);
	enum admission *admitted = arena_zalloc(arena, strangers + count, sizeof *admitted);
	struct tx *tx = begin(&one);

	for (size_t i = 0; i < strangers; i++)
		all[i] = an_event("posting", arena_printf(arena, "stranger-%u", serial++), 1);
	memcpy(all + strangers, events, count * sizeof *events);
	assert_int_equal(one.core.keys_admit(tx, arena, "intake", generation, all, strangers + count, admitted), STORE_OK);
	for (size_t i = 0; i < strangers + count; i++)
		assert_int_equal(admitted[i], i < strangers ? FIRST : expected[i - strangers]);
	commit(&one, &tx);
}

static void
only_what_is_newer_is_admitted(void **state)
{
	struct event events[] = { an_event("posting", "a", 5), an_event("posting", "b", 5), an_event("contact", "a", 5) };

	(void)state;
	admit(1, events, 3, (int[]){ FIRST, FIRST, FIRST });
	admit(1, events, 3, (int[]){ OLD, OLD, OLD });
	events[0].version = 4;
	events[1].version = 6;
	admit(1, events, 3, (int[]){ OLD, NEWER, OLD });
	/* A resynchronisation forgets versions, whatever they were. */
	events[0].version = events[1].version = 1;
	admit(2, events, 2, (int[]){ NEWER, NEWER });
	admit(1, events, 3, (int[]){ OLD, OLD, OLD });
	events[0].version = 9;          /* of before it, however new */
	admit(1, events, 1, (int[]){ OLD });
	struct tx *tx = begin(&one);
	enum admission admitted[1];
	events[0].version = UINT64_MAX;
	assert_int_equal(one.core.keys_admit(tx, arena, "intake", 2, events, 1, admitted), STORE_BROKEN);
	one.core.rollback(one.core.self, &tx);
}

static void
it_is_the_same_among_many(void **state)
{
	strangers = 2 * TX_COPY_ROWS;
	only_what_is_newer_is_admitted(state);
	strangers = 0;
}

static void
keys_that_did_not_come_again_are_swept(void **state)
{
	struct event events[] = { an_event("posting", "a", 1), an_event("posting", "b", 1), an_event("contact", "c", 1) };
	struct event *swept;
	size_t count, total = 0;

	(void)state;
	admit(1, events, 3, (int[]){ FIRST, FIRST, FIRST });
	admit(2, &events[1], 1, (int[]){ NEWER });
	struct tx *tx = begin(&one);
	for (size_t i = 0; i < 2; i++) {
		struct parked_event aside = { .log_id = "intake", .event = events[i], .reason = "sqlstate" };
		assert_int_equal(one.core.park(tx, arena, &aside, NOW), STORE_OK);
	}
	assert_int_equal(one.core.keys_sweep(tx, arena, "other", 2, 10, &swept, &count), STORE_OK);
	assert_int_equal(count, 0);
	do {
		assert_int_equal(one.core.keys_sweep(tx, arena, "intake", 2, 1, &swept, &count), STORE_OK);
		assert_true(count == 0 || strcmp(swept[0].key, "b") != 0);
		total += count;
	} while (count > 0);
	commit(&one, &tx);
	assert_int_equal(total, 2);
	/* What was set aside of a key that is gone must not come back by a retry. */
	tx = begin(&one);
	assert_int_equal(one.core.parked_load(tx, arena, "intake", 10, &swept, &count), STORE_OK);
	commit(&one, &tx);
	assert_int_equal(count, 1);
	assert_string_equal(swept[0].key, "b");
	admit(2, events, 3, (int[]){ FIRST, OLD, FIRST });
}

static void
an_event_set_aside_is_healed_by_its_key(void **state)
{
	struct parked_event parked = { .log_id = "intake", .event = an_event("posting", "a", 3), .reason = "sqlstate" };
	struct event *back;
	size_t count;
	uint32_t n;

	(void)state;
	parked.event.seq = 12;
	struct tx *tx = begin(&one);
	assert_int_equal(one.core.park(tx, arena, &parked, NOW), STORE_OK);
	parked.event.version = 4;
	parked.event.seq = 13;
	assert_int_equal(one.core.park(tx, arena, &parked, NOW), STORE_OK);
	commit(&one, &tx);
	assert_int_equal(one.core.parked_count(one.core.self, "intake", &n), STORE_OK);
	assert_int_equal(n, 1);
	tx = begin(&one);
	assert_int_equal(one.core.parked_load(tx, arena, "intake", 10, &back, &count), STORE_OK);
	assert_true(count == 1 && back[0].version == 4 && back[0].seq == 13 && back[0].size == 5);
	assert_int_equal(one.core.unpark(tx, arena, "other", back, 1), STORE_OK);
	assert_int_equal(one.core.parked_load(tx, arena, "intake", 10, &back, &count), STORE_OK);
	assert_int_equal(count, 1);
	assert_int_equal(one.core.unpark(tx, arena, "intake", back, 1), STORE_OK);
	commit(&one, &tx);
	assert_int_equal(one.core.parked_count(one.core.self, "intake", &n), STORE_OK);
	assert_int_equal(n, 0);
}

static void
a_ping_keeps_the_session(void **state)
{
	(void)state;
	assert_int_equal(one.core.ping(one.core.self), STORE_OK);
	(void)cluster_sql(&cluster, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
	    " WHERE application_name = 'bassin'");
	while (one.core.ping(one.core.self) == STORE_OK)
		continue;
	assert_false(one.core.is_connected(one.core.self));
	uint64_t first;
	assert_int_equal(one.core.epoch_begin(one.core.self, &one.epoch, NOW, &first), STORE_RETRY);
}

#define PLAY(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(an_epoch_begins_behind_the_head_and_is_remembered),
		PLAY(another_epoch_can_write_nothing),
		PLAY(events_go_nowhere_but_behind_the_head),
		PLAY(a_transaction_holds_the_counter_from_its_beginning),
		PLAY(a_takeover_waits_for_the_writer_inside_and_then_shuts_it_out),
		PLAY(events_are_numbered_in_their_order_without_gaps),
		PLAY(an_event_comes_back_as_it_was),
		PLAY(superseded_events_go_once_they_were_applied),
		PLAY(a_persons_events_are_blanked),
		PLAY(readers_are_registered_and_move),
		PLAY(a_stored_reply_is_found_by_its_principal_and_id),
		PLAY(the_audit_trail_tells_who_did_what),
		PLAY(a_readers_place_is_kept),
		PLAY(only_what_is_newer_is_admitted),
		PLAY(it_is_the_same_among_many),
		PLAY(keys_that_did_not_come_again_are_swept),
		PLAY(an_event_set_aside_is_healed_by_its_key),
		PLAY(a_ping_keeps_the_session),
	};

	cluster_start(&cluster, NULL);
	int failed = cmocka_run_group_tests_name("core_pg", tests, NULL, NULL);
	cluster_stop(&cluster);
	return failed;
}
