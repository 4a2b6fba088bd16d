/* SPDX-License-Identifier: Apache-2.0 */
/* Sample facts of each kind of mail. A new kind wants a row in `kinds`, and what its templates say beyond the common facts. */
#include "preview_samples.h"

#include "base/compiler.h"

static const struct mail_person roy = { "Marie-Ève Roy", "me.roy@cegep-riviere.example", "819 555-0142, poste 12" };
static const struct mail_person singh = { "Harpreet Singh", "h.singh@college-lac.example", "" };
static const struct mail_words riviere = { "Cégep de la Rivière", "Rivière College" };
static const struct mail_words lac = { "Collège du Lac", NULL };
static const struct mail_words machining = { "Techniques d’usinage", "Machining techniques" };

static void
people_make(struct sample *s)
{
	s->programmes[0] = machining;
	s->programmes[1] = (struct mail_words){ "Techniques de génie mécanique", "" };
	s->candidates[0] =
	    (struct mail_candidate){ "Zoé Œuvrard-Lévesque", "7K3M9QX2AB", machining, riviere, roy, "ranked",
		                     "1f0c6a52b7d34e8890aa3b4c5d6e7f01" };
	s->candidates[1] = (struct mail_candidate){ "Nguyễn Thị Ánh", "0A1B2C3D4E", machining, lac, singh, "assigned",
		                                    "2a1d7b63c8e45f9901bb4c5d6e7f8012" };
	s->candidates[2] = (struct mail_candidate){ "محمد العلي", "ZZ00YY11XX", machining, riviere, roy, "fixed",
		                                    "3b2e8c74d9f560aa12cc5d6e7f809123" };
	s->moved[0] = (struct mail_candidate){ "Jérémie Châtaigne", "QQ77WW88EE", machining, lac, singh, "",
		                                "4c3f9d85ea0671bb23dd6e7f80912345" };
	s->freed[0] = (struct mail_candidate){ .coordinator = singh, .stay = "5d40ae96fb1782cc34ee7f8091234567" };
	s->freed[1] = (struct mail_candidate){ .coordinator = roy, .stay = "6e51bfa70c2893dd45ff809123456789" };
}

static void
postings_make(struct sample *s)
{
	s->postings[0] = (struct mail_posting){ .reference = "cegep-riviere/P-17",
		                                .title = "Aide-machiniste sur commande numérique",
		                                .place = "Sherbrooke",
		                                .seats = 2,
		                                .starts_on = 20829, /* 2027-01-11 */
		                                .ends_on = 20938,   /* 2027-04-30 */
		                                .hours_hundredths = 3750,
		                                .weekdays = 0x1f,
		                                .programmes = s->programmes,
		                                .programme_count = 2,
		                                .candidates = s->candidates,
		                                .candidate_count = 2,
		                                .moved = s->moved,
		                                .moved_count = 1,
		                                .freed = s->freed,
		                                .freed_count = 1 };
	s->postings[1] = (struct mail_posting){ .reference = "cegep-riviere/P-18",
		                                .title = "Dessin assisté & contrôle <qualité>",
		                                .remote = true,
		                                .seats = 1,
		                                .starts_on = 20878, /* 2027-03-01 */
		                                .ends_on = 20938,
		                                .hours_hundredths = 1400,
		                                .weekdays = 0x12,
		                                .programmes = s->programmes,
		                                .programme_count = 1,
		                                .candidates = s->candidates + 2,
		                                .candidate_count = 1,
		                                .freed = s->freed + 1,
		                                .freed_count = 1 };
	s->facts.postings = s->postings;
	s->facts.posting_count = 2;
}

static void
summary_make(struct sample *s)
{
	s->placements[0] = (struct mail_placement){ "Zoé Œuvrard-Lévesque", "7K3M9QX2AB", "Aide-machiniste",
		"cegep-riviere/P-17", "Atelier Brodeur & fils inc.", "ranked" };
	s->placements[1] = (struct mail_placement){ "محمد العلي", "ZZ00YY11XX", "Dessin assisté", "college-lac/9",
		"Conception Aurore", "fixed" };
	s->facts.summary = (struct mail_summary){
		.learners = 43, .eligible = 36, .placed_direct = 5, .placed_ranked = 20, .placed_assigned = 4,
		.unplaced = { 2, 2, 1, 3, 5, 1, 0 }, .postings = 12, .seats = 31, .seats_filled = 27,
		.alone = 26, .pool = 29, .placements = s->placements, .placement_count = 2,
	};
}

