-- SPDX-License-Identifier: Apache-2.0
-- $1 principals, $2 request ids, pairwise. n: which one was found. LATERAL with LIMIT: one look into the index for
-- each, whatever the planner believes about the size of the table.
-- plan: kept
SELECT a.n, r.digest, r.code, r.reply
  FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS a (principal, request_id, n)
 CROSS JOIN LATERAL (
	SELECT digest, code, reply FROM command_reply
	 WHERE principal = a.principal AND request_id = a.request_id LIMIT 1) AS r;
