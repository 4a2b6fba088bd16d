-- SPDX-License-Identifier: Apache-2.0
-- $1 epoch, $2 count, then one element an event: $3 topics, $4 keys, $5 versions, $6 types, $7 times, $8 bodies.
-- No row: another instance has taken over. The events get the numbers after the one returned, in their order.
WITH head AS (
	UPDATE event_head SET seq = seq + $2::bigint WHERE epoch = $1::uuid RETURNING seq - $2::bigint AS before
), added AS (
	INSERT INTO event (seq, topic, key, version, type, at_ms, body)
	SELECT head.before + e.n, e.topic, e.key, e.version, e.type::integer, e.at_ms, e.body
	  FROM head, unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[])
	       WITH ORDINALITY AS e (topic, key, version, type, at_ms, body, n)
)
SELECT before FROM head;
