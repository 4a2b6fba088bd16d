/* SPDX-License-Identifier: Apache-2.0 */
/* What all our ZeroMQ sockets have in common: one context, ceilings, heartbeats, no lingering. */
#ifndef BUS_SOCKET_H
#define BUS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/compiler.h"

#define BUS_ZAP_DOMAIN "bassin"
#define BUS_UPWARD_MAX_BYTES   (4 * MiB)     /* bus.proto: a larger frame costs the peer its connection */
#define BUS_DOWNWARD_MAX_BYTES (8 * MiB)
#define BUS_WINDOW_MAX 64                    /* commands in flight on one connection */

/* The process's one context (CZMQ's, whose actors share it). Signal handlers stay ours. Never NULL. */
void *bus_context(void);

/* A socket with our options; NULL: no memory, or too many sockets. Close it with zmq_close. */
void *bus_socket_new(int type, int64_t max_bytes) MUST_CHECK;

bool bus_socket_int(void *socket, int option, int value) MUST_CHECK;
bool bus_socket_text(void *socket, int option, const char *value) MUST_CHECK;

#endif
