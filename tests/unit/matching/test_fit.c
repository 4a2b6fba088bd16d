/* SPDX-License-Identifier: Apache-2.0 */
/* Eligibility and fit, rule by rule as in feeds.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "fit.h"

static const int32_t NEEDED[] = { 2, 5, 7 }, OFFERED[] = { 1, 5, 7, 9 }, PROGRAMMES[] = { 3, 8 };

/* Montréal and Québec, about 233 km apart. */
static const struct geo_point MONTREAL = { 455017000, -735673000 }, QUEBEC = { 468139000, -712080000 };

static struct fit_learner
a_learner(void)
{
	return (struct fit_learner){ .programme = 8,
		.competencies = { NEEDED, 3 },
		.available_from = 100,
		.available_to = 200,
		.hours = 3500,
		.own_language = FIT_FRENCH,
		.has_place = true,
		.consent = true,
		.place = MONTREAL,
		.max_metres = 50000 };
}

static struct fit_posting
a_posting(void)
{
	return (struct fit_posting){ .programmes = { PROGRAMMES, 2 }, .competencies = { OFFERED, 4 }, .type = 1 << 2,
		.starts_on = 100, .ends_on = 200, .hours = 3500, .has_place = true, .place = MONTREAL };
}

static unsigned
reasons(struct fit_learner l, struct fit_posting p)
{
	return fit_reasons(&l, &p, fit_metres(&l, &p));
}

static struct fit
fit(struct fit_learner l, struct fit_posting p)
{
	return fit_of(&l, &p, fit_metres(&l, &p), &FIT_USUAL_WEIGHTS);
}

/* Sets fields of l or p, then expects the reasons. */
#define EXPECT(expected, ...)                                     \
	do {                                                      \
		struct fit_learner l = a_learner();               \
		struct fit_posting p = a_posting();               \
		__VA_ARGS__;                                      \
		assert_int_equal(reasons(l, p), (expected));      \
	} while (0)

static void
who_meets_every_rule_is_eligible(void **state)
{
	(void)state;
	EXPECT(0, (void)0);
}

static void
each_rule_fails_by_itself(void **state)
{
	(void)state;
	EXPECT(FIT_PROGRAMME, l.programme = 4);
	EXPECT(FIT_PROGRAMME, p.programmes.n = 0);
	EXPECT(FIT_TYPE, l.types = 1 << 3);
	EXPECT(0, l.types = 1 << 3 | 1 << 2);
	EXPECT(FIT_PERIOD, p.starts_on = 99);
	EXPECT(FIT_PERIOD, p.ends_on = 201);
	EXPECT(FIT_HOURS, p.hours = 3501);
	EXPECT(FIT_CONSENT, l.consent = false);
}

static void
weekdays_pass_when_either_side_says_nothing(void **state)
{
	(void)state;
	EXPECT(FIT_WEEKDAYS, l.weekdays = 0x03; p.weekdays = 0x06);
	EXPECT(0, l.weekdays = 0x07; p.weekdays = 0x06);
	EXPECT(0, l.weekdays = 0x01);
	EXPECT(0, p.weekdays = 0x7f);
}

static void
one_common_language_is_enough(void **state)
{
	(void)state;
	EXPECT(0, p.languages = FIT_FRENCH);
	EXPECT(FIT_LANGUAGE, p.languages = FIT_ENGLISH);
	EXPECT(0, p.languages = FIT_ENGLISH; l.languages = FIT_ENGLISH | FIT_OTHER_LANGUAGE);
	EXPECT(FIT_LANGUAGE, p.languages = FIT_FRENCH; l.languages = FIT_ENGLISH);     /* spoken ones replace her own */
	EXPECT(0, p.languages = FIT_FRENCH | FIT_ENGLISH);
	EXPECT(FIT_LANGUAGE, p.languages = FIT_FRENCH | FIT_ENGLISH; l.languages = FIT_OTHER_LANGUAGE);
	EXPECT(0, l.languages = FIT_OTHER_LANGUAGE);
}

