/* SPDX-License-Identifier: Apache-2.0 */
/* A small round in which everything happens, its right outcome, and ways to spoil that in one place. */
#ifndef TEST_VERIFIER_PLAY_H
#define TEST_VERIFIER_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>

#include "instance.h"
#include "outcome.h"
#include "verifier/verifier.h"

/*
 * Alone, ana gets north's reserved seat at p1 and bea an open one; south assigns eva to p3. In the pool cho moves from the
 * seat that she held at p1 up to p2, dee takes that seat, jon is outranked; gil joins eva at p3, fay goes to p5.
 */
static const char PLAY[] =
    "{\"seed\":\"vérification\",\"learners\":["
    "{\"id\":\"ana\",\"college\":\"north\",\"ranking\":[[\"p1\"],[\"p2\"]],\"groups\":[\"g\"],\"assignable\":false},"
    "{\"id\":\"bea\",\"college\":\"north\",\"ranking\":[[\"p1\"],[\"p2\"]],\"assignable\":false},"
    "{\"id\":\"cho\",\"college\":\"south\",\"ranking\":[[\"p2\"],[\"p1\"]],\"assignable\":false},"
    "{\"id\":\"dee\",\"college\":\"south\",\"ranking\":[[\"p1\",\"p2\"]],\"assignable\":false,\"tier\":1},"
    "{\"id\":\"eva\",\"college\":\"south\",\"tier\":2},"
    "{\"id\":\"fay\",\"college\":\"north\",\"ranking\":[[\"p1\"]]},"
    "{\"id\":\"gil\",\"college\":\"north\"},"
    "{\"id\":\"hal\",\"ranking\":[[\"p4\"]],\"assignable\":false},"
    "{\"id\":\"ida\",\"college\":\"south\",\"assignable\":false},"
    "{\"id\":\"jon\",\"college\":\"south\",\"ranking\":[[\"p1\"]],\"assignable\":false},"
    "{\"id\":\"kim\",\"college\":\"north\",\"ranking\":[[\"p5\"]],\"assignable\":false},"
    "{\"id\":\"leo\"}],"
    "\"postings\":["
    "{\"id\":\"p1\",\"college\":\"north\",\"capacity\":3,\"ranking\":[[\"cho\"],[\"bea\",\"ana\",\"dee\"]],"
    "\"reserves\":[{\"group\":\"g\",\"seats\":1}]},"
    "{\"id\":\"p2\",\"college\":\"south\",\"capacity\":1,\"ranking\":[[\"ana\"],[\"cho\"]],\"accepts_unranked\":false,"
    "\"assignable\":false},"
    "{\"id\":\"p3\",\"college\":\"south\",\"capacity\":2},"
    "{\"id\":\"p4\",\"capacity\":1,\"ranking\":[[\"hal\"]]},"
    "{\"id\":\"p5\",\"college\":\"south\",\"capacity\":2,\"accepts_unranked\":false}],"
    "\"fit\":[[\"ana\",\"p1\",400],[\"bea\",\"p1\",300],[\"eva\",\"p3\",700],[\"fay\",\"p3\",500],[\"fay\",\"p5\",100],"
    "[\"gil\",\"p3\",650],[\"gil\",\"p1\",20],[\"leo\",\"p3\",10],[\"dee\",\"p1\",900]],"
    "\"fixed\":[[\"hal\",\"p4\"]],\"held\":[[\"cho\",\"p1\"]]}";

static inline struct instance *
play_instance(const char *json)
{
	struct instance_flaw flaw;
	struct instance *in;

	assert_true(sodium_init() >= 0);
	if (instance_read(json, strlen(json), &in, &flaw) != 0)
		fail_msg("%s: %s", flaw.code, flaw.text);
	return in;
}

/* The outcome that the engine gives; the caller frees. */
static inline char *
play_outcome(const struct instance *in)
{
	struct json_text_buffer b = { .max = 16 * MiB };
	char digest[2 * INSTANCE_DIGEST_SIZE + 1];
	struct engine_outcome *out;

	assert_int_equal(engine_solve(&in->engine, 1, &out), ENGINE_OK);
	instance_digest(in, digest);
	assert_int_equal(outcome_write(in, out, digest, json_keep, &b), 0);
	assert_int_equal(json_keep(&b, "", 1), 0);
	engine_outcome_destroy(&out);
	return b.bytes;
}

/* The condition that a text breaks, "" when it is accepted. Whatever is refused is so in words, in both languages. */
static inline const char *
play_judge(const struct instance *in, const char *text, size_t size)
{
	struct verifier_report r;

	verifier_judge_bytes(in, text, size, &r);
	assert_int_equal(r.verdict, r.condition[0] == '\0' ? VERIFIER_ACCEPTED : VERIFIER_VIOLATION);
	assert_int_equal(r.text[0] == '\0', r.condition[0] == '\0');
	assert_int_equal(r.text_fr[0] == '\0', r.condition[0] == '\0');
	assert_null(strchr(r.text, '\n'));
	return r.condition;
}

/* The value at "certificate.pool.postings[0]"; *parent and *last say where it hangs. */
static inline json_t *
play_find(json_t *root, const char *path, json_t **parent, char last[64], size_t *index)
{
	json_t *at = root;

	*parent = NULL;
	while (*path != '\0') {
		size_t n = strcspn(path, ".[]");

		*parent = at;
		if (n == 0) {
			path++;
			continue;
		}
		snprintf(last, 64, "%.*s", (int)n, path);
		if (json_is_array(at)) {
			*index = strtoul(last, NULL, 10);
			at = json_array_get(at, *index);
		} else {
			at = json_object_get(at, last);
		}
		path += n;
		while (*path == ']' || *path == '.' || *path == '[')
			path++;
	}
	return at;
}

/* One change: at path, the new value (JSON), or what stands there removed (NULL); "+" before it: put in before. */
static inline void
play_spoil(json_t *root, const char *path, const char *value)
{
	bool insert = value != NULL && value[0] == '+';
	json_t *parent, *new = NULL;
	char last[64] = "";
	size_t index = 0;

	(void)play_find(root, path, &parent, last, &index);
	if (value != NULL)
		assert_non_null(new = json_loads(value + insert, JSON_DECODE_ANY, NULL));
	if (json_is_array(parent))
		assert_int_equal(new == NULL ? json_array_remove(parent, index) :
		                 insert      ? json_array_insert_new(parent, index, new) :
		                               json_array_set_new(parent, index, new),
		                 0);
	else
		assert_int_equal(new == NULL ? json_object_del(parent, last) : json_object_set_new(parent, last, new),
		                 0);
}

#endif
