/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over FNV-1a. Codes come from colleges' files, so the hash starts from a number drawn at random. */
#include "intern.h"

#include <string.h>

#include "base/ids.h"

struct intern {
	struct arena *arena;
	uint64_t basis;
	int32_t *slots;                 /* number + 1; 0: free */
	size_t capacity;                /* of slots, a power of two, at least twice the texts */
	const char **texts;
	size_t *sizes;
	size_t n;
};

static uint64_t
hash_of(const struct intern *t, const char *text, size_t size)
{
	uint64_t h = t->basis;

	for (size_t i = 0; i < size; i++)
		h = (h ^ (uint8_t)text[i]) * UINT64_C(1099511628211);
	return h ^ h >> 29;
}

static size_t
slot_of(const struct intern *t, const char *text, size_t size)
{
	size_t slot = hash_of(t, text, size) & (t->capacity - 1);

	for (; t->slots[slot] != 0; slot = (slot + 1) & (t->capacity - 1)) {
		size_t k = (size_t)t->slots[slot] - 1;
		if (t->sizes[k] == size && memcmp(t->texts[k], text, size) == 0)
			break;
	}
	return slot;
}

static int
grow(struct intern *t, size_t capacity)
{
	int32_t *slots = arena_zalloc(t->arena, capacity, sizeof *slots);
	const char **texts = arena_zalloc(t->arena, capacity / 2, sizeof *texts);
	size_t *sizes = arena_zalloc(t->arena, capacity / 2, sizeof *sizes);

	if (slots == NULL || texts == NULL || sizes == NULL)
		return -1;
	if (t->n > 0) {
		memcpy(texts, t->texts, t->n * sizeof *texts);
		memcpy(sizes, t->sizes, t->n * sizeof *sizes);
	}
	t->slots = slots;
	t->texts = texts;
	t->sizes = sizes;
	t->capacity = capacity;
	for (size_t k = 0; k < t->n; k++)
		t->slots[slot_of(t, texts[k], sizes[k])] = (int32_t)k + 1;
	return 0;
}

struct intern *
intern_new(struct arena *a)
{
	struct intern *t = arena_zalloc(a, 1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->arena = a;
	random_of_system(NULL, &t->basis, sizeof t->basis);
	return grow(t, 256) == 0 ? t : NULL;
}

int32_t
intern_add(struct intern *t, const char *text, size_t size)
{
	size_t slot = slot_of(t, text, size);

	if (t->slots[slot] != 0)
		return t->slots[slot] - 1;
	if (t->n == t->capacity / 2) {
		if (t->capacity > INT32_MAX / 4 || grow(t, t->capacity * 2) != 0)
			return -1;
		slot = slot_of(t, text, size);
	}
	char *kept = arena_strndup(t->arena, text, size);
	if (kept == NULL)
		return -1;
	t->texts[t->n] = kept;
	t->sizes[t->n] = size;
	t->slots[slot] = (int32_t)++t->n;
	return (int32_t)t->n - 1;
}

const char *
intern_text(const struct intern *t, int32_t number)
{
	BUG_IF(number < 0 || (size_t)number >= t->n);
	return t->texts[number];
}
