/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's side against small servers on loopback: each is a wire in a thread of its own, with one rule for answers. */
#include "bus_play.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "bassin/v1/matching.pb-c.h"
#include "bus/client.h"
#include "bus/socket.h"
#include "bus/wire_zmq.h"
#include "bus/zap.h"

#define SEEN_MAX 256

/* What a server does with the n-th frame it gets (from 0): a reply's code, or -1 to say nothing. */
typedef int (*rule_fn)(unsigned n);

struct server {
	pthread_t thread;
	struct wire_zmq *wire;
	rule_fn rule;
	atomic_bool stop;
	atomic_uint frames;
	struct id ids[SEEN_MAX];
	uint32_t ttls[SEEN_MAX];
	char endpoint[64];
};

static struct play play;
static struct key_pair service_key, alice, stranger;
static struct keyring *keyring;
static struct zap *zap;
static struct arena *arena;

/* ---- servers -------------------------------------------------------------------------------------------------------- */
static void
reply(struct server *s, const struct peer *to, const ProtobufCBinaryData *id, int code)
{
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	Bassin__V1__Reply r = BASSIN__V1__REPLY__INIT;
	Bassin__V1__Refusal refusal = BASSIN__V1__REFUSAL__INIT;
	static uint8_t said[] = "said";
	uint8_t frame[256];

	r.request_id = *id;
	r.code = (Bassin__V1__ReplyCode)code;
	refusal.field = (char *)(uintptr_t)"title";
	if (code == BASSIN__V1__REPLY_CODE__REFUSED)
		r.refusal = &refusal;
	if (code == BASSIN__V1__REPLY_CODE__OK)
		r.payload = (ProtobufCBinaryData){ 4, said };
	down.body_case = BASSIN__V1__DOWNWARD__BODY_REPLY;
	down.reply = &r;
	wire_zmq_answer(s->wire, to, frame, bassin__v1__downward__pack(&down, frame));
}

static void
on_frame(void *self, const struct principal *who, const struct peer *from, const uint8_t *frame, size_t size)
{
	struct server *s = self;
	Bassin__V1__Upward *up = bassin__v1__upward__unpack(NULL, size, frame);
	unsigned n = atomic_load(&s->frames);

	(void)who;
	if (up == NULL || n >= SEEN_MAX || up->body_case != BASSIN__V1__UPWARD__BODY_REQUEST)
		abort();
	if (!id_from_bytes(&s->ids[n], up->request->request_id.data, up->request->request_id.len))
		abort();
	s->ttls[n] = up->request->ttl_ms;
	atomic_store(&s->frames, n + 1);        /* before the answer, which is what the test waits for */
	int code = s->rule(n);
	if (code >= 0)
		reply(s, from, &up->request->request_id, code);
	bassin__v1__upward__free_unpacked(up, NULL);
}

static void *
serve(void *self)
{
	struct server *s = self;
	const struct wire_sink sink = { .self = s, .frame = on_frame };

	while (!atomic_load(&s->stop)) {
		(void)wire_zmq_wait(s->wire, NULL, 0, 5);
		(void)wire_zmq_read(s->wire, &sink, 100);
	}
	return NULL;
}

