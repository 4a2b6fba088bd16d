/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message of the pool as JSON, by its descriptor: names of the .proto, every field also when it has its default,
 * enums by name, 64-bit numbers as numbers, bytes in hexadecimal; of a oneof only the member that is set.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdio.h>
#include "base/compiler.h"

/* A new reference, or NULL without memory. Text that is not UTF-8 becomes null. */
json_t *json_of_message(const ProtobufCMessage *message) MUST_CHECK;

/* Writes value and a line's end, and gives up the reference; NULL is allowed. 0, or -1. */
int json_write(FILE *to, json_t *value) MUST_CHECK;

#endif
