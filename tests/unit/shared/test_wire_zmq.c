/* SPDX-License-Identifier: Apache-2.0 */
/* Real sockets on loopback: who gets in, what a frame must look like, and that one bad peer harms nobody else. */
#include "bus_play.h"

#include <czmq.h>

#include "bus/socket.h"
#include "bus/wire_zmq.h"
#include "bus/zap.h"

static struct play play;
static struct key_pair server_key, alice, bob, stranger;
static struct keyring *keyring;
static struct zap *zap;
static struct wire_zmq *wire;
static char endpoint[64];

/* What came in, of the wire under test. */
static struct {
	unsigned frames, batches, nobody, from_bob;
	size_t last_size, last_which;
	struct principal who;
	struct peer from;
	char text[64];
} got;

static void
on_frame(void *self, const struct principal *who, const struct peer *from, const uint8_t *frame, size_t size)
{
	(void)self;
	got.frames++;
	got.nobody += who->role == ROLE_NONE;
	got.from_bob += strcmp(who->name, "bob") == 0;
	got.who = *who;
	got.from = *from;
	got.last_size = size;
	size_t shown = size < sizeof got.text - 1 ? size : sizeof got.text - 1;
	memcpy(got.text, frame, shown);
	got.text[shown] = '\0';
}

static void
on_batch(void *self, size_t which, const uint8_t *frame, size_t size)
{
	(void)self;
	got.batches++;
	got.last_which = which;
	got.last_size = size;
	size_t shown = size < sizeof got.text - 1 ? size : sizeof got.text - 1;
	memcpy(got.text, frame, shown);
	got.text[shown] = '\0';
}

static const struct wire_sink sink = { NULL, on_frame, on_batch };

static void
turn_of(struct wire_zmq *w)
{
	keyring_refresh(keyring, clock_mono_ms(), false);
	wire_zmq_tend(w, clock_mono_ms());
	(void)wire_zmq_wait(w, NULL, 0, 5);
	(void)wire_zmq_read(w, &sink, 100);
}

static void
turn(void)
{
	turn_of(wire);
}

static struct wire_zmq_counts
counts(void)
{
	struct wire_zmq_counts c;

	wire_zmq_counts(wire, &c);
	return c;
}

/* A peer as libzmq makes one. */
static void *
peer(const struct key_pair *key, const char *routing_id)
{
	void *s = zmq_socket(bus_context(), ZMQ_DEALER);
	const int none = 0;

	assert_non_null(s);
	(void)zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
	if (routing_id != NULL)
		assert_int_equal(zmq_setsockopt(s, ZMQ_ROUTING_ID, routing_id, strlen(routing_id)), 0);
	assert_true(bus_socket_text(s, ZMQ_CURVE_SERVERKEY, server_key.public_key));
	assert_true(bus_socket_text(s, ZMQ_CURVE_PUBLICKEY, key->public_key));
	assert_true(bus_socket_text(s, ZMQ_CURVE_SECRETKEY, key->secret_key));
	assert_int_equal(zmq_connect(s, endpoint), 0);
	return s;
}

static void
say(void *s, const char *text)
{
	assert_int_equal(zmq_send(s, text, strlen(text), 0), (int)strlen(text));
}

/* Bob is the good peer: after whatever happened, he is still served. */
static void *bobs;

static void
bob_is_served(void)
{
	unsigned before = got.from_bob;
	char answer[16];

	say(bobs, "still here");
	WAIT_UNTIL(got.from_bob > before, turn());
	wire_zmq_answer(wire, &got.from, (const uint8_t *)"yes", 3);
	WAIT_UNTIL(zmq_recv(bobs, answer, sizeof answer, ZMQ_DONTWAIT) == 3, turn());
}