static void
server_start(struct server *s, const char *endpoint, rule_fn rule)
{
	struct key_why why;

	*s = (struct server){ .rule = rule };
	(void)snprintf(s->endpoint, sizeof s->endpoint, "%s", endpoint);
	const struct wire_zmq_settings settings = { .listen = s->endpoint, .key = &service_key, .keyring = keyring };
	WAIT_UNTIL(wire_zmq_open(&settings, &s->wire, &why) == 0, (void)poll(NULL, 0, 5));
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
server_stop(struct server *s)
{
	atomic_store(&s->stop, true);
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	wire_zmq_close(&s->wire);
}

static int rule_ok(unsigned n) { (void)n; return BASSIN__V1__REPLY_CODE__OK; }
static int rule_refuse(unsigned n) { (void)n; return BASSIN__V1__REPLY_CODE__REFUSED; }
static int rule_standby(unsigned n) { (void)n; return BASSIN__V1__REPLY_CODE__NOT_ACTIVE; }
static int rule_storm(unsigned n) { return n < 3 ? BASSIN__V1__REPLY_CODE__UNAVAILABLE : BASSIN__V1__REPLY_CODE__OK; }
static int rule_silent(unsigned n) { (void)n; return -1; }
static int rule_deaf_once(unsigned n) { return n == 0 ? -1 : BASSIN__V1__REPLY_CODE__OK; }

/* ---- the play ------------------------------------------------------------------------------------------------------- */
static int
open_all(void **state)
{
	struct key_why why;

	(void)state;
	play_open(&play);
	play_key(&play, "matching", ROLE_MATCHING, "", &service_key);
	play_key(&play, "alice", ROLE_COLLEGE, "cegep-sample", &alice);
	play_key(&play, "stranger", ROLE_COLLEGE, "cegep-other", &stranger);
	assert_int_equal(keyring_revoke(play.keyring, "stranger", &why), 0);
	assert_int_equal(keyring_open(play.keyring, &keyring, &why), 0);
	assert_int_equal(zap_start(keyring, &zap), 0);
	arena = arena_new(1 * MiB);
	return arena == NULL;
}

static int
close_all(void **state)
{
	(void)state;
	arena_destroy(&arena);
	zap_stop(&zap);
	keyring_close(&keyring);
	play_close(&play);
	return 0;
}

static const char *
free_endpoint(void)
{
	static char endpoints[4][64];
	static unsigned turn;
	char *endpoint = endpoints[turn++ % 4];

	(void)snprintf(endpoint, sizeof endpoints[0], "tcp://127.0.0.1:%d", play_port());
	return endpoint;
}

static struct client *
client_at(const char *endpoints, const char *who, int64_t patience_ms)
{
	char text[512], key[128];
	const char *why;
	struct client *c;

	(void)snprintf(text, sizeof text, "matching %s\nalice tcp://127.0.0.1:1\n", endpoints);
	play_write(play.directory, text);
	(void)snprintf(key, sizeof key, "%s.key", who);
	const struct client_settings settings = { .directory = play.directory, .keyring = play.keyring,
		                                  .key_file = play_path(&play, key), .patience_ms = patience_ms, .window = 8 };
	if (client_new(&settings, &c, &why) != CLIENT_OK)
		fail_msg("%s", why);
	assert_string_equal(why, "");
	return c;
}

static enum client_result
ask(struct client *c, struct client_answer *out)
{
	Bassin__V1__RoundAsk m = BASSIN__V1__ROUND_ASK__INIT;

	arena_reset(arena);
	m.round = (char *)(uintptr_t)"round";
	return client_ask(c, "matching", BASSIN__V1__COMMAND_TYPE__ROUND_SHOW, &m.base, arena, out);
}

static void
a_command_is_answered(void **state)
{
	struct server s;
	struct client_answer a;

	(void)state;
	server_start(&s, free_endpoint(), rule_ok);
	struct client *c = client_at(s.endpoint, "alice", 5000);
	assert_int_equal(ask(c, &a), CLIENT_OK);
	assert_int_equal(a.code, BASSIN__V1__REPLY_CODE__OK);
	assert_int_equal(a.size, 4);
	assert_memory_equal(a.payload, "said", 4);
	assert_null(a.refusal);
	assert_int_equal(s.frames, 1);
	assert_true(id_equal(&a.id, &s.ids[0]) && id_is_uuid7(&a.id));
	assert_true(s.ttls[0] > 0 && s.ttls[0] <= 5000);
	client_destroy(&c);
	server_stop(&s);
}

static void
a_refusal_is_the_callers(void **state)
{
	struct server s;
	struct client_answer a;

	(void)state;
	server_start(&s, free_endpoint(), rule_refuse);
	struct client *c = client_at(s.endpoint, "alice", 5000);
	assert_int_equal(ask(c, &a), CLIENT_OK);
	assert_int_equal(a.code, BASSIN__V1__REPLY_CODE__REFUSED);
	assert_string_equal(a.refusal->field, "title");
	client_destroy(&c);
	server_stop(&s);
}

static void
bad_weather_is_asked_again_with_the_same_id(void **state)
{
	struct server s;
	struct client_answer a;

	(void)state;
	server_start(&s, free_endpoint(), rule_storm);
	struct client *c = client_at(s.endpoint, "alice", 10000);
	assert_int_equal(ask(c, &a), CLIENT_OK);
	assert_int_equal(a.code, BASSIN__V1__REPLY_CODE__OK);
	assert_int_equal(s.frames, 4);
	for (int i = 1; i < 4; i++)
		assert_true(id_equal(&s.ids[0], &s.ids[i]) && s.ttls[i] < s.ttls[0]);
	client_destroy(&c);
	server_stop(&s);
}

static void
the_active_instance_is_found_and_kept(void **state)
{
	struct server standby, active;
	struct client_answer a;
	char both[160];

	(void)state;
	server_start(&standby, free_endpoint(), rule_standby);
	server_start(&active, free_endpoint(), rule_ok);
	(void)snprintf(both, sizeof both, "%s,%s", standby.endpoint, active.endpoint);
	struct client *c = client_at(both, "alice", 10000);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(ask(c, &a), CLIENT_OK);
		assert_int_equal(a.code, BASSIN__V1__REPLY_CODE__OK);
	}
	assert_int_equal(active.frames, 5);
	assert_true(standby.frames <= 1);
	client_destroy(&c);
	server_stop(&standby);
	server_stop(&active);
}

/* The server takes both commands, answers none, dies and comes back with another mind. */
static void *
restart(void *self)
{
	struct server *s = self;
	char endpoint[64];

	while (atomic_load(&s->frames) < 2)
		(void)poll(NULL, 0, 2);
	memcpy(endpoint, s->endpoint, sizeof endpoint);
	server_stop(s);
	server_start(s, endpoint, rule_ok);
	return NULL;
}

