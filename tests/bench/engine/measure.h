/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `engine` measures, one thing a process, so that each has a peak of memory of its own. Each prints lines of a name
 * and a figure: "seconds" once a run, others as it says. words: what stands behind the name of the measurement.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "made.h"

void measure_assign(char **words); /* kib, result */
void measure_ranked(char **words); /* floor once a run; proposals, kib */
void measure_round(char **words); /* each once a run: read, solve, pool, claim, judge; kib_read, kib_solve */

#endif
