/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named crash points of a test build (reliability.md, R1): CRASH_AT=name:n in the environment kills this process with
 * SIGKILL at the n-th passage (from 1) of the point of that name. Compiled to nothing without -DBASSIN_CRASH_POINTS.
 */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#ifdef BASSIN_CRASH_POINTS
/* Any thread may pass; passages of one name are counted over all threads. name: static text. */
void crash_point(const char *name);
#define CRASH_POINT(name) crash_point(name)
#else
#define CRASH_POINT(name) ((void)0)
#endif

#endif
