/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One card for each programme that a posting names, sorted by programme, then nearness class, then latitude. A shelf is
 * one programme's cards, and the competencies that they offer most, a bit each: a learner whose needs all have a bit, or
 * are offered by nobody, is compared by counting bits; any other by merging the lists.
 */
#include <stdlib.h>
#include <string.h>

#include "fit_parts.h"
#include "index.h"

enum { BITS = 64, BLOCK = 256 };

/* Where distance does not count, where it cannot be known, and the others. */
enum nearness { REMOTE, PLACE_UNKNOWN, ON_SITE, NEARNESSES };

/* What of a posting decides, in one line of the cache. */
struct card {
	uint64_t asks; /* a bit for its type, those of its weekdays, one for its set of languages */
	uint64_t offers; /* competencies that have a bit on this shelf */
	struct geo_vector place;
	int32_t starts_on, ends_on, hours;
	int32_t latitude_e7; /* of an ON_SITE card, else 0 */
	int32_t posting;
	enum nearness nearness;
};
enum { NO_TYPE = 32, FIRST_WEEKDAY = 33, FIRST_LANGUAGES = 41, SETS_OF_LANGUAGES = 8 }; /* bits of asks */

/* One competency that cards of a shelf offer. */
struct code {
	int32_t code, cards;
	int8_t bit;
}; /* bit < 0: it has none */

struct shelf {
	int32_t programme;
	size_t from[NEARNESSES + 1]; /* its cards, class by class, and where they end */
	size_t codes, n_codes; /* ascending */
};

/* A card before it is sorted. */
struct slip {
	int32_t programme, latitude_e7, posting;
	enum nearness nearness;
};

struct index {
	const struct fit_posting *postings;
	struct card *cards;
	struct shelf *shelves; /* ascending */
	struct code *codes;
	size_t n_cards, n_shelves, n_codes;
};

static int
compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_place(const void *a, const void *b)
{
	const struct slip *x = a, *y = b;
	int c;

	if ((c = compare(x->programme, y->programme)) != 0 || (c = compare(x->nearness, y->nearness)) != 0 ||
	    (c = compare(x->latitude_e7, y->latitude_e7)) != 0)
		return c;
	return compare(x->posting, y->posting);
}

static int
by_code(const void *a, const void *b)
{
	return compare(((const struct code *)a)->code, ((const struct code *)b)->code);
}

static int
most_cards_first(const void *a, const void *b)
{
	const struct code *x = a, *y = b;

	return x->cards != y->cards ? compare(y->cards, x->cards) : compare(x->code, y->code);
}

/* ---- making it --------------------------------------------------------------------------------------------------- */
static struct slip
slip_of(const struct fit_posting *p, size_t posting, int32_t programme)
{
	struct slip s = { .programme = programme, .posting = (int32_t)posting };

	s.nearness = p->remote ? REMOTE : p->has_place ? ON_SITE : PLACE_UNKNOWN;
	s.latitude_e7 = s.nearness == ON_SITE ? p->place.latitude_e7 : 0;
	return s;
}

static uint64_t
bit(unsigned n)
{
	return (uint64_t)1 << n;
}

static uint64_t
asks_of(const struct fit_posting *p)
{
	BUG_IF((p->type & (p->type - 1)) != 0 || p->languages >= SETS_OF_LANGUAGES);
	return (p->type != 0 ? p->type : bit(NO_TYPE)) | (uint64_t)p->weekdays << FIRST_WEEKDAY |
	       bit(FIRST_LANGUAGES + p->languages);
}

/* What of asks the learner cannot give. */
static uint64_t
refusals_of(const struct fit_learner *l)
{
	unsigned speaks = l->languages != 0 ? l->languages : l->own_language;
	uint64_t refusals = l->types != 0 ? ~(uint64_t)l->types & (bit(NO_TYPE + 1) - 1) : 0;

	if (l->weekdays != 0)
		refusals |= (uint64_t)(uint8_t)~l->weekdays << FIRST_WEEKDAY;
	for (unsigned set = 1; set < SETS_OF_LANGUAGES; set++)
		if ((set & speaks) == 0)
			refusals |= bit(FIRST_LANGUAGES + set);
	return refusals;
}

