/* SPDX-License-Identifier: Apache-2.0 */
/* A whole round as JSON; made.h says of what kind. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "made.h"

enum { GROUPS = 3, TIERS = 4, ELIGIBLE = 20, FEWEST_RANKED = 5, MOST_RANKED = 12, NEEDS = 5 };
/* Of a hundred learners: direct offers; those who rank; the others rank nothing and may be assigned. */
enum { DIRECT = 5, RANKING = 55 };

struct writing {
	FILE *to;
	int32_t learners, postings, colleges;
	int32_t *seats; /* by posting */
	uint8_t *ranked; /* by learner: how many of her row she ranks */
	bool *assignable, *direct; /* by learner; direct: the first posting of her row is her host */
	size_t *off; /* by learner, [learners + 1] */
	int32_t *open; /* postings open to her, ranked ones first */
};

static int32_t
college_of(const struct writing *w, int32_t number)
{
	return number % w->colleges;
}

/* How she is matched, and how many postings are open to her. */
static size_t
draw_way(struct writing *w, int32_t i)
{
	uint64_t way = made_draw(100);

	if (way < DIRECT) {
		w->direct[i] = true;
		return ELIGIBLE;
	}
	w->assignable[i] = way >= DIRECT + RANKING || made_draw(2) == 0;
	if (way < DIRECT + RANKING)
		w->ranked[i] = (uint8_t)(FEWEST_RANKED + made_draw(MOST_RANKED - FEWEST_RANKED + 1));
	return w->assignable[i] ? ELIGIBLE : w->ranked[i];
}

/* A row: every other posting one of her college's own, which are every colleges'-th. */
static void
draw_row(struct writing *w, const struct made_lists *own, const struct made_lists *any, int32_t i, int32_t *taken_by)
{
	size_t count = draw_way(w, i), drawn = any->off[i + 1] - any->off[i], used = w->off[i];

	for (size_t k = 0; k < drawn && used - w->off[i] < count; k++) {
		int32_t j = any->to[any->off[i] + k];
		if (k % 2 == 0) {
			j = own->to[own->off[i] + k / 2] * w->colleges + college_of(w, i);
			j = j < w->postings ? j : any->to[any->off[i] + k];
		}
		if (taken_by[j] != i + 1)
			w->open[used++] = j;
		taken_by[j] = i + 1;
	}
	w->off[i + 1] = used;
	if (w->ranked[i] > used - w->off[i])
		w->ranked[i] = (uint8_t)(used - w->off[i]);
}

/* The host of a direct offer is the first of her row that has a seat left. */
static void
find_hosts(struct writing *w)
{
	int32_t *taken = made_room((size_t)w->postings, sizeof(*taken));

	for (int32_t i = 0; i < w->learners; i++) {
		size_t e = w->off[i];
		while (e < w->off[i + 1] && taken[w->open[e]] == w->seats[w->open[e]])
			e++;
		w->direct[i] = w->direct[i] && e < w->off[i + 1];
		if (w->direct[i]) {
			w->open[w->off[i]] = w->open[e];
			taken[w->open[e]]++;
		}
	}
	free(taken);
}

static void
draw_rows(struct writing *w)
{
	struct made_lists any = made_lists_new(w->learners, w->postings, ELIGIBLE, 0);
	struct made_lists own = made_lists_new(w->learners, w->postings / w->colleges + 1, ELIGIBLE / 2, 0);
	int32_t *taken_by = made_room((size_t)w->postings, sizeof(*taken_by));

	w->off = made_room((size_t)w->learners + 1, sizeof(*w->off));
	w->open = made_room(any.off[w->learners], sizeof(*w->open));
	w->ranked = made_room((size_t)w->learners, sizeof(*w->ranked));
	w->assignable = made_room((size_t)w->learners, sizeof(*w->assignable));
	w->direct = made_room((size_t)w->learners, sizeof(*w->direct));
	for (int32_t i = 0; i < w->learners; i++)
		draw_row(w, &own, &any, i, taken_by);
	find_hosts(w);
	free(taken_by);
	free(any.off);
	free(any.to);
	free(own.off);
	free(own.to);
}

static void
write_learner(const struct writing *w, int32_t i)
{
	fprintf(w->to, "{\"id\":\"L%07d\",\"college\":\"c%02d\",\"tier\":%d,\"assignable\":%s,\"groups\":[", i,
	        college_of(w, i), (int)made_draw(NEEDS), w->assignable[i] ? "true" : "false");
	if (made_draw(10) == 0)
		fprintf(w->to, "\"g%d\"", (int)made_draw(GROUPS));
	fputs("],\"ranking\":[", w->to);
	for (size_t k = 0; k < w->ranked[i]; k++) {
		/* One line in ten is as good as the one before. */
		const char *between = k == 0 ? "[" : made_draw(10) == 0 ? "," : "],[";
		fprintf(w->to, "%s\"c%02d/p%06d\"", between, college_of(w, w->open[w->off[i] + k]),
		        w->open[w->off[i] + k]);
	}
	fputs(w->ranked[i] > 0 ? "]]}" : "]}", w->to);
}

