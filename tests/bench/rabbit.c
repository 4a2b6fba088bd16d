/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same events through RabbitMQ: a producer publishes persistent messages to a quorum queue, with confirms (so many on
 * their way at once), a consumer commits them to its own database in batches and then acknowledges each batch at once.
 *   rabbit PORT CONNINFO EVENTS BATCH     stdout: seconds from the first publish until the last is committed and confirmed
 * The producer keeps no state of its own, which is less than ours does.
 */
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/store.h"

#define QUEUE "events"
#define CHANNEL 1
#define UNCONFIRMED_MAX 20000
#define BATCH_MAX 4000
#define PREFETCH 20000
#define KEY_BYTES 32

static const struct sql effect_copy = { "effect_copy", "COPY effect (key, title) FROM STDIN (FORMAT binary)" };
static const struct sql *const statements[] = { &effect_copy, NULL };
static const struct sql *const *const lists[] = { statements, NULL };

static void
die(const char *what)
{
	fprintf(stderr, "rabbit: %s\n", what);
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
replied(amqp_connection_state_t c, const char *what)
{
	if (amqp_get_rpc_reply(c).reply_type != AMQP_RESPONSE_NORMAL)
		die(what);
}

static amqp_connection_state_t
connected(int port)
{
	amqp_connection_state_t c = amqp_new_connection();
	amqp_socket_t *socket = amqp_tcp_socket_new(c);

	if (socket == NULL || amqp_socket_open(socket, "127.0.0.1", port) != 0 ||
	    amqp_login(c, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest").reply_type != AMQP_RESPONSE_NORMAL)
		die("not connected");
	(void)amqp_channel_open(c, CHANNEL);
	replied(c, "no channel");
	return c;
}

static void
queue_declare(amqp_connection_state_t c)
{
	amqp_table_entry_t entry = { .key = amqp_cstring_bytes("x-queue-type") };

	entry.value.kind = AMQP_FIELD_KIND_UTF8;
	entry.value.value.bytes = amqp_cstring_bytes("quorum");
	amqp_table_t arguments = { .num_entries = 1, .entries = &entry };
	(void)amqp_queue_declare(c, CHANNEL, amqp_cstring_bytes(QUEUE), 0, 1, 0, 0, arguments);
	replied(c, "no queue");
}

/* ---- the producer --------------------------------------------------------------------------------------------------- */
/* Reads confirms: all that have come, or, with wait, at least one. How many messages are confirmed so far. */
static uint64_t
confirms_read(amqp_connection_state_t c, uint64_t confirmed, bool wait)
{
	const struct timeval none = { 0, 0 }, *timeout = wait ? NULL : &none;
	amqp_frame_t frame;

	while (amqp_simple_wait_frame_noblock(c, &frame, timeout) == AMQP_STATUS_OK) {
		if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD)
			die("not confirmed");
		const amqp_basic_ack_t *ack = frame.payload.method.decoded;
		/* With `multiple` all up to it; single ones come in any order, so that the number counts. */
		confirmed = ack->multiple ? ack->delivery_tag : confirmed + 1;
		timeout = &none;
		amqp_maybe_release_buffers(c);
	}
	return confirmed;
}

static void
publish(amqp_connection_state_t c, uint64_t number)
{
	char text[160];
	amqp_basic_properties_t properties = { ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG, .delivery_mode = 2 };
	int size = snprintf(text, sizeof text, "college-%llu/stage-%012llu %s", (unsigned long long)(number % 7),
	                    (unsigned long long)number,
	                    "Stage en techniques de l'informatique, hiver 2027, Sherbrooke et environs, 37,5 heures");

	if (amqp_basic_publish(c, CHANNEL, amqp_empty_bytes, amqp_cstring_bytes(QUEUE), 0, 0, &properties,
	                       (amqp_bytes_t){ (size_t)size, text }) != AMQP_STATUS_OK)
		die("not published");
}

static void
produce(int port, uint64_t events)
{
	amqp_connection_state_t c = connected(port);
	uint64_t confirmed = 0;

	(void)amqp_confirm_select(c, CHANNEL);
	replied(c, "no confirms");
	for (uint64_t sent = 0; sent < events; sent++) {
		publish(c, sent);
		if (sent % 64 == 0 || sent - confirmed >= UNCONFIRMED_MAX)
			confirmed = confirms_read(c, confirmed, sent - confirmed >= UNCONFIRMED_MAX);
	}
	while (confirmed < events)
		confirmed = confirms_read(c, confirmed, true);
	(void)amqp_connection_close(c, AMQP_REPLY_SUCCESS);
	(void)amqp_destroy_connection(c);
}

/* ---- the consumer --------------------------------------------------------------------------------------------------- */
static void
batch_commit(struct store *s, struct arena *a, const char *const *keys, const char *const *titles, size_t count)
{
	const struct copy_column columns[] = { { .kind = COPY_TEXT, .texts = keys }, { .kind = COPY_TEXT, .texts = titles } };
	struct tx *tx;

	if (tx_begin(s, &tx) != STORE_OK || tx_copy(tx, a, &effect_copy, columns, COUNT_OF(columns), count) != STORE_OK ||
	    tx_commit(&tx) != STORE_OK)
		die("not committed");
}

static uint64_t
message_take(amqp_connection_state_t c, struct arena *a, const char **key, const char **title)
{
	amqp_envelope_t envelope;

	amqp_maybe_release_buffers(c);
	if (amqp_consume_message(c, &envelope, NULL, 0).reply_type != AMQP_RESPONSE_NORMAL)
		die("nothing came");
	char *text = arena_strndup(a, envelope.message.body.bytes, envelope.message.body.len);
	char *blank = text != NULL ? strchr(text, ' ') : NULL;
	if (blank == NULL)
		die("not our message");
	*blank = '\0';
	*key = text;
	*title = blank + 1;
	uint64_t tag = envelope.delivery_tag;
	amqp_destroy_envelope(&envelope);
	return tag;
}

static void
consume(int port, const char *conninfo, uint64_t events, size_t batch)
{
	static const char *keys[BATCH_MAX], *titles[BATCH_MAX];
	const struct store_settings settings = { .conninfo = conninfo, .statement_ms = 10000, .statements = lists };
	struct store *s = store_new(&settings);
	struct arena *a = arena_new(64 * MiB);
	amqp_connection_state_t c = connected(port);

	if (s == NULL || a == NULL || store_connect(s, clock_mono_ms()) != STORE_OK)
		die("no database");
	(void)amqp_basic_qos(c, CHANNEL, 0, PREFETCH, 0);
	replied(c, "no prefetch");
	(void)amqp_basic_consume(c, CHANNEL, amqp_cstring_bytes(QUEUE), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
	replied(c, "no consumer");
	for (uint64_t done = 0; done < events;) {
		uint64_t tag = 0;
		size_t count = 0;
		arena_reset(a);
		while (count < batch && done + count < events) {
			tag = message_take(c, a, &keys[count], &titles[count]);
			count++;
		}
		batch_commit(s, a, keys, titles, count);
		if (amqp_basic_ack(c, CHANNEL, tag, 1) != AMQP_STATUS_OK)
			die("not acknowledged");
		done += count;
	}
	(void)amqp_connection_close(c, AMQP_REPLY_SUCCESS);
	(void)amqp_destroy_connection(c);
	store_destroy(&s);
	arena_destroy(&a);
}

int
main(int argc, char **argv)
{
	int port = argc == 5 ? (int)strtol(argv[1], NULL, 10) : 0, status = 0;
	uint64_t events = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
	size_t batch = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;

	if (port == 0 || events == 0 || batch == 0 || batch > BATCH_MAX)
		die("PORT CONNINFO EVENTS BATCH");
	amqp_connection_state_t c = connected(port);
	queue_declare(c);
	(void)amqp_destroy_connection(c);
	double since = now_s();
	pid_t consumer = fork();
	if (consumer == 0) {
		consume(port, argv[2], events, batch);
		_exit(0);
	}
	if (consumer < 0)
		die("no process");
	produce(port, events);
	if (waitpid(consumer, &status, 0) != consumer || status != 0)
		die("the consumer failed");
	printf("%.6f\n", now_s() - since);
	return 0;
}
