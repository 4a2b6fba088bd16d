-- SPDX-License-Identifier: Apache-2.0
-- $1 before this id (newest first), $2 institution or NULL for all, $3 at most; then, NULL where not asked: $4 since and $5
-- before (ms), $6 who (a principal, or a subject of the console), $7 command, $8 code, $9 an id that it was about.
SELECT id, at_ms, principal, role, institution, acts, subject, type, request_id, code, refusal, subject_ids
  FROM audit
 WHERE id < $1::bigint AND ($2::text IS NULL OR institution = $2::text)
   AND ($4::bigint IS NULL OR at_ms >= $4::bigint) AND ($5::bigint IS NULL OR at_ms < $5::bigint)
   AND ($6::text IS NULL OR principal = $6::text OR subject = $6::text)
   AND ($7::bigint IS NULL OR type = $7::bigint) AND ($8::bigint IS NULL OR code = $8::bigint)
   AND ($9::text IS NULL OR position(' ' || $9::text || ' ' IN ' ' || subject_ids || ' ') > 0)
 ORDER BY id DESC
 LIMIT $3::bigint;
