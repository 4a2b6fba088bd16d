-- SPDX-License-Identifier: Apache-2.0
-- Rounds: what was frozen, what came of it, who left. A round is its id, 32 hex digits of a UUIDv7; '' stands for the
-- present view wherever a round is asked for (pool_*).

CREATE TABLE round (
	round            text COLLATE "C" PRIMARY KEY CHECK (round ~ '^[0-9a-f]{32}$'),
	title            text NOT NULL,
	state            text NOT NULL CHECK (state IN ('open', 'frozen', 'solved', 'published', 'closed', 'withdrawn')),
	revision         bigint NOT NULL,
	seed             text NOT NULL CHECK (seed ~ '^[0-9a-f]{64}$'),
	seed_hash        text NOT NULL CHECK (seed_hash ~ '^[0-9a-f]{64}$'),
	weight_competencies integer NOT NULL,
	weight_distance  integer NOT NULL,
	weight_hours     integer NOT NULL,
	opened_ms        bigint NOT NULL,
	frozen_ms        bigint NOT NULL DEFAULT 0,
	published_ms     bigint NOT NULL DEFAULT 0,
	ended_ms         bigint NOT NULL DEFAULT 0,
	end_reason       text NOT NULL DEFAULT '',
	instance_digest  text NOT NULL DEFAULT '',
	outcome_digest   text NOT NULL DEFAULT '',
	rank_counts      text NOT NULL DEFAULT '',
	erased           integer NOT NULL DEFAULT 0
);
COMMENT ON COLUMN round.revision IS 'Grows with each change of what a solution stands on: a solution of an older one is void.';
COMMENT ON COLUMN round.seed IS 'Drawn at the opening; told from the freeze on.';
COMMENT ON COLUMN round.seed_hash IS 'BLAKE2b-256 of the 64 digits of seed, told at once.';
COMMENT ON COLUMN round.erased IS 'Learners erased since the freeze: the files of the round are then no longer whole.';

CREATE TABLE told (one boolean PRIMARY KEY DEFAULT true CHECK (one), version bigint NOT NULL);
COMMENT ON TABLE told IS 'Version of the last events of this log; grows with each telling, whatever the clock does.';
INSERT INTO told (version) VALUES (0);

CREATE TABLE round_position (
	round   text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	log_id  text COLLATE "C" NOT NULL,
	epoch   uuid NOT NULL,
	seq     bigint NOT NULL,
	PRIMARY KEY (round, log_id)
);

CREATE TABLE round_waiting (
	round        text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	institution  text COLLATE "C" NOT NULL,
	told         bigint NOT NULL,
	untold       bigint NOT NULL,
	PRIMARY KEY (round, institution)
);
COMMENT ON TABLE round_waiting IS 'References that waited at the freeze, by the institution that wrote them.';
COMMENT ON COLUMN round_waiting.untold IS
	'Look like another college''s pool number: counted for the intermediary only, since nobody learns which numbers exist.';

CREATE TABLE round_withdrawal (
	round        text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	number       integer NOT NULL,
	learner      text COLLATE "C" NOT NULL,
	posting      text COLLATE "C" NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	reason       text NOT NULL,
	at_ms        bigint NOT NULL,
	PRIMARY KEY (round, number)
);
COMMENT ON TABLE round_withdrawal IS 'Who left after the freeze: a learner or a posting, the other is empty.';

CREATE TABLE snapshot_posting (
	round             text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	posting           text COLLATE "C" NOT NULL,
	institution       text COLLATE "C" NOT NULL,
	employer          text COLLATE "C" NOT NULL,
	state             text NOT NULL,
	wil_type          integer NOT NULL,
	programmes        text[] NOT NULL,
	competencies      text[] NOT NULL,
	seats             integer NOT NULL,
	starts_on         integer NOT NULL,
	ends_on           integer NOT NULL,
	hours_hundredths  integer NOT NULL,
	weekdays          integer NOT NULL,
	languages         integer NOT NULL,
	place_kind        integer NOT NULL,
	latitude_e7       integer,
	longitude_e7      integer,
	accepts_unranked  boolean NOT NULL,
	assignable        boolean NOT NULL,
	reserves          text[] NOT NULL,
	reserves_last     boolean NOT NULL,
	PRIMARY KEY (round, posting)
);
COMMENT ON TABLE snapshot_posting IS 'All postings at the freeze, of any state: the open ones take part, the others explain.';
COMMENT ON COLUMN snapshot_posting.latitude_e7 IS 'Its own, else its employer''s; null: unknown.';

