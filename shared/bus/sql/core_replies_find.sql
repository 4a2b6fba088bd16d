-- SPDX-License-Identifier: Apache-2.0
-- $1 principals, $2 request ids, pairwise. n: which one was found.
SELECT a.n, r.digest, r.code, r.reply
  FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS a (principal, request_id, n)
  JOIN command_reply AS r ON r.principal = a.principal AND r.request_id = a.request_id;
