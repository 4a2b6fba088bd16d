-- SPDX-License-Identifier: Apache-2.0
-- Who changed what of a row, when and why: a line for each field. That a row was created stands in the row itself, so that
-- a first feed writes nothing here. One writer counts the versions of a row, so a change has its place by them.
CREATE TABLE history (
	institution text COLLATE "C" NOT NULL,
	external_id text COLLATE "C" NOT NULL,
	kind text COLLATE "C" NOT NULL,
	version bigint NOT NULL,
	field text COLLATE "C" NOT NULL,
	at_ms bigint NOT NULL,
	command integer NOT NULL,
	who text NOT NULL,
	reason text NOT NULL,
	was text,
	is_now text,
	PRIMARY KEY (institution, external_id, kind, version, field)
);
COMMENT ON COLUMN history.version IS 'Of the row after the change.';
COMMENT ON COLUMN history.command IS 'CommandType of bus.proto; 0: what another service told.';
COMMENT ON COLUMN history.who IS 'The key''s name, with /subject where the console acted for somebody; of an event: the log.';
COMMENT ON COLUMN history.was IS 'Null, as is_now: of a person, not kept.';
