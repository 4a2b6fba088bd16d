-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution (NULL: the intermediary). For all to see; of its own learners a college reads the external ids, too.
SELECT w.learner, w.posting, w.institution, w.reason, w.at_ms, coalesce(v.external_id, '')
FROM round_withdrawal w LEFT JOIN view_learner v ON v.learner = w.learner AND v.institution = $2::text
WHERE w.round = $1::text ORDER BY w.number;
