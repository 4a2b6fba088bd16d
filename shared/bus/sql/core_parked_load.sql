-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 at most.
SELECT seq, topic, key, version, type, at_ms, body
  FROM parked_event WHERE log_id = $1::text ORDER BY seq, topic, key LIMIT $2::bigint;
