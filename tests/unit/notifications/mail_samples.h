/* SPDX-License-Identifier: Apache-2.0 */
/* The sample facts of preview_samples.h with each text field within reach, and what strangers put there. */
#ifndef TESTS_MAIL_SAMPLES_H
#define TESTS_MAIL_SAMPLES_H

#include "preview_samples.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLE_FIELDS_MAX = 64 };

/* A text field that a stranger fills, and what it is called. */
struct sample_field {
	const char *name;
	const char **text;
};

/* Every text that comes from outside, addresses included. */
static inline size_t sample_fields(struct sample *s, struct sample_field out[SAMPLE_FIELDS_MAX])
{
	struct mail_facts *f = &s->facts;
	const struct sample_field all[] = {
		{ "message_id", &f->message_id }, { "reference", &f->reference }, { "round_title", &f->round_title },
		{ "recipient_name", &f->recipient_name }, { "recipient_email", &f->recipient_email },
		{ "employer_name", &f->employer_name }, { "sender.name.fr", &f->sender.name.fr },
		{ "sender.name.en", &f->sender.name.en }, { "sender.email", &f->sender.email },
		{ "sender.postal_address", &f->sender.postal_address }, { "sender.phone", &f->sender.phone },
		{ "sender.stop_email", &f->sender.stop_email }, { "college.fr", &f->college.fr },
		{ "college.en", &f->college.en }, { "coordinator.name", &f->coordinator.name },
		{ "coordinator.email", &f->coordinator.email }, { "coordinator.phone", &f->coordinator.phone },
		{ "posting.reference", &s->postings[0].reference }, { "posting.title", &s->postings[0].title },
		{ "posting.place", &s->postings[0].place }, { "programme.fr", &s->programmes[0].fr },
		{ "programme.en", &s->programmes[0].en }, { "candidate.name", &s->candidates[0].name },
		{ "candidate.number", &s->candidates[0].number }, { "candidate.programme.fr", &s->candidates[0].programme.fr },
		{ "candidate.college.fr", &s->candidates[0].college.fr },
		{ "candidate.coordinator.name", &s->candidates[0].coordinator.name },
		{ "candidate.coordinator.email", &s->candidates[0].coordinator.email },
		{ "candidate.coordinator.phone", &s->candidates[0].coordinator.phone },
		{ "moved.name", &s->moved[0].name }, { "moved.number", &s->moved[0].number },
		{ "placement.learner", &s->placements[0].learner_name },
		{ "placement.number", &s->placements[0].learner_number },
		{ "placement.title", &s->placements[0].posting_title },
		{ "placement.reference", &s->placements[0].posting_reference },
		{ "placement.employer", &s->placements[0].employer },
		{ "task.number", &s->tasks[0].number }, { "task.kind", &s->tasks[0].kind },
		{ "task.subject", &s->tasks[1].subject }, { "task.other", &s->tasks[1].other },
		{ "task.command", &s->tasks[0].command },
	};

	memcpy(out, all, sizeof all);
	return sizeof all / sizeof all[0];
}

/* What strangers try: line breaks in all dresses, headers, commands, markup, templates, lies to the eye, bad UTF-8. */
static const char *const sample_attacks[] = {
	"x\r\nBcc: victim@evil.example", "x\nX-Evil: 1\n\nbody", "x\rBcc: victim@evil.example",
	"a@b.example>\r\nRCPT TO:<victim@evil.example", "a@b.example\r\n.\r\nMAIL FROM:<victim@evil.example>",
	"=?utf-8?Q?=0D=0ABcc:_victim@evil.example?=", "x\",\r\n <victim@evil.example>, \"y",
	"victim@evil.example, Other <other@evil.example>", "<script>alert('evil')</script>", "\"><img src=x onerror=evil()>",
	"{{recipient}} {{missing_name}} {{{body}}} {{> footer}} {{#lang}}", "abc\xe2\x80\xae" "cba\xe2\x81\xa6z\xe2\x80\x8f",
	"\xef\xbb\xbf" "bom \xe2\x80\xa8line\xe2\x80\xa9paragraph \xc2\x85next", "bad \xff\xfe utf \xc3( \xed\xa0\x80 \xf5\x80\x80\x80",
	"\x01\x02\x07\x08\x1b[31m\x7f", "--=_x\r\nContent-Type: text/html\r\n\r\nevil", ".\r\n.", "From evil", "%0d%0aBcc:x",
	"",
};
enum { SAMPLE_ATTACKS = sizeof sample_attacks / sizeof sample_attacks[0] };

#endif
