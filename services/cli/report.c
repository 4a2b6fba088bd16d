/* SPDX-License-Identifier: Apache-2.0 */
/* Counts and reports of a feed file. */
#include "report.h"

#include <errno.h>
#include <string.h>

#include "base/language.h"
#include "base/refusal.h"
#include "json.h"
#include "refusals.h"
#include "table.h"
#include "terminal.h"

/* clang-format off */
static const struct column report_columns[] = {
	{ "line", NULL, COLUMN_NUMBER }, { "external_id", NULL, COLUMN_TEXT }, { "result", NULL, COLUMN_TEXT },
	{ "field", NULL, COLUMN_TEXT }, { "found", NULL, COLUMN_LONG }, { "allowed", NULL, COLUMN_LONG },
};
/* clang-format on */

/* clang-format off */
static const struct { Bassin__V1__RowOutcome outcome; const char *name; } outcomes[] = {
	{ BASSIN__V1__ROW_OUTCOME__CREATED, "created" },     { BASSIN__V1__ROW_OUTCOME__UPDATED, "updated" },
	{ BASSIN__V1__ROW_OUTCOME__UNCHANGED, "unchanged" }, { BASSIN__V1__ROW_OUTCOME__WAITING, "waiting" },
	{ BASSIN__V1__ROW_OUTCOME__ROW_REFUSED, "refused" },
};
/* clang-format on */

/* One for every such learner, each time: people are told how many, and the report file who. */
static bool
is_counted_only(const struct flaw *note)
{
	return strcmp(note->code, REFUSAL_NO_CONSENT) == 0;
}

const char *
report_outcome(Bassin__V1__RowOutcome outcome)
{
	for (size_t i = 0; i < COUNT_OF(outcomes); i++)
		if (outcomes[i].outcome == outcome)
			return outcomes[i].name;
	return "unanswered";
}

struct report_counts
report_count(const struct plan *p)
{
	struct report_counts n = { .rows = p->row_count };

	for (size_t i = 0; i < p->row_count; i++) {
		switch (p->rows[i].outcome) {
		case BASSIN__V1__ROW_OUTCOME__CREATED: n.created++; break;
		case BASSIN__V1__ROW_OUTCOME__UPDATED: n.updated++; break;
		case BASSIN__V1__ROW_OUTCOME__UNCHANGED: n.unchanged++; break;
		case BASSIN__V1__ROW_OUTCOME__WAITING: n.waiting++; break;
		case BASSIN__V1__ROW_OUTCOME__ROW_REFUSED: n.refused++; break;
		default: n.unanswered++; break;
		}
		size_t out_before = n.out_of_pool, notes = 0;
		for (const struct flaw *f = p->rows[i].notes; f != NULL; f = f->next) {
			n.out_of_pool += is_counted_only(f);
			notes++;
		}
		n.notes += notes > n.out_of_pool - out_before;
	}
	return n;
}

/* ---- for people -------------------------------------------------------------------------------------------------- */
static int
add_lines(struct table *t, const struct plan *p, const struct plan_row *row, const struct flaw *flaw,
          const char *result, size_t max, struct arena *a)
{
	const char *line = arena_printf(a, "%u", row->record->line);

	for (; flaw != NULL && table_rows(t) < max; flaw = flaw->next) {
		if (is_counted_only(flaw))
			continue;
		const char *allowed = refusal_sentence(a, flaw->code, flaw->allowed);
		const char *cells[] = { line, plan_row_name(p, row, a), result, flaw->field, flaw->found, allowed };
		if (line == NULL || table_add(t, cells) != 0)
			return -1;
	}
	return 0;
}

/* Refused rows first, then what is worth saying of rows that were taken. */
static int
print_lines(const struct plan *p, struct arena *a, FILE *to)
{
	struct column columns[COUNT_OF(report_columns)];
	size_t all = 0;

	for (size_t i = 0; i < COUNT_OF(columns); i++) {
		columns[i] = report_columns[i];
		columns[i].title = column_title(columns[i].name);
	}
	struct table *t = table_new(a, columns, COUNT_OF(columns));
	for (size_t i = 0; t != NULL && i < p->row_count; i++) {
		const struct plan_row *row = &p->rows[i];
		if (row->outcome != BASSIN__V1__ROW_OUTCOME__ROW_REFUSED)
			continue;
		for (const struct flaw *f = row->flaws; f != NULL; f = f->next)
			all++;
		if (add_lines(t, p, row, row->flaws, _("refused"), REPORT_SHOWN_MAX, a) != 0)
			return -1;
	}
	for (size_t i = 0; t != NULL && i < p->row_count; i++) {
		const struct plan_row *row = &p->rows[i];
		for (const struct flaw *f = row->notes; f != NULL; f = f->next)
			all += !is_counted_only(f);
		if (add_lines(t, p, row, row->notes, _("note"), REPORT_SHOWN_MAX, a) != 0)
			return -1;
	}
	if (t == NULL || table_print(t, to) != 0)
		return -1;
	if (all > table_rows(t))
		fprintf(to,
		        P_("… and %zu more; --report FILE writes them all\n",
		           "… and %zu more; --report FILE writes them all\n", all - table_rows(t)),
		        all - table_rows(t));
	return 0;
}

