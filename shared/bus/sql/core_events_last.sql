-- SPDX-License-Identifier: Apache-2.0
-- $1 topics, $2 keys, pairwise: the last event of each, in the order asked, unless it is blank.
SELECT e.seq, e.topic, e.key, e.version, e.type, e.at_ms, e.body
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (topic, key, n)
 CROSS JOIN LATERAL (SELECT * FROM event WHERE event.key = k.key AND event.topic = k.topic ORDER BY seq DESC LIMIT 1) AS e
 WHERE e.body <> ''::bytea
 ORDER BY k.n;
