-- SPDX-License-Identifier: Apache-2.0
-- Behind core_events_advance. $1 head before, then one element an event: $2 topics, $3 keys, $4 versions, $5 types,
-- $6 times, $7 bodies. The events get the numbers after the head, in their order.
-- plan: kept
INSERT INTO event (seq, topic, key, version, type, at_ms, body)
SELECT $1::bigint + e.n, e.topic, e.key, e.version, e.type::integer, e.at_ms, e.body
  FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[])
       WITH ORDINALITY AS e (topic, key, version, type, at_ms, body, n);
