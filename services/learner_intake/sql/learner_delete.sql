-- SPDX-License-Identifier: Apache-2.0
-- learner_delete.sql: $1 institution, $2 external id. All that is held on her. How many rows went, and her pool number.
WITH ranking AS (DELETE FROM learner_ranking WHERE institution = $1::text AND learner = $2::text RETURNING 1),
	offer AS (DELETE FROM direct_offer WHERE institution = $1::text AND learner = $2::text RETURNING 1),
	person AS (DELETE FROM learner WHERE institution = $1::text AND external_id = $2::text RETURNING pool_number)
SELECT (SELECT count(*) FROM ranking) + (SELECT count(*) FROM offer) + (SELECT count(*) FROM person),
	(SELECT pool_number FROM person)
