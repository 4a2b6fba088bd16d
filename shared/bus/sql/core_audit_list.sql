-- SPDX-License-Identifier: Apache-2.0
-- $1 before this id (newest first), $2 institution or NULL for all, $3 at most.
SELECT id, at_ms, principal, role, institution, acts, subject, type, request_id, code, refusal, subject_ids
  FROM audit
 WHERE id < $1::bigint AND ($2::text IS NULL OR institution = $2::text)
 ORDER BY id DESC
 LIMIT $3::bigint;
