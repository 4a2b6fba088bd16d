/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A learner's line in words. She is spoken to, which is plain and has no gender. Whatever is said is taken from the
 * instance and from what the outcome says; where the two cannot both be, the line does not hold.
 */
#include "verifier/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "verifier/judge.h"

/* A key with the lottery number itself, since one line does not call for everybody's place in the lottery. */
struct full_key {
	uint32_t priority;
	int32_t learner;
	uint64_t lottery;
};

struct words {
	struct judge v;
	FILE *to;
	bool french;
	int32_t i; /* she */
	int32_t result; /* where she stands at the end of the ranked phase */
	size_t stop; /* her lines above that */
	int64_t *ahead; /* by line: others before her there; [her lines] */
	bool keys; /* a key has been told */
};

static void __attribute__((format(printf, 2, 4), format(printf, 3, 4)))
say(const struct words *w, const char *english, const char *french, ...)
{
	va_list args;

	va_start(args, french);
	if (w->french)
		vfprintf(w->to, french, args);
	else
		vfprintf(w->to, english, args);
	va_end(args);
}

static struct full_key
full_key(const struct words *w, int32_t learner, uint32_t priority)
{
	return (struct full_key){ priority, learner, w->v.e->lottery[learner] };
}

static bool
key_before(const struct full_key *a, const struct full_key *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->lottery != b->lottery ? a->lottery < b->lottery : a->learner < b->learner;
}

static const struct engine_line *
lines(const struct words *w)
{
	return w->v.e->rankings.line + w->v.e->rankings.off[w->i];
}

/* ---- who was ahead ----------------------------------------------------------------------------------------------- */
static int32_t
result_of(const struct words *w, const int32_t *posting_of_slot, int32_t i)
{
	int32_t slot = w->v.claim->pool.slot_of[i];

	return slot == ENGINE_NONE ? ENGINE_NONE : posting_of_slot[slot];
}

/* Somebody else wants posting j, with this priority there: one more before her? */
static void
count_one(struct words *w, const int32_t *line_of, int32_t other, int32_t j, uint32_t priority)
{
	if (line_of[j] == ENGINE_NONE || priority == ENGINE_REFUSED)
		return;
	struct full_key hers = full_key(w, w->i, lines(w)[line_of[j]].priority), key = full_key(w, other, priority);
	w->ahead[line_of[j]] += key_before(&key, &hers);
}

static void
count_other(struct words *w, const int32_t *line_of, int32_t other, int32_t result)
{
	const struct engine_rankings *r = &w->v.e->rankings;

	for (size_t k = r->off[other]; k < r->off[other + 1]; k++) {
		count_one(w, line_of, other, r->line[k].posting, r->line[k].priority);
		if (r->line[k].posting == result)
			return;
	}
	if (result != ENGINE_NONE)
		count_one(w, line_of, other, result, priority_of(&w->v, other, result));
}

static int
count_ahead(struct words *w)
{
	const struct engine_instance *e = w->v.e;
	const int32_t *off = w->v.claim->pool.slot_off;
	int32_t *line_of = malloc(((size_t)e->n_postings + 1) * sizeof *line_of);
	int32_t *posting_of_slot = malloc(((size_t)off[e->n_postings] + 1) * sizeof *posting_of_slot);
	int rc = line_of == NULL || posting_of_slot == NULL ? -1 : 0;

	for (int32_t j = 0; rc == 0 && j < e->n_postings; j++) {
		line_of[j] = ENGINE_NONE;
		for (int32_t slot = off[j]; slot < off[j + 1]; slot++)
			posting_of_slot[slot] = j;
	}
	for (size_t k = 0; rc == 0 && k < line_count(&w->v, w->i); k++)
		line_of[lines(w)[k].posting] = (int32_t)k;
	for (int32_t other = 0; rc == 0 && other < e->n_learners; other++)
		if (other != w->i && w->v.fixed_at[other] == ENGINE_NONE)
			count_other(w, line_of, other, result_of(w, posting_of_slot, other));
	if (rc == 0)
		w->result = result_of(w, posting_of_slot, w->i);
	free(line_of);
	free(posting_of_slot);
	return rc;
}

