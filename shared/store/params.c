/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters in PostgreSQL's binary format: numbers in network order; an array is a header (dimensions, has nulls,
 * element type, size, lower bound) and each element with its length, -1 for NULL. Source: array_recv in PostgreSQL 15.
 */
#include "store/store_priv.h"

#include <limits.h>
#include <string.h>

/* pg_type.h is not a client's header; these numbers are fixed for ever. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_UUID = 2950 };
enum { FORMAT_TEXT = 0, FORMAT_BINARY = 1 };
#define ARRAY_HEADER 20u
#define ARRAY_HEADER_EMPTY 12u

struct params
params_new(struct arena *a)
{
	return (struct params){ .arena = a };
}

static void
param_add(struct params *p, const void *value, size_t size, int format)
{
	if (p->count == PARAMS_MAX || size > INT_MAX) {
		p->failed = true;
		return;
	}
	p->values[p->count] = value;
	p->lengths[p->count] = (int)size;
	p->formats[p->count] = format;
	p->count++;
}

static uint8_t *
put32(uint8_t *at, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = (uint8_t)(v >> shift);
	return at;
}

static uint8_t *
put64(uint8_t *at, uint64_t v)
{
	return put32(put32(at, (uint32_t)(v >> 32)), (uint32_t)v);
}

void
param_int(struct params *p, int64_t v)
{
	uint8_t *bytes = arena_alloc(p->arena, sizeof v);

	if (bytes == NULL) {
		p->failed = true;
		return;
	}
	(void)put64(bytes, (uint64_t)v);
	param_add(p, bytes, sizeof v, FORMAT_BINARY);
}

void
param_int_or_null(struct params *p, int64_t v, bool given)
{
	if (given)
		param_int(p, v);
	else
		param_add(p, NULL, 0, FORMAT_BINARY);
}

void
param_bool(struct params *p, bool v)
{
	static const uint8_t no_yes[] = { 0, 1 };

	param_add(p, &no_yes[v], 1, FORMAT_BINARY);
}

void
param_text(struct params *p, const char *v)
{
	param_add(p, v, 0, FORMAT_TEXT);   /* its length is where its NUL is */
}

void
param_bytes(struct params *p, const void *data, size_t size)
{
	param_add(p, data, size, FORMAT_BINARY);
}

void
param_id(struct params *p, const struct id *v)
{
	param_add(p, v, sizeof v->bytes, FORMAT_BINARY);
}

/*
 * Begins an array of n elements whose data need data_size bytes beside their lengths. NULL: failed, or *done: empty.
 * PostgreSQL allows no array beyond 1 GB; INT_MAX is checked by param_add.
 */
static uint8_t *
array_begin(struct params *p, uint32_t oid, size_t n, size_t data_size, bool nulls)
{
	size_t size = ARRAY_HEADER_EMPTY;

	if (n > INT_MAX / 4 || data_size > INT_MAX) {
		p->failed = true;
		return NULL;
	}
	if (n > 0)
		size = ARRAY_HEADER + 4 * n + data_size;
	uint8_t *bytes = arena_alloc(p->arena, size), *at = bytes;
	if (bytes == NULL) {
		p->failed = true;
		return NULL;
	}
	at = put32(at, n > 0 ? 1 : 0);
	at = put32(at, nulls);
	at = put32(at, oid);
	if (n > 0) {
		at = put32(at, (uint32_t)n);
		at = put32(at, 1);
	}
	param_add(p, bytes, size, FORMAT_BINARY);
	return at;
}

static uint8_t *
array_element(uint8_t *at, const void *data, size_t size)
{
	if (data == NULL)
		return put32(at, UINT32_MAX);
	at = put32(at, (uint32_t)size);
	if (size > 0)
		memcpy(at, data, size);
	return at + size;
}

static size_t
count_given(const bool *given, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += given == NULL || given[i];
	return count;
}

void
param_ints_or_null(struct params *p, const int64_t *v, const bool *given, size_t n)
{
	size_t count = count_given(given, n);
	uint8_t *at = array_begin(p, OID_INT8, n, count > INT_MAX / 8 ? SIZE_MAX : 8 * count, count < n);

	for (size_t i = 0; at != NULL && i < n; i++) {
		if (given == NULL || given[i])
			at = put64(put32(at, 8), (uint64_t)v[i]);
		else
			at = put32(at, UINT32_MAX);
	}
}

void
param_ints(struct params *p, const int64_t *v, size_t n)
{
	param_ints_or_null(p, v, NULL, n);
}

void
param_bools(struct params *p, const bool *v, size_t n)
{
	uint8_t *at = array_begin(p, OID_BOOL, n, n, false);

	for (size_t i = 0; at != NULL && i < n; i++) {
		at = put32(at, 1);
		*at++ = v[i];
	}
}

void
param_ids(struct params *p, const struct id *v, size_t n)
{
	uint8_t *at = array_begin(p, OID_UUID, n, n > INT_MAX / ID_SIZE ? SIZE_MAX : ID_SIZE * n, false);

	for (size_t i = 0; at != NULL && i < n; i++)
		at = array_element(at, v[i].bytes, ID_SIZE);
}

void
param_texts(struct params *p, const char *const *v, size_t n)
{
	size_t total = 0;
	bool nulls = false;

	for (size_t i = 0; i < n && total <= INT_MAX; i++) {
		if (v[i] == NULL)
			nulls = true;
		else
			total += strlen(v[i]);
	}
	uint8_t *at = array_begin(p, OID_TEXT, n, total, nulls);
	for (size_t i = 0; at != NULL && i < n; i++)
		at = array_element(at, v[i], v[i] != NULL ? strlen(v[i]) : 0);
}

void
param_bytess(struct params *p, const struct bytes *v, size_t n)
{
	size_t total = 0;
	bool nulls = false;

	for (size_t i = 0; i < n && total <= INT_MAX; i++) {
		if (v[i].data == NULL)
			nulls = true;
		else
			total += v[i].size <= INT_MAX ? v[i].size : (size_t)INT_MAX + 1;
	}
	uint8_t *at = array_begin(p, OID_BYTEA, n, total, nulls);
	for (size_t i = 0; at != NULL && i < n; i++)
		at = array_element(at, v[i].data, v[i].size);
}
