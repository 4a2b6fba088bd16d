/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing; a slot answers most questions by itself, by the 24 bits of the hash that it carries. */
#include "names.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "engine/pages.h"

/* SLACK: NULs behind the last text, and bytes before the first, so that no entry begins at 0. */
enum { FEW = 32, SLACK = 16 };

/* Before each text in bytes. */
struct entry {
	int32_t number;
	uint16_t size;
} __attribute__((packed));

static bool
same(const char *a, const char *b, size_t size)
{
	if (size < 8)
		return size == 0 || names_load_few(a, size) == names_load_few(b, size);
	for (size_t k = 0; k + 8 < size; k += 8)
		if (names_load8(a + k) != names_load8(b + k))
			return false;
	return names_load8(a + size - 8) == names_load8(b + size - 8);
}

void
names_init(struct names *t, int32_t max)
{
	*t = (struct names){ .max = max, .used = SLACK };
	random_of_system(NULL, t->secret, sizeof t->secret);
	for (size_t k = 1; k < COUNT_OF(t->secret); k++)
		t->secret[k] |= 1; /* a factor */
}

void
names_clear(struct names *t)
{
	free(t->slots);
	free(t->bytes);
	free(t->name);
	*t = (struct names){ .max = t->max, .used = SLACK };
}

char *
names_take_texts(struct names *t)
{
	char *bytes = t->bytes;

	t->bytes = NULL;
	names_clear(t);
	return bytes;
}

const char *
names_text(const struct names *t, int32_t number)
{
	BUG_IF(number < 0 || number >= t->n);
	return t->bytes + t->name[number].at;
}

static uint64_t
slot_of(uint64_t hash, size_t at)
{
	return hash >> NAMES_OFFSET_BITS << NAMES_OFFSET_BITS | (at - sizeof(struct entry));
}

static int
grow_slots(struct names *t)
{
	size_t n = t->n_slots == 0 ? 1024 : t->n_slots * 2;
	uint64_t *slots = pages_zero(n, sizeof *slots);

	if (slots == NULL)
		return -1;
	free(t->slots);
	t->slots = slots;
	t->n_slots = n;
	for (int32_t k = 0; k < t->n; k++) {
		const char *text = t->bytes + t->name[k].at;
		struct entry e;
		uint64_t hash;
		size_t slot;

		memcpy(&e, text - sizeof e, sizeof e);
		hash = names_hash(t, text, e.size);
		for (slot = hash & (n - 1); slots[slot] != 0; slot = (slot + 1) & (n - 1))
			;
		slots[slot] = slot_of(hash, t->name[k].at);
	}
	return 0;
}

/* The same bytes with more room, or NULL, and then they stay where they are. */
static void *
grown(void *from, size_t used, size_t room)
{
	void *to = pages_take(room, 1);

	if (to == NULL)
		return NULL;
	if (from != NULL)
		memcpy(to, from, used);
	free(from);
	return to;
}

/* Room for one more id of size bytes. */
static int
make_room(struct names *t, size_t size)
{
	size_t want = t->used + sizeof(struct entry) + size + 1 + SLACK;

	if ((size_t)t->n * 2 >= t->n_slots && grow_slots(t) != 0)
		return -1;
	if (want > t->room) {
		size_t room = want * 2 + 4096;
		char *bytes = grown(t->bytes, t->used + SLACK - 1, room);

		if (bytes == NULL)
			return -1;
		t->bytes = bytes;
		t->room = room;
	}
	if ((size_t)t->n == t->name_room) {
		size_t room = t->name_room == 0 ? 512 : t->name_room * 2;
		struct name *name = grown(t->name, (size_t)t->n * sizeof *name, room * sizeof *name);

		if (name == NULL)
			return -1;
		t->name = name;
		t->name_room = room;
	}
	return 0;
}

static int32_t
add_new(struct names *t, const char *text, size_t size, uint64_t hash, struct json_place where)
{
	struct entry e = { t->n, (uint16_t)size };
	size_t slot, at;

	if (t->n == t->max)
		return NAMES_FULL;
	BUG_IF(size > UINT16_MAX);
	if (make_room(t, size) != 0)
		return NAMES_NO_MEMORY;
	at = t->used + sizeof e;
	memcpy(t->bytes + t->used, &e, sizeof e);
	memcpy(t->bytes + at, text, size);
	memset(t->bytes + at + size, 0, SLACK); /* its NUL, and what looking 8 bytes ahead finds */
	t->used = at + size + 1;
	for (slot = hash & (t->n_slots - 1); t->slots[slot] != 0; slot = (slot + 1) & (t->n_slots - 1))
		;
	t->slots[slot] = slot_of(hash, at);
	t->name[t->n] = (struct name){ at, where, -1 };
	return t->n++;
}

