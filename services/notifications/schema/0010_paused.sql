-- SPDX-License-Identifier: Apache-2.0
-- Employers who ask for a pause: what asks them for something waits until that day.
ALTER TABLE employer_contact ADD COLUMN paused_until integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN employer_contact.paused_until IS 'First day on which it is asked again, days since 1970-01-01; 0: it is not paused.';
