-- SPDX-License-Identifier: Apache-2.0
-- A learner belongs to the log that told of her first: it alone may have her erased, also from a snapshot.

ALTER TABLE snapshot_learner ADD COLUMN log_id text NOT NULL DEFAULT '';
COMMENT ON COLUMN snapshot_learner.log_id IS 'The log that told of her; empty: frozen before this was kept.';
UPDATE snapshot_learner s SET log_id = v.log_id FROM view_learner v WHERE v.learner = s.learner;
