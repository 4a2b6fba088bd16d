-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit. The cursor, then the columns as text.
SELECT learner,
	learner, log_id, version::text, institution, array_to_string(tiers, ','), array_to_string(postings, '|')
FROM view_learner_ranking WHERE learner > $1::text ORDER BY learner LIMIT $2::bigint;
