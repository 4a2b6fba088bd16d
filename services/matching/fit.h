/* SPDX-License-Identifier: Apache-2.0 */
/* Who fits where, and how well. Pure integers but for the distance itself. Source: feeds.md, "Who fits where". */
#ifndef MATCHING_FIT_H
#define MATCHING_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo.h"

/* Why a learner is not eligible for a posting; several may hold. In the order of the table. */
enum fit_reason {
	FIT_PROGRAMME     = 1 << 0,
	FIT_TYPE          = 1 << 1,
	FIT_PERIOD        = 1 << 2,
	FIT_HOURS         = 1 << 3,
	FIT_WEEKDAYS      = 1 << 4,
	FIT_LANGUAGE      = 1 << 5,
	FIT_DISTANCE      = 1 << 6,
	FIT_PLACE_UNKNOWN = 1 << 7,
	FIT_CONSENT       = 1 << 8,
};
enum { FIT_REASONS = 9 };

enum fit_language { FIT_FRENCH = 1, FIT_ENGLISH = 2, FIT_OTHER_LANGUAGE = 4 };

enum { FIT_MAX = 1000, FIT_MAX_WEIGHT = 1000, FIT_NO_LIMIT = -1, FIT_USUAL_METRES = 100000 };

/* Ascending numbers, each once, for codes that the caller has numbered. */
struct fit_set {
	const int32_t *items;
	size_t n;
};

struct fit_learner {
	int32_t programme;
	struct fit_set competencies;        /* still needed */
	uint32_t types;                     /* bit per type of work-integrated learning; 0: any */
	int32_t available_from, available_to;   /* days since 1970-01-01, both included */
	int32_t hours;                      /* a week, in hundredths */
	uint8_t weekdays;                   /* bit per day; 0: not given */
	uint8_t languages;                  /* enum fit_language bits; 0: her own, below */
	uint8_t own_language;
	bool has_place, consent;
	struct geo_point place;
	int32_t max_metres;                 /* or FIT_NO_LIMIT */
};

struct fit_posting {
	struct fit_set programmes, competencies;
	uint32_t type;                      /* one bit */
	int32_t starts_on, ends_on;         /* days, both included */
	int32_t hours;                      /* a week, in hundredths */
	uint8_t weekdays;                   /* 0: not given */
	uint8_t languages;                  /* of work; both: two bits; 0: any */
	bool remote, has_place;             /* hybrid is not remote */
	struct geo_point place;
};

struct fit_weights {
	int32_t competencies, distance, hours;  /* 0 .. FIT_MAX_WEIGHT, sum positive */
};
extern const struct fit_weights FIT_USUAL_WEIGHTS;

/* The parts are kept for whoever is shown a pair. */
struct fit {
	int32_t competencies, distance, hours;  /* 0 .. FIT_MAX each */
	int32_t total;                          /* weighted mean, rounded down */
	int32_t metres;                         /* -1: remote, or a place is unknown */
};

/* Metres between the two; -1 when it does not count (remote) or cannot be known. */
int32_t fit_metres(const struct fit_learner *l, const struct fit_posting *p);

/* Every failing reason, 0 when eligible. metres: of fit_metres. */
unsigned fit_reasons(const struct fit_learner *l, const struct fit_posting *p, int32_t metres);

/* The reasons that need no distance, which are found quickly. */
unsigned fit_reasons_but_place(const struct fit_learner *l, const struct fit_posting *p);

/* Her own ranking overrules the distance, nothing else. */
bool fit_may_be_ranked(unsigned reasons);

/* A direct offer needs only consent. */
bool fit_may_be_offered(unsigned reasons);

bool fit_weights_are_sound(const struct fit_weights *w);

/* Fit of any pair, eligible or not. w must be sound. */
struct fit fit_of(
    const struct fit_learner *l, const struct fit_posting *p, int32_t metres, const struct fit_weights *w);

/* One word for one reason: "programme", "place_unknown" ...; static, never NULL. */
const char *fit_reason_to_text(enum fit_reason reason);

#endif