/* Who ranks each posting. */
static void
invert(const struct writing *w, size_t *off, int32_t *who)
{
	for (int32_t i = 0; i < w->learners; i++)
		for (size_t k = 0; k < w->ranked[i]; k++)
			off[w->open[w->off[i] + k] + 1]++;
	for (int32_t j = 0; j < w->postings; j++)
		off[j + 1] += off[j];
	size_t *next = made_room((size_t)w->postings, sizeof(*next));
	memcpy(next, off, (size_t)w->postings * sizeof(*next));
	for (int32_t i = 0; i < w->learners; i++)
		for (size_t k = 0; k < w->ranked[i]; k++)
			who[next[w->open[w->off[i] + k]]++] = i;
	free(next);
}

/* One employer in three ranks, in one to TIERS tiers, those who rank it, one of them in four but the last tier. */
static void
write_posting(const struct writing *w, int32_t j, const int32_t *who, size_t count)
{
	size_t tiers = 1 + made_draw(TIERS), told = j % 12 == 0 && tiers > 1 ? tiers - 1 : tiers, said = 0;

	fprintf(w->to, "{\"id\":\"c%02d/p%06d\",\"college\":\"c%02d\",\"capacity\":%d,", college_of(w, j), j,
	        college_of(w, j), w->seats[j]);
	if (made_draw(20) == 0)
		fprintf(w->to, "\"reserves\":[{\"group\":\"g%d\",\"seats\":1}],\"reserve_order\":\"%s\",",
		        (int)made_draw(GROUPS), made_draw(2) == 0 ? "first" : "last");
	fputs("\"ranking\":[", w->to);
	for (size_t tier = 0; tier < told && j % 3 == 0; tier++)
		for (size_t k = tier; k < count; k += tiers) {
			fprintf(w->to, "%s\"L%07d\"", said == 0 ? "[" : k == tier ? "],[" : ",", who[k]);
			said++;
		}
	fputs(said > 0 ? "]]}" : "]}", w->to);
}

static void
write_postings(const struct writing *w)
{
	size_t *off = made_room((size_t)w->postings + 1, sizeof(*off));
	int32_t *who = made_room(w->off[w->learners], sizeof(*who));

	invert(w, off, who);
	for (int32_t j = 0; j < w->postings; j++) {
		write_posting(w, j, who + off[j], off[j + 1] - off[j]);
		fputs(j + 1 < w->postings ? ",\n" : "\n", w->to);
	}
	free(off);
	free(who);
}

static void
write_fixed(const struct writing *w)
{
	int said = 0;

	fputs(",\"fixed\":[", w->to);
	for (int32_t i = 0; i < w->learners; i++) {
		int32_t j = w->direct[i] ? w->open[w->off[i]] : -1;
		if (j >= 0)
			fprintf(w->to, "%s[\"L%07d\",\"c%02d/p%06d\"]", said++ > 0 ? "," : "", i, college_of(w, j), j);
	}
	fputs("]\n", w->to);
}

static void
write_fit(const struct writing *w)
{
	int said = 0;

	fputs(",\"fit\":[", w->to);
	for (int32_t i = 0; i < w->learners; i++) {
		for (size_t e = w->off[i]; e < w->off[i + 1] && !w->direct[i]; e++)
			fprintf(w->to, "%s[\"L%07d\",\"c%02d/p%06d\",%d]", said++ > 0 ? "," : "", i,
			        college_of(w, w->open[e]), w->open[e], (int)made_draw(1001));
		fputc('\n', w->to);
	}
	fputs("]\n", w->to);
}

void
made_write(FILE *to, int32_t learners, int32_t postings, int32_t colleges)
{
	struct writing w = { .to = to, .learners = learners, .postings = postings, .colleges = colleges };

	w.seats = made_seats(postings, (int64_t)learners * 95 / 100);
	draw_rows(&w);
	fputs("{\"seed\":\"bench\",\"learners\":[\n", to);
	for (int32_t i = 0; i < learners; i++) {
		write_learner(&w, i);
		fputs(i + 1 < learners ? ",\n" : "\n", to);
	}
	fputs("],\"postings\":[\n", to);
	write_postings(&w);
	fputs("]\n", to);
	write_fit(&w);
	write_fixed(&w);
	fputs("}\n", to);
	if (fflush(to) != 0 || ferror(to))
		made_die("the instance could not be written");
}
