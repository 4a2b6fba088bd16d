-- SPDX-License-Identifier: Apache-2.0
-- $1 round.
INSERT INTO snapshot_ranking SELECT $1::text, learner, tiers, postings FROM pool_ranking WHERE round = '';
