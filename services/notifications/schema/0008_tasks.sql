-- SPDX-License-Identifier: Apache-2.0
-- What people must do, told by the services where it arises (topic task) and found here; and why an address gets no mail.

CREATE TABLE task (
	task         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	log_id       text COLLATE "C" NOT NULL,
	key          text COLLATE "C" NOT NULL,
	version      bigint NOT NULL,
	kind         text NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	subjects     text[] NOT NULL,
	since_ms     bigint NOT NULL,
	holds        boolean NOT NULL,
	state        text NOT NULL CHECK (state IN ('open', 'done')),
	closed_by    text NOT NULL DEFAULT '',
	closed_ms    bigint NOT NULL DEFAULT 0,
	note         text NOT NULL DEFAULT '',
	UNIQUE (log_id, key),
	CHECK (state = 'done' OR holds)
);
COMMENT ON COLUMN task.log_id IS 'The log that told of it; our own name: found here.';
COMMENT ON COLUMN task.institution IS 'Whose task it is; empty: the intermediary''s.';
COMMENT ON COLUMN task.subjects IS 'Ids of firms, postings, programmes, institutions; never of people (bus/matters.h).';
COMMENT ON COLUMN task.holds IS 'Whether its condition still stands; done by hand, it may.';
COMMENT ON COLUMN task.closed_by IS 'Who said that it is done; empty: its condition has gone.';
CREATE INDEX task_by_age ON task (since_ms, task) WHERE state = 'open';
CREATE INDEX task_over ON task (closed_ms) WHERE NOT holds;

ALTER TABLE suppression ADD COLUMN cause text NOT NULL DEFAULT 'asked' CHECK (cause IN ('asked', 'refused'));
COMMENT ON COLUMN suppression.cause IS 'asked: she wants none, or a person says so; refused: mail does not arrive there.';
