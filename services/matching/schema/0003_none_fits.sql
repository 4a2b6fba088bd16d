-- SPDX-License-Identifier: Apache-2.0
-- Who ranked, but nothing that could enter the round, is counted apart from who ranked nothing.

ALTER TABLE round_college ADD COLUMN none_fits integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN round_college.none_fits IS 'Without a place: every posting that they ranked was left out of the round.';
