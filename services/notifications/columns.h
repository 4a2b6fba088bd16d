/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of structures as parameters, one array for each member:
 *	TEXTS(&p, struct told_employer, employers, count, legal_name);
 * Without memory the params are marked failed, and the statement gives STORE_RETRY.
 */
#ifndef NOTIFICATIONS_COLUMNS_H
#define NOTIFICATIONS_COLUMNS_H

#include <stddef.h>
#include "store/store.h"

/* clang-format off */
struct member { const void *list; size_t count, size, offset; };

#define MEMBER(type, list_, count_, name) (struct member){ list_, count_, sizeof(type), offsetof(type, name) }
/* clang-format on */
#define TEXTS(p, type, list_, count_, name) column_texts(p, MEMBER(type, list_, count_, name))
#define INTS(p, type, list_, count_, name) column_ints(p, MEMBER(type, list_, count_, name))
#define BOOLS(p, type, list_, count_, name) column_bools(p, MEMBER(type, list_, count_, name))
#define BYTESS(p, type, list_, count_, name) column_bytess(p, MEMBER(type, list_, count_, name))
#define IDS(p, type, list_, count_, name) column_ids(p, MEMBER(type, list_, count_, name))

void column_texts(struct params *p, struct member m); /* const char * */
void column_ints(struct params *p, struct member m); /* int64_t */
void column_bools(struct params *p, struct member m); /* bool */
void column_bytess(struct params *p, struct member m); /* struct bytes */
void column_ids(struct params *p, struct member m); /* struct id */

#endif
