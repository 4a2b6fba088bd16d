-- SPDX-License-Identifier: Apache-2.0
-- $1 round.
SELECT round, title, state, revision, seed, seed_hash, weight_competencies, weight_distance, weight_hours, opened_ms, frozen_ms,
       published_ms, instance_digest, outcome_digest, rank_counts, erased, guarantee, verified
FROM round WHERE round = $1::text;
