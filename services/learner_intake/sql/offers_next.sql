-- SPDX-License-Identifier: Apache-2.0
-- offers_next.sql: $1 institution, $2 learners' external ids. Their offers, each with its next version: it is to be told anew.
UPDATE direct_offer SET version = version + 1 WHERE institution = $1::text AND learner = ANY ($2::text[])
RETURNING learner, version, posting