/* ---- why not ----------------------------------------------------------------------------------------------------- */
static bool
given_after_all(struct words *w, int32_t j)
{
	return report_violation(
	    w->v.report, REPORT_POOL, "blocking_pair",
	    "learner \"%s\" comes before a cut-off of \"%s\", which she ranked higher than what she got",
	    "l'élève « %s » passe devant un seuil de « %s », offre classée plus haut que ce qui lui est donné",
	    SHOWN(learner_id(&w->v, w->i)), SHOWN(posting_id(&w->v, j)));
}

static void
say_key(const struct words *w, int32_t tier, int32_t fit, uint64_t lottery)
{
	say(w, "tier %d, fit %d, lottery %016" PRIx64, "rang %d, convenance %d, tirage %016" PRIx64, tier + 1, fit,
	    lottery);
}

static void
name_kind(const struct words *w, const char *group)
{
	if (group == NULL)
		say(w, "        open seats: ", "        places ouvertes : ");
	else
		say(w, "        seats reserved for %s: ", "        places réservées à %s : ", SHOWN(group));
}

/* One kind of slot against her key. */
static bool
explain_kind(struct words *w, int32_t j, int32_t kind, const char *group, const struct full_key *hers)
{
	const struct claim_cutoff *cut = &w->v.claim->pool.cutoffs[CLAIM_KIND(w->v.e, j, kind)];
	bool member, worst_member;
	struct full_key worst;

	name_kind(w, group);
	if (cut->state == CLAIM_CLOSED) {
		say(w, "all held by learners on their endowed seats\n",
		    "toutes tenues par des élèves à qui elles revenaient\n");
		return true;
	}
	if (cut->state == CLAIM_FREE)
		return given_after_all(w, j);
	worst = (struct full_key){ ENGINE_PRIORITY(cut->tier, cut->fit), cut->learner, cut->lottery };
	member =
	    group != NULL && is_member(&w->v, w->i, w->v.e->reserves.entry[w->v.e->reserves.off[j] + (size_t)kind].to);
	worst_member = group != NULL && is_member(&w->v, cut->learner,
	                                          w->v.e->reserves.entry[w->v.e->reserves.off[j] + (size_t)kind].to);
	if (member == worst_member ? key_before(hers, &worst) : member)
		return given_after_all(w, j);
	say(w, "the last was given at ", "la dernière a été donnée à ");
	say_key(w, cut->tier, cut->fit, cut->lottery);
	if (!member && worst_member)
		say(w, " to a member of the group, which you are not\n",
		    " à un membre du groupe, dont vous n'êtes pas\n");
	else
		say(w, "; you come after that\n", " ; vous passez après\n");
	return true;
}

/* Slots of each kind that has any, against her key. */
static bool
explain_kinds(struct words *w, int32_t j, const struct full_key *hers, const int32_t *sizes, int32_t n)
{
	bool any = false;

	for (int32_t step = 0; step < n; step++) {
		int32_t kind = kind_filled(&w->v, j, step, n);
		const char *group =
		    kind + 1 == n ?
			NULL :
			w->v.in->group_ids[w->v.e->reserves.entry[w->v.e->reserves.off[j] + (size_t)kind].to];

		if (sizes[kind] == 0)
			continue;
		any = true;
		if (!explain_kind(w, j, kind, group, hers))
			return false;
	}
	if (!any)
		say(w, "        it had no seat to give: none was offered, or direct offers had taken them all\n",
		    "        aucune place n'y était à donner : aucune n'était offerte, ou des offres directes les "
		    "avaient prises\n");
	return true;
}

static int32_t
seats_of(const struct words *w, int32_t j)
{
	int32_t seats = w->v.e->capacity[j];

	for (size_t k = 0; k < w->v.e->n_fixed; k++)
		seats -= w->v.e->fixed[k].posting == j;
	return seats;
}

