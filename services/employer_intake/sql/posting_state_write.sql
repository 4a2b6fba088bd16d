-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions, $2 external ids, $3 versions, $4 states, $5 reasons, $6 seats taken: one of each per posting.
UPDATE posting p SET version = m.v, state = m.s, state_reason = m.r, seats_taken = m.taken
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[]) AS m (i, e, v, s, r, taken)
WHERE p.institution = m.i AND p.external_id = m.e;
