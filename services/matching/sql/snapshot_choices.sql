-- SPDX-License-Identifier: Apache-2.0
-- $1 round. References to learners are resolved here, once and for all.
INSERT INTO snapshot_choice SELECT $1::text, posting, tiers, learners FROM pool_choice WHERE round = '';
