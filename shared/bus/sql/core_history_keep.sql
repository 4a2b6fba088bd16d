-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 who, $3 command (0: an event), then one element a line: $4 institutions, $5 external ids, $6 kinds,
-- $7 versions, $8 fields, $9 reasons, $10 values before, $11 values now. A line that stands already stays as it is.
INSERT INTO history (at_ms, who, command, institution, external_id, kind, version, field, reason, was, is_now)
SELECT $1::bigint, $2::text, $3::bigint, l.i, l.e, l.k, l.v, l.f, l.r, l.w, l.n
  FROM unnest($4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[])
       AS l (i, e, k, v, f, r, w, n)
ON CONFLICT (institution, external_id, kind, version, field) DO NOTHING;
