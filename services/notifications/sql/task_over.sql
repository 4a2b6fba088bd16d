-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 log, $3 keys, $4 versions (0: not known). What they ask for is needed no more; what was done by hand stays so.
UPDATE task t SET holds = false, version = CASE r.version WHEN 0 THEN t.version ELSE r.version END, state = 'done',
	closed_ms = CASE t.state WHEN 'open' THEN $1::bigint ELSE t.closed_ms END
FROM unnest($3::text[], $4::bigint[]) AS r (key, version)
WHERE t.log_id = $2::text AND t.key = r.key AND t.holds
RETURNING t.institution
