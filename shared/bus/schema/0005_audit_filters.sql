-- SPDX-License-Identifier: Apache-2.0
-- The audit trail is searched by time, by who and by what it was about. Lines come in the order of time, so a few ranges of
-- blocks say where a day is; only lines that are about something stand in the index of ids.
CREATE INDEX audit_by_time ON audit USING brin (at_ms) WITH (pages_per_range = 16);
CREATE INDEX audit_by_principal ON audit (principal, id);
CREATE INDEX audit_by_subject ON audit (subject, id) WHERE subject <> '';
CREATE INDEX audit_by_id ON audit USING gin (string_to_array(subject_ids, ' ')) WHERE subject_ids IS NOT NULL;
