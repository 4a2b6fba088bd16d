/* SPDX-License-Identifier: Apache-2.0 */
/* What became of a feed file: a table for people, a CSV file with every row, or JSON. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdio.h>
#include "plan.h"

#define REPORT_SHOWN_MAX 20 /* lines of the table on a terminal */

struct report_counts {
	size_t rows, created, updated, unchanged, waiting, refused, unanswered, notes, out_of_pool;
};
struct report_counts report_count(const struct plan *p);

/* Both return 0, or -1: not everything could be written, or no memory. a: for the texts. */
int report_print(const struct plan *p, const char *file_name, bool dry_run, struct arena *a, FILE *to) MUST_CHECK;
int report_json(const struct plan *p, const char *file_name, bool dry_run, struct arena *a, FILE *to) MUST_CHECK;
/* line, external_id, result, field, found, allowed; every row, a line for each flaw. -1: see errno, the file may be
 * there in part. */
int report_save(const struct plan *p, const char *path, struct arena *a) MUST_CHECK;

/* "created", ...; "unanswered" for a row that nothing is known of. Stable, not translated. */
const char *report_outcome(Bassin__V1__RowOutcome outcome);

#endif