CREATE TABLE snapshot_learner (
	round             text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	learner           text COLLATE "C" NOT NULL,
	institution       text COLLATE "C" NOT NULL,
	in_pool           boolean NOT NULL,
	programme         text COLLATE "C" NOT NULL,
	latitude_e7       integer,
	longitude_e7      integer,
	max_distance_m    integer,
	available_from    integer NOT NULL,
	available_to      integer NOT NULL,
	hours_hundredths  integer NOT NULL,
	weekdays          integer NOT NULL,
	languages         integer NOT NULL,
	wil_types         integer NOT NULL,
	competencies      text[] NOT NULL,
	groups            text[] NOT NULL,
	assignable        boolean NOT NULL,
	tier              integer NOT NULL,
	PRIMARY KEY (round, learner)
);
CREATE INDEX snapshot_learner_by_learner ON snapshot_learner (learner);

CREATE TABLE snapshot_ranking (
	round     text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	learner   text COLLATE "C" NOT NULL,
	tiers     integer[] NOT NULL,
	postings  text[] NOT NULL,
	PRIMARY KEY (round, learner)
);

CREATE TABLE snapshot_choice (
	round     text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	posting   text COLLATE "C" NOT NULL,
	tiers     integer[] NOT NULL,
	learners  text[] NOT NULL,
	PRIMARY KEY (round, posting)
);
COMMENT ON TABLE snapshot_choice IS 'Employers'' rankings, every learner by her pool number; who was not known then is not in it.';

CREATE TABLE snapshot_offer (
	round    text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	learner  text COLLATE "C" NOT NULL,
	posting  text COLLATE "C" NOT NULL,
	PRIMARY KEY (round, learner)
);

CREATE TABLE round_college (
	round            text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	institution      text COLLATE "C" NOT NULL,
	learners         integer NOT NULL,
	eligible         integer NOT NULL DEFAULT 0,
	placed_direct    integer NOT NULL DEFAULT 0,
	placed_ranked    integer NOT NULL DEFAULT 0,
	placed_assigned  integer NOT NULL DEFAULT 0,
	alone            integer NOT NULL DEFAULT 0,
	no_consent       integer NOT NULL DEFAULT 0,
	not_eligible     integer NOT NULL DEFAULT 0,
	nothing_ranked   integer NOT NULL DEFAULT 0,
	outranked        integer NOT NULL DEFAULT 0,
	no_seat          integer NOT NULL DEFAULT 0,
	withdrawn        integer NOT NULL DEFAULT 0,
	postings         integer NOT NULL,
	seats            integer NOT NULL,
	seats_filled     integer NOT NULL DEFAULT 0,
	PRIMARY KEY (round, institution)
);

CREATE TABLE round_line (
	round        text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	number       integer NOT NULL,
	learner      text COLLATE "C" NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	programme    text COLLATE "C" NOT NULL,
	posting      text COLLATE "C" NOT NULL,
	placed_by    text NOT NULL,
	reason       text NOT NULL,
	at_postings  text NOT NULL,
	at_ahead     text NOT NULL,
	PRIMARY KEY (round, number)
);
COMMENT ON TABLE round_line IS 'What became of each learner of the snapshot: a posting and placed_by, or a reason.';
COMMENT ON COLUMN round_line.learner IS 'Her pool number, or ''erased----'' once she was erased.';
COMMENT ON COLUMN round_line.at_postings IS 'Where she was outranked, joined by ''|''; at_ahead: by how many, joined by '',''.';
CREATE INDEX round_line_by_posting ON round_line (round, posting) WHERE posting <> '';
CREATE INDEX round_line_by_institution ON round_line (round, institution, number);
CREATE INDEX round_line_by_learner ON round_line (learner);

CREATE TABLE round_left_out (
	round        text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	number       integer NOT NULL,
	learner      text COLLATE "C" NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	posting      text COLLATE "C" NOT NULL,
	reasons      integer NOT NULL,
	PRIMARY KEY (round, number)
);
CREATE INDEX round_left_out_by_learner ON round_left_out (learner);
COMMENT ON TABLE round_left_out IS 'Ranked pairs and direct offers that did not enter the round; reasons: rules.h.';