static int
open_all(void **state)
{
	struct key_why why = { .text = "" };

	(void)state;
	play_open(&play);
	play_key(&play, "matching", ROLE_MATCHING, "", &server_key);
	play_key(&play, "alice", ROLE_COLLEGE, "cegep-sample", &alice);
	play_key(&play, "bob", ROLE_INTERMEDIARY, "", &bob);
	assert_int_equal(key_pair_make("stranger", &stranger), 0);
	assert_int_equal(keyring_open(play.keyring, &keyring, &why), 0);
	assert_int_equal(zap_start(keyring, &zap), 0);
	assert_true(zap_is_proven(zap, server_key.public_key));
	(void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", play_port());
	const struct wire_zmq_settings settings = { .listen = endpoint, .key = &server_key, .keyring = keyring };
	if (wire_zmq_open(&settings, &wire, &why) != 0)
		fail_msg("%s", why.text);
	bobs = peer(&bob, NULL);
	bob_is_served();
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	(void)zmq_close(bobs);
	wire_zmq_close(&wire);
	zap_stop(&zap);
	keyring_close(&keyring);
	play_close(&play);
	return 0;
}

static void
a_known_key_is_who_it_is(void **state)
{
	void *s = peer(&alice, NULL);
	unsigned before = got.frames;

	(void)state;
	say(s, "hello");
	WAIT_UNTIL(got.frames > before, turn());
	assert_string_equal(got.who.name, "alice");
	assert_string_equal(got.who.institution, "cegep-sample");
	assert_int_equal(got.who.role, ROLE_COLLEGE);
	assert_int_equal(got.who.acts, ROLE_NONE);
	assert_string_equal(got.text, "hello");
	(void)zmq_close(s);
}

static void
an_unknown_key_is_refused_and_counted(void **state)
{
	struct zap_counts before, now;
	unsigned frames = got.frames;

	(void)state;
	zap_counts(zap, &before);
	void *s = peer(&stranger, NULL);
	say(s, "let me in");
	WAIT_UNTIL((zap_counts(zap, &now), now.unknown_key > before.unknown_key), turn());
	bob_is_served();
	assert_int_equal(got.frames, frames + 1);           /* bob's */
	(void)zmq_close(s);
}

static void
a_key_that_was_added_a_moment_ago_is_let_in(void **state)
{
	struct key_pair late;
	unsigned before = got.frames;

	(void)state;
	keyring_refresh(keyring, clock_mono_ms(), true);
	play_key(&play, "late", ROLE_COLLEGE, "cegep-late", &late);
	void *s = peer(&late, NULL);
	say(s, "new");
	WAIT_UNTIL(got.frames > before, turn());
	assert_string_equal(got.who.name, "late");
	(void)zmq_close(s);
}

static void
a_revoked_key_is_nobody_on_its_open_connection(void **state)
{
	struct key_pair leaver, again;
	struct key_why why;
	unsigned before = got.frames;

	(void)state;
	play_key(&play, "leaver", ROLE_INTERMEDIARY, "", &leaver);
	void *s = peer(&leaver, NULL);
	say(s, "one");
	WAIT_UNTIL(got.frames > before, turn());
	assert_int_equal(got.who.role, ROLE_INTERMEDIARY);
	assert_int_equal(keyring_revoke(play.keyring, "leaver", &why), 0);
	(void)unlink(play_path(&play, "leaver.key"));
	play_key(&play, "leaver", ROLE_COLLEGE, "cegep-sample", &again);    /* the name lives on with another key */
	keyring_refresh(keyring, clock_mono_ms(), true);
	before = got.frames;
	say(s, "two");
	WAIT_UNTIL(got.frames > before, turn());
	assert_int_equal(got.who.role, ROLE_NONE);
	assert_string_equal(got.who.name, "");
	assert_true(counts().unknown_key > 0);
	(void)zmq_close(s);
}

static void
a_revocation_is_seen_within_two_seconds(void **state)
{
	struct key_pair leaver;
	struct key_why why;
	unsigned before = got.frames;

	(void)state;
	play_key(&play, "leaver2", ROLE_INTERMEDIARY, "", &leaver);
	void *s = peer(&leaver, NULL);
	say(s, "one");
	WAIT_UNTIL(got.frames > before, turn());
	assert_int_equal(keyring_revoke(play.keyring, "leaver2", &why), 0);
	int64_t since = clock_mono_ms();
	unsigned nobody = got.nobody;
	WAIT_UNTIL(got.nobody > nobody, (say(s, "again"), turn()));
	assert_true(clock_mono_ms() - since < 2000);
	(void)zmq_close(s);
}

/* Raw ZMTP 3.0 with the NULL mechanism: the server must not even answer the greeting's end with READY. */
static void
a_plain_connection_gets_nowhere(void **state)
{
	unsigned frames = got.frames;
	void *s = zmq_socket(bus_context(), ZMQ_DEALER), *monitor = zmq_socket(bus_context(), ZMQ_PAIR);
	zmq_pollitem_t item = { .socket = monitor, .events = ZMQ_POLLIN };
	const int none = 0;

	(void)state;
	(void)zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
	(void)zmq_setsockopt(monitor, ZMQ_LINGER, &none, sizeof none);
	assert_int_equal(zmq_socket_monitor(s, "inproc://plain", ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
	                                                             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
	                                                             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL), 0);
	assert_int_equal(zmq_connect(monitor, "inproc://plain"), 0);
	assert_int_equal(zmq_connect(s, endpoint), 0);
	say(s, "plain");
	WAIT_UNTIL(zmq_poll(&item, 1, 0) > 0, turn());
	uint16_t event;
	assert_true(zmq_recv(monitor, &event, sizeof event, 0) >= (int)sizeof event);
	assert_int_not_equal(event, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	bob_is_served();
	assert_int_equal(got.frames, frames + 1);
	(void)zmq_socket_monitor(s, NULL, 0);
	(void)zmq_close(s);
	(void)zmq_close(monitor);
}

static void
a_frame_that_is_too_large_costs_its_sender_the_connection(void **state)
{
	void *s = peer(&alice, NULL);
	unsigned before = got.frames;
	size_t largest = BUS_UPWARD_MAX_BYTES;
	char *large = calloc(1, largest + 64);

	(void)state;
	assert_non_null(large);
	assert_int_equal(zmq_send(s, large, largest, 0), (int)largest);
	WAIT_UNTIL(got.frames > before, turn());
	assert_int_equal(got.last_size, largest);
	before = got.frames;
	void *monitor = zmq_socket(bus_context(), ZMQ_PAIR);
	const int none = 0;
	(void)zmq_setsockopt(monitor, ZMQ_LINGER, &none, sizeof none);
	assert_int_equal(zmq_socket_monitor(s, "inproc://large", ZMQ_EVENT_DISCONNECTED), 0);
	assert_int_equal(zmq_connect(monitor, "inproc://large"), 0);
	zmq_pollitem_t item = { .socket = monitor, .events = ZMQ_POLLIN };
	assert_int_equal(zmq_send(s, large, largest + 64, 0), (int)largest + 64);
	WAIT_UNTIL(zmq_poll(&item, 1, 0) > 0, turn());
	bob_is_served();
	assert_int_equal(got.frames, before + 1);
	(void)zmq_socket_monitor(s, NULL, 0);
	(void)zmq_close(s);
	(void)zmq_close(monitor);
	free(large);
}

static void
messages_of_several_frames_are_dropped(void **state)
{
	void *s = peer(&alice, NULL);
	uint64_t before = counts().bad_parts;
	unsigned frames = got.frames;

	(void)state;
	assert_true(zmq_send(s, "", 0, ZMQ_SNDMORE) == 0 && zmq_send(s, "body", 4, 0) == 4);
	WAIT_UNTIL(counts().bad_parts == before + 1, turn());
	for (int i = 0; i < 10000; i++)
		assert_true(zmq_send(s, "x", 1, ZMQ_SNDMORE) == 1);
	assert_true(zmq_send(s, "end", 3, 0) == 3);
	WAIT_UNTIL(counts().bad_parts == before + 2, turn());
	assert_int_equal(got.frames, frames);
	say(s, "one frame");
	WAIT_UNTIL(got.frames == frames + 1, turn());
	assert_string_equal(got.text, "one frame");
	bob_is_served();
	(void)zmq_close(s);
}

static void
empty_frames_and_garbage_go_to_the_judge(void **state)
{
	void *s = peer(&alice, NULL);
	unsigned frames = got.frames;
	uint8_t garbage[512];

	(void)state;
	assert_int_equal(zmq_send(s, "", 0, 0), 0);
	WAIT_UNTIL(got.frames == frames + 1, turn());
	assert_int_equal(got.last_size, 0);
	for (unsigned i = 0; i < 100; i++) {
		random_of_system(NULL, garbage, sizeof garbage);
		assert_int_equal(zmq_send(s, garbage, sizeof garbage, 0), (int)sizeof garbage);
	}
	WAIT_UNTIL(got.frames == frames + 101, turn());
	bob_is_served();
	(void)zmq_close(s);
}

/* An id of one's own choice could be somebody else's later, with her answers. */
static void
a_chosen_routing_id_is_dropped(void **state)
{
	void *s = peer(&alice, "bob");
	uint64_t before = counts().bad_peer;
	unsigned frames = got.frames;

	(void)state;
	say(s, "I am bob");
	WAIT_UNTIL(counts().bad_peer > before, turn());
	assert_int_equal(got.frames, frames);
	(void)zmq_close(s);
}

static void
an_answer_to_somebody_who_left_is_counted(void **state)
{
	void *s = peer(&alice, NULL);
	unsigned frames = got.frames;

	(void)state;
	say(s, "bye");
	WAIT_UNTIL(got.frames > frames, turn());
	struct peer gone = got.from;
	(void)zmq_close(s);
	uint64_t lost = counts().answers_lost;
	WAIT_UNTIL(counts().answers_lost > lost, (wire_zmq_answer(wire, &gone, (const uint8_t *)"x", 1), turn()));
	bob_is_served();
}

static void
a_taken_or_wrong_endpoint_is_told(void **state)
{
	struct wire_zmq *second;
	struct key_why why;
	struct wire_zmq_settings settings = { .listen = endpoint, .key = &server_key, .keyring = keyring };

	(void)state;
	assert_int_equal(wire_zmq_open(&settings, &second, &why), -1);
	assert_null(second);
	assert_non_null(strstr(why.text, "in use"));
	settings.listen = "udp://nowhere";
	assert_int_equal(wire_zmq_open(&settings, &second, &why), -1);
}

/* What the handler says of alice's key: "200" or "400". */
static void
expect_of_zap(const char *version, const char *domain, const char *mechanism, const char *expected)
{
	void *asker = zmq_socket(bus_context(), ZMQ_REQ);
	const char *frames[] = { version, "1", domain, "127.0.0.1", "", mechanism };
	const int patience_ms = PLAY_PATIENCE_MS, none = 0;
	uint8_t key[32];
	char code[8] = "";

	assert_non_null(asker);
	assert_int_equal(zmq_setsockopt(asker, ZMQ_RCVTIMEO, &patience_ms, sizeof patience_ms), 0);
	assert_int_equal(zmq_setsockopt(asker, ZMQ_LINGER, &none, sizeof none), 0);
	assert_int_equal(zmq_connect(asker, "inproc://zeromq.zap.01"), 0);
	assert_non_null(zmq_z85_decode(key, alice.public_key));
	for (size_t i = 0; i < COUNT_OF(frames); i++)
		assert_true(zmq_send(asker, frames[i], strlen(frames[i]), ZMQ_SNDMORE) >= 0);
	assert_int_equal(zmq_send(asker, key, sizeof key, 0), (int)sizeof key);
	for (int i = 0; i < 3; i++) {
		int size = zmq_recv(asker, code, sizeof code - 1, 0);
		assert_in_range(size, 0, sizeof code - 1);
		code[size] = '\0';
	}
	assert_string_equal(code, expected);
	assert_int_equal(zmq_close(asker), 0);
}

static void
a_known_key_counts_only_as_curve_says_it_and_for_our_domain(void **state)
{
	(void)state;
	expect_of_zap("1.0", BUS_ZAP_DOMAIN, "CURVE", "200");
	expect_of_zap("1.0", "another", "CURVE", "400");
	expect_of_zap("1.0", BUS_ZAP_DOMAIN, "PLAIN", "400");
	expect_of_zap("2.0", BUS_ZAP_DOMAIN, "CURVE", "400");
}

static void
there_is_only_one_zap_handler_and_it_is_proven(void **state)
{
	struct zap *second;

	(void)state;
	assert_int_equal(zap_start(keyring, &second), -1);
	assert_null(second);
	assert_true(zap_is_proven(zap, alice.public_key));
	assert_false(zap_is_proven(zap, stranger.public_key));
}

/* ---- as reader ------------------------------------------------------------------------------------------------------
 * Our own wire is the followed log's owner; another wire follows it, with an endpoint first where nobody is. */
static void
a_fetch_finds_the_endpoint_that_answers(void **state)
{
	struct directory_entry entry = { .name = "matching", .endpoint_count = 2 };
	const struct directory_entry *const entries[] = { &entry };
	struct wire_zmq *reader;
	struct key_pair key;
	struct key_why why;
	char listen[64];

	(void)state;
	play_key(&play, "notifications", ROLE_NOTIFICATIONS, "", &key);
	keyring_refresh(keyring, clock_mono_ms(), true);
	(void)snprintf(entry.endpoints[0], sizeof entry.endpoints[0], "tcp://127.0.0.1:%d", play_port());
	(void)snprintf(entry.endpoints[1], sizeof entry.endpoints[1], "%s", endpoint);
	(void)snprintf(listen, sizeof listen, "tcp://127.0.0.1:%d", play_port());
	const struct wire_zmq_settings settings = { .listen = listen, .key = &key, .keyring = keyring, .follows = entries,
		                                    .follow_count = 1 };
	assert_int_equal(wire_zmq_open(&settings, &reader, &why), 0);
	struct core_wire core_wire = wire_zmq_for_core(reader);
	unsigned frames = got.frames, batches = got.batches;
	core_wire.fetch(core_wire.self, 0, 0, (const uint8_t *)"fetch 1", 7);     /* before anything is connected */
	WAIT_UNTIL(got.frames > frames, (turn_of(reader), turn()));
	assert_string_equal(got.text, "fetch 1");
	assert_string_equal(got.who.name, "notifications");
	wire_zmq_answer(wire, &got.from, (const uint8_t *)"batch 1", 7);
	WAIT_UNTIL(got.batches > batches, (turn_of(reader), turn()));
	assert_string_equal(got.text, "batch 1");
	assert_int_equal(got.last_which, 0);
	/* It stays with the one that answered, and a Fetch whose connection breaks goes out again by itself. */
	frames = got.frames;
	core_wire.fetch(core_wire.self, 0, 0, (const uint8_t *)"fetch 2", 7);
	WAIT_UNTIL(got.frames > frames, (turn_of(reader), turn()));
	frames = got.frames;
	wire_zmq_close(&wire);
	const struct wire_zmq_settings again = { .listen = endpoint, .key = &server_key, .keyring = keyring };
	WAIT_UNTIL(wire_zmq_open(&again, &wire, &why) == 0, turn_of(reader));
	WAIT_UNTIL(got.frames > frames, (turn_of(reader), turn()));
	assert_string_equal(got.text, "fetch 2");
	wire_zmq_close(&reader);
	bob_is_served();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_key_is_who_it_is),
		cmocka_unit_test(an_unknown_key_is_refused_and_counted),
		cmocka_unit_test(a_key_that_was_added_a_moment_ago_is_let_in),
		cmocka_unit_test(a_revoked_key_is_nobody_on_its_open_connection),
		cmocka_unit_test(a_revocation_is_seen_within_two_seconds),
		cmocka_unit_test(a_plain_connection_gets_nowhere),
		cmocka_unit_test(a_frame_that_is_too_large_costs_its_sender_the_connection),
		cmocka_unit_test(messages_of_several_frames_are_dropped),
		cmocka_unit_test(empty_frames_and_garbage_go_to_the_judge),
		cmocka_unit_test(a_chosen_routing_id_is_dropped),
		cmocka_unit_test(an_answer_to_somebody_who_left_is_counted),
		cmocka_unit_test(a_taken_or_wrong_endpoint_is_told),
		cmocka_unit_test(there_is_only_one_zap_handler_and_it_is_proven),
		cmocka_unit_test(a_known_key_counts_only_as_curve_says_it_and_for_our_domain),
		cmocka_unit_test(a_fetch_finds_the_endpoint_that_answers),
	};

	return play_end(cmocka_run_group_tests(tests, open_all, close_all));
}
