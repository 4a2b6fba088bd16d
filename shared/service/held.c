/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for and building what is held about a learner. */
#include "service/held.h"

#include <stdio.h>
#include <string.h>
#include "base/refusal.h"
#include "base/text.h"
#include "bus/core_pg.h"
#include "service/rows.h"

#define SECTIONS_MAX 32
#define REFERENCE_MAX 257               /* college/id */
#define ROWS_MAX 20000                  /* of one section; whatever is beyond is said to be so (Table.next) */

struct section {
	Bassin__V1__HeldSection message;
	Bassin__V1__Table table;
	size_t room;
};

struct held {
	struct call *call;
	struct arena *arena;
	struct section sections[SECTIONS_MAX];
	size_t count;
	Bassin__V1__Event **events;
	size_t event_count;
	bool failed;
};

/* ---- asking ------------------------------------------------------------------------------------------------------ */
enum verdict
held_ask_read(struct call *call, struct held_ask *out)
{
	const void *message;
	enum verdict v = message_read(call, &bassin__v1__held_ask__descriptor, &message);
	const Bassin__V1__HeldAsk *m = message;

	if (v != VERDICT_OK)
		return v;
	if (call->who->institution[0] == '\0')
		return call_refuse(call, REFUSAL_NOT_YOURS, "institution", NULL);
	*out = (struct held_ask){ m->learner, m->pool_number, m->external_id, NULL };
	size_t size = strnlen(m->learner, REFERENCE_MAX + 1);
	if (size > REFERENCE_MAX || !text_is_utf8(m->learner, size) || !text_is_printable(m->learner, false))
		return call_refuse(call, REFUSAL_BAD_ID, "learner", "1..257");
	if (m->external_id[0] != '\0' && !text_is_id(m->external_id))
		return call_refuse(call, REFUSAL_BAD_ID, "external_id", "1..128");
	if (m->pool_number[0] != '\0' && !pool_number_is_sound(m->pool_number))
		return call_refuse(call, REFUSAL_BAD_FORMAT, "pool_number", NULL);
	if (m->claim.len == HASH_SIZE)
		out->claim = m->claim.data;
	return VERDICT_OK;
}

void
held_claim(const uint8_t key[POOL_KEY_SIZE], const char *institution, const char *pool_number, uint8_t out[HASH_SIZE])
{
	char bytes[sizeof "held|" + 2 * NAME_MAX_BYTES + 2];
	int size = snprintf(bytes, sizeof bytes, "held|%s/%s", institution, pool_number);

	BUG_IF(size < 0 || (size_t)size >= sizeof bytes);
	digest_256(bytes, (size_t)size, key, POOL_KEY_SIZE, out);
}

/* ---- building ---------------------------------------------------------------------------------------------------- */
struct held *
held_new(struct call *call)
{
	struct held *h = arena_zalloc(call->work->arena, 1, sizeof *h);

	if (h != NULL) {
		h->call = call;
		h->arena = call->work->arena;
	}
	return h;
}

static struct section *
section_begin(struct held *h, const char *name, const char *const *columns, size_t room)
{
	BUG_IF(h->count == SECTIONS_MAX);
	struct section *s = &h->sections[h->count++];

	bassin__v1__held_section__init(&s->message);
	bassin__v1__table__init(&s->table);
	s->message.name = (char *)(uintptr_t)name;
	s->message.table = &s->table;
	s->table.columns = (char **)(uintptr_t)columns;
	while (columns[s->table.n_columns] != NULL)
		s->table.n_columns++;
	s->room = room;
	s->table.rows = arena_zalloc(h->arena, room, sizeof(Bassin__V1__FeedRow *));
	h->failed = h->failed || s->table.rows == NULL;
	return s;
}

/* cells: copied as pointers. */
static void
section_add(struct held *h, struct section *s, const char *const *cells)
{
	Bassin__V1__FeedRow *row = arena_zalloc(h->arena, 1, sizeof *row);
	const char **copies = arena_zalloc(h->arena, s->table.n_columns, sizeof *copies);

	h->failed = h->failed || row == NULL || copies == NULL;
	if (h->failed)
		return;
	if (s->table.n_rows == s->room) {
		s->table.next = (char *)(uintptr_t)"more";
		return;
	}
	bassin__v1__feed_row__init(row);
	for (size_t i = 0; i < s->table.n_columns; i++) {
		copies[i] = cells[i];
		h->failed = h->failed || cells[i] == NULL;
	}
	row->cells = (char **)(uintptr_t)copies;
	row->n_cells = s->table.n_columns;
	s->table.rows[s->table.n_rows++] = row;
}

static const char *
enum_text(struct arena *a, const ProtobufCEnumDescriptor *of, const char *number)
{
	int64_t value;
	const ProtobufCEnumValue *v =
	    text_to_int(number, 0, INT32_MAX, &value) ? protobuf_c_enum_descriptor_get_value(of, (int)value) : NULL;

	return v != NULL ? v->name : arena_strdup(a, number);
}

/* A command and a result stand in stores by their numbers. */
static const char *
cell_text(struct arena *a, const char *column, const char *text)
{
	if (strcmp(column, "command") == 0)
		return enum_text(a, &bassin__v1__command_type__descriptor, text);
	if (strcmp(column, "result") == 0)
		return enum_text(a, &bassin__v1__reply_code__descriptor, text);
	return arena_strdup(a, text);
}

