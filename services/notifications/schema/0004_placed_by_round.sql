-- SPDX-License-Identifier: Apache-2.0
-- An employer's letter about a round tells of those whom that round has placed.

ALTER TABLE placed ADD COLUMN round text COLLATE "C" NOT NULL DEFAULT '';
UPDATE placed d SET round = l.round FROM placement l WHERE l.posting = d.posting;
CREATE INDEX placement_by_employer ON placement (employer);
COMMENT ON COLUMN placed.round IS 'The round that has placed her; the posting may have been told of by a later one.';
