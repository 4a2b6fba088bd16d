-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number, $2 institution. Is she that institution's, as far as anything here says whose she is?
SELECT EXISTS (SELECT FROM learner_contact WHERE learner = $1::text AND institution = $2::text)
    OR (NOT EXISTS (SELECT FROM learner_contact WHERE learner = $1::text)
        AND (EXISTS (SELECT FROM placed WHERE learner = $1::text AND institution = $2::text)
             OR EXISTS (SELECT FROM summary_line WHERE learner = $1::text AND institution = $2::text)))
