-- SPDX-License-Identifier: Apache-2.0
-- Institutions, their employers, postings and employers' rankings. Ids are compared bytewise (COLLATE "C"), as matching
-- does. Columns carry the names and units of the feed files; version is that of the last event of the row.
CREATE TABLE institution (
	external_id       text COLLATE "C" PRIMARY KEY CHECK (octet_length(external_id) BETWEEN 1 AND 128),
	name_fr           text NOT NULL,
	name_en           text NOT NULL,
	coordinator_name  text NOT NULL,
	coordinator_email text NOT NULL,
	phone             text NOT NULL,
	postal_address    text NOT NULL,
	language          text NOT NULL CHECK (language IN ('fr', 'en')),
	version           bigint NOT NULL CHECK (version > 0)
);
COMMENT ON TABLE institution IS 'Fed by the intermediary; a college whose row is missing cannot feed.';

CREATE TABLE employer (
	institution        text COLLATE "C" NOT NULL REFERENCES institution,
	external_id        text COLLATE "C" NOT NULL CHECK (octet_length(external_id) BETWEEN 1 AND 128),
	legal_name         text NOT NULL,
	neq                text CHECK (neq ~ '^[0-9]{10}$'),
	headcount          integer CHECK (headcount >= 0),
	naics              text CHECK (naics ~ '^[0-9]{2,6}$'),
	language           text NOT NULL CHECK (language IN ('fr', 'en')),
	contact_name       text NOT NULL,
	contact_email      text NOT NULL,
	contact_phone      text,
	address            text,
	municipality       text,
	postal_code        text NOT NULL CHECK (postal_code ~ '^[A-Z][0-9][A-Z] [0-9][A-Z][0-9]$'),
	latitude           numeric(10, 7) CHECK (latitude BETWEEN -90 AND 90),
	longitude          numeric(10, 7) CHECK (longitude BETWEEN -180 AND 180),
	place_latitude_e7  integer,
	place_longitude_e7 integer,
	version            bigint NOT NULL CHECK (version > 0),
	PRIMARY KEY (institution, external_id),
	CHECK ((latitude IS NULL) = (longitude IS NULL)),
	CHECK ((place_latitude_e7 IS NULL) = (place_longitude_e7 IS NULL))
);
COMMENT ON TABLE employer IS 'A college''s own record of a firm, with its site and its one contact.';
COMMENT ON COLUMN employer.place_latitude_e7 IS 'Where the site lies: its own coordinates, else those of its postal code.';

CREATE TABLE posting (
	institution        text COLLATE "C" NOT NULL REFERENCES institution,
	external_id        text COLLATE "C" NOT NULL CHECK (octet_length(external_id) BETWEEN 1 AND 128),
	employer           text COLLATE "C" NOT NULL,
	title              text NOT NULL,
	wil_type           text NOT NULL,
	description        text,
	programmes         text[] NOT NULL CHECK (cardinality(programmes) > 0),
	competencies       text[],
	noc                text CHECK (noc ~ '^[0-9]{5}$'),
	seats              integer NOT NULL CHECK (seats BETWEEN 1 AND 500),
	starts_on          date NOT NULL,
	ends_on            date NOT NULL CHECK (ends_on >= starts_on),
	hours_per_week     numeric(4, 2) NOT NULL CHECK (hours_per_week BETWEEN 1 AND 60),
	weekdays           text[],
	paid               boolean,
	hourly_wage        numeric(8, 2) CHECK (hourly_wage >= 0),
	language           text CHECK (language IN ('fr', 'en', 'both')),
	place              text CHECK (place IN ('on_site', 'hybrid', 'remote')),
	postal_code        text CHECK (postal_code ~ '^[A-Z][0-9][A-Z] [0-9][A-Z][0-9]$'),
	latitude           numeric(10, 7) CHECK (latitude BETWEEN -90 AND 90),
	longitude          numeric(10, 7) CHECK (longitude BETWEEN -180 AND 180),
	accepts_unranked   boolean NOT NULL,
	assignable         boolean NOT NULL,
	reserves           text[],
	reserve_order      text NOT NULL CHECK (reserve_order IN ('first', 'last')),
	answer_by          date,
	place_latitude_e7  integer,
	place_longitude_e7 integer,
	state              text NOT NULL CHECK (state IN ('draft', 'open', 'paused', 'filled', 'closed', 'withdrawn')),
	state_reason       text NOT NULL,
	seats_taken        integer NOT NULL CHECK (seats_taken >= 0),
	version            bigint NOT NULL CHECK (version > 0),
	PRIMARY KEY (institution, external_id),
	CHECK ((latitude IS NULL) = (longitude IS NULL)),
	CHECK ((place_latitude_e7 IS NULL) = (place_longitude_e7 IS NULL))
);
COMMENT ON COLUMN posting.employer IS 'external_id of the college''s employer, as written: it may come later.';
COMMENT ON COLUMN posting.place_latitude_e7 IS 'Its own place only; without one readers take the employer''s.';
COMMENT ON COLUMN posting.seats_taken IS 'Learners placed here by the published round (matching, topic placement).';
CREATE INDEX posting_by_state ON posting (state, institution, external_id);

CREATE TABLE employer_ranking (
	institution text COLLATE "C" NOT NULL REFERENCES institution,
	posting     text COLLATE "C" NOT NULL CHECK (octet_length(posting) BETWEEN 1 AND 128),
	tiers       integer[] NOT NULL CHECK (1 <= ALL (tiers)),
	learners    text[] NOT NULL CHECK (cardinality(learners) = cardinality(tiers)),
	version     bigint NOT NULL CHECK (version > 0),
	PRIMARY KEY (institution, posting)
);
COMMENT ON TABLE employer_ranking IS 'One row per posting, which may come later: entries sorted by tier, then learner.';
COMMENT ON COLUMN employer_ranking.learners IS 'Pool numbers, or external ids of the college''s own learners, as written.';
CREATE INDEX employer_ranking_by_learner ON employer_ranking USING gin (learners);
