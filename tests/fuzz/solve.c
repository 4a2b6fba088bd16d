/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as the decisions that make a round: sizes, then for each learner, posting and pair a byte or two. Every input
 * is a sound round, so that what is explored is the solver: by one thread and by three it gives the same bytes, and
 * the verifier, which shares nothing with it, accepts them.
 */
#include "fuzz.h"

enum { MOST_LEARNERS = 24, MOST_POSTINGS = 12, COLLEGES = 4, GROUPS = 4, NO = -1 };

struct bytes {
	const uint8_t *at;
	size_t left;
};

/* 0 .. n - 1; the end of the input is all zeros. */
static int
next(struct bytes *b, int n)
{
	if (b->left == 0)
		return 0;
	b->left--;
	return *b->at++ % n;
}

static const char *
name(char text[8], char kind, int number)
{
	snprintf(text, 8, "%c%d", kind, number);
	return text;
}

struct making {
	struct draft *draft;
	struct bytes *b;
	int learners, postings, left[MOST_POSTINGS];
	int32_t learner[MOST_LEARNERS], posting[MOST_POSTINGS];
};

static const char *
college(struct making *m, char text[8])
{
	int which = next(m->b, COLLEGES);

	return which == 0 ? NULL : name(text, 'c', which);
}

static void
make_posting(struct making *m, int p)
{
	char id[8], at[8], group[8];
	int flags = next(m->b, 256), first = flags >> 4 & 3, count = flags >> 6;

	m->left[p] = next(m->b, 8) == 7 ? next(m->b, 256) : next(m->b, 4);
	m->posting[p] =
	    draft_posting(m->draft, name(id, 'p', p), college(m, at), m->left[p], flags & 1, flags & 2, flags & 4);
	for (int k = 0; k < count; k++)
		draft_reserve(m->draft, m->posting[p], name(group, 'g', (first + k) % GROUPS), next(m->b, 4));
}

static void
make_learner(struct making *m, int l)
{
	char id[8], at[8], group[8];
	int flags = next(m->b, 256), need = flags & 1 ? next(m->b, 100) : 0;

	m->learner[l] = draft_learner(m->draft, name(id, 'l', l), college(m, at), need, flags & 6);
	for (int g = 0; g < GROUPS; g++)
		if (flags >> (4 + g) & 1)
			draft_group(m->draft, m->learner[l], name(group, 'g', g));
}

/* One byte says which of three rows there are, and their tiers; fit takes one or two more. */
static void
make_pair(struct making *m, int l, int p)
{
	int rows = next(m->b, 256);

	if (rows & 1)
		draft_ranking(m->draft, m->learner[l], rows >> 3 & 3, m->posting[p]);
	if (rows & 2)
		draft_choice(m->draft, m->posting[p], rows >> 5 & 3, m->learner[l]);
	if (rows & 4)
		draft_fit(m->draft, m->learner[l], m->posting[p],
		          rows >> 7 ? next(m->b, 250) * 4 + next(m->b, 5) : 500);
}

/* Beforehand: a byte above 200 fixes her somewhere, above 150 she holds a seat, where one is left. */
static void
make_beforehand(struct making *m, int l)
{
	int what = next(m->b, 256), p = m->postings == 0 ? NO : what % m->postings;

	if (what <= 150 || p == NO || m->left[p] == 0)
		return;
	m->left[p]--;
	if (what > 200)
		draft_fixed(m->draft, m->learner[l], m->posting[p]);
	else
		draft_held(m->draft, m->learner[l], m->posting[p]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { .at = data, .left = size };
	struct making m = { .b = &b };
	struct instance_flaw flaw;
	struct instance *in;
	char seed[8];

	m.learners = next(&b, MOST_LEARNERS + 1);
	m.postings = next(&b, MOST_POSTINGS + 1);
	m.draft = draft_new(name(seed, 's', next(&b, 256)), next(&b, 4) != 3);
	REQUIRE(m.draft != NULL, "no memory");
	for (int p = 0; p < m.postings; p++)
		make_posting(&m, p);
	for (int l = 0; l < m.learners; l++)
		make_learner(&m, l);
	for (int l = 0; l < m.learners; l++)
		make_beforehand(&m, l);
	for (int l = 0; l < m.learners; l++)
		for (int p = 0; p < m.postings; p++)
			make_pair(&m, l, p);
	REQUIRE(draft_seal(&m.draft, &in, &flaw) == 0, flaw.text);
	fuzz_solve(in);
	instance_destroy(&in);
	return 0;
}
