-- SPDX-License-Identifier: Apache-2.0
-- Rounds with the guarantee, assignment and reserves; who stands placed takes part, and may move up: then she no longer
-- stands where she stood. What is written here of older rounds is what they were: solved without the guarantee.

ALTER TABLE round ADD COLUMN guarantee boolean NOT NULL DEFAULT true;
ALTER TABLE round ADD COLUMN verified boolean NOT NULL DEFAULT false;
ALTER TABLE round ADD COLUMN published_number bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN round.guarantee IS 'A rule of the round, published at its opening.';
COMMENT ON COLUMN round.verified IS 'The verifier has accepted the stored outcome.';
COMMENT ON COLUMN round.published_number IS 'Grows with each publication, whatever the clock does; 0: never published.';
UPDATE round SET guarantee = false WHERE published_ms > 0;
UPDATE round r SET published_number = n.number
FROM (SELECT round, row_number() OVER (ORDER BY published_ms, round) AS number FROM round WHERE published_ms > 0) n
WHERE r.round = n.round;

ALTER TABLE round_line ADD COLUMN from_posting text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE round_line ADD COLUMN from_round text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN round_line.from_posting IS 'Where another round had placed her: she has moved up from there. Empty: she did not move.';
COMMENT ON COLUMN round_line.from_round IS 'The round that had placed her: where she moved from, or where she keeps her place (standing).';
CREATE INDEX round_line_by_from_posting ON round_line (round, from_posting) WHERE from_posting <> '';

ALTER TABLE round_withdrawal ADD COLUMN after_publication boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN round_withdrawal.after_publication IS
	'The place that the round had given is given up; what was solved and published stays as it is.';
CREATE INDEX round_withdrawal_by_learner ON round_withdrawal (learner, round) WHERE after_publication;
CREATE INDEX round_withdrawal_by_posting ON round_withdrawal (posting, round) WHERE after_publication;

-- The last published placement of a learner is the one that stands, while its round is published and it is not given up. A
-- round that is closed keeps its lines: its stays are over, and so is what they moved up from. A round that is called off has
-- no lines, so what stood before it stands again.
CREATE VIEW published_line AS
SELECT l.round, l.learner, l.institution, l.programme, l.posting, l.placed_by, r.published_number,
       r.state = 'published'
       AND NOT EXISTS (SELECT FROM round_withdrawal x
                       WHERE x.round = l.round AND x.after_publication AND x.learner = l.learner)
       AND NOT EXISTS (SELECT FROM round_withdrawal x
                       WHERE x.round = l.round AND x.after_publication AND x.posting = l.posting) AS lasts
FROM round_line l JOIN round r USING (round)
WHERE r.state IN ('published', 'closed') AND l.posting <> '' AND l.placed_by <> 'standing' AND l.learner <> 'erased----';
COMMENT ON VIEW published_line IS 'Placements that a round has made itself: a line with ''standing'' repeats another round''s.';

CREATE OR REPLACE VIEW standing AS
SELECT l.round, l.learner, l.institution, l.programme, l.posting, l.placed_by
FROM published_line l
WHERE l.lasts AND NOT EXISTS (SELECT FROM published_line later
                              WHERE later.learner = l.learner AND later.published_number > l.published_number);
COMMENT ON VIEW standing IS 'Who is placed now, and by which round.';

ALTER TABLE snapshot_standing ADD COLUMN placed_round text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN snapshot_standing.placed_round IS 'Which round placed her; empty: frozen before this was kept.';
CREATE OR REPLACE VIEW pool_standing AS
SELECT ''::text AS round, learner, posting, round AS placed_round FROM standing
UNION ALL SELECT round, learner, posting, placed_round FROM snapshot_standing;

ALTER TABLE round_college ADD COLUMN pool integer NOT NULL DEFAULT 0;
ALTER TABLE round_college ADD COLUMN better_alone integer NOT NULL DEFAULT 0;
ALTER TABLE round_college ADD COLUMN moved_up integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN round_college.pool IS 'Placed, counted as alone is: direct offers and standing placements included.';
COMMENT ON COLUMN round_college.better_alone IS 'Learners who would have been better off with their college alone.';
COMMENT ON COLUMN round_college.moved_up IS 'Of those placed: stood at another posting before, and rank this one higher.';