static void
distance_counts_unless_remote_or_without_limit(void **state)
{
	(void)state;
	EXPECT(FIT_DISTANCE, p.place = QUEBEC);
	EXPECT(0, p.place = QUEBEC; p.remote = true);
	EXPECT(0, p.place = QUEBEC; l.max_metres = FIT_NO_LIMIT);
	EXPECT(0, p.place = QUEBEC; l.max_metres = geo_metres(MONTREAL, QUEBEC));
	EXPECT(FIT_DISTANCE, p.place = QUEBEC; l.max_metres = geo_metres(MONTREAL, QUEBEC) - 1);
	EXPECT(0, l.max_metres = 0);
	EXPECT(FIT_PLACE_UNKNOWN, l.has_place = false);
	EXPECT(FIT_PLACE_UNKNOWN, p.has_place = false; p.place = QUEBEC);
	EXPECT(0, p.has_place = false; p.remote = true);
	EXPECT(0, l.has_place = false; l.max_metres = FIT_NO_LIMIT);
}

static void
every_failing_reason_is_told(void **state)
{
	(void)state;
	EXPECT((1 << FIT_REASONS) - 1 - FIT_PLACE_UNKNOWN, l.programme = 4; l.types = 1; p.starts_on = 0;
	       p.hours = 9999; l.weekdays = 1; p.weekdays = 2; p.languages = FIT_ENGLISH; p.place = QUEBEC;
	       l.consent = false);
}

static void
her_ranking_overrules_distance_only_and_an_offer_all_but_consent(void **state)
{
	(void)state;
	assert_true(fit_may_be_ranked(0));
	assert_true(fit_may_be_ranked(FIT_DISTANCE));
	assert_false(fit_may_be_ranked(FIT_DISTANCE | FIT_TYPE));
	assert_false(fit_may_be_ranked(FIT_PLACE_UNKNOWN));
	assert_true(fit_may_be_offered(FIT_PROGRAMME | FIT_DISTANCE));
	assert_false(fit_may_be_offered(FIT_CONSENT));
}

static void
the_parts_are_rounded_down_and_weighed(void **state)
{
	struct fit_learner l = a_learner();
	struct fit_posting p = a_posting();
	struct fit f;
	(void)state;

	p.hours = 3000;
	f = fit(l, p);
	assert_int_equal(f.competencies, 666);  /* 5 and 7 of 2, 5, 7 */
	assert_int_equal(f.distance, 1000);
	assert_int_equal(f.hours, 857);         /* 3000 / 3500 */
	assert_int_equal(f.total, (5 * 666 + 3 * 1000 + 2 * 857) / 10);
	assert_int_equal(f.metres, 0);
	l.competencies.n = 0;
	assert_int_equal(fit(l, p).competencies, 1000);
	l = a_learner();
	p.competencies.n = 0;
	assert_int_equal(fit(l, p).competencies, 0);
}

static void
the_distance_part_has_its_special_cases(void **state)
{
	struct fit_learner l = a_learner();
	struct fit_posting p = a_posting();
	int32_t d = geo_metres(MONTREAL, QUEBEC);
	(void)state;

	p.place = QUEBEC;
	assert_int_equal(fit(l, p).distance, 0);                        /* beyond her limit, not below 0 */
	l.max_metres = 400000;
	assert_int_equal(fit(l, p).distance, 1000LL * (400000 - d) / 400000);
	l.max_metres = FIT_NO_LIMIT;
	assert_int_equal(fit(l, p).distance, 0);                        /* 100 km stand in for the limit */
	l.max_metres = 0;
	assert_int_equal(fit(l, p).distance, 0);
	p.place = MONTREAL;
	assert_int_equal(fit(l, p).distance, 1000);
	p.has_place = false;
	assert_int_equal(fit(l, p).distance, 0);
	assert_int_equal(fit(l, p).metres, -1);
	p.remote = true;
	assert_int_equal(fit(l, p).distance, 1000);
	l.max_metres = 20000000;                                        /* the largest that a feed takes */
	p = a_posting();
	p.place = QUEBEC;
	assert_int_equal(fit(l, p).distance, 1000LL * (20000000 - d) / 20000000);
}

