/* SPDX-License-Identifier: Apache-2.0 */
/* The difference of two rounds, as tables for a person and as JSON for a program. */
#include "whatif.h"

#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"

enum { NUMBER_SIZE = 16, COLLEGE_COLUMNS = 11, MOVE_COLUMNS = 7 };

static const char *const kind_names[WHATIF_KINDS] = { [WHATIF_LOSES] = "loses",
	                                              [WHATIF_GAINS] = "gains",
	                                              [WHATIF_WORSE] = "worse",
	                                              [WHATIF_BETTER] = "better",
	                                              [WHATIF_ELSEWHERE] = "elsewhere" };

static const char *
kind_text(enum whatif_kind kind)
{
	switch (kind) {
	case WHATIF_LOSES: return _("loses her place");
	case WHATIF_GAINS: return _("gains a place");
	case WHATIF_WORSE: return _("worse choice");
	case WHATIF_BETTER: return _("better choice");
	default: return _("elsewhere, as good");
	}
}

/* ---- for a person ------------------------------------------------------------------------------------------------ */
struct title {
	const char *text;
	bool is_number;
};

static struct libscols_table *
table_new(FILE *to, const struct title *titles, size_t count)
{
	struct libscols_table *t = scols_new_table();

	if (t == NULL)
		return NULL;
	scols_table_set_stream(t, to);
	scols_table_set_termforce(t, SCOLS_TERMFORCE_NEVER); /* as wide as it must be */
	for (size_t i = 0; i < count; i++)
		if (scols_table_new_column(t, _(titles[i].text), 0, titles[i].is_number ? SCOLS_FL_RIGHT : 0) == NULL) {
			scols_unref_table(t);
			return NULL;
		}
	return t;
}

static int
table_add(struct libscols_table *t, const char *const *cells, size_t count)
{
	struct libscols_line *line = scols_table_new_line(t, NULL);

	for (size_t i = 0; line != NULL && i < count; i++)
		if (scols_line_set_data(line, i, cells[i]) != 0)
			return -1;
	return line == NULL ? -1 : 0;
}

static int
table_end(struct libscols_table *t, int rc)
{
	if (rc == 0 && scols_print_table(t) != 0)
		rc = -1;
	scols_unref_table(t);
	return rc;
}

static int
add_row(struct libscols_table *t, const struct whatif_row *row, const char *name)
{
	const int32_t numbers[] = { row->learners, row->alone, row->before, row->after, row->after - row->before };
	char text[COLLEGE_COLUMNS - 1][NUMBER_SIZE];
	const char *cells[COLLEGE_COLUMNS] = { name };

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		(void)snprintf(text[i], NUMBER_SIZE, i == 4 && numbers[i] > 0 ? "+%d" : "%d", numbers[i]);
	for (size_t kind = 0; kind < WHATIF_KINDS; kind++)
		(void)snprintf(text[COUNT_OF(numbers) + kind], NUMBER_SIZE, "%d", row->of_kind[kind]);
	for (size_t i = 1; i < COLLEGE_COLUMNS; i++)
		cells[i] = text[i - 1];
	return table_add(t, cells, COLLEGE_COLUMNS);
}

static int
print_colleges(FILE *to, const struct instance *in, const struct whatif *w)
{
	static const struct title titles[COLLEGE_COLUMNS] = {
		{ N_("College"), false },      { N_("Learners"), true },     { N_("Placed alone"), true },
		{ N_("Before"), true },        { N_("After"), true },        { N_("Difference"), true },
		{ N_("Lose a place"), true },  { N_("Gain a place"), true }, { N_("Worse choice"), true },
		{ N_("Better choice"), true }, { N_("As good"), true },
	};
	struct libscols_table *t = table_new(to, titles, COLLEGE_COLUMNS);
	int rc = 0;

	if (t == NULL)
		return -1;
	for (size_t k = 0; k < w->n_rows && rc == 0; k++)
		rc = add_row(t, &w->rows[k],
		             w->rows[k].college == ENGINE_NONE ? _("(no college)") :
		                                                 in->college_ids[w->rows[k].college]);
	if (rc == 0)
		rc = add_row(t, &w->all, _("In all"));
	return table_end(t, rc);
}

