-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 generation, $3 at most: keys that this resynchronisation did not bring. What was set aside of them goes too:
-- a retry would bring back what the log no longer has.
WITH swept AS (
	DELETE FROM log_key
	 WHERE ctid = ANY (ARRAY (
		SELECT ctid FROM log_key WHERE log_id = $1::text AND generation < $2::bigint LIMIT $3::bigint))
	RETURNING topic, key, version
), aside AS (
	DELETE FROM parked_event AS p USING swept AS s WHERE p.log_id = $1::text AND p.topic = s.topic AND p.key = s.key
)
SELECT topic, key, version FROM swept;
