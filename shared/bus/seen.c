/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/seen.h"

#include <string.h>

/* The last bytes of a UUIDv7 are random. */
static size_t
slot_of(const struct seen *s, const struct id *id)
{
	uint32_t hash;

	memcpy(&hash, id->bytes + ID_SIZE - sizeof hash, sizeof hash);
	size_t at = hash % COUNT_OF(s->slots);
	while (!id_is_zero(&s->slots[at]) && !id_equal(&s->slots[at], id))
		at = (at + 1) % COUNT_OF(s->slots);
	return at;
}

static bool
is_greater(const struct id *a, const struct id *b)
{
	return memcmp(a->bytes, b->bytes, ID_SIZE) > 0;
}

void
seen_reset(struct seen *self, const struct id *floor)
{
	self->floor = self->greatest = *floor;
	if (self->count > 0)            /* else it is zero already, and takes no memory */
		memset(self->slots, 0, sizeof self->slots);
	self->count = 0;
}

void
seen_add(struct seen *self, const struct id *id)
{
	if (is_greater(id, &self->greatest))
		self->greatest = *id;
	if (self->count == SEEN_MAX)
		seen_reset(self, &self->greatest);
	if (!is_greater(id, &self->floor))
		return;
	size_t at = slot_of(self, id);
	self->count += id_is_zero(&self->slots[at]);
	self->slots[at] = *id;
}

bool
seen_is_new(const struct seen *self, const struct id *id)
{
	return is_greater(id, &self->floor) && id_is_zero(&self->slots[slot_of(self, id)]);
}