/* Read the other way round, since After is without the pool. */
static void
print_gain(FILE *to, const struct instance *in, const struct whatif_change *change, const struct whatif *w)
{
	for (size_t k = 0; change->without_college != NULL && k < w->n_rows; k++) {
		const struct whatif_row *row = &w->rows[k];
		if (row->college == ENGINE_NONE || strcmp(in->college_ids[row->college], change->without_college) != 0)
			continue;
		fprintf(
		    to,
		    _("\nWhat joining gives college %s: a place to %d of its learners who have none alone, a better choice to "
		      "%d; %d would do better alone.\n"),
		    change->without_college, row->of_kind[WHATIF_LOSES], row->of_kind[WHATIF_WORSE],
		    row->of_kind[WHATIF_GAINS] + row->of_kind[WHATIF_BETTER]);
	}
}

static void
choice_text(struct whatif_place place, char out[NUMBER_SIZE])
{
	if (place.tier == ENGINE_NONE)
		(void)snprintf(out, NUMBER_SIZE, "-");
	else
		(void)snprintf(out, NUMBER_SIZE, "%d", place.tier + 1);
}

static const char *
posting_text(const struct instance *in, struct whatif_place place)
{
	return place.posting == ENGINE_NONE ? "-" : in->posting_ids[place.posting];
}

static int
print_moves(FILE *to, const struct instance *in, const struct whatif *w, size_t max_moves)
{
	static const struct title titles[MOVE_COLUMNS] = {
		{ N_("Learner"), false }, { N_("College"), false }, { N_("What"), false },  { N_("Before"), false },
		{ N_("Choice"), true },   { N_("After"), false },   { N_("Choice"), true },
	};
	struct libscols_table *t = table_new(to, titles, MOVE_COLUMNS);
	char was[NUMBER_SIZE], is[NUMBER_SIZE];
	int rc = 0;

	if (t == NULL)
		return -1;
	for (size_t k = 0; k < w->n_moves && k < max_moves && rc == 0; k++) {
		const struct whatif_move *m = &w->moves[k];
		int32_t college = in->engine.learner_college[m->learner];
		choice_text(m->before, was);
		choice_text(m->after, is);
		const char *cells[MOVE_COLUMNS] = { in->learner_ids[m->learner],
			                            college == ENGINE_NONE ? "-" : in->college_ids[college],
			                            kind_text(m->kind),
			                            posting_text(in, m->before),
			                            was,
			                            posting_text(in, m->after),
			                            is };
		rc = table_add(t, cells, MOVE_COLUMNS);
	}
	return table_end(t, rc);
}

static void
print_change(FILE *to, const struct whatif_change *change)
{
	fprintf(to, "%s\n", _("Before: the round as it is. After: with this change."));
	if (change->without_college != NULL)
		fprintf(to,
		        _("- college %s stays out of the pool: for its own learners, After is what they have alone\n"),
		        change->without_college);
	if (change->without_guarantee)
		fprintf(to, "%s\n", _("- without the guarantee"));
	for (size_t k = 0; k < change->n_seats; k++) {
		long long seats = change->seats[k].seats, count = seats < 0 ? -seats : seats;
		fprintf(to,
		        change->seats[k].relative ?
		            P_("- posting %s: %+lld seat\n", "- posting %s: %+lld seats\n", count) :
		            P_("- posting %s: %lld seat\n", "- posting %s: %lld seats\n", count),
		        change->seats[k].posting, seats);
	}
	fputc('\n', to);
}

int
whatif_to_text(const struct instance *in, const struct whatif_change *change, const struct whatif *w, size_t max_moves,
               char **text)
{
	size_t size;
	FILE *to = open_memstream(text, &size);
	int rc = 0;

	if (to == NULL)
		return -1;
	print_change(to, change);
	rc = print_colleges(to, in, w);
	print_gain(to, in, change, w);
	if (rc == 0 && w->n_moves == 0)
		fprintf(to, "\n%s\n", _("Nobody moves."));
	if (rc == 0 && w->n_moves > 0)
		fprintf(to, P_("\n%zu learner moves.\n", "\n%zu learners move.\n", w->n_moves), w->n_moves);
	if (rc == 0 && w->n_moves > 0 && max_moves > 0)
		rc = print_moves(to, in, w, max_moves);
	if (rc == 0 && w->n_moves > max_moves && max_moves > 0) {
		size_t left = w->n_moves - max_moves;
		fprintf(to, P_("and %zu more\n", "and %zu more\n", left), left);
	}
	if (fclose(to) != 0 || rc != 0) {
		free(*text);
		*text = NULL;
		return -1;
	}
	return 0;
}