static bool
explain_line(struct words *w, const struct engine_line *line)
{
	struct full_key hers = full_key(w, w->i, line->priority);
	int32_t j = line->posting, n;
	size_t kinds = w->v.e->reserves.off[j + 1] - w->v.e->reserves.off[j] + 1;
	int32_t *sizes;
	bool holds;

	if (w->v.claim->endowment[w->i] == j)
		return report_violation(
		    w->v.report, REPORT_POOL, "endowment_lost",
		    "learner \"%s\" stands below \"%s\", where she has first claim on a seat",
		    "l'élève « %s » se trouve plus bas que chez « %s », où une place lui revient d'abord",
		    SHOWN(learner_id(&w->v, w->i)), SHOWN(posting_id(&w->v, j)));
	if (line->priority == ENGINE_REFUSED) {
		say(w, "not given: the employer did not accept your application\n",
		    "non obtenue : l'employeur n'a pas retenu votre candidature\n");
		return true;
	}
	w->keys = true;
	say(w, "not given; your key there is ", "non obtenue ; votre clé y est ");
	say_key(w, ENGINE_PRIORITY_TIER(line->priority), ENGINE_PRIORITY_FIT(line->priority), hers.lottery);
	say(w, "; ahead of you: %lld\n", " ; devant vous : %lld\n", (long long)w->ahead[line - lines(w)]);
	sizes = malloc(kinds * sizeof *sizes);
	if (sizes == NULL)
		return report_no_memory(w->v.report);
	n = kind_sizes(&w->v, j, seats_of(w, j), sizes);
	holds = explain_kinds(w, j, &hers, sizes, n);
	free(sizes);
	return holds;
}

/* ---- her list ---------------------------------------------------------------------------------------------------- */
static bool
say_list(struct words *w)
{
	size_t n = line_count(&w->v, w->i);
	const int32_t *tier = w->v.in->ranking_tier + w->v.e->rankings.off[w->i];

	if (n == 0) {
		say(w, "You ranked no posting.\n", "Vous n'avez classé aucune offre.\n");
		return true;
	}
	say(w, "What you ranked, best first (a better tier comes first, then a higher fit, then the id):\n",
	    "Ce que vous avez classé, du meilleur au moins bon (le rang d'abord, puis la convenance, puis "
	    "l'identifiant) :\n");
	for (size_t k = 0; k < n; k++) {
		say(w, "  %3zu. %s (your tier %d): ", "  %3zu. %s (votre rang %d) : ", k + 1,
		    SHOWN(posting_id(&w->v, lines(w)[k].posting)), tier[k] + 1);
		if (w->v.fixed_at[w->i] != ENGINE_NONE)
			say(w, "not asked for, your place was agreed beforehand\n",
			    "non demandée, votre place était convenue d'avance\n");
		else if (k < w->stop && !explain_line(w, &lines(w)[k]))
			return false;
		else if (k == w->stop)
			say(w, "this one is yours\n", "celle-ci est à vous\n");
		else if (k > w->stop)
			say(w, "not needed, you have one that you ranked higher\n",
			    "inutile, vous en avez une classée plus haut\n");
	}
	if (w->keys)
		say(w,
		    "A key is the employer's tier (1 comes first), then the fit (1000 comes first), then the lottery "
		    "number "
		    "(the smallest comes first).\n",
		    "Une clé, c'est le rang chez l'employeur (1 d'abord), puis la convenance (1000 d'abord), puis le "
		    "numéro du "
		    "tirage (le plus petit d'abord).\n");
	return true;
}

/* ---- what she got ------------------------------------------------------------------------------------------------ */
static void
say_place(const struct words *w, const struct claim_run *run, int32_t i)
{
	const char *posting = run->by[i] == CLAIM_NOWHERE ? "" : SHOWN(posting_id(&w->v, run->posting[i]));

	switch ((enum claim_by)run->by[i]) {
	case CLAIM_NOWHERE: say(w, "no place\n", "aucune place\n"); break;
	case CLAIM_FIXED:
		say(w, "%s, by a direct offer that was agreed beforehand\n",
		    "%s, par une offre directe convenue d'avance\n", posting);
		break;
	case CLAIM_RANKED: say(w, "%s, by the rankings\n", "%s, par les classements\n", posting); break;
	case CLAIM_ASSIGNED: say(w, "%s, by assignment\n", "%s, par affectation\n", posting); break;
	}
}