static struct card
card_of(const struct fit_posting *p, const struct slip *s)
{
	return (struct card){ .asks = asks_of(p),
		              .place = geo_vector_of(p->place),
		              .starts_on = p->starts_on,
		              .ends_on = p->ends_on,
		              .hours = p->hours,
		              .latitude_e7 = s->latitude_e7,
		              .posting = s->posting,
		              .nearness = s->nearness };
}

/* Sorted cards, and where each shelf begins. */
static void
cards_lay(struct index *x, const struct slip *slips)
{
	for (size_t k = 0; k < x->n_cards; k++) {
		struct shelf *shelf = &x->shelves[x->n_shelves - (x->n_shelves > 0)];
		if (x->n_shelves == 0 || shelf->programme != slips[k].programme) {
			shelf = &x->shelves[x->n_shelves++];
			*shelf = (struct shelf){ .programme = slips[k].programme };
			for (int c = 0; c <= NEARNESSES; c++)
				shelf->from[c] = k;
		}
		for (int c = slips[k].nearness + 1; c <= NEARNESSES; c++)
			shelf->from[c] = k + 1;
		x->cards[k] = card_of(&x->postings[slips[k].posting], &slips[k]);
	}
}

/* By halves without a branch, since each would be a toss; NULL: nobody offers it. */
static const struct code *
code_find(const struct index *x, const struct shelf *shelf, int32_t code)
{
	const struct code *at = x->codes + shelf->codes;

	if (shelf->n_codes == 0)
		return NULL;
	for (size_t n = shelf->n_codes, half; n > 1; n -= half) {
		half = n / 2;
		at += half * (at[half - 1].code < code);
	}
	return at->code == code ? at : NULL;
}

/* Every code once, with the number of cards that offer it; those that most offer get the bits. */
static void
codes_lay(struct index *x, struct shelf *shelf)
{
	struct code *codes = x->codes + x->n_codes;
	size_t all = 0, n = 0;

	for (size_t k = shelf->from[REMOTE]; k < shelf->from[NEARNESSES]; k++) {
		const struct fit_set *offered = &x->postings[x->cards[k].posting].competencies;
		for (size_t o = 0; o < offered->n; o++)
			codes[all++] = (struct code){ offered->items[o], 1, -1 };
	}
	if (all > 0)
		qsort(codes, all, sizeof *codes, by_code);
	for (size_t k = 0; k < all; k++)
		if (n > 0 && codes[n - 1].code == codes[k].code)
			codes[n - 1].cards++;
		else
			codes[n++] = codes[k];
	if (n > 0)
		qsort(codes, n, sizeof *codes, most_cards_first);
	for (size_t k = 0; k < n && k < BITS; k++)
		codes[k].bit = (int8_t)k;
	if (n > 0)
		qsort(codes, n, sizeof *codes, by_code);
	shelf->codes = x->n_codes;
	shelf->n_codes = n;
	x->n_codes += n;
}

static void
offers_lay(struct index *x, const struct shelf *shelf)
{
	for (size_t k = shelf->from[REMOTE]; k < shelf->from[NEARNESSES]; k++) {
		const struct fit_set *offered = &x->postings[x->cards[k].posting].competencies;
		for (size_t o = 0; o < offered->n; o++) {
			const struct code *c = code_find(x, shelf, offered->items[o]);
			if (c->bit >= 0)
				x->cards[k].offers |= bit((unsigned)c->bit);
		}
	}
}

