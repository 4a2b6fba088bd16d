/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical form of an instance (RFC 8785, every default written out), and its digest. */
#include <sodium.h>

#include "instance.h"

/* Entries from..to of one list, in tiers. */
static void
write_tiers(struct json_out *o, const struct engine_rows *r, int32_t list, const char **ids)
{
	json_key(o, "ranking");
	json_open(o, '[');
	for (size_t k = r->off[list]; k < r->off[list + 1]; k++) {
		if (k == r->off[list] || r->value[k] != r->value[k - 1])
			json_open(o, '[');
		json_text(o, ids[r->to[k]]);
		if (k + 1 == r->off[list + 1] || r->value[k + 1] != r->value[k])
			json_close(o, ']');
	}
	json_close(o, ']');
}

static void
write_college(struct json_out *o, const struct instance *in, int32_t college)
{
	json_key(o, "college");
	json_text(o, college == ENGINE_NONE ? NULL : in->college_ids[college]);
}

static void
write_learner(struct json_out *o, const struct instance *in, int32_t i)
{
	const struct engine_instance *e = &in->engine;

	json_open(o, '{');
	json_key(o, "assignable");
	json_bool(o, e->learner_assignable[i]);
	write_college(o, in, e->learner_college[i]);
	json_key(o, "groups");
	json_open(o, '[');
	for (size_t k = e->groups.off[i]; k < e->groups.off[i + 1]; k++)
		json_text(o, in->group_ids[e->groups.to[k]]);
	json_close(o, ']');
	json_key(o, "id");
	json_text(o, in->learner_ids[i]);
	write_tiers(o, &e->rankings, i, in->posting_ids);
	json_key(o, "tier");
	json_number(o, e->learner_need[i]);
	json_close(o, '}');
}

static void
write_reserves(struct json_out *o, const struct instance *in, int32_t j)
{
	const struct engine_rows *r = &in->engine.reserves;

	json_key(o, "reserve_order");
	json_text(o, in->engine.reserve_last[j] ? "last" : "first");
	json_key(o, "reserves");
	json_open(o, '[');
	for (size_t k = r->off[j]; k < r->off[j + 1]; k++) {
		json_open(o, '{');
		json_key(o, "group");
		json_text(o, in->group_ids[r->to[k]]);
		json_key(o, "seats");
		json_number(o, r->value[k]);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void
write_posting(struct json_out *o, const struct instance *in, int32_t j)
{
	const struct engine_instance *e = &in->engine;

	json_open(o, '{');
	json_key(o, "accepts_unranked");
	json_bool(o, e->accepts_unranked[j]);
	json_key(o, "assignable");
	json_bool(o, e->posting_assignable[j]);
	json_key(o, "capacity");
	json_number(o, e->capacity[j]);
	write_college(o, in, e->posting_college[j]);
	json_key(o, "id");
	json_text(o, in->posting_ids[j]);
	write_tiers(o, &e->choices, j, in->learner_ids);
	write_reserves(o, in, j);
	json_close(o, '}');
}

static void
write_fit(struct json_out *o, const struct instance *in)
{
	const struct engine_rows *r = &in->engine.fit;

	json_key(o, "fit");
	json_open(o, '[');
	for (int32_t i = 0; i < in->engine.n_learners; i++)
		for (size_t k = r->off[i]; k < r->off[i + 1]; k++) {
			json_open(o, '[');
			json_text(o, in->learner_ids[i]);
			json_text(o, in->posting_ids[r->to[k]]);
			json_number(o, r->value[k]);
			json_close(o, ']');
		}
	json_close(o, ']');
}

static void
write_pairs(struct json_out *o, const struct instance *in, const char *key, const struct engine_pair *pairs, size_t n)
{
	json_key(o, key);
	json_open(o, '[');
	for (size_t k = 0; k < n; k++) {
		json_open(o, '[');
		json_text(o, in->learner_ids[pairs[k].learner]);
		json_text(o, in->posting_ids[pairs[k].posting]);
		json_close(o, ']');
	}
	json_close(o, ']');
}

int
instance_write(const struct instance *in, json_sink *sink, void *to)
{
	const struct engine_instance *e = &in->engine;
	struct json_out o;

	json_out_init(&o, sink, to);
	json_open(&o, '{');
	write_fit(&o, in);
	write_pairs(&o, in, "fixed", e->fixed, e->n_fixed);
	json_key(&o, "guarantee");
	json_bool(&o, e->guarantee);
	write_pairs(&o, in, "held", e->held, e->n_held);
	json_key(&o, "learners");
	json_open(&o, '[');
	for (int32_t i = 0; i < e->n_learners; i++)
		write_learner(&o, in, i);
	json_close(&o, ']');
	json_key(&o, "postings");
	json_open(&o, '[');
	for (int32_t j = 0; j < e->n_postings; j++)
		write_posting(&o, in, j);
	json_close(&o, ']');
	json_key(&o, "seed");
	json_text(&o, in->seed);
	json_close(&o, '}');
	return json_out_finish(&o);
}

static int
hash_sink(void *to, const char *bytes, size_t size)
{
	return crypto_generichash_update(to, (const unsigned char *)bytes, size);
}

void
instance_digest(const struct instance *in, char hex[2 * INSTANCE_DIGEST_SIZE + 1])
{
	crypto_generichash_state state;
	unsigned char hash[INSTANCE_DIGEST_SIZE];

	BUG_IF(crypto_generichash_init(&state, NULL, 0, sizeof hash) != 0 ||
	    instance_write(in, hash_sink, &state) != 0 || crypto_generichash_final(&state, hash, sizeof hash) != 0);
	sodium_bin2hex(hex, 2 * INSTANCE_DIGEST_SIZE + 1, hash, sizeof hash);
}
