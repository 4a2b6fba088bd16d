/* SPDX-License-Identifier: Apache-2.0 */
/* What the build embeds from a component's sql/ and schema/ folders. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

/*
 * A statement is planned anew each time, since a plan that is kept would be the one for the empty tables of the first day;
 * that costs 0.1 ms. Where there is nothing to choose (an INSERT of what is given, rows found by a whole key, or the first of
 * an index), a line `-- plan: kept` in the file makes the server keep its plan, which goes by indexes and in their order
 * whatever the tables hold; embed-sql puts that line first.
 */
#define SQL_PLAN_KEPT "-- plan: kept\n"

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
