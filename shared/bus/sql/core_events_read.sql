-- SPDX-License-Identifier: Apache-2.0
-- $1 after, $2 up to, $3 topics, $4 at most.
SELECT seq, topic, key, version, type, at_ms, body
  FROM event
 WHERE seq > $1::bigint AND seq <= $2::bigint AND topic = ANY ($3::text[])
 ORDER BY seq
 LIMIT $4::bigint;
