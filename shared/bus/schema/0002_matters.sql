-- SPDX-License-Identifier: Apache-2.0
-- What a person must do, as far as this service knows (shared/bus/matters.h). A row for each matter that holds, from when it
-- was first seen; it is told once due_ms has come. What holds no more is told as over, if it was told, and goes.
CREATE SEQUENCE matter_version;
CREATE TABLE matter (
	key       text COLLATE "C" PRIMARY KEY,
	kind      text NOT NULL,
	owner     text COLLATE "C" NOT NULL,
	subjects  text[] NOT NULL,
	since_ms  bigint NOT NULL,
	due_ms    bigint NOT NULL,
	told      boolean NOT NULL DEFAULT false,
	holds     boolean NOT NULL DEFAULT true
);
COMMENT ON COLUMN matter.owner IS 'The institution whose task it is; empty: the intermediary''s.';
CREATE INDEX matter_to_tell ON matter (due_ms) WHERE NOT told OR NOT holds;
