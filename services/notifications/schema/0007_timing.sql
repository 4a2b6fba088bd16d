-- SPDX-License-Identifier: Apache-2.0
-- When people are written to: who has asked for what, which records are one firm, how large it is, and several mails in one
-- message. Kinds of mails are words of rules.h; a list of them here would only have to be changed with each one.

ALTER TABLE mail DROP CONSTRAINT mail_kind_check;
ALTER TABLE mail DROP CONSTRAINT mail_state_check;
ALTER TABLE mail ADD CONSTRAINT mail_state_check
	CHECK (state IN ('waiting', 'queued', 'sending', 'sent', 'deferred', 'failed', 'suppressed', 'folded'));

ALTER TABLE mail ADD COLUMN colleague text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN mail.colleague IS
	'Empty: for the recipient''s own contact. Else another record of the same firm, whose contact has asked for all of it.';
ALTER TABLE mail ADD COLUMN urgent boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN mail.urgent IS 'As it was composed: goes at any hour, and does not count as a message of the day.';
ALTER TABLE mail ADD COLUMN carrier bigint REFERENCES mail;
COMMENT ON COLUMN mail.carrier IS 'Folded: the message (kind digest) that tells of it, with others for the same person.';
CREATE INDEX mail_by_carrier ON mail (carrier) WHERE carrier IS NOT NULL;
CREATE INDEX mail_by_address ON mail (lower(to_address)) WHERE to_address <> '';
DROP INDEX mail_collecting;
CREATE INDEX mail_collecting ON mail (kind, recipient, round, colleague) WHERE state = 'waiting';

ALTER TABLE notice ADD COLUMN colleague text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE notice DROP CONSTRAINT notice_pkey;
ALTER TABLE notice ADD PRIMARY KEY (kind, ids, version, colleague);
COMMENT ON COLUMN notice.colleague IS 'As mail.colleague: the same thing told to somebody else of the firm as well.';

ALTER TABLE employer_contact ADD COLUMN headcount integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN employer_contact.headcount IS '0: not known.';
CREATE INDEX employer_contact_by_address ON employer_contact (lower(contact_email));
CREATE INDEX institution_contact_by_address ON institution_contact (lower(coordinator_email));

CREATE TABLE firm_member (
	employer  text COLLATE "C" PRIMARY KEY,
	firm      text COLLATE "C" NOT NULL,
	log_id    text COLLATE "C" NOT NULL
);
COMMENT ON TABLE firm_member IS 'Records that are one firm with others. A record that is not here is a firm by itself.';
CREATE INDEX firm_member_by_firm ON firm_member (firm);

CREATE TABLE preference (
	address    text COLLATE "C" PRIMARY KEY,
	frequency  text NOT NULL CHECK (frequency IN ('', 'now', 'daily', 'weekly', 'never')),
	scope      text NOT NULL CHECK (scope IN ('', 'mine', 'firm')),
	set_ms     bigint NOT NULL
);
COMMENT ON TABLE preference IS
	'How often a person is written to, and of what; empty: by the settings, of her own. Deleted when no contact has this address.';

-- Whose address a mail of a recipient goes to: an employer's contact, an institution's coordinator.
CREATE VIEW person AS
SELECT employer AS recipient, institution, lower(contact_email) AS address FROM employer_contact
UNION ALL
SELECT institution, institution, lower(coordinator_email) FROM institution_contact;
