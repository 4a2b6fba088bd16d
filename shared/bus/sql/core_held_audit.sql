-- SPDX-License-Identifier: Apache-2.0
-- $1 a word that subject_ids may hold among others, $2 at most: who did what
-- about her, newest first.
SELECT at_ms::text, principal, role, institution, type::text, code::text FROM audit
 WHERE position(' ' || $1::text || ' ' IN ' ' || subject_ids || ' ') > 0
 ORDER BY id DESC LIMIT $2::bigint;
