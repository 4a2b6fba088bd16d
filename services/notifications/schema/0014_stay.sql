-- SPDX-License-Identifier: Apache-2.0
-- Who was told of a stay can be told that it is cancelled, when nothing else is known of whose it was.

-- What calendars know a stay by: the same for this learner at this posting, whatever the round; a digest, so that it leads to
-- nobody.
CREATE FUNCTION stay_of(posting text, learner text) RETURNS text STABLE
	RETURN left(encode(sha256(convert_to(posting || E'\n' || learner, 'UTF8')), 'hex'), 32);

ALTER TABLE notice ADD COLUMN stay text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN stay_college text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN notice.stay IS 'place_freed: which stay is cancelled, stay_of(); empty: told before this was kept, or another kind.';
COMMENT ON COLUMN notice.stay_college IS 'place_freed: the college that had sent her, whose coordinator the calendar names.';
