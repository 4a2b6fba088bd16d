-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2..$5 the pair, $6 act, $7 who, $8 why. Its number grows with each act.
INSERT INTO firm_history (at_ms, institution_a, external_id_a, institution_b, external_id_b, act, by_principal, reason)
VALUES ($1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text)
RETURNING number;
