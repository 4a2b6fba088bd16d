-- SPDX-License-Identifier: Apache-2.0
-- Delivery reports, and addresses at which nobody is. A report is kept by its digest alone: what it says of a mail stands with it.

CREATE TABLE bounce (
	digest   bytea PRIMARY KEY,
	read_ms  bigint NOT NULL,
	mail     bigint NOT NULL,
	meaning  text NOT NULL CHECK (meaning IN ('noted', 'message', 'address')),
	status   text NOT NULL
);
CREATE INDEX bounce_by_age ON bounce (read_ms);
COMMENT ON TABLE bounce IS 'Reports that were read: a report read again has no effect. Goes after keep_days.';
COMMENT ON COLUMN bounce.mail IS 'Which mail it is about; 0: none of ours, or not about its address.';
COMMENT ON COLUMN bounce.status IS 'RFC 3463; empty: none said.';

ALTER TABLE suppression ADD COLUMN suppression bigint GENERATED ALWAYS AS IDENTITY UNIQUE;
ALTER TABLE suppression DROP CONSTRAINT suppression_cause_check;
ALTER TABLE suppression ADD CONSTRAINT suppression_cause_check CHECK (cause IN ('asked', 'refused', 'bounced'));
ALTER TABLE suppression ADD COLUMN mail bigint NOT NULL DEFAULT 0;
ALTER TABLE suppression ADD COLUMN status text NOT NULL DEFAULT '';
COMMENT ON COLUMN suppression.cause IS
	'asked: she wants none, or a person says so; refused, bounced: nobody is there, until its college corrects the address or lifts it.';
COMMENT ON COLUMN suppression.mail IS 'refused, bounced: which mail has shown it.';

CREATE INDEX mail_unarrived ON mail (reader) WHERE state IN ('failed', 'suppressed');

CREATE TABLE sweep (
	one       boolean PRIMARY KEY DEFAULT true CHECK (one),
	asked_ms  bigint NOT NULL
);
COMMENT ON TABLE sweep IS 'A row: somebody was erased, so the reports that were set aside in files are to be deleted.';
