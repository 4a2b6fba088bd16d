-- SPDX-License-Identifier: Apache-2.0
-- Whose contact reads a mail, so that all that waits for one person is found at once.

ALTER TABLE mail ADD COLUMN reader text COLLATE "C" NOT NULL GENERATED ALWAYS AS (coalesce(nullif(colleague, ''), recipient)) STORED;
CREATE INDEX mail_waiting_for ON mail (reader) WHERE state = 'waiting';
