-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 topic, $3 key, $4 seq, $5 version, $6 type, $7 time, $8 now, $9 reason, $10 body.
-- Of a key the last one stays.
INSERT INTO parked_event (log_id, topic, key, seq, version, type, at_ms, parked_ms, reason, body)
VALUES ($1::text, $2::text, $3::text, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::text, $10::bytea)
ON CONFLICT (log_id, topic, key) DO UPDATE
   SET seq = excluded.seq, version = excluded.version, type = excluded.type, at_ms = excluded.at_ms,
       parked_ms = excluded.parked_ms, reason = excluded.reason, body = excluded.body;
