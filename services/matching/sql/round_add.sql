-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 title, $3 seed, $4 its hash, $5..$7 weights, $8 now, $9 guarantee.
INSERT INTO round (round, title, state, revision, seed, seed_hash, weight_competencies, weight_distance, weight_hours, opened_ms,
                   guarantee)
VALUES ($1::text, $2::text, 'open', 1, $3::text, $4::text, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::boolean);
