-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 principals, $3 request ids, $4 digests, $5 codes, $6 replies. A reply that is there already would mean
-- that a command happened twice: no ON CONFLICT, the whole group fails.
-- plan: kept
INSERT INTO command_reply (principal, request_id, digest, code, reply, at_ms)
SELECT r.principal, r.request_id, r.digest, r.code::integer, r.reply, $1::bigint
  FROM unnest($2::text[], $3::uuid[], $4::bytea[], $5::bigint[], $6::bytea[])
       AS r (principal, request_id, digest, code, reply);