int32_t
names_add_hashed(struct names *t, const char *text, size_t size, uint64_t hash, struct json_place where)
{
	const uint64_t offset_mask = (UINT64_C(1) << NAMES_OFFSET_BITS) - 1;
	size_t mask = t->n_slots - 1;

	for (size_t slot = hash & mask; t->n_slots > 0 && t->slots[slot] != 0; slot = (slot + 1) & mask) {
		const char *at = t->bytes + (t->slots[slot] & offset_mask);
		struct entry e;

		if ((t->slots[slot] ^ hash) >> NAMES_OFFSET_BITS != 0)
			continue;
		memcpy(&e, at, sizeof e);
		if (e.size == size && same(at + sizeof e, text, size))
			return e.number;
	}
	return add_new(t, text, size, hash, where);
}

int32_t
names_add(struct names *t, const char *text, size_t size, struct json_place where)
{
	return names_add_hashed(t, text, size, names_hash(t, text, size), where);
}

/* ---- sorting ----------------------------------------------------------------------------------------------------- */
/* A number and 8 bytes of its text, the first one on top; NULs behind the end. */
struct key {
	uint64_t prefix;
	int32_t number;
};

static uint64_t
prefix_of(const char *text)
{
	uint64_t w = le64toh(names_load8(text));
	uint64_t nul = (w - UINT64_C(0x0101010101010101)) & ~w & UINT64_C(0x8080808080808080);

	if (nul != 0)
		w &= (nul & -nul) / 0x80 - 1;
	return __builtin_bswap64(w);
}

static const char *
text_of(const struct names *t, const struct key *k, size_t from)
{
	return t->bytes + t->name[k->number].at + from;
}

static void
sort_few(const struct names *t, struct key *keys, size_t n, size_t from)
{
	for (size_t k = 1; k < n; k++) {
		struct key moving = keys[k];
		size_t to = k;

		for (; to > 0 && (keys[to - 1].prefix > moving.prefix ||
		                  (keys[to - 1].prefix == moving.prefix &&
		                   strcmp(text_of(t, &keys[to - 1], from), text_of(t, &moving, from)) > 0));
		     to--)
			keys[to] = keys[to - 1];
		keys[to] = moving;
	}
}

/* By prefix alone: byte by byte from the last, passing over bytes that are the same everywhere. */
static void
sort_by_prefix(struct key *keys, struct key *other, size_t n)
{
	uint64_t differing = 0;

	for (size_t k = 1; k < n; k++)
		differing |= keys[k].prefix ^ keys[0].prefix;
	for (int shift = 0; shift < 64; shift += 8) {
		size_t start[257] = { 0 };

		if ((differing >> shift & 0xff) == 0)
			continue;
		for (size_t k = 0; k < n; k++)
			start[(keys[k].prefix >> shift & 0xff) + 1]++;
		for (int b = 0; b < 256; b++)
			start[b + 1] += start[b];
		for (size_t k = 0; k < n; k++)
			other[start[keys[k].prefix >> shift & 0xff]++] = keys[k];
		memcpy(keys, other, n * sizeof *keys);
	}
}

/* Texts that share their first `from` bytes, prefixes filled from there. Goes as deep as an eighth of an id's bytes. */
static void
sort_keys(const struct names *t, struct key *keys, struct key *other, size_t n, size_t from)
{
	if (n <= FEW) {
		sort_few(t, keys, n, from);
		return;
	}
	sort_by_prefix(keys, other, n);
	for (size_t first = 0, next; first < n; first = next) {
		for (next = first + 1; next < n && keys[next].prefix == keys[first].prefix; next++)
			;
		if (next - first == 1)
			continue;
		for (size_t k = first; k < next; k++)
			keys[k].prefix = prefix_of(text_of(t, &keys[k], from + 8));
		sort_keys(t, keys + first, other, next - first, from + 8);
	}
}

static bool
is_sorted(const struct names *t, const struct key *keys, size_t n)
{
	for (size_t k = 1; k < n; k++)
		if (keys[k - 1].prefix > keys[k].prefix ||
		    (keys[k - 1].prefix == keys[k].prefix &&
		     strcmp(text_of(t, &keys[k - 1], 0), text_of(t, &keys[k], 0)) > 0))
			return false;
	return true;
}

int
names_sort(const struct names *t, int32_t *numbers, size_t n)
{
	struct key *keys = pages_take(n, sizeof *keys), *other = NULL;
	int rc = -1;

	if (keys == NULL)
		return -1;
	for (size_t k = 0; k < n; k++) {
		keys[k].number = numbers[k];
		keys[k].prefix = prefix_of(text_of(t, &keys[k], 0));
	}
	if (is_sorted(t, keys, n)) {
		rc = 0;
	} else if ((other = pages_take(n, sizeof *other)) != NULL) {
		sort_keys(t, keys, other, n, 0);
		for (size_t k = 0; k < n; k++)
			numbers[k] = keys[k].number;
		rc = 0;
	}
	free(keys);
	free(other);
	return rc;
}
