-- SPDX-License-Identifier: Apache-2.0
-- Which choice a learner got who was placed by ranking, so that a college can be told of its own learners' choices.
ALTER TABLE round_line ADD COLUMN choice integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN round_line.choice IS
	'Placed by ranking: the tier of her own ranking, from 1, among what entered the round. 0: not so, or solved before this was kept.';
