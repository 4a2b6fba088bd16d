-- SPDX-License-Identifier: Apache-2.0
-- offer_load.sql: $1 institution, $2 learners' external ids.
SELECT learner, version, posting FROM unnest($2::text[]) AS k (id)
CROSS JOIN LATERAL (SELECT * FROM direct_offer WHERE institution = $1::text AND learner = k.id LIMIT 1) AS offer
