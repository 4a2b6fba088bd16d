-- SPDX-License-Identifier: Apache-2.0
-- $1 epoch, $2 head before, $3 how many events, then one element an event: $4 topics, $5 keys, $6 versions, $7 types, $8 times,
-- $9 bodies. The events get the numbers after the head, in their order. No event_seq: as in core_events_advance.
-- plan: kept
WITH head AS (UPDATE event_head SET seq = $2::bigint + $3::bigint WHERE epoch = $1::uuid AND seq = $2::bigint
	RETURNING $2::bigint AS before)
INSERT INTO event (seq, topic, key, version, type, at_ms, body)
SELECT (SELECT before FROM head)::event_seq + e.n, e.topic, e.key, e.version, e.type::integer, e.at_ms, e.body
  FROM unnest($4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[])
       WITH ORDINALITY AS e (topic, key, version, type, at_ms, body, n);
