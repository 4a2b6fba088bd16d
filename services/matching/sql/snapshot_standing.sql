-- SPDX-License-Identifier: Apache-2.0
-- $1 round. What other rounds have placed, as it stands now.
INSERT INTO snapshot_standing SELECT $1::text, learner, posting, round FROM standing;
