-- SPDX-License-Identifier: Apache-2.0
-- When and by whom a learner was first fed (0 and empty: before this was kept). Her changes: table history.
ALTER TABLE learner ADD COLUMN created_ms bigint NOT NULL DEFAULT 0, ADD COLUMN created_by text NOT NULL DEFAULT '';
