-- SPDX-License-Identifier: Apache-2.0
-- Placements of a round stand while it is published: a later round leaves these learners out, and their seats.

CREATE VIEW standing AS
SELECT l.round, l.learner, l.institution, l.programme, l.posting, l.placed_by
FROM round_line l JOIN round r USING (round)
WHERE r.state = 'published' AND l.posting <> '' AND l.placed_by <> 'standing' AND l.learner <> 'erased----';
COMMENT ON VIEW standing IS 'Who is placed now, and by which round. A line with ''standing'' repeats another round''s.';

CREATE TABLE snapshot_standing (
	round    text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	learner  text COLLATE "C" NOT NULL,
	posting  text COLLATE "C" NOT NULL,
	PRIMARY KEY (round, learner, posting)
);
CREATE INDEX snapshot_standing_by_learner ON snapshot_standing (learner);
COMMENT ON TABLE snapshot_standing IS 'Placements of other rounds that stood at the freeze.';

CREATE VIEW pool_standing AS
SELECT ''::text AS round, learner, posting FROM standing
UNION ALL SELECT * FROM snapshot_standing;

ALTER TABLE round_college ADD COLUMN placed_before integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN round_college.placed_before IS 'Placed by another round, whose placement stood at the freeze.';
