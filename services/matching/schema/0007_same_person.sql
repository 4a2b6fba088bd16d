-- SPDX-License-Identifier: Apache-2.0
-- Two learners who are one person by their permanent codes: equal keyed hashes, given by two colleges or twice by one. Both
-- take part until people decide otherwise; the freeze notes whom it concerned.

CREATE VIEW same_person AS
SELECT a.learner, a.institution, b.learner AS other, b.institution AS other_institution
FROM view_learner a JOIN view_learner b USING (permanent_code_hash)
WHERE permanent_code_hash <> '' AND a.learner < b.learner AND a.in_pool AND b.in_pool;

CREATE TABLE round_same_person (
	round              text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	learner            text COLLATE "C" NOT NULL,
	institution        text COLLATE "C" NOT NULL,
	other              text COLLATE "C" NOT NULL,
	other_institution  text COLLATE "C" NOT NULL,
	PRIMARY KEY (round, learner, other)
);
COMMENT ON TABLE round_same_person IS 'As they stood at the freeze; the hash itself stays in the view.';
CREATE INDEX round_same_person_by_learner ON round_same_person (learner);
CREATE INDEX round_same_person_by_other ON round_same_person (other);
