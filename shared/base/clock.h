/* SPDX-License-Identifier: Apache-2.0 */
/* The only two places that ask the time. The loop reads them once per turn and passes the values down. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define DAY_MS INT64_C(86400000)

int64_t clock_wall_ms(void);   /* UTC, since 1970: for people and for ids */
int64_t clock_mono_ms(void);   /* never goes back: for waiting and expiry */

#endif
