/* SPDX-License-Identifier: Apache-2.0 */
/* See both.h. */
#include <stdlib.h>

#include "both.h"
#include "check.h"
#include "judge.h"

const char *
both_say(const struct round *r, const struct instance *in, const char *text, size_t size, const char *what,
         char **complaint)
{
	char why[480], *instance;
	const char *condition = refused_because(in, text, size, why);
	struct judged j = judge(r, text, size, is_small(r));

	if (condition != NULL && why[0] == '\0')
		complain(complaint, "%s: refused without a word", condition);
	if ((condition == NULL) != (j.complaint == NULL)) {
		instance = round_canonical(r);
		complain(complaint, "%s: the verifier says %s %s, the judge %s\n%s\n%.*s", what,
		         condition == NULL ? "yes" : condition, why, j.complaint == NULL ? "yes" : j.complaint,
		         instance, (int)size, text);
		free(instance);
	}
	free(j.complaint);
	return condition;
}
