-- SPDX-License-Identifier: Apache-2.0
-- $1 pool numbers, $2 institutions, $3 $4 given and family names, $5 in the pool, $6 log.
INSERT INTO learner_contact (learner, institution, given_name, family_name, in_pool, log_id)
SELECT n, i, g, f, p, $6::text FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[]) AS t (n, i, g, f, p)
ON CONFLICT (learner) DO UPDATE SET institution = excluded.institution, given_name = excluded.given_name,
	family_name = excluded.family_name, in_pool = excluded.in_pool, log_id = excluded.log_id
