/* SPDX-License-Identifier: Apache-2.0 */
/* Distance on the globe. Source: feeds.md, "Who fits where". */
#ifndef MATCHING_GEO_H
#define MATCHING_GEO_H

#include <math.h>
#include <stdint.h>

enum { GEO_E7 = 10000000 }; /* coordinates are in 1e-7 degrees */

#define GEO_EARTH_METRES 6371008.8

struct geo_point {
	int32_t latitude_e7; /* -90 .. 90 degrees */
	int32_t longitude_e7; /* -180 .. 180 degrees */
};

/* Great-circle distance by the haversine formula, earth radius 6371.0088 km, rounded to whole metres. */
int32_t geo_metres(struct geo_point a, struct geo_point b);

/* A place as a point of the unit sphere. Two of them are quickly judged: what lies beyond a chord is beyond the distance. */
struct geo_vector {
	double x, y, z;
};
struct geo_vector geo_vector_of(struct geo_point p);

/* The square of the straight line between the two. */
static inline double
geo_chord2(const struct geo_vector *a, const struct geo_vector *b)
{
	double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z;

	return x * x + y * y + z * z;
}

/* No pair whose geo_metres is at most `metres` has a longer chord, or lies further apart in latitude (in 1e-7 degrees). */
double geo_chord2_limit(int32_t metres);
int64_t geo_latitude_limit_e7(int32_t metres);

/*
 * geo_metres of two points, by their chord, or GEO_DOUBT: ask geo_metres. 2 asin(chord / 2) by its series: for a chord of
 * at most a tenth (637 km) what is left out is less than 1e-6 m, and the rounding of the vectors weighs less; in doubt is
 * whatever lies nearer than a millimetre to the half between two metres.
 */
enum { GEO_DOUBT = -2 };
static inline int32_t
geo_metres_by_chord(double chord2)
{
	double q = chord2 / 4, series = (1 + q * (1.0 / 6)) + q * q * (3.0 / 40 + q * (15.0 / 336));
	double half_up = GEO_EARTH_METRES * sqrt(chord2) * series + 0.5;
	int32_t metres = (int32_t)half_up;
	double rest = half_up - metres;

	return (chord2 > 0.01) | (rest < 0.001) | (rest > 0.999) ? GEO_DOUBT : metres;
}

#endif
