/* SPDX-License-Identifier: Apache-2.0 */
/* See shrink.h. */
#include <stdlib.h>

#include "check.h"
#include "shrink.h"

struct shrinking {
	struct round *r;
	round_test *test;
	void *with;
	char *complaint;
};

/* Keep the changed round if something is wrong with it too; takes it. */
static bool
keep_if_wrong(struct shrinking *s, struct round *changed)
{
	char *complaint;

	round_settle(changed);
	complaint = s->test(changed, s->with);
	if (complaint == NULL) {
		round_destroy(&changed);
		return false;
	}
	free(s->complaint);
	s->complaint = complaint;
	round_destroy(&s->r);
	s->r = changed;
	return true;
}

static bool
set_int(int *field, int value)
{
	bool other = *field != value;

	*field = value;
	return other;
}

static bool
set_groups(struct round_learner *who)
{
	bool other = who->groups != 0;

	who->groups = 0;
	return other;
}

static bool
set_flag(bool *field, bool value)
{
	bool other = *field != value;

	*field = value;
	return other;
}

/* Field number `which` of learner l, as plain as it can be. false: it is already, or there is no such field. */
static bool
plain_learner(struct round_learner *who, int which)
{
	switch (which) {
	case 0: return set_int(&who->fixed, NONE);
	case 1: return set_int(&who->held, NONE);
	case 2: return set_int(&who->need, 0);
	case 3: return set_int(&who->college, NONE);
	case 4: return set_groups(who);
	case 5: return set_flag(&who->assignable, false);
	default: return false;
	}
}

static bool
plain_posting(struct round_posting *it, int which)
{
	switch (which) {
	case 0: return set_int(&it->n_reserves, 0);
	case 1: return it->n_reserves > 1 && set_int(&it->n_reserves, it->n_reserves - 1);
	case 2: return set_flag(&it->reserve_last, false);
	case 3: return set_int(&it->college, NONE);
	case 4: return set_flag(&it->assignable, false);
	case 5: return set_flag(&it->accepts_unranked, true);
	default: return false;
	}
}

enum { LEARNER_FIELDS = 6, POSTING_FIELDS = 6 };

static bool
plainer_fields(struct shrinking *s)
{
	bool any = false;

	for (int k = 0; k < s->r->n * LEARNER_FIELDS; k++) {
		struct round *changed = round_copy(s->r);

		if (plain_learner(&changed->learner[k / LEARNER_FIELDS], k % LEARNER_FIELDS))
			any |= keep_if_wrong(s, changed);
		else
			round_destroy(&changed);
	}
	for (int k = 0; k < s->r->m * POSTING_FIELDS; k++) {
		struct round *changed = round_copy(s->r);

		if (plain_posting(&changed->posting[k / POSTING_FIELDS], k % POSTING_FIELDS))
			any |= keep_if_wrong(s, changed);
		else
			round_destroy(&changed);
	}
	return any;
}

static bool
fewer_people(struct shrinking *s)
{
	bool any = false;

	for (int l = s->r->n - 1; l >= 0; l--)
		any |= keep_if_wrong(s, round_without(s->r, l, NONE));
	for (int p = s->r->m - 1; p >= 0; p--)
		any |= keep_if_wrong(s, round_without(s->r, NONE, p));
	return any;
}

static int16_t *
table(struct round *r, int which)
{
	return which == 0 ? r->wish : which == 1 ? r->choice : r->fit;
}

static bool
fewer_rows(struct shrinking *s)
{
	bool any = false;

	for (int which = 0; which < 3; which++)
		for (int k = 0; k < s->r->n * s->r->m; k++) {
			struct round *changed;

			if (table(s->r, which)[k] == NONE)
				continue;
			changed = round_copy(s->r);
			table(changed, which)[k] = NONE;
			any |= keep_if_wrong(s, changed);
		}
	return any;
}

char *
shrunk_complaint(const struct round *r, round_test *test, void *with, char **complaint)
{
	struct shrinking s = { .r = round_copy(r), .test = test, .with = with, .complaint = *complaint };
	char *instance, *both = NULL;

	*complaint = NULL;
	while (s.r->n <= 60 && (fewer_people(&s) || fewer_rows(&s) || plainer_fields(&s)))
		;
	instance = round_canonical(s.r);
	complain(&both, "%s\nthe smallest such instance: %s", s.complaint, instance);
	free(instance);
	free(s.complaint);
	round_destroy(&s.r);
	return both;
}
