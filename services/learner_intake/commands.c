/* SPDX-License-Identifier: Apache-2.0 */
/* The command table, and what every handler shares. Who may send each, and how large: shared/bus/policy.c. */
#include "intake.h"

#include <string.h>
#include "base/log.h"
#include "base/refusal.h"
#include "store/store.h"

#define COMMAND(type_, handle_, reads_only_) { BASSIN__V1__COMMAND_TYPE__##type_, handle_, reads_only_ }

const struct command learner_intake_commands[] = {
	COMMAND(FEED_PROGRAMMES,       on_feed_programmes,       false),
	COMMAND(FEED_COMPETENCIES,     on_feed_competencies,     false),
	COMMAND(FEED_LEARNERS,         on_feed_learners,         false),
	COMMAND(FEED_LEARNER_RANKINGS, on_feed_learner_rankings, false),
	COMMAND(FEED_DIRECT_OFFERS,    on_feed_direct_offers,    false),
	COMMAND(LEARNER_WITHDRAW,      on_learner_withdraw,      false),
	COMMAND(LEARNER_ERASE,         on_learner_erase,         false),
	COMMAND(LEARNER_LIST,          on_learner_list,          true),
	COMMAND(PROGRAMME_LIST,        on_programme_list,        true),
	COMMAND(COMPETENCY_LIST,       on_competency_list,       true),
	COMMAND(LEARNER_RANKING_LIST,  on_learner_ranking_list,  true),
	COMMAND(DIRECT_OFFER_LIST,     on_direct_offer_list,     true),
	COMMAND(LEARNER_INTAKE_SHOW,   on_show,                  true),
	COMMAND(LEARNER_HELD,          on_learner_held,          true),
	COMMAND(LEARNER_INTAKE_SET,    on_set,                   false),
	COMMAND(LEARNER_INTAKE_HISTORY, on_history,              true),
	COMMAND(LEARNER_INTAKE_WAITING, on_waiting_list,         true),
};
const size_t learner_intake_command_count = COUNT_OF(learner_intake_commands);

enum verdict
verdict_of_store(int result)
{
	return result == STORE_RETRY ? VERDICT_RETRY : VERDICT_BROKEN;
}

enum verdict
institution_check(struct call *call)
{
	if (call->who->institution[0] == '\0')
		return call_refuse(call, REFUSAL_NOT_YOURS, "institution", NULL);
	return VERDICT_OK;
}

enum verdict
feed_finish(struct call *call, const struct feed *f, const char *what, const char *subjects)
{
	const char *summary = feed_summary(f);

	if (summary == NULL)
		return VERDICT_RETRY;
	log_info("feed=%s institution=%s dry_run=%d %s", what, call->who->institution, f->dry_run, summary);
	call->subject_ids = subjects == NULL || subjects[0] == '\0' ? summary : subjects;
	return feed_answer(call, f);
}

const char *
words_join(struct arena *a, const char *const *words, size_t count)
{
	size_t size = 1;

	for (size_t i = 0; i < count; i++)
		size += strlen(words[i]) + 1;
	char *text = arena_alloc(a, size), *to = text;
	if (text == NULL)
		return NULL;
	*to = '\0';
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			*to++ = ' ';
		to = stpcpy(to, words[i]);
	}
	return text;
}
