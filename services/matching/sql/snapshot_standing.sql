-- SPDX-License-Identifier: Apache-2.0
-- $1 round. What other rounds have placed, as it stands now.
INSERT INTO snapshot_standing SELECT DISTINCT $1::text, learner, posting FROM standing;
