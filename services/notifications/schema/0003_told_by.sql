-- SPDX-License-Identifier: Apache-2.0
-- A fact of an intake belongs to the log that told of it first: each college may run an intake of its own, and none may speak
-- for another's people. Empty: told before this was kept; whoever tells of it next has it.

ALTER TABLE institution ADD COLUMN log_id text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE institution_contact ADD COLUMN log_id text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE employer_contact ADD COLUMN log_id text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE posting ADD COLUMN log_id text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE learner_contact ADD COLUMN log_id text COLLATE "C" NOT NULL DEFAULT '';
