-- SPDX-License-Identifier: Apache-2.0
-- $1 round.
INSERT INTO snapshot_offer SELECT $1::text, learner, posting FROM pool_offer WHERE round = '';
