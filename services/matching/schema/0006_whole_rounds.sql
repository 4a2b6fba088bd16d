-- SPDX-License-Identifier: Apache-2.0
-- Rounds with the guarantee, assignment and reserves; who stands placed takes part, and may move up: then she no longer
-- stands where she stood. What is written here of older rounds is what they were: solved without the guarantee.

ALTER TABLE round ADD COLUMN guarantee boolean NOT NULL DEFAULT true;
ALTER TABLE round ADD COLUMN verified boolean NOT NULL DEFAULT false;
ALTER TABLE round ADD COLUMN published_number bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN round.guarantee IS 'A rule of the round, published at its opening.';
COMMENT ON COLUMN round.verified IS 'The verifier has accepted the stored outcome.';
COMMENT ON COLUMN round.published_number IS 'Grows with each publication, whatever the clock does; 0: never published.';
UPDATE round SET guarantee = false WHERE frozen_ms > 0;
UPDATE round r SET published_number = n.number
FROM (SELECT round, row_number() OVER (ORDER BY published_ms, round) AS number FROM round WHERE published_ms > 0) n
WHERE r.round = n.round;

ALTER TABLE round_line ADD COLUMN from_posting text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE round_line ADD COLUMN from_round text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN round_line.from_posting IS 'Where another round had placed her: she has moved up from there. Empty: she did not move.';
COMMENT ON COLUMN round_line.from_round IS 'The round that had placed her: where she moved from, or where she keeps her place (standing).';
CREATE INDEX round_line_by_from_posting ON round_line (round, from_posting) WHERE from_posting <> '';

-- The last published placement of a learner is the one that stands, while its round is published. A round that is closed
-- keeps its lines: its stays are over, and so is what they moved up from. A round that is called off has no lines, so what
-- stood before it stands again.
CREATE OR REPLACE VIEW standing AS
SELECT l.round, l.learner, l.institution, l.programme, l.posting, l.placed_by
FROM round_line l JOIN round r USING (round)
WHERE r.state = 'published' AND l.posting <> '' AND l.placed_by <> 'standing' AND l.learner <> 'erased----'
  AND NOT EXISTS (SELECT FROM round_line later JOIN round q USING (round)
                  WHERE later.learner = l.learner AND later.posting <> '' AND later.placed_by <> 'standing'
                    AND q.state IN ('published', 'closed') AND q.published_number > r.published_number);
COMMENT ON VIEW standing IS 'Who is placed now, and by which round. A line with ''standing'' repeats another round''s.';

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