CREATE TABLE round_file (
	round     text COLLATE "C" NOT NULL REFERENCES round ON DELETE CASCADE,
	starts    bigint NOT NULL,
	data      bytea NOT NULL,
	PRIMARY KEY (round, starts)
);
COMMENT ON TABLE round_file IS 'The outcome as JSON, in slices that end between two values.';

-- The present view and every snapshot in one shape.
CREATE VIEW pool_posting AS
SELECT ''::text AS round, p.posting, p.institution, p.employer, p.state, p.wil_type, p.programmes, p.competencies, p.seats,
       p.starts_on, p.ends_on, p.hours_hundredths, p.weekdays, p.languages, p.place_kind,
       coalesce(p.latitude_e7, e.latitude_e7) AS latitude_e7, coalesce(p.longitude_e7, e.longitude_e7) AS longitude_e7,
       p.accepts_unranked, p.assignable, p.reserves, p.reserves_last
FROM view_posting p LEFT JOIN view_employer e USING (employer)
UNION ALL SELECT * FROM snapshot_posting;

CREATE VIEW pool_learner AS
SELECT ''::text AS round, learner, institution, in_pool, programme, latitude_e7, longitude_e7, max_distance_m, available_from,
       available_to, hours_hundredths, weekdays, languages, wil_types, competencies, groups, assignable, tier
FROM view_learner
UNION ALL SELECT * FROM snapshot_learner;

CREATE VIEW pool_ranking AS
SELECT ''::text AS round, learner, tiers, postings FROM view_learner_ranking WHERE postings <> '{}'
UNION ALL SELECT * FROM snapshot_ranking;

CREATE VIEW pool_offer AS
SELECT ''::text AS round, learner, posting FROM view_direct_offer WHERE posting <> ''
UNION ALL SELECT * FROM snapshot_offer;

-- Each entry of an employer's ranking beside the learner whom it means: one of the same institution by her external id
-- first, else anybody by her pool number; null: nobody known.
CREATE VIEW employer_ranking_entry AS
SELECT r.posting, r.institution, e.tier, e.ref, coalesce(own.learner, other.learner) AS learner
FROM view_employer_ranking r
CROSS JOIN LATERAL unnest(r.tiers, r.learners) AS e (tier, ref)
LEFT JOIN (SELECT institution, external_id, min(learner) AS learner FROM view_learner GROUP BY 1, 2) own
       ON own.institution = r.institution AND own.external_id = e.ref
LEFT JOIN view_learner other ON other.learner = e.ref;

CREATE VIEW pool_choice AS
SELECT ''::text AS round, posting, array_agg(tier ORDER BY tier, learner) AS tiers,
       array_agg(learner ORDER BY tier, learner) AS learners
FROM (SELECT posting, learner, min(tier) AS tier FROM employer_ranking_entry WHERE learner IS NOT NULL GROUP BY 1, 2) best
GROUP BY posting
UNION ALL SELECT * FROM snapshot_choice;

-- References of which one end is not in the view. untold: only the intermediary may be told.
CREATE VIEW waiting_reference AS
SELECT 'learner_ranking'::text AS kind, r.institution, r.learner AS from_row, e.posting AS refers_to, false AS untold
FROM view_learner_ranking r CROSS JOIN LATERAL unnest(r.postings) AS e (posting)
LEFT JOIN view_posting p ON p.posting = e.posting LEFT JOIN view_learner l ON l.learner = r.learner
WHERE p.posting IS NULL OR l.learner IS NULL
UNION ALL
SELECT 'direct_offer', o.institution, o.learner, o.posting, false
FROM view_direct_offer o LEFT JOIN view_posting p USING (posting) LEFT JOIN view_learner l ON l.learner = o.learner
WHERE o.posting <> '' AND (p.posting IS NULL OR l.learner IS NULL)
UNION ALL
SELECT 'employer_ranking', e.institution, e.posting, e.ref,
       p.posting IS NOT NULL AND e.ref ~ '^[0-9A-HJKMNP-TV-Z]{10}$'
FROM employer_ranking_entry e LEFT JOIN view_posting p USING (posting)
WHERE p.posting IS NULL OR e.learner IS NULL;