static void
say_places(const struct words *w)
{
	const struct judge *v = &w->v;
	int32_t endowment = v->claim->endowment[w->i];

	say(w, "In the pool: ", "Dans le bassin : ");
	say_place(w, &v->claim->pool, w->i);
	if (v->fixed_at[w->i] == ENGINE_NONE && v->held_at[w->i] == ENGINE_NONE &&
	    v->e->learner_college[w->i] != ENGINE_NONE) {
		say(w, "With your college alone: ", "Avec votre seul établissement : ");
		say_place(w, &v->claim->alone, w->i);
	}
	if (endowment != ENGINE_NONE && v->held_at[w->i] != ENGINE_NONE)
		say(w, "You held a place at %s before; it stayed yours unless you could have better.\n",
		    "Vous aviez déjà une place chez %s ; elle vous restait, à moins de mieux.\n",
		    SHOWN(posting_id(v, endowment)));
	else if (endowment != ENGINE_NONE)
		say(w,
		    "That place at %s with your college alone was yours in the pool too, unless you could have "
		    "better.\n",
		    "Cette place chez %s avec votre seul établissement vous revenait aussi dans le bassin, à moins "
		    "de mieux.\n",
		    SHOWN(posting_id(v, endowment)));
}

static void
say_reason(const struct words *w)
{
	switch ((enum claim_reason)w->v.claim->reason[w->i]) {
	case CLAIM_NO_REASON: break;
	case CLAIM_NOTHING_RANKED:
		say(w, "Why: you ranked nothing, and you are not to be assigned.\n",
		    "Pourquoi : vous n'avez rien classé, et il n'est pas prévu de vous affecter.\n");
		break;
	case CLAIM_NOT_ELIGIBLE:
		say(w, "Why: no posting was open to you, neither by the rankings nor by assignment.\n",
		    "Pourquoi : aucune offre ne vous était ouverte, ni par les classements ni par affectation.\n");
		break;
	case CLAIM_OUTRANKED:
		say(w, "Why: all you ranked was filled by others with better keys, and you are not to be assigned.\n",
		    "Pourquoi : tout ce que vous avez classé a été pourvu par de meilleures clés, et il n'est pas "
		    "prévu de vous "
		    "affecter.\n");
		break;
	case CLAIM_NO_SEAT:
		say(w, "Why: no seat was left to assign that fits you, even if others had moved.\n",
		    "Pourquoi : il ne restait à affecter aucune place qui vous convienne, même en déplaçant d'autres "
		    "élèves.\n");
		break;
	}
}

/* ---- does it hold? ----------------------------------------------------------------------------------------------- */
static bool
holds(const struct words *w, bool condition)
{
	return condition ||
	       report_violation(w->v.report, REPORT_POOL, "placement",
	                        "the outcome contradicts itself, or the instance, about learner \"%s\"",
	                        "le résultat se contredit, ou contredit l'instance, à propos de l'élève « %s »",
	                        SHOWN(learner_id(&w->v, w->i)));
}

/* Her placement, her slot and her reason agree. */
static bool
check_place(const struct words *w)
{
	const struct claim *c = w->v.claim;
	int32_t i = w->i, fixed = w->v.fixed_at[i];
	bool listed = w->result != ENGINE_NONE && w->stop < line_count(&w->v, i);
	enum claim_by by = (enum claim_by)c->pool.by[i];

	return holds(w, (by == CLAIM_NOWHERE) == (c->reason[i] != CLAIM_NO_REASON)) &&
	       holds(w, (by == CLAIM_FIXED) == (fixed != ENGINE_NONE)) &&
	       holds(w, fixed == ENGINE_NONE || (c->pool.posting[i] == fixed && w->result == ENGINE_NONE)) &&
	       holds(w, (by == CLAIM_RANKED) == listed) && holds(w, !listed || c->pool.posting[i] == w->result) &&
	       holds(w, c->endowment[i] == ENGINE_NONE || by != CLAIM_NOWHERE) &&
	       holds(w, !listed || lines(w)[w->stop].priority != ENGINE_REFUSED || c->endowment[i] == w->result);
}