static struct slip *
slips_of(const struct fit_posting *postings, size_t n, size_t n_cards)
{
	struct slip *slips = malloc((n_cards + 1) * sizeof *slips);
	size_t k = 0;

	if (slips == NULL)
		return NULL;
	for (size_t j = 0; j < n; j++)
		for (size_t c = 0; c < postings[j].programmes.n; c++)
			slips[k++] = slip_of(&postings[j], j, postings[j].programmes.items[c]);
	if (k > 0)
		qsort(slips, k, sizeof *slips, by_place);
	return slips;
}

struct index *
index_new(const struct fit_posting *postings, size_t n)
{
	struct index *x = calloc(1, sizeof *x);
	size_t codes = 0;

	if (x == NULL)
		return NULL;
	x->postings = postings;
	for (size_t j = 0; j < n; j++) {
		x->n_cards += postings[j].programmes.n;
		codes += postings[j].programmes.n * postings[j].competencies.n;
	}
	struct slip *slips = slips_of(postings, n, x->n_cards);
	x->cards = calloc(x->n_cards + 1, sizeof *x->cards);
	x->shelves = calloc(x->n_cards + 1, sizeof *x->shelves);
	x->codes = calloc(codes + 1, sizeof *x->codes);
	if (slips == NULL || x->cards == NULL || x->shelves == NULL || x->codes == NULL) {
		free(slips);
		index_destroy(&x);
		return NULL;
	}
	cards_lay(x, slips);
	free(slips);
	for (size_t k = 0; k < x->n_shelves; k++) {
		codes_lay(x, &x->shelves[k]);
		offers_lay(x, &x->shelves[k]);
	}
	return x;
}

void
index_destroy(struct index **self)
{
	struct index *x = self == NULL ? NULL : *self;

	if (x == NULL)
		return;
	free(x->cards);
	free(x->shelves);
	free(x->codes);
	free(x);
	*self = NULL;
}

/* ---- searching it ------------------------------------------------------------------------------------------------ */
/* One search under way: the learner as cards see her. */
struct search {
	const struct index *x;
	const struct shelf *shelf;
	const struct fit_learner *l;
	index_found *found;
	void *to;
	struct fit_scale scale;
	uint64_t refusals, needs;
	double chord2; /* nobody further off is within her limit */
	struct geo_vector place;
	bool bits_tell; /* needs holds all that she needs and somebody offers */
};

