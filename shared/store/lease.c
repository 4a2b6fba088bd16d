/* SPDX-License-Identifier: Apache-2.0 */
/* Who is active: the session-level advisory lock of the very connection that writes. It ends with the session. */
#include "store/store_priv.h"

const struct sql lease_sql = { "store_lease", "SELECT pg_try_advisory_lock(" LOCK_OURS ", " LOCK_LEASE ")" };

int
store_lease_try(struct store *s, bool *held)
{
	struct rows *rows;

	*held = s->lease;
	if (s->lease && store_is_connected(s))
		return STORE_OK;               /* the lock counts how often it is taken: once is enough */
	int rc = store_run(s, &lease_sql, NULL, &rows);
	if (rc == STORE_OK)
		*held = s->lease = rows_bool(rows, 0, 0);
	return rc;
}

bool
store_has_lease(const struct store *s)
{
	return s->lease && store_is_connected(s);
}
