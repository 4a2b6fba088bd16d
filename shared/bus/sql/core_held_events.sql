-- SPDX-License-Identifier: Apache-2.0
-- $1 keys under which events speak of one person alone: those of this log, and those set aside from others' logs.
SELECT seq, topic, key, version, type, at_ms, body FROM event WHERE key = ANY ($1::text[]) AND body <> ''::bytea
UNION ALL
SELECT seq, topic, key, version, type, at_ms, body FROM parked_event WHERE key = ANY ($1::text[]) AND body <> ''::bytea
ORDER BY topic, seq;