/* How many are set; the processor's own instruction is not on every one that we run on. */
static int32_t
bits_of(uint64_t n)
{
	n -= n >> 1 & 0x5555555555555555;
	n = (n & 0x3333333333333333) + (n >> 2 & 0x3333333333333333);
	n = (n + (n >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (int32_t)(n * 0x0101010101010101 >> 56);
}

static const struct shelf *
shelf_find(const struct index *x, int32_t programme)
{
	size_t low = 0, high = x->n_shelves;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (x->shelves[middle].programme < programme)
			low = middle + 1;
		else
			high = middle;
	}
	return low < x->n_shelves && x->shelves[low].programme == programme ? &x->shelves[low] : NULL;
}

/* The first of the shelf's ON_SITE cards at or north of the latitude. */
static size_t
first_at(const struct search *s, int64_t latitude_e7)
{
	size_t low = s->shelf->from[ON_SITE], high = s->shelf->from[NEARNESSES];

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->x->cards[middle].latitude_e7 < latitude_e7)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
search_init(struct search *s)
{
	const struct fit_learner *l = s->l;

	s->refusals = refusals_of(l);
	s->place = geo_vector_of(l->place);
	s->chord2 = l->max_metres == FIT_NO_LIMIT ? 16 : geo_chord2_limit(l->max_metres);
	s->bits_tell = true;
	for (size_t k = 0; k < l->competencies.n; k++) {
		const struct code *c = code_find(s->x, s->shelf, l->competencies.items[k]);
		if (c != NULL && c->bit >= 0)
			s->needs |= bit((unsigned)c->bit);
		else if (c != NULL)
			s->bits_tell = false;
	}
}

/* The metres as the chord gives them; the chord of a place that nobody knows says nothing. */
static int32_t
card_metres(const struct search *s, const struct card *c, int32_t metres)
{
	if (c->nearness != ON_SITE || !s->l->has_place)
		return -1;
	return metres != GEO_DOUBT ? metres : geo_metres(s->l->place, s->x->postings[c->posting].place);
}

/* A card that may still lie a little too far off. */
static int
card_judge(const struct search *s, const struct card *c, int32_t by_chord)
{
	int32_t metres = card_metres(s, c, by_chord);
	struct fit fit;

	if (s->l->max_metres != FIT_NO_LIMIT && metres > s->l->max_metres)
		return 0;
	if (s->bits_tell)
		fit = fit_of_parts(&s->scale, c->nearness == REMOTE, c->hours, metres, bits_of(s->needs & c->offers));
	else
		fit = fit_of(s->l, &s->x->postings[c->posting], metres, &s->scale.weights);
	return s->found(s->to, (size_t)c->posting, &fit);
}

/* Cards of one block that pass all rules but distance, and that roughly. Everything is worked out for each card, since a
 * guess at the outcome would often be wrong, and step by step for all, so that the processor has several in hand. */
struct passed {
	uint32_t card[BLOCK];
	double chord2[BLOCK];
	int32_t metres[BLOCK];
};

static size_t
block_pass(const struct search *s, const struct card *cards, size_t n_cards, struct passed *out)
{
	const struct fit_learner *l = s->l;
	size_t n = 0;

	for (size_t k = 0; k < n_cards; k++) {
		const struct card *c = &cards[k];
		double chord2 = geo_chord2(&s->place, &c->place);
		out->card[n] = (uint32_t)k;
		out->chord2[n] = chord2;
		n += ((c->asks & s->refusals) == 0) & (c->starts_on >= l->available_from) &
		     (c->ends_on <= l->available_to) & (c->hours <= l->hours) & (chord2 <= s->chord2);
	}
	for (size_t k = 0; k < n; k++)
		out->metres[k] = geo_metres_by_chord(out->chord2[k]); /* NOLINT: set above for k < n */
	return n;
}

static int
search_cards(const struct search *s, size_t from, size_t end)
{
	struct passed passed;
	int rc = 0;

	for (size_t last; from < end && rc == 0; from = last) {
		const struct card *cards = s->x->cards + from;
		last = end - from > BLOCK ? from + BLOCK : end;
		size_t n = block_pass(s, cards, last - from, &passed);
		for (size_t k = 0; k < n && rc == 0; k++)
			rc = card_judge(s, &cards[passed.card[k]], passed.metres[k]);
	}
	return rc;
}

int
index_search(const struct index *x, const struct fit_learner *l, const struct fit_weights *w, index_found *found,
             void *to)
{
	struct search s = { .x = x, .shelf = shelf_find(x, l->programme), .l = l, .found = found, .to = to };
	int rc;

	BUG_IF(!fit_weights_are_sound(w));
	if (s.shelf == NULL || !l->consent)
		return 0;
	search_init(&s);
	s.scale = fit_scale_of(l, w);
	if (l->max_metres == FIT_NO_LIMIT)
		return search_cards(&s, s.shelf->from[REMOTE], s.shelf->from[NEARNESSES]);
	double near = s.chord2;
	s.chord2 = 16;
	rc = search_cards(&s, s.shelf->from[REMOTE], s.shelf->from[PLACE_UNKNOWN]);
	s.chord2 = near;
	if (rc != 0 || !l->has_place)
		return rc;
	int64_t band = geo_latitude_limit_e7(l->max_metres);
	return search_cards(&s, first_at(&s, l->place.latitude_e7 - band),
	                    first_at(&s, l->place.latitude_e7 + band + 1));
}
