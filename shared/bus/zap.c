/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/zap.h"

#include <czmq.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/log.h"
#include "bus/socket.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define PROOF_WAIT_MS 2000

struct zap {
	struct keyring *keyring;
	zactor_t *actor;
	atomic_bool bound;          /* by the actor: it answers; false again when it has ended */
	atomic_uint_fast64_t accepted, unknown_key, wrong_mechanism, wrong_domain;
};

/* The frames of a request, in their order. */
enum { ASK_VERSION, ASK_ID, ASK_DOMAIN, ASK_ADDRESS, ASK_IDENTITY, ASK_MECHANISM, ASK_KEY, ASK_FRAMES };

/* true: let in, and who in key. */
static bool
judge(struct zap *z, zframe_t *const ask[ASK_FRAMES], char key[KEY_TEXT_SIZE])
{
	struct key_entry entry;

	key[0] = '\0';
	if (!zframe_streq(ask[ASK_DOMAIN], BUS_ZAP_DOMAIN)) {
		atomic_fetch_add(&z->wrong_domain, 1);
		return false;
	}
	if (!zframe_streq(ask[ASK_MECHANISM], "CURVE") || zframe_size(ask[ASK_KEY]) != 32) {
		atomic_fetch_add(&z->wrong_mechanism, 1);
		return false;
	}
	if (zmq_z85_encode(key, zframe_data(ask[ASK_KEY]), 32) == NULL)
		return false;
	keyring_refresh(z->keyring, clock_mono_ms(), false);
	if (!keyring_by_key(z->keyring, key, &entry))
		keyring_refresh(z->keyring, clock_mono_ms(), true);
	if (!keyring_by_key(z->keyring, key, &entry)) {
		atomic_fetch_add(&z->unknown_key, 1);
		return false;
	}
	atomic_fetch_add(&z->accepted, 1);
	return true;
}

/* Always one reply to one request: a REP socket that stays silent would hang every later handshake. */
static void
answer(struct zap *z, zsock_t *handler)
{
	zframe_t *ask[ASK_FRAMES] = { NULL };
	char key[KEY_TEXT_SIZE];
	zmsg_t *msg = zmsg_recv(handler);

	if (msg == NULL)
		return;
	bool sound = zmsg_size(msg) == ASK_FRAMES;
	for (int i = 0; i < ASK_FRAMES && sound; i++) {
		ask[i] = i == 0 ? zmsg_first(msg) : zmsg_next(msg);
		sound = ask[i] != NULL;
	}
	char *id = sound ? zframe_strdup(ask[ASK_ID]) : NULL;
	bool let_in = sound && zframe_streq(ask[ASK_VERSION], "1.0") && judge(z, ask, key);
	(void)zstr_sendx(handler, "1.0", id == NULL ? "1" : id, let_in ? "200" : "400", let_in ? "OK" : "No access",
	                 let_in ? key : "", "", NULL);
	freen(id);
	zmsg_destroy(&msg);
}

static void
run(zsock_t *pipe, void *arg)
{
	struct zap *z = arg;
	zsock_t *handler = zsock_new(ZMQ_REP);
	zpoller_t *poller = NULL;

	if (handler != NULL && zsock_bind(handler, ZAP_ENDPOINT) >= 0)
		poller = zpoller_new(pipe, handler, NULL);
	atomic_store(&z->bound, poller != NULL);
	(void)zsock_signal(pipe, 0);
	while (poller != NULL) {
		void *ready = zpoller_wait(poller, -1);

		if (ready == handler)
			answer(z, handler);
		else if (ready == pipe || zpoller_terminated(poller))
			break;          /* $TERM is all that is ever said here */
	}
	zpoller_destroy(&poller);
	zsock_destroy(&handler);
	atomic_store(&z->bound, false);
}

int
zap_start(struct keyring *keyring, struct zap **out)
{
	struct zap *z = calloc(1, sizeof *z);

	*out = NULL;
	if (z == NULL)
		return -1;
	(void)bus_context();
	z->keyring = keyring;
	z->actor = zactor_new(run, z);
	if (z->actor == NULL || !atomic_load(&z->bound)) {
		zap_stop(&z);
		return -1;
	}
	*out = z;
	return 0;
}

void
zap_stop(struct zap **self)
{
	if (*self == NULL)
		return;
	zactor_destroy(&(*self)->actor);        /* waits until run has returned */
	BUG_IF(atomic_load(&(*self)->bound));
	free(*self);
	*self = NULL;
}

/* ---- the proof ------------------------------------------------------------------------------------------------------ */
static bool
proof_ask(zsock_t *asker, const char *public_key, const char *want_code, const char *want_user)
{
	uint8_t raw[32];
	char *version = NULL, *id = NULL, *code = NULL, *text = NULL, *user = NULL;

	if (zmq_z85_decode(raw, public_key) == NULL)
		return false;
	zmsg_t *msg = zmsg_new();
	bool sent = zmsg_addstr(msg, "1.0") == 0 && zmsg_addstr(msg, "proof") == 0 && zmsg_addstr(msg, BUS_ZAP_DOMAIN) == 0 &&
	            zmsg_addstr(msg, "127.0.0.1") == 0 && zmsg_addstr(msg, "") == 0 && zmsg_addstr(msg, "CURVE") == 0 &&
	            zmsg_addmem(msg, raw, sizeof raw) == 0 && zmsg_send(&msg, asker) == 0;
	zmsg_destroy(&msg);
	bool right = sent && zstr_recvx(asker, &version, &id, &code, &text, &user, NULL) >= 5 && streq(code, want_code) &&
	             streq(id, "proof") && streq(user, want_user);
	zstr_free(&version);
	zstr_free(&id);
	zstr_free(&code);
	zstr_free(&text);
	zstr_free(&user);
	return right;
}

bool
zap_is_proven(struct zap *z, const char *known_public_key)
{
	char stranger[KEY_TEXT_SIZE], secret[KEY_TEXT_SIZE];
	zsock_t *asker = zsock_new(ZMQ_REQ);

	if (asker == NULL || zmq_curve_keypair(stranger, secret) != 0) {
		zsock_destroy(&asker);
		return false;
	}
	explicit_bzero(secret, sizeof secret);
	zsock_set_rcvtimeo(asker, PROOF_WAIT_MS);
	zsock_set_sndtimeo(asker, PROOF_WAIT_MS);
	zsock_set_linger(asker, 0);
	bool proven = zsock_connect(asker, ZAP_ENDPOINT) == 0 && proof_ask(asker, known_public_key, "200", known_public_key) &&
	              proof_ask(asker, stranger, "400", "");
	zsock_destroy(&asker);
	if (proven) {           /* nobody came in, nobody was turned away */
		atomic_fetch_sub(&z->accepted, 1);
		atomic_fetch_sub(&z->unknown_key, 1);
	}
	return proven;
}

void
zap_counts(const struct zap *z, struct zap_counts *out)
{
	*out = (struct zap_counts){ .accepted = atomic_load(&z->accepted), .unknown_key = atomic_load(&z->unknown_key),
		                    .wrong_mechanism = atomic_load(&z->wrong_mechanism),
		                    .wrong_domain = atomic_load(&z->wrong_domain) };
}
