/* SPDX-License-Identifier: Apache-2.0 */
/* Haversine, and the same distance by the chord. */
#include "geo.h"

static const double PI = 3.14159265358979323846;
static const double DEGREE = 3.14159265358979323846 / 180;

static double
degrees(int32_t e7)
{
	return (double)e7 / GEO_E7;
}

int32_t
geo_metres(struct geo_point a, struct geo_point b)
{
	double lat_a = degrees(a.latitude_e7) * DEGREE, lat_b = degrees(b.latitude_e7) * DEGREE;
	double up = sin((lat_b - lat_a) / 2);
	double along = sin((degrees(b.longitude_e7) - degrees(a.longitude_e7)) * DEGREE / 2);
	double h = up * up + cos(lat_a) * cos(lat_b) * along * along;

	/* Rounding may carry opposite points a hair above 1. */
	return (int32_t)lround(2 * GEO_EARTH_METRES * asin(sqrt(h > 1 ? 1 : h)));
}

struct geo_vector
geo_vector_of(struct geo_point p)
{
	double latitude = degrees(p.latitude_e7) * DEGREE, longitude = degrees(p.longitude_e7) * DEGREE;

	return (struct geo_vector){ cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude) };
}

/* The angle of `metres`, which geo_metres may have rounded down by half a metre, and then of some more: opposite points
 * are known to a tenth of a metre only. */
static double
angle_limit(int32_t metres)
{
	return ((double)metres + 2) / GEO_EARTH_METRES;
}

double
geo_chord2_limit(int32_t metres)
{
	double angle = angle_limit(metres), half_chord = angle < PI ? sin(angle / 2) : 2;

	return 4 * half_chord * half_chord;
}

int64_t
geo_latitude_limit_e7(int32_t metres)
{
	return (int64_t)ceil(angle_limit(metres) / DEGREE * GEO_E7);
}
