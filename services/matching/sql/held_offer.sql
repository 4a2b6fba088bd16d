-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
SELECT posting FROM view_direct_offer WHERE learner = $1::text AND posting <> '';
