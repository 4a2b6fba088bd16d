-- SPDX-License-Identifier: Apache-2.0
-- held_offer.sql: $1 institution, $2 external id.
SELECT posting FROM direct_offer WHERE institution = $1::text AND learner = $2::text AND posting <> ''