static void
a_server_that_comes_back_gets_the_same_command(void **state)
{
	struct server s;
	struct client_answer a;
	struct id ids[2];
	pthread_t restarter;

	(void)state;
	server_start(&s, free_endpoint(), rule_silent);
	struct client *c = client_at(s.endpoint, "alice", 20000);
	for (int i = 0; i < 2; i++)
		assert_int_equal(client_send(c, "matching", BASSIN__V1__COMMAND_TYPE__ROUND_LIST, NULL, &ids[i]), CLIENT_OK);
	assert_int_equal(pthread_create(&restarter, NULL, restart, &s), 0);
	int64_t since = clock_mono_ms();
	arena_reset(arena);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(client_next(c, arena, &a), CLIENT_OK);
		assert_true(id_equal(&a.id, &ids[0]) || id_equal(&a.id, &ids[1]));
	}
	assert_true(clock_mono_ms() - since < 4500);            /* by the broken connection, not by the silence */
	assert_int_equal(pthread_join(restarter, NULL), 0);
	client_destroy(&c);
	server_stop(&s);
}

static void
silence_is_asked_again(void **state)
{
	struct server s;
	struct client_answer a;

	(void)state;
	server_start(&s, free_endpoint(), rule_deaf_once);
	struct client *c = client_at(s.endpoint, "alice", 20000);
	assert_int_equal(ask(c, &a), CLIENT_OK);
	assert_int_equal(s.frames, 2);
	assert_true(id_equal(&s.ids[0], &s.ids[1]));
	client_destroy(&c);
	server_stop(&s);
}

static void
patience_ends(void **state)
{
	struct client_answer a;
	struct client *c = client_at(free_endpoint(), "alice", 300);

	(void)state;
	int64_t since = clock_mono_ms();
	assert_int_equal(ask(c, &a), CLIENT_UNREACHABLE);
	assert_true(id_is_uuid7(&a.id));
	assert_true(clock_mono_ms() - since >= 300 && clock_mono_ms() - since < 3000);
	client_destroy(&c);
}

static void
a_refused_key_is_told_at_once(void **state)
{
	struct server s;
	struct client_answer a;

	(void)state;
	server_start(&s, free_endpoint(), rule_ok);
	struct client *c = client_at(s.endpoint, "stranger", 20000);
	int64_t since = clock_mono_ms();
	assert_int_equal(ask(c, &a), CLIENT_KEY_REFUSED);
	assert_true(clock_mono_ms() - since < 3000);
	assert_int_equal(s.frames, 0);
	assert_int_equal(ask(c, &a), CLIENT_KEY_REFUSED);
	client_destroy(&c);
	server_stop(&s);
}

static void
many_commands_are_in_flight_at_once(void **state)
{
	struct server s;
	struct client_answer a;
	struct id ids[50];
	size_t known = 0;

	(void)state;
	server_start(&s, free_endpoint(), rule_ok);
	struct client *c = client_at(s.endpoint, "alice", 10000);
	assert_true(client_has_room(c));
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		assert_int_equal(client_send(c, "matching", BASSIN__V1__COMMAND_TYPE__ROUND_LIST, NULL, &ids[i]), CLIENT_OK);
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		arena_reset(arena);
		assert_int_equal(client_next(c, arena, &a), CLIENT_OK);
		for (size_t j = 0; j < COUNT_OF(ids); j++)
			known += id_equal(&ids[j], &a.id);
	}
	assert_int_equal(known, COUNT_OF(ids));
	assert_int_equal(s.frames, COUNT_OF(ids));
	client_destroy(&c);
	server_stop(&s);
}

static void
wrong_settings_are_told(void **state)
{
	struct client *c;
	struct client_answer a;
	const char *why;
	struct id id;
	struct client_settings settings = { .directory = play.directory, .keyring = play.keyring,
		                            .key_file = play_path(&play, "nobody.key"), .patience_ms = 100, .window = 1 };

	(void)state;
	assert_int_equal(client_new(&settings, &c, &why), CLIENT_SETTINGS);
	assert_null(c);
	assert_non_null(strstr(why, "nobody.key"));
	c = client_at("tcp://127.0.0.1:1", "alice", 100);
	assert_int_equal(client_send(c, "notifications", BASSIN__V1__COMMAND_TYPE__STATUS, NULL, &id), CLIENT_SETTINGS);
	/* In the directory, and known, but a person: nobody sends her commands. */
	assert_int_equal(client_ask(c, "alice", BASSIN__V1__COMMAND_TYPE__STATUS, NULL, arena, &a), CLIENT_SETTINGS);
	client_destroy(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_answered),
		cmocka_unit_test(a_refusal_is_the_callers),
		cmocka_unit_test(bad_weather_is_asked_again_with_the_same_id),
		cmocka_unit_test(the_active_instance_is_found_and_kept),
		cmocka_unit_test(a_server_that_comes_back_gets_the_same_command),
		cmocka_unit_test(silence_is_asked_again),
		cmocka_unit_test(patience_ends),
		cmocka_unit_test(a_refused_key_is_told_at_once),
		cmocka_unit_test(many_commands_are_in_flight_at_once),
		cmocka_unit_test(wrong_settings_are_told),
	};

	return play_end(cmocka_run_group_tests(tests, open_all, close_all));
}
