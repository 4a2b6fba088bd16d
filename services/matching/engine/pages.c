/* SPDX-License-Identifier: Apache-2.0 */
/* A random read from an array of many megabytes costs a walk through the page tables unless its pages are large. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#include "engine/pages.h"

enum { HUGE_PAGE = 2 << 20, WORTH_IT = 4 << 20 };

void *
pages_take(size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (size != 0 && count > (SIZE_MAX - HUGE_PAGE) / size)
		return NULL;
	bytes = count * size;
	if (bytes < WORTH_IT)
		return malloc(bytes == 0 ? 1 : bytes);
	bytes = (bytes + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
	p = aligned_alloc(HUGE_PAGE, bytes);
#ifdef MADV_HUGEPAGE
	if (p != NULL)
		(void)madvise(p, bytes, MADV_HUGEPAGE); /* a wish: whatever the answer, the memory is good */
#endif
	return p;
}

void *
pages_zero(size_t count, size_t size)
{
	void *p = pages_take(count, size);

	return p == NULL ? NULL : memset(p, 0, count * size);
}
