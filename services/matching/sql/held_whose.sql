-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number, $2 institution. Is she that institution's, as far as anything here says whose she is?
SELECT (EXISTS (SELECT FROM view_learner WHERE learner = $1::text AND institution = $2::text)
     OR EXISTS (SELECT FROM snapshot_learner WHERE learner = $1::text AND institution = $2::text)
     OR EXISTS (SELECT FROM round_line WHERE learner = $1::text AND institution = $2::text))
   AND NOT EXISTS (SELECT FROM view_learner WHERE learner = $1::text AND institution <> $2::text);
