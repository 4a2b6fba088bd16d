/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets past the handshake: our ZAP handler (ZeroMQ RFC 27), a thread that answers for every CURVE server socket of
 * this process. It is started before the first bind. A known key gets 200 and its own text as User-Id; anything else 400.
 * It looks at the keyring file again before it refuses somebody, so that a key added a moment ago is let in.
 */
#ifndef BUS_ZAP_H
#define BUS_ZAP_H

#include "bus/keyring.h"

struct zap;

/* The keyring is shared and must outlive the handler. -1: another handler runs already, or no memory. */
int  zap_start(struct keyring *keyring, struct zap **out) MUST_CHECK;
void zap_stop(struct zap **self);       /* NULL-safe */

/* Asks the handler as libzmq does: it must accept this known key and refuse one made just now. Within 2 s. */
bool zap_is_proven(struct zap *z, const char *known_public_key) MUST_CHECK;

struct zap_counts { uint64_t accepted, unknown_key, wrong_mechanism, wrong_domain; };
void zap_counts(const struct zap *z, struct zap_counts *out);

#endif
