/* SPDX-License-Identifier: Apache-2.0 */
/* SQLSTATE to our result, in this one place. Source: PostgreSQL 15, appendix A, "PostgreSQL Error Codes". */
#include "store/store_priv.h"

#include <string.h>
#include "base/log.h"

static const struct {
	const char *prefix;         /* a class, or a whole code that differs from its class: those come first */
	int result;
	bool reconnect;             /* this session is of no use any more */
} judgements[] = {
	{ "08P01", STORE_BROKEN, false },   /* a parameter is not of the type that the statement names: our bug */
	{ "0A000", STORE_RETRY,  true  },   /* a migration changed a table under a prepared plan; prepare again */
	{ "25006", STORE_RETRY,  true  },   /* read only: this server is a standby now */
	{ "25P03", STORE_RETRY,  true  },   /* idle in transaction for too long: we were paused */
	{ "26000", STORE_RETRY,  true  },   /* somebody has discarded our prepared statements */
	{ "08",    STORE_RETRY,  true  },   /* connection */
	{ "40",    STORE_RETRY,  false },   /* deadlock, serialisation */
	{ "53",    STORE_RETRY,  false },   /* disk full, out of memory, too many connections */
	{ "55",    STORE_RETRY,  false },   /* lock timeout, object in use */
	{ "57",    STORE_RETRY,  false },   /* cancelled by a timeout, shutting down (the connection then ends by itself) */
	{ "58",    STORE_RETRY,  false },   /* I/O */
	/* A damaged page is nobody's command's or event's fault: set nothing aside because of it. */
	{ "XX",    STORE_RETRY,  false },
};

static size_t
judgement_of(const char *sqlstate)
{
	size_t i = 0;

	while (i < COUNT_OF(judgements) &&
	       strncmp(sqlstate, judgements[i].prefix, strlen(judgements[i].prefix)) != 0)
		i++;
	return i;
}

int
error_of_sqlstate(const char *sqlstate)
{
	if (sqlstate == NULL)
		return STORE_RETRY;
	size_t i = judgement_of(sqlstate);
	return i < COUNT_OF(judgements) ? judgements[i].result : STORE_BROKEN;
}

bool
error_wants_reconnect(const char *sqlstate)
{
	if (sqlstate == NULL)
		return false;
	size_t i = judgement_of(sqlstate);
	return i < COUNT_OF(judgements) && judgements[i].reconnect;
}

/* A value drawn at random that somebody has already: the next transaction draws another. */
static bool
was_drawn_twice(const char *sqlstate, const char *constraint)
{
	static const char ending[] = "_drawn";
	size_t size = constraint != NULL ? strlen(constraint) : 0;

	return sqlstate != NULL && strcmp(sqlstate, "23505") == 0 && size >= sizeof ending - 1 &&
	       strcmp(constraint + size - (sizeof ending - 1), ending) == 0;
}

/* event_seq is the type of a head that is ours (bus/schema): it takes no null. */
static bool
is_fence(const PGresult *r, const char *sqlstate)
{
	const char *type = PQresultErrorField(r, PG_DIAG_DATATYPE_NAME);

	return sqlstate != NULL && strcmp(sqlstate, "23502") == 0 && type != NULL && strcmp(type, "event_seq") == 0;
}

int
error_judge(const PGresult *r, const char *statement)
{
	const char *sqlstate = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *constraint = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
	int result = was_drawn_twice(sqlstate, constraint) ? STORE_RETRY
	             : is_fence(r, sqlstate) ? STORE_FENCED : error_of_sqlstate(sqlstate);
	bool damaged = sqlstate != NULL && strncmp(sqlstate, "XX", 2) == 0;

	(result == STORE_BROKEN || damaged ? log_error : log_warn)(
	    "store=postgresql statement=%s sqlstate=%s constraint=%s", statement, sqlstate != NULL ? sqlstate : "-",
	    constraint != NULL ? constraint : "-");
	return result;
}
