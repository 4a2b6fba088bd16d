/* SPDX-License-Identifier: Apache-2.0 */
/* Haversine, and the box that a circle fits into. */
#include <math.h>

#include "geo.h"

static const double EARTH_METRES = 6371008.8;
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
	return (int32_t)lround(2 * EARTH_METRES * asin(sqrt(h > 1 ? 1 : h)));
}

struct geo_box
geo_box_around(struct geo_point centre, int32_t metres)
{
	double lat = degrees(centre.latitude_e7), lon = degrees(centre.longitude_e7);
	/* geo_metres rounds: up to half a metre is added; the other half is for the rounding of the doubles here. */
	double angle = ((double)metres + 1) / EARTH_METRES, half = 360;
	struct geo_box box = { lat - angle / DEGREE, lat + angle / DEGREE, 0, 0 };

	/* The meridians that touch the circle; none where it holds a pole. */
	if (box.south > -90 && box.north < 90)
		half = asin(fmin(1, sin(angle) / cos(lat * DEGREE))) / DEGREE + 1e-6;
	box.west = lon - half;
	box.east = lon + half;
	return box;
}