static void
tasks_make(struct sample *s)
{
	s->tasks[0] = (struct mail_task){ "17", "employer_silent", "cegep-riviere/E-3", "",
		"bassin list postings employer=E-3 state=open", 16 };
	s->tasks[1] = (struct mail_task){ "21", "firm_suspected", "cegep-riviere/E-7", "college-lac/204",
		"bassin firm propose cegep-riviere/E-7 college-lac/204", 1 };
	s->tasks[2] = (struct mail_task){ "22", "contact_missing", "cegep-riviere/E-9", "", "bassin feed employers FILE", 0 };
	s->facts.tasks = s->tasks;
	s->facts.task_count = COUNT_OF(s->tasks);
	s->facts.task_total = 5;
}

/* All that letters have in common; the rows of each kind may change it. */
static void
common_make(enum mail_kind kind, enum mail_language language, struct sample *s)
{
	*s = (struct sample){ .facts = { .kind = kind, .language = language } };
	people_make(s);
	postings_make(s);
	summary_make(s);
	tasks_make(s);
	s->facts.message_id = "0197f3c0-1b2a-7000-8000-5f1e2d3c4b5a@bassin.example";
	s->facts.date_ms = 1795240800000; /* 2026-11-21 06:00 UTC */
	s->facts.reference = "HIVER-2027";
	s->facts.round_title = "Estrie, hiver 2027";
	s->facts.recipient_name = "Benoît Brodeur";
	s->facts.recipient_email = "benoit@brodeur.example";
	s->facts.employer_name = "Atelier Brodeur & fils inc.";
	s->facts.sender = (struct mail_sender){ { "Chambre de commerce de l’Estrie", "Estrie Chamber of Commerce" },
		"bassin@chambre.example", "9, rue Wellington Sud, Sherbrooke (Québec) J1H 5C7", "819 555-0100",
		"stop@chambre.example" };
	s->facts.college = riviere;
	s->facts.coordinator = roy;
}

static void
without_round(struct sample *s)
{
	s->facts.round_title = NULL;
}

static void
to_coordinator(struct sample *s)
{
	s->facts.recipient_name = roy.name;
	s->facts.recipient_email = roy.email;
}

void
sample_fold(struct sample *s)
{
	static const enum mail_kind folded[] = { MAIL_POSTINGS_RECEIVED, MAIL_PLACE_FREED, MAIL_ROUND_SUMMARY,
		                               MAIL_TASKS };

	for (size_t i = 0; i < COUNT_OF(s->sections); i++) {
		s->sections[i] = s->facts;
		s->sections[i].kind = folded[i];
		s->sections[i].sections = NULL;
		s->sections[i].section_count = 0;
	}
	s->facts.sections = s->sections;
	s->facts.section_count = COUNT_OF(s->sections);
}

static const struct {
	struct mail_words about;
	void (*change)(struct sample *s); /* may be NULL */
} kinds[MAIL_KIND_COUNT] = {
	[MAIL_POSTINGS_RECEIVED] = { { "à un employeur : ses offres de stage sont dans le bassin",
	                               "to an employer: their postings are in the pool" },
	                             without_round },
	[MAIL_CANDIDATES] = { { "à un employeur : qui vient après un tour publié, et qui ne vient plus",
	                        "to an employer: who is coming after a published round, and who no longer is" },
	                      NULL },
	[MAIL_ROUND_SUMMARY] = { { "à la coordination d’un collège : ce qu’un tour publié donne pour ses élèves",
	                           "to a college's coordinator: what a published round gives its learners" },
	                         to_coordinator },
	[MAIL_PLACE_FREED] = { { "à un employeur : une personne qui devait venir s’est désistée",
	                         "to an employer: somebody who was to come has given up the place" },
	                       NULL },
	[MAIL_TASKS] = { { "à la coordination d’un collège, une fois par jour : ce qu’il y a à faire et quoi taper",
	                   "to a college's coordinator, once a day: what there is to do, and what to type" },
	                 to_coordinator },
	[MAIL_DIGEST] = { { "à un employeur ou à une coordination : plusieurs nouvelles en un seul courriel",
	                    "to an employer or a coordinator: several pieces of news in one email" },
	                  sample_fold },
};

const struct mail_words *
sample_about(enum mail_kind kind)
{
	return (size_t)kind < MAIL_KIND_COUNT && kinds[kind].about.fr != NULL ? &kinds[kind].about : NULL;
}

void
sample_make(enum mail_kind kind, enum mail_language language, struct sample *out)
{
	common_make(kind, language, out);
	if ((size_t)kind < MAIL_KIND_COUNT && kinds[kind].change != NULL)
		kinds[kind].change(out);
}
