-- SPDX-License-Identifier: Apache-2.0
-- $1 who asks (NULL: the intermediary), $2 reference. The learner meant: an own one by external id first, else by number.
SELECT learner, institution FROM (
	SELECT min(learner) AS learner, min(institution) AS institution, 0 AS rank FROM view_learner
	WHERE institution = $1::text AND external_id = $2::text
	UNION ALL SELECT learner, institution, 1 FROM view_learner WHERE learner = $2::text) found
WHERE learner IS NOT NULL ORDER BY rank LIMIT 1;