/* Where she was outranked, the outcome counts as we do. */
static bool
check_ahead(const struct words *w)
{
	const struct claim *c = w->v.claim;
	size_t at = c->at_off[w->i], end = c->at_off[w->i + 1];

	if (c->reason[w->i] != CLAIM_OUTRANKED)
		return true;
	for (size_t k = 0; k < line_count(&w->v, w->i); k++) {
		if (lines(w)[k].priority == ENGINE_REFUSED)
			continue;
		if (!holds(w, at < end && c->at[at].posting == lines(w)[k].posting && c->at[at].ahead == w->ahead[k]))
			return false;
		at++;
	}
	return holds(w, at == end);
}

static void
write_line(struct words *w)
{
	int32_t college = w->v.e->learner_college[w->i];

	if (college == ENGINE_NONE)
		say(w, "Learner %s\n", "Élève %s\n", SHOWN(learner_id(&w->v, w->i)));
	else
		say(w, "Learner %s of college %s\n", "Élève %s de l'établissement %s\n", SHOWN(learner_id(&w->v, w->i)),
		    SHOWN(w->v.in->college_ids[college]));
	say_places(w);
	say_reason(w);
	if (!say_list(w) || !check_ahead(w))
		return;
	if (w->keys)
		say(w,
		    "Your line holds: by these cut-offs, nothing that you ranked higher could have been given to "
		    "you.\n",
		    "Votre ligne tient : selon ces seuils, rien de ce que vous avez classé plus haut ne pouvait vous "
		    "revenir.\n");
	else
		say(w, "Your line holds.\n", "Votre ligne tient.\n");
}

static int
put_into_words(struct words *w)
{
	if (!judge_digest(&w->v))
		return 0;
	if (count_ahead(w) != 0)
		return -1;
	w->stop = 0;
	while (w->stop < line_count(&w->v, w->i) &&
	       (w->result == ENGINE_NONE || lines(w)[w->stop].posting != w->result))
		w->stop++;
	if (check_place(w))
		write_line(w);
	return 0;
}

static void
find_pairs(int32_t *at, int32_t n, const struct engine_pair *pairs, size_t n_pairs)
{
	for (int32_t i = 0; i < n; i++)
		at[i] = ENGINE_NONE;
	for (size_t k = 0; k < n_pairs; k++)
		at[pairs[k].learner] = pairs[k].posting;
}

int
words_of_learner(const struct instance *in, const struct claim *claim, int32_t learner, bool french, char **text,
                 struct verifier_report *report)
{
	const struct engine_instance *e = &in->engine;
	struct words w = { .v = { .in = in, .e = e, .claim = claim, .report = report },
		           .french = french,
		           .i = learner };
	size_t size = 0, n = (size_t)e->n_learners;
	int rc = -1;

	*text = NULL;
	*report = (struct verifier_report){ .verdict = VERIFIER_ACCEPTED, .condition = "" };
	w.v.fixed_at = malloc(n * sizeof *w.v.fixed_at);
	w.v.held_at = malloc(n * sizeof *w.v.held_at);
	w.ahead = calloc(line_count(&w.v, learner) + 1, sizeof *w.ahead);
	w.to = open_memstream(text, &size);
	if (w.v.fixed_at != NULL && w.v.held_at != NULL && w.ahead != NULL && w.to != NULL) {
		find_pairs(w.v.fixed_at, e->n_learners, e->fixed, e->n_fixed);
		find_pairs(w.v.held_at, e->n_learners, e->held, e->n_held);
		rc = put_into_words(&w);
	}
	if (w.to != NULL && (ferror(w.to) | fclose(w.to)) != 0)
		rc = -1;
	if (report->verdict == VERIFIER_NO_MEMORY)
		rc = -1;
	if (rc != 0) {
		free(*text);
		*text = NULL;
	}
	free(w.v.fixed_at);
	free(w.v.held_at);
	free(w.ahead);
	return rc;
}