static void
hours_stay_within_their_range(void **state)
{
	struct fit_learner l = a_learner();
	struct fit_posting p = a_posting();
	(void)state;

	p.hours = 6000;
	assert_int_equal(fit(l, p).hours, 1000);
	l.hours = 0;
	assert_int_equal(fit(l, p).hours, 1000);
	p.hours = 0;
	assert_int_equal(fit(l, p).hours, 1000);
	l.hours = 6000;
	assert_int_equal(fit(l, p).hours, 0);
}

static void
weights_are_checked_and_may_be_zero(void **state)
{
	struct fit_learner l = a_learner();
	struct fit_posting p = a_posting();
	(void)state;

	assert_true(fit_weights_are_sound(&FIT_USUAL_WEIGHTS));
	assert_true(fit_weights_are_sound(&(struct fit_weights){ 0, 0, 1000 }));
	assert_false(fit_weights_are_sound(&(struct fit_weights){ 0, 0, 0 }));
	assert_false(fit_weights_are_sound(&(struct fit_weights){ 1001, 0, 0 }));
	assert_false(fit_weights_are_sound(&(struct fit_weights){ -1, 5, 0 }));
	assert_int_equal(fit_of(&l, &p, 0, &(struct fit_weights){ 1000, 0, 0 }).total, 666);
	assert_int_equal(fit_of(&l, &p, 0, &(struct fit_weights){ 1000, 1000, 1000 }).total, (666 + 1000 + 1000) / 3);
}

/* Expected values: a second program (Python, the same formula in doubles), and antipodes by hand: pi * R. */
static void
distances_are_whole_metres_on_the_great_circle(void **state)
{
	const struct geo_point pole = { 900000000, 0 }, south = { -900000000, 1230000000 }, zero = { 0, 0 },
			       far = { 0, 1800000000 };
	(void)state;

	assert_int_equal(geo_metres(MONTREAL, MONTREAL), 0);
	assert_int_equal(geo_metres(MONTREAL, QUEBEC), geo_metres(QUEBEC, MONTREAL));
	assert_int_equal(geo_metres(MONTREAL, QUEBEC), 233029);
	assert_int_equal(geo_metres(pole, south), 20015114);
	assert_int_equal(geo_metres(zero, far), 20015114);
	assert_int_equal(geo_metres(far, (struct geo_point){ 0, -1800000000 }), 0);
	assert_int_equal(geo_metres(zero, (struct geo_point){ 90, 0 }), 1);     /* 9e-6 degrees: 1.0007 m */
	assert_int_equal(geo_metres(zero, (struct geo_point){ 44, 0 }), 0);
	assert_int_equal(geo_metres(zero, (struct geo_point){ 45, 0 }), 1);
}

static void
every_reason_has_a_word(void **state)
{
	(void)state;
	assert_string_equal(fit_reason_to_text(FIT_PROGRAMME), "programme");
	assert_string_equal(fit_reason_to_text(FIT_PLACE_UNKNOWN), "place_unknown");
	assert_string_equal(fit_reason_to_text(FIT_CONSENT), "consent");
	for (unsigned k = 0; k < FIT_REASONS; k++)
		assert_string_not_equal(fit_reason_to_text((enum fit_reason)(1u << k)), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_meets_every_rule_is_eligible),
		cmocka_unit_test(each_rule_fails_by_itself),
		cmocka_unit_test(weekdays_pass_when_either_side_says_nothing),
		cmocka_unit_test(one_common_language_is_enough),
		cmocka_unit_test(distance_counts_unless_remote_or_without_limit),
		cmocka_unit_test(every_failing_reason_is_told),
		cmocka_unit_test(her_ranking_overrules_distance_only_and_an_offer_all_but_consent),
		cmocka_unit_test(the_parts_are_rounded_down_and_weighed),
		cmocka_unit_test(the_distance_part_has_its_special_cases),
		cmocka_unit_test(hours_stay_within_their_range),
		cmocka_unit_test(weights_are_checked_and_may_be_zero),
		cmocka_unit_test(distances_are_whole_metres_on_the_great_circle),
		cmocka_unit_test(every_reason_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
