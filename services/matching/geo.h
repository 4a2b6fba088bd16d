/* SPDX-License-Identifier: Apache-2.0 */
/* Distance on the globe. Source: feeds.md, "Who fits where". */
#ifndef MATCHING_GEO_H
#define MATCHING_GEO_H

#include <stdint.h>

enum { GEO_E7 = 10000000 };    /* coordinates are in 1e-7 degrees */

struct geo_point {
	int32_t latitude_e7;    /* -90 .. 90 degrees */
	int32_t longitude_e7;   /* -180 .. 180 degrees */
};

/* Great-circle distance by the haversine formula, earth radius 6371.0088 km, rounded to whole metres. */
int32_t geo_metres(struct geo_point a, struct geo_point b);

/*
 * A box round centre that holds every point whose geo_metres is at most `metres`. West and east of the box may lie
 * beyond +-180 degrees where it crosses that line; a box that holds a pole spans 360 degrees and more.
 */
struct geo_box {
	double south, north, west, east;    /* degrees */
};
struct geo_box geo_box_around(struct geo_point centre, int32_t metres);

#endif
