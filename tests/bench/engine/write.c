/* SPDX-License-Identifier: Apache-2.0 */
/* A whole round as JSON. */
#include <stdlib.h>
#include <string.h>

#include "made.h"

enum { GROUPS = 3, TIERS = 4 };

struct writing {
	FILE *to;
	int32_t learners, postings, colleges, choices;
	int32_t *seats, *taken; /* by posting: seats; fixed and held pairs */
	size_t *off; /* by learner, [learners + 1] */
	int32_t *open; /* postings open to her: the first half of the row is ranked */
	int32_t *pair; /* by learner: 0 or, from 1, the posting of her pair; negative: held */
};

static int32_t
college_of(const struct writing *w, int32_t number)
{
	return number % w->colleges;
}

/* A row: every other posting one of her college's own, which are every colleges'-th. */
static void
draw_row(struct writing *w, const struct made_lists *own, const struct made_lists *any, int32_t i, int32_t *taken_by)
{
	size_t count = any->off[i + 1] - any->off[i], used = w->off[i];

	for (size_t k = 0; k < count; k++) {
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
}

static void
draw_rows(struct writing *w)
{
	struct made_lists any = made_lists_new(w->learners, w->postings, 2 * w->choices, 0);
	struct made_lists own = made_lists_new(w->learners, w->postings / w->colleges + 1, w->choices, 0);
	int32_t *taken_by = made_room((size_t)w->postings, sizeof(*taken_by));

	w->off = made_room((size_t)w->learners + 1, sizeof(*w->off));
	w->open = made_room(any.off[w->learners], sizeof(*w->open));
	for (int32_t i = 0; i < w->learners; i++)
		draw_row(w, &own, &any, i, taken_by);
	free(taken_by);
	free(any.off);
	free(any.to);
	free(own.off);
	free(own.to);
}

/* One learner in fifty has a fixed pair, one in fifty a held one, where a seat is left. */
static void
draw_pairs(struct writing *w)
{
	w->taken = made_room((size_t)w->postings, sizeof(*w->taken));
	w->pair = made_room((size_t)w->learners, sizeof(*w->pair));
	for (int32_t i = 0; i < w->learners; i++) {
		uint64_t kind = made_draw(50);
		if (kind > 1 || w->off[i] == w->off[i + 1])
			continue;
		int32_t j = w->open[w->off[i] + made_draw(w->off[i + 1] - w->off[i])];
		if (w->taken[j] < w->seats[j]) {
			w->taken[j]++;
			w->pair[i] = kind == 0 ? j + 1 : -j - 1;
		}
	}
}

/* How many of her row she ranks. */
static size_t
ranked(const struct writing *w, int32_t i)
{
	return (w->off[i + 1] - w->off[i]) / 2;
}

static void
write_learner(const struct writing *w, int32_t i)
{
	fprintf(w->to, "{\"id\":\"L%07d\",\"college\":\"c%02d\",\"tier\":%d,\"assignable\":%s,\"groups\":[", i,
	        college_of(w, i), (int)made_draw(4), made_draw(5) > 0 ? "true" : "false");
	if (made_draw(10) == 0)
		fprintf(w->to, "\"g%d\"", (int)made_draw(GROUPS));
	fputs("],\"ranking\":[", w->to);
	for (size_t k = 0; k < ranked(w, i); k++) {
		/* One line in ten is as good as the one before. */
		const char *between = k == 0 ? "[" : made_draw(10) == 0 ? "," : "],[";
		fprintf(w->to, "%s\"c%02d/p%06d\"", between, college_of(w, w->open[w->off[i] + k]),
		        w->open[w->off[i] + k]);
	}
	fputs(ranked(w, i) > 0 ? "]]}" : "]}", w->to);
}

/* Who ranks each posting. */
static void
invert(const struct writing *w, size_t *off, int32_t *who)
{
	for (int32_t i = 0; i < w->learners; i++)
		for (size_t k = 0; k < ranked(w, i); k++)
			off[w->open[w->off[i] + k] + 1]++;
	for (int32_t j = 0; j < w->postings; j++)
		off[j + 1] += off[j];
	size_t *next = made_room((size_t)w->postings, sizeof(*next));
	memcpy(next, off, (size_t)w->postings * sizeof(*next));
	for (int32_t i = 0; i < w->learners; i++)
		for (size_t k = 0; k < ranked(w, i); k++)
			who[next[w->open[w->off[i] + k]]++] = i;
	free(next);
}

/* Tiers of one in TIERS of the applicants each, in no order; one employer in four leaves the last of them out. */
static void
write_posting(const struct writing *w, int32_t j, const int32_t *who, size_t count)
{
	size_t step = 1 + (made_draw(TIERS) + 1) % TIERS, said = 0;

	fprintf(w->to, "{\"id\":\"c%02d/p%06d\",\"college\":\"c%02d\",\"capacity\":%d,\"accepts_unranked\":%s,",
	        college_of(w, j), j, college_of(w, j), w->seats[j], made_draw(4) > 0 ? "true" : "false");
	if (j % 4 == 0)
		fprintf(w->to, "\"reserves\":[{\"group\":\"g%d\",\"seats\":1}],\"reserve_order\":\"%s\",",
		        (int)made_draw(GROUPS), made_draw(2) == 0 ? "first" : "last");
	fputs("\"ranking\":[", w->to);
	for (size_t tier = 0; tier < step && (tier == 0 || tier + 1 < step || j % 4 != 1); tier++)
		for (size_t k = tier; k < count; k += step) {
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
write_pairs(const struct writing *w, const char *key, int sign)
{
	int said = 0;

	fprintf(w->to, ",\"%s\":[", key);
	for (int32_t i = 0; i < w->learners; i++) {
		int32_t j = sign * w->pair[i] - 1;
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
		for (size_t e = w->off[i]; e < w->off[i + 1]; e++)
			fprintf(w->to, "%s[\"L%07d\",\"c%02d/p%06d\",%d]", said++ > 0 ? "," : "", i,
			        college_of(w, w->open[e]), w->open[e], (int)made_draw(1001));
		fputc('\n', w->to);
	}
	fputs("]\n", w->to);
}

void
made_write(FILE *to, int32_t learners, int32_t postings, int32_t colleges, int32_t choices)
{
	struct writing w = {
		.to = to, .learners = learners, .postings = postings, .colleges = colleges, .choices = choices
	};

	w.seats = made_seats(postings, learners);
	draw_rows(&w);
	draw_pairs(&w);
	fputs("{\"seed\":\"bench\",\"learners\":[\n", to);
	for (int32_t i = 0; i < learners; i++) {
		write_learner(&w, i);
		fputs(i + 1 < learners ? ",\n" : "\n", to);
	}
	fputs("],\"postings\":[\n", to);
	write_postings(&w);
	fputs("]\n", to);
	write_fit(&w);
	write_pairs(&w, "fixed", 1);
	write_pairs(&w, "held", -1);
	fputs("}\n", to);
	if (fflush(to) != 0 || ferror(to))
		made_die("the instance could not be written");
}
