/* SPDX-License-Identifier: Apache-2.0 */
/* Named crash points: only a test build has them. */
#include "base/crash.h"

#ifdef BASSIN_CRASH_POINTS
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void crash_point(const char *name)
{
	static atomic_long passages;
	const char *at = getenv("CRASH_AT");
	size_t len = strlen(name);

	if (at == NULL || strncmp(at, name, len) != 0 || at[len] != ':')
		return;
	/* One process has one CRASH_AT, so that one counter is enough. */
	if (atomic_fetch_add(&passages, 1) + 1 == strtol(at + len + 1, NULL, 10))
		raise(SIGKILL);
}
#else
/* ISO C wants at least one declaration in a file. */
typedef int crash_points_are_off;
#endif
