/* SPDX-License-Identifier: Apache-2.0 */
/* Sample facts of each kind of mail, for its preview and for tests. All people, firms and addresses are invented. */
#ifndef NOTIFICATIONS_PREVIEW_SAMPLES_H
#define NOTIFICATIONS_PREVIEW_SAMPLES_H

#include "compose.h"

/* What the facts point to; a caller may change any of it. */
struct sample {
	struct mail_facts facts;
	struct mail_posting postings[2];
	struct mail_candidate candidates[3], moved[1], freed[2];
	struct mail_words programmes[2];
	struct mail_placement placements[2];
	struct mail_task tasks[3];
	struct mail_facts sections[4];
};

/* What a kind is for, to whom it goes; NULL: the kind has no sample, which a test does not let pass. */
const struct mail_words *sample_about(enum mail_kind kind);

/* Facts that fill all that the kind's templates have. *out must not be moved: its facts point into it. */
void sample_make(enum mail_kind kind, enum mail_language language, struct sample *out);

/* Of a digest: its sections anew, of the facts as they are now. */
void sample_fold(struct sample *s);

#endif
