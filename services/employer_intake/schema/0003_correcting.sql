-- SPDX-License-Identifier: Apache-2.0
-- When and by whom a row was first fed (0 and empty: before this was kept), and employers who ask for a pause.
ALTER TABLE institution ADD COLUMN created_ms bigint NOT NULL DEFAULT 0, ADD COLUMN created_by text NOT NULL DEFAULT '';
ALTER TABLE employer ADD COLUMN created_ms bigint NOT NULL DEFAULT 0, ADD COLUMN created_by text NOT NULL DEFAULT '',
	ADD COLUMN paused_until date, ADD COLUMN paused_reason text NOT NULL DEFAULT '';
ALTER TABLE posting ADD COLUMN created_ms bigint NOT NULL DEFAULT 0, ADD COLUMN created_by text NOT NULL DEFAULT '';
COMMENT ON COLUMN employer.paused_until IS 'The first day on which it is asked again; null, or a day gone by: now.';
