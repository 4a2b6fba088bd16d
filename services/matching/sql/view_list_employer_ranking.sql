-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit. The cursor, then the columns as text.
SELECT posting,
	posting, log_id, version::text, institution, array_to_string(tiers, ','), array_to_string(learners, '|')
FROM view_employer_ranking WHERE posting > $1::text ORDER BY posting LIMIT $2::bigint;
