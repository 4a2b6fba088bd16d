-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 generation, $3 at most: keys that this resynchronisation did not bring.
DELETE FROM log_key
 WHERE ctid = ANY (ARRAY (
	SELECT ctid FROM log_key WHERE log_id = $1::text AND generation < $2::bigint LIMIT $3::bigint))
RETURNING topic, key, version;
