-- SPDX-License-Identifier: Apache-2.0
-- $1..$4 the pair, $5 state, $6 who proposed it, $7 reason. A link that stands keeps who proposed it, and why.
INSERT INTO firm_link (institution_a, external_id_a, institution_b, external_id_b, state, proposed_by, reason)
VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text)
ON CONFLICT (institution_a, external_id_a, institution_b, external_id_b) DO UPDATE SET state = excluded.state;
