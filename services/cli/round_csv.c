/* SPDX-License-Identifier: Apache-2.0 */
/* What came of a round for each learner, as CSV: one row a learner, and one for each ranked pair that was left out. */
#include "round.h"

#include <string.h>

#include "table.h"

enum { CELLS = 10 };

/* Bits of LeftOut.reasons, as `pair` and feeds.md name them. */
static const char *const rules[] = { "programme", "type", "period", "hours", "weekdays", "language", "distance",
	"place_unknown", "consent", "not_open", "withdrawn", "seats", "unknown_posting" };

static const char *
rules_text(struct arena *a, uint32_t reasons)
{
	const char *out = "";

	for (size_t i = 0; i < sizeof rules / sizeof *rules && out != NULL; i++) {
		if ((reasons & UINT32_C(1) << i) != 0)
			out = arena_printf(a, "%s%s%s", out, *out == '\0' ? "" : "|", rules[i]);
	}
	return out;
}

/* "p1:2|p2:5": where she ranked, and how many are ahead of her there. */
static const char *
ahead_text(struct arena *a, const Bassin__V1__Unplaced *u)
{
	const char *out = "";

	for (size_t i = 0; i < u->n_at && out != NULL; i++)
		out = arena_printf(a, "%s%s%s:%d", out, *out == '\0' ? "" : "|", u->at[i]->posting, u->at[i]->ahead);
	return out;
}

static int
add(struct table *t, const char *const cells[CELLS])
{
	for (size_t i = 0; i < CELLS; i++) {
		if (cells[i] == NULL)
			return -1;
	}
	return table_add(t, cells);
}

int
round_csv(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to)
{
	static const char *const names[CELLS] = { "institution", "learner", "result", "posting", "placed_by", "moved_from",
		"reason", "ahead", "external_id", "choice" };
	struct column columns[CELLS];
	int rc = 0;

	for (size_t i = 0; i < CELLS; i++)
		columns[i] = (struct column){ names[i], names[i], COLUMN_TEXT };
	struct table *t = table_new(a, columns, CELLS);
	if (t == NULL)
		return -1;
	for (size_t i = 0; rc == 0 && i < r->n_placements; i++) {
		const Bassin__V1__Placement *p = r->placements[i];
		rc = add(t, (const char *const[]){ p->institution, p->learner, "placed", p->posting, p->by, p->moved_from, "", "",
		                                   p->external_id, p->choice == 0 ? "" : arena_printf(a, "%d", p->choice) });
	}
	for (size_t i = 0; rc == 0 && i < r->n_unplaced; i++) {
		const Bassin__V1__Unplaced *u = r->unplaced[i];
		rc = add(t, (const char *const[]){ u->institution, u->learner, "not_placed", "", "", "", u->reason,
		                                   ahead_text(a, u), u->external_id, "" });
	}
	for (size_t i = 0; rc == 0 && i < r->n_left_out; i++) {
		const Bassin__V1__LeftOut *l = r->left_out[i];
		rc = add(t, (const char *const[]){ l->institution, l->learner, "left_out", l->posting, "", "",
		                                   rules_text(a, l->reasons), "", l->external_id, "" });
	}
	return rc == 0 ? table_csv(t, to, true) : -1;
}
