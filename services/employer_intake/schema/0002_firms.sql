-- SPDX-License-Identifier: Apache-2.0
-- Firms: which colleges' records of employers are one firm. A firm is a set of records; nothing of a record is changed or
-- copied by a merge, so undoing one is taking its link away. Pairs stand once, the bytewise smaller record first.
CREATE TABLE employer_key (
	institution text COLLATE "C" NOT NULL,
	external_id text COLLATE "C" NOT NULL,
	version     bigint NOT NULL,
	rules       integer NOT NULL,
	PRIMARY KEY (institution, external_id),
	FOREIGN KEY (institution, external_id) REFERENCES employer ON DELETE CASCADE
);
COMMENT ON TABLE employer_key IS 'The version of the record, and of the rules, with which it was last compared.';

CREATE TABLE employer_block (
	key         bytea NOT NULL,
	institution text COLLATE "C" NOT NULL,
	external_id text COLLATE "C" NOT NULL,
	PRIMARY KEY (key, institution, external_id),
	FOREIGN KEY (institution, external_id) REFERENCES employer ON DELETE CASCADE
);
COMMENT ON TABLE employer_block IS 'Keys of a record (firm_rules.h): only records with a common key are compared.';
CREATE INDEX employer_block_by_record ON employer_block (institution, external_id);

CREATE TABLE firm_suspicion (
	institution_a text COLLATE "C" NOT NULL,
	external_id_a text COLLATE "C" NOT NULL,
	institution_b text COLLATE "C" NOT NULL,
	external_id_b text COLLATE "C" NOT NULL,
	reason        text NOT NULL CHECK (reason IN ('neq', 'neq_other_name', 'name_address', 'name_street')),
	score         integer NOT NULL CHECK (score BETWEEN 0 AND 1000),
	found_ms      bigint NOT NULL,
	PRIMARY KEY (institution_a, external_id_a, institution_b, external_id_b),
	CHECK (institution_a < institution_b),
	FOREIGN KEY (institution_a, external_id_a) REFERENCES employer ON DELETE CASCADE,
	FOREIGN KEY (institution_b, external_id_b) REFERENCES employer ON DELETE CASCADE
);
COMMENT ON TABLE firm_suspicion IS 'What the rules say of the records as they stand; made anew when a record changes.';
CREATE INDEX firm_suspicion_by_second ON firm_suspicion (institution_b, external_id_b);

CREATE TABLE firm_link (
	institution_a text COLLATE "C" NOT NULL,
	external_id_a text COLLATE "C" NOT NULL,
	institution_b text COLLATE "C" NOT NULL,
	external_id_b text COLLATE "C" NOT NULL,
	state         text NOT NULL CHECK (state IN ('proposed', 'merged')),
	proposed_by   text COLLATE "C" NOT NULL,
	reason        text NOT NULL,
	PRIMARY KEY (institution_a, external_id_a, institution_b, external_id_b),
	CHECK (institution_a < institution_b),
	FOREIGN KEY (institution_a, external_id_a) REFERENCES employer ON DELETE CASCADE,
	FOREIGN KEY (institution_b, external_id_b) REFERENCES employer ON DELETE CASCADE
);
COMMENT ON COLUMN firm_link.proposed_by IS 'The college whose coordinator proposed it.';
CREATE INDEX firm_link_by_second ON firm_link (institution_b, external_id_b);

CREATE TABLE firm_history (
	number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at_ms         bigint NOT NULL,
	institution_a text COLLATE "C" NOT NULL,
	external_id_a text COLLATE "C" NOT NULL,
	institution_b text COLLATE "C" NOT NULL,
	external_id_b text COLLATE "C" NOT NULL,
	act           text NOT NULL CHECK (act IN ('propose', 'merge', 'unmerge')),
	by_principal  text NOT NULL,
	reason        text NOT NULL
);
COMMENT ON TABLE firm_history IS 'What was done to links, and never changed afterwards.';
CREATE INDEX firm_history_by_first ON firm_history (institution_a, external_id_a);
CREATE INDEX firm_history_by_second ON firm_history (institution_b, external_id_b);

-- The firm of every record that is linked to another one: all that links reach, named by its smallest record. It is worked
-- out from the links each time, so it can never differ from them.
CREATE VIEW firm_member AS
WITH RECURSIVE edge AS (
	SELECT institution_a AS i, external_id_a AS e, institution_b AS other_i, external_id_b AS other_e
	FROM firm_link WHERE state = 'merged'
	UNION ALL
	SELECT institution_b, external_id_b, institution_a, external_id_a FROM firm_link WHERE state = 'merged'
), reached AS (
	SELECT i, e, i AS to_i, e AS to_e FROM edge
	UNION
	SELECT r.i, r.e, edge.other_i, edge.other_e FROM reached r JOIN edge ON edge.i = r.to_i AND edge.e = r.to_e
)
SELECT DISTINCT ON (i, e) i AS institution, e AS external_id, to_i AS firm_institution, to_e AS firm_external_id
FROM reached ORDER BY i, e, to_i, to_e;