int
held_add(struct held *h, const struct held_part *part, const struct params *p)
{
	struct rows *rows = NULL;
	int result = tx_run(h->call->work->tx, part->sql, p, &rows);

	if (result != STORE_OK || rows_count(rows) == 0)
		return result;
	size_t n = (size_t)rows_count(rows);
	struct section *s = section_begin(h, part->name, part->columns, n < ROWS_MAX ? n : ROWS_MAX);
	const char **cells = arena_zalloc(h->arena, s->table.n_columns, sizeof *cells);
	for (size_t i = 0; i < n && cells != NULL && !h->failed; i++) {
		for (size_t c = 0; c < s->table.n_columns; c++)
			cells[c] = cell_text(h->arena, part->columns[c], rows_text(rows, (int)i, (int)c));
		section_add(h, s, cells);
	}
	return cells == NULL || h->failed ? STORE_RETRY : STORE_OK;
}

int
held_is_own(struct held *h, const struct sql *whose, const char *pool_number, bool *own)
{
	struct params p = params_new(h->arena);
	struct rows *r = NULL;

	*own = false;
	if (pool_number[0] == '\0')
		return STORE_OK;
	param_text(&p, pool_number);
	param_text(&p, h->call->who->institution);
	int result = tx_run(h->call->work->tx, whose, &p, &r);
	*own = result == STORE_OK && rows_bool(r, 0, 0);
	return result;
}

/* ---- what every store holds --------------------------------------------------------------------------------------- */
static int
events_add(struct held *h, const char *pool_number)
{
	const char *contact = arena_printf(h->arena, "learner:%s", pool_number);
	const char *const keys[] = { pool_number, contact };
	struct params p = params_new(h->arena);
	struct rows *rows = NULL;

	param_texts(&p, keys, COUNT_OF(keys));
	int result = contact == NULL ? STORE_RETRY : tx_run(h->call->work->tx, &SQL_core_held_events, &p, &rows);
	if (result != STORE_OK)
		return result;
	size_t n = (size_t)rows_count(rows);
	Bassin__V1__Event *events = arena_zalloc(h->arena, n, sizeof *events);
	h->events = arena_zalloc(h->arena, n, sizeof(Bassin__V1__Event *));
	for (size_t i = 0; i < n && events != NULL && h->events != NULL; i++) {
		struct bytes body = rows_bytes(rows, (int)i, 6);
		Bassin__V1__Event *e = h->events[h->event_count++] = &events[i];
		bassin__v1__event__init(e);
		e->seq = (uint64_t)rows_int(rows, (int)i, 0);
		e->topic = arena_strdup(h->arena, rows_text(rows, (int)i, 1));
		e->key = arena_strdup(h->arena, rows_text(rows, (int)i, 2));
		e->version = (uint64_t)rows_int(rows, (int)i, 3);
		e->type = (Bassin__V1__EventType)rows_int(rows, (int)i, 4);
		e->at_ms = rows_int(rows, (int)i, 5);
		e->body = (ProtobufCBinaryData){ body.size, arena_memdup(h->arena, body.data, body.size) };
		h->failed = h->failed || e->topic == NULL || e->key == NULL || e->body.data == NULL;
	}
	return events == NULL || h->events == NULL || h->failed ? STORE_RETRY : STORE_OK;
}

static const struct held_part audit = { "audit", &SQL_core_held_audit,
	HELD_COLUMNS("at_ms", "principal", "role", "institution", "command", "result") };

static int
audit_add(struct held *h, const char *pool_number)
{
	struct params p = params_new(h->arena);

	param_text(&p, pool_number);
	param_int(&p, ROWS_MAX);
	return held_add(h, &audit, &p);
}

int
held_add_core(struct held *h, const char *pool_number)
{
	int result = events_add(h, pool_number);

	h->call->subject_ids = pool_number;
	return result == STORE_OK ? audit_add(h, pool_number) : result;
}

int
held_add_number(struct held *h, const struct held_part *parts, size_t count, const char *pool_number)
{
	int result = STORE_OK;

	for (size_t i = 0; i < count && result == STORE_OK; i++) {
		struct params p = params_new(h->arena);
		param_text(&p, pool_number);
		result = held_add(h, &parts[i], &p);
	}
	return result == STORE_OK ? held_add_core(h, pool_number) : result;
}

bool
held_is_empty(const struct held *h)
{
	return h->count == 0 && h->event_count == 0;
}

enum verdict
held_answer(struct held *h, const char *pool_number, const char *external_id, const uint8_t *claim)
{
	Bassin__V1__Held m = BASSIN__V1__HELD__INIT;
	Bassin__V1__HeldSection *sections[SECTIONS_MAX];

	if (h->failed)
		return VERDICT_RETRY;
	for (size_t i = 0; i < h->count; i++)
		sections[i] = &h->sections[i].message;
	m.sections = sections;
	m.n_sections = h->count;
	m.events = h->events;
	m.n_events = h->event_count;
	if (pool_number != NULL)
		m.pool_number = (char *)(uintptr_t)pool_number;
	if (external_id != NULL)
		m.external_id = (char *)(uintptr_t)external_id;
	if (claim != NULL)
		m.claim = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)(uintptr_t)claim };
	return call_answer(h->call, &m.base);
}
