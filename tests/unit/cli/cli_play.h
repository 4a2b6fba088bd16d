/* SPDX-License-Identifier: Apache-2.0 */
/* What the command's unit tests share: cmocka in the right order, an arena, and small helpers. */
#ifndef TESTS_CLI_PLAY_H
#define TESTS_CLI_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"

static struct arena *arena;

static inline int
open_arena(void **state)
{
	(void)state;
	arena = arena_new(512 * MiB);
	return arena == NULL ? -1 : 0;
}

static inline int
close_arena(void **state)
{
	(void)state;
	arena_destroy(&arena);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

#endif
