-- SPDX-License-Identifier: Apache-2.0
-- offer_load.sql: $1 institution, $2 learners' external ids.
SELECT learner, version, posting FROM direct_offer WHERE institution = $1::text AND learner = ANY ($2::text[])
