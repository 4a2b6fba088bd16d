-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 state, $3 revision, $4 frozen, $5 published, $6 instance digest, $7 outcome digest, $8 rank counts, $9 verified. A publication gets the next number.
UPDATE round SET state = $2::text, revision = $3::bigint, frozen_ms = $4::bigint, published_ms = $5::bigint,
                 instance_digest = $6::text, outcome_digest = $7::text, rank_counts = $8::text, verified = $9::boolean,
                 published_number = CASE WHEN $2::text = 'published' AND published_number = 0
                                         THEN (SELECT max(published_number) + 1 FROM round) ELSE published_number END
WHERE round = $1::text;
