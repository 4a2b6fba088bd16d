-- SPDX-License-Identifier: Apache-2.0
-- $1 names, $2 applied, $3 seen. A name at most once.
-- plan: kept
INSERT INTO reader (name, applied_seq, seen_ms)
SELECT r.name, r.applied_seq, r.seen_ms
  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS r (name, applied_seq, seen_ms)
ON CONFLICT (name) DO UPDATE SET applied_seq = excluded.applied_seq, seen_ms = excluded.seen_ms;
