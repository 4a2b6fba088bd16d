-- SPDX-License-Identifier: Apache-2.0
-- $1 round.
INSERT INTO round_same_person (round, learner, institution, other, other_institution)
SELECT $1::text, learner, institution, other, other_institution FROM same_person;