int
report_print(const struct plan *p, const char *file_name, bool dry_run, struct arena *a, FILE *to)
{
	struct report_counts n = report_count(p);

	fprintf(to, P_("%s: %zu row", "%s: %zu rows", n.rows), terminal_safe_text(a, file_name), n.rows);
	if (dry_run)
		fprintf(to, " (%s)", _("dry run: nothing is changed"));
	fprintf(to, _("; created %zu, updated %zu, unchanged %zu, waiting %zu, refused %zu"), n.created, n.updated,
	        n.unchanged, n.waiting, n.refused);
	if (n.unanswered > 0)
		fprintf(to, _(", unanswered %zu"), n.unanswered);
	fputc('\n', to);
	if (p->file->was_windows_1252)
		fprintf(to, "%s\n", _("The file is not UTF-8; it was read as Windows-1252."));
	for (size_t i = 0; i < p->unknown_count; i++)
		fprintf(to, _("Unknown column, ignored: %s\n"), terminal_safe_text(a, p->unknown[i]));
	if (n.waiting > 0)
		fprintf(to, "%s\n",
		        _("Rows that wait refer to a row that is not known yet; they are complete once it is fed "
		          "('bassin list waiting' shows them)."));
	if (n.out_of_pool > 0)
		fprintf(to,
		        P_("%zu learner stays out of the pool, without a consent that stands: bassin list learners "
		           "in_pool=no\n",
		           "%zu learners stay out of the pool, without a consent that stands: bassin list learners "
		           "in_pool=no\n",
		           n.out_of_pool),
		        n.out_of_pool);
	if ((n.refused > 0 || n.notes > 0) && print_lines(p, a, to) != 0)
		return -1;
	return ferror(to) ? -1 : 0;
}

/* ---- for programs ------------------------------------------------------------------------------------------------ */
static int
add_problems(json_t *list, const struct plan *p, const struct plan_row *row, const struct flaw *flaw,
             const char *result, struct arena *a)
{
	for (; flaw != NULL; flaw = flaw->next) {
		if (is_counted_only(flaw))
			continue;
		json_t *o = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "line", (json_int_t)row->record->line,
		                      "external_id", plan_row_name(p, row, a), "result", result, "field", flaw->field,
		                      "code", flaw->code, "found", flaw->found, "allowed", flaw->allowed, "message",
		                      refusal_sentence(a, flaw->code, flaw->allowed));
		if (json_array_append_new(list, o) != 0)
			return -1;
	}
	return 0;
}

int
report_json(const struct plan *p, const char *file_name, bool dry_run, struct arena *a, FILE *to)
{
	struct report_counts n = report_count(p);
	json_t *problems = json_array(), *unknown = json_array();
	int rc = 0;

	for (size_t i = 0; i < p->unknown_count && rc == 0; i++)
		rc = json_array_append_new(unknown, json_string(terminal_safe_text(a, p->unknown[i])));
	for (size_t i = 0; i < p->row_count && rc == 0; i++) {
		const struct plan_row *row = &p->rows[i];
		rc = add_problems(problems, p, row, row->flaws, report_outcome(row->outcome), a) != 0 ||
		             add_problems(problems, p, row, row->notes, "note", a) != 0 ?
		         -1 :
		         0;
	}
	json_t *all =
	    json_pack("{s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "file",
	              terminal_safe_text(a, file_name), "kind", p->kind->name, "dry_run", dry_run, "windows_1252",
	              p->file->was_windows_1252, "rows", (json_int_t)n.rows, "created", (json_int_t)n.created,
	              "updated", (json_int_t)n.updated, "unchanged", (json_int_t)n.unchanged, "waiting",
	              (json_int_t)n.waiting, "refused", (json_int_t)n.refused, "unanswered", (json_int_t)n.unanswered,
	              "out_of_pool", (json_int_t)n.out_of_pool, "unknown_columns", unknown, "problems", problems);
	if (rc != 0) {
		json_decref(all);
		return -1;
	}
	return json_write(to, all);
}

static int
save_row(const struct plan *p, const struct plan_row *row, struct arena *a, FILE *to)
{
	const struct flaw nothing = { .code = "", .field = "", .found = "", .allowed = "" };
	const struct flaw *flaw = row->flaws != NULL ? row->flaws : row->notes != NULL ? row->notes : &nothing;

	for (bool notes = flaw == row->notes; flaw != NULL;) {
		char line[16];
		const char *name = plan_row_name(p, row, a);
		const char *allowed = flaw->code[0] == '\0' ? "" : refusal_sentence(a, flaw->code, flaw->allowed);
		snprintf(line, sizeof(line), "%u", row->record->line);
		if (csv_out_cell(to, line, true) != 0 || csv_out_cell(to, name, false) != 0 ||
		    csv_out_cell(to, report_outcome(row->outcome), false) != 0 ||
		    csv_out_cell(to, flaw->field, false) != 0 || csv_out_cell(to, flaw->found, false) != 0 ||
		    csv_out_cell(to, allowed, false) != 0 || fputc('\n', to) == EOF)
			return -1;
		flaw = flaw->next;
		if (flaw == NULL && !notes) {
			flaw = row->flaws == NULL ? NULL : row->notes;
			notes = true;
		}
	}
	return 0;
}

int
report_save(const struct plan *p, const char *path, struct arena *a)
{
	FILE *to = fopen(path, "w");
	int rc = 0;

	if (to == NULL)
		return -1;
	for (size_t i = 0; i < COUNT_OF(report_columns) && rc == 0; i++)
		rc = csv_out_cell(to, report_columns[i].name, i == 0);
	if (rc == 0 && fputc('\n', to) == EOF)
		rc = -1;
	for (size_t i = 0; i < p->row_count && rc == 0; i++)
		rc = save_row(p, &p->rows[i], a, to);
	int error = errno;
	if (fclose(to) != 0 && rc == 0)
		return -1;
	errno = error;
	return rc;
}
