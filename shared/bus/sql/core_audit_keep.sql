-- SPDX-License-Identifier: Apache-2.0
-- $1 now, then one element a line: $2 principals, $3 roles, $4 institutions, $5 acts, $6 subjects, $7 types,
-- $8 request ids, $9 codes, $10 refusals, $11 subject ids.
-- plan: kept
INSERT INTO audit (at_ms, principal, role, institution, acts, subject, type, request_id, code, refusal, subject_ids)
SELECT $1::bigint, l.principal, l.role, l.institution, l.acts, l.subject, l.type::integer, l.request_id,
       l.code::integer, l.refusal, l.subject_ids
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::uuid[], $9::bigint[],
              $10::text[], $11::text[])
       AS l (principal, role, institution, acts, subject, type, request_id, code, refusal, subject_ids);