/* ---- for a program ----------------------------------------------------------------------------------------------- */
static void
number_or_null(struct json_out *o, int32_t number)
{
	if (number == ENGINE_NONE)
		json_text(o, NULL);
	else
		json_number(o, number);
}

static void
key_number(struct json_out *o, const char *key, int64_t number)
{
	json_key(o, key);
	json_number(o, number);
}

static void
key_text(struct json_out *o, const char *key, const char *text)
{
	json_key(o, key);
	json_text(o, text);
}

static void
json_change(struct json_out *o, const struct whatif_change *change)
{
	json_open(o, '{');
	json_key(o, "move_seats");
	json_open(o, '[');
	for (size_t k = 0; k < change->n_seats; k++) {
		json_open(o, '{');
		if (change->seats[k].relative)
			key_number(o, "by", change->seats[k].seats);
		key_text(o, "posting", change->seats[k].posting);
		if (!change->seats[k].relative)
			key_number(o, "to", change->seats[k].seats);
		json_close(o, '}');
	}
	json_close(o, ']');
	key_text(o, "without_college", change->without_college);
	json_key(o, "without_guarantee");
	json_bool(o, change->without_guarantee);
	json_close(o, '}');
}

static void
json_college(struct json_out *o, const struct instance *in, const struct whatif_row *row)
{
	json_open(o, '{');
	key_number(o, "after", row->after);
	key_number(o, "alone", row->alone);
	key_number(o, "before", row->before);
	key_number(o, "better", row->of_kind[WHATIF_BETTER]);
	key_text(o, "college", row->college == ENGINE_NONE ? NULL : in->college_ids[row->college]);
	key_number(o, "elsewhere", row->of_kind[WHATIF_ELSEWHERE]);
	key_number(o, "gains", row->of_kind[WHATIF_GAINS]);
	key_number(o, "learners", row->learners);
	key_number(o, "loses", row->of_kind[WHATIF_LOSES]);
	key_number(o, "worse", row->of_kind[WHATIF_WORSE]);
	json_close(o, '}');
}

static void
json_place(struct json_out *o, const struct instance *in, const char *key, struct whatif_place place)
{
	json_key(o, key);
	json_open(o, '{');
	json_key(o, "choice");
	number_or_null(o, place.tier == ENGINE_NONE ? ENGINE_NONE : place.tier + 1);
	key_text(o, "posting", place.posting == ENGINE_NONE ? NULL : in->posting_ids[place.posting]);
	json_close(o, '}');
}

static void
json_move(struct json_out *o, const struct instance *in, const struct whatif_move *m)
{
	int32_t college = in->engine.learner_college[m->learner];

	json_open(o, '{');
	json_place(o, in, "after", m->after);
	json_place(o, in, "before", m->before);
	key_text(o, "college", college == ENGINE_NONE ? NULL : in->college_ids[college]);
	key_text(o, "learner", in->learner_ids[m->learner]);
	key_text(o, "what", kind_names[m->kind]);
	json_close(o, '}');
}

int
whatif_to_json(const struct instance *in, const struct whatif_change *change, const struct whatif *w, json_sink *sink,
               void *to)
{
	struct json_out o;

	json_out_init(&o, sink, to);
	json_open(&o, '{');
	json_key(&o, "change");
	json_change(&o, change);
	json_key(&o, "colleges");
	json_open(&o, '[');
	for (size_t k = 0; k < w->n_rows; k++)
		json_college(&o, in, &w->rows[k]);
	json_close(&o, ']');
	json_key(&o, "learners");
	json_open(&o, '[');
	for (size_t k = 0; k < w->n_moves; k++)
		json_move(&o, in, &w->moves[k]);
	json_close(&o, ']');
	json_key(&o, "placed");
	json_open(&o, '{');
	key_number(&o, "after", w->all.after);
	key_number(&o, "before", w->all.before);
	json_close(&o, '}');
	json_close(&o, '}');
	return json_out_finish(&o);
}
