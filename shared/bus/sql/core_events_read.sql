-- SPDX-License-Identifier: Apache-2.0
-- $1 after, $2 up to, $3 topics, $4 at most.
SELECT seq, topic, key, version, type, at_ms, body
  FROM events_between($1::bigint, $2::bigint, $3::text[], $4::bigint);
