-- SPDX-License-Identifier: Apache-2.0
-- Employers who ask for a pause: until that day their open postings count as paused.
ALTER TABLE view_employer ADD COLUMN paused_until integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN view_employer.paused_until IS 'The first day on which it is asked again, days since 1970-01-01; 0: it is not paused.';
