/* SPDX-License-Identifier: Apache-2.0 */
/* Sample facts of each kind of mail, with each text field within reach, for tests. All people and firms are invented. */
#ifndef TESTS_MAIL_SAMPLES_H
#define TESTS_MAIL_SAMPLES_H

#include "compose.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLE_FIELDS_MAX = 64 };

struct sample {
	struct mail_facts facts;
	struct mail_posting postings[2];
	struct mail_candidate candidates[3], moved[1];
	struct mail_words programmes[2];
	struct mail_placement placements[2];
};

/* A text field that a stranger fills, and what it is called. */
struct sample_field {
	const char *name;
	const char **text;
};

static inline void sample_init(struct sample *s, enum mail_kind kind, enum mail_language language)
{
	const struct mail_person roy = { "Marie-Ève Roy", "me.roy@cegep-riviere.example", "819 555-0142, poste 12" };
	const struct mail_person singh = { "Harpreet Singh", "h.singh@college-lac.example", "" };
	const struct mail_words riviere = { "Cégep de la Rivière", "Rivière College" };
	const struct mail_words lac = { "Collège du Lac", NULL };
	const struct mail_words machining = { "Techniques d’usinage", "Machining techniques" };

	memset(s, 0, sizeof *s);
	s->programmes[0] = machining;
	s->programmes[1] = (struct mail_words){ "Techniques de génie mécanique", "" };
	s->candidates[0] = (struct mail_candidate){ "Zoé Œuvrard-Lévesque", "7K3M9QX2AB", machining, riviere, roy,
		"ranked" };
	s->candidates[1] = (struct mail_candidate){ "Nguyễn Thị Ánh", "0A1B2C3D4E", machining, lac, singh, "assigned" };
	s->candidates[2] = (struct mail_candidate){ "محمد العلي", "ZZ00YY11XX", machining, riviere, roy, "fixed" };
	s->moved[0] = (struct mail_candidate){ "Jérémie Châtaigne", "QQ77WW88EE", machining, lac, singh, "" };
	s->postings[0] = (struct mail_posting){ "cegep-riviere/P-17", "Aide-machiniste sur commande numérique", "Sherbrooke",
		false, 2, 20829, 20938, 3750, 0x1f, s->programmes, 2, s->candidates, 2, s->moved, 1 };
	s->postings[1] = (struct mail_posting){ "cegep-riviere/P-18", "Dessin assisté & soutien <qualité>", NULL, true, 1,
		20878, 20938, 1400, 0x12, s->programmes, 1, s->candidates + 2, 1, NULL, 0 };
	s->placements[0] = (struct mail_placement){ "Zoé Œuvrard-Lévesque", "7K3M9QX2AB", "Aide-machiniste",
		"cegep-riviere/P-17", "Atelier Brodeur & fils inc.", "ranked" };
	s->placements[1] = (struct mail_placement){ "محمد العلي", "ZZ00YY11XX", "Dessin assisté", "college-lac/9",
		"Conception Aurore", "fixed" };
	s->facts = (struct mail_facts){
		.kind = kind, .language = language, .message_id = "0197f3c0-1b2a-7000-8000-5f1e2d3c4b5a@bassin.example",
		.date_ms = 1795240800000, .reference = "HIVER-2027",
		.round_title = kind == MAIL_POSTINGS_RECEIVED ? NULL : "Estrie, hiver 2027",
		.recipient_name = "Benoît Brodeur", .recipient_email = "benoit@brodeur.example",
		.employer_name = "Atelier Brodeur & fils inc.",
		.sender = { { "Chambre de commerce de l’Estrie", "Estrie Chamber of Commerce" }, "bassin@chambre.example",
			"9, rue Wellington Sud, Sherbrooke (Québec) J1H 5C7", "819 555-0100", "stop@chambre.example" },
		.college = riviere, .coordinator = roy, .postings = s->postings, .posting_count = 2,
		.summary = { .learners = 43, .eligible = 36, .placed_direct = 5, .placed_ranked = 20, .placed_assigned = 4,
			.unplaced = { 2, 2, 1, 3, 5, 1, 0 }, .postings = 12, .seats = 31, .seats_filled = 27,
			.alone = 26, .pool = 29,
			.placements = s->placements, .placement_count = 2 },
	};
	if (kind == MAIL_ROUND_SUMMARY) {
		s->facts.recipient_name = roy.name;
		s->facts.recipient_email = roy.email;
	}
}

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
