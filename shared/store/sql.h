/* SPDX-License-Identifier: Apache-2.0 */
/* What the build embeds from a component's sql/ and schema/ folders. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

struct sql {
	const char *name;   /* file name without .sql; also the prepared statement's name */
	const char *text;
};

struct migration {
	int version;        /* 1, 2, ... without gaps; 0 ends the list */
	const char *name;
	const char *text;   /* several statements, run in one transaction */
};

#endif
