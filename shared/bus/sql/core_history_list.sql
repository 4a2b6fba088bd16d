-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external id, $3 kinds, $4..$7 before this line (at, kind, version, field), $8 at most. Newest first.
SELECT at_ms, who, command, kind, version, field, was, is_now, reason
  FROM history
 WHERE institution = $1::text AND external_id = $2::text AND kind = ANY ($3::text[])
   AND (at_ms, kind, version, field) < ($4::bigint, $5::text COLLATE "C", $6::bigint, $7::text COLLATE "C")
 ORDER BY at_ms DESC, kind DESC, version DESC, field DESC
 LIMIT $8::bigint;
