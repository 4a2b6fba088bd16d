/* SPDX-License-Identifier: Apache-2.0 */
/* Reading results, all of them in binary format. A column of another type than asked for is a bug of the statement. */
#include "store/store_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	OID_BOOL = 16, OID_BYTEA = 17, OID_NAME = 19, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25,
	OID_JSON = 114, OID_TEXTS = 1009, OID_BPCHAR = 1042, OID_VARCHAR = 1043, OID_UUID = 2950
};

struct rows *
rows_keep(struct rows **list, PGresult *r)
{
	struct rows *rows = malloc(sizeof *rows);

	if (rows == NULL) {
		PQclear(r);
		return NULL;
	}
	rows->result = r;
	rows->next = *list;
	*list = rows;
	return rows;
}

void
rows_free(struct rows **list)
{
	while (*list != NULL) {
		struct rows *r = *list;
		*list = r->next;
		PQclear(r->result);
		free(r);
	}
}

int
rows_count(const struct rows *r)
{
	return PQntuples(r->result);
}

/* The value's bytes, NULL for SQL NULL. */
static const uint8_t *
cell(const struct rows *r, int row, int column, int *size)
{
	BUG_IF(row < 0 || row >= PQntuples(r->result) || column < 0 || column >= PQnfields(r->result));
	BUG_IF(PQfformat(r->result, column) != 1);
	if (PQgetisnull(r->result, row, column))
		return NULL;
	*size = PQgetlength(r->result, row, column);
	return (const uint8_t *)PQgetvalue(r->result, row, column);
}

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool
rows_is_null(const struct rows *r, int row, int column)
{
	int size;

	return cell(r, row, column, &size) == NULL;
}

int64_t
rows_int(const struct rows *r, int row, int column)
{
	int size = 0;
	const uint8_t *at = cell(r, row, column, &size);
	Oid type = PQftype(r->result, column);

	BUG_IF(type != OID_INT8 && type != OID_INT4 && type != OID_INT2 && type != OID_BOOL);
	if (at == NULL)
		return 0;
	switch (size) {
	case 1: return at[0];
	case 2: return (int16_t)(at[0] << 8 | at[1]);
	case 4: return (int32_t)get32(at);
	default:
		BUG_IF(size != 8);
		return (int64_t)((uint64_t)get32(at) << 32 | get32(at + 4));
	}
}

bool
rows_bool(const struct rows *r, int row, int column)
{
	return rows_int(r, row, column) != 0;
}

const char *
rows_text(const struct rows *r, int row, int column)
{
	int size;
	const uint8_t *at = cell(r, row, column, &size);

	switch (PQftype(r->result, column)) {
	case OID_TEXT: case OID_VARCHAR: case OID_BPCHAR: case OID_NAME: case OID_JSON:
		return at != NULL ? (const char *)at : "";   /* libpq ends every value with a NUL */
	default:
		bug_found(__FILE__, __LINE__, "the column is text");
	}
}

struct bytes
rows_bytes(const struct rows *r, int row, int column)
{
	int size = 0;
	const uint8_t *at = cell(r, row, column, &size);

	return (struct bytes){ at, (size_t)size };
}

bool
rows_id(const struct rows *r, int row, int column, struct id *out)
{
	struct bytes b = rows_bytes(r, row, column);

	*out = (struct id){ { 0 } };
	BUG_IF(PQftype(r->result, column) != OID_UUID);
	return b.data != NULL && id_from_bytes(out, b.data, b.size);
}

bool
rows_texts(const struct rows *r, int row, int column, struct arena *a, const char *const **out, size_t *n)
{
	int size = 0;
	const uint8_t *at = cell(r, row, column, &size), *end = at + size;

	BUG_IF(PQftype(r->result, column) != OID_TEXTS);
	*out = NULL;
	*n = 0;
	if (at == NULL || size < 20 || get32(at) == 0)
		return true;                   /* NULL or empty: only the first three words are there */
	BUG_IF(get32(at) != 1);
	size_t count = get32(at + 12);
	BUG_IF(count > (size_t)size / 4);
	const char **texts = arena_zalloc(a, count, sizeof *texts);
	if (texts == NULL)
		return false;
	at += 20;
	for (size_t i = 0; i < count; i++) {
		BUG_IF(end - at < 4);
		uint32_t length = get32(at);
		at += 4;
		if (length == UINT32_MAX)
			continue;
		BUG_IF((size_t)(end - at) < length);
		texts[i] = arena_strndup(a, (const char *)at, length);
		if (texts[i] == NULL)
			return false;
		at += length;
	}
	*out = texts;
	*n = count;
	return true;
}
