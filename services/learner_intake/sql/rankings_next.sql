-- SPDX-License-Identifier: Apache-2.0
-- rankings_next.sql: $1 institution, $2 learners' external ids. Their lists, each with its next version: it is to be told anew.
UPDATE learner_ranking SET version = version + 1 WHERE institution = $1::text AND learner = ANY ($2::text[])
RETURNING learner, version, tiers::text[], postings
