-- SPDX-License-Identifier: Apache-2.0
-- What a learner intake holds: the ministry's codes, and the learners of the colleges that feed it. Several colleges may
-- share one store, so every row of a person begins with the institution, and so does every key. Keys sort bytewise.

CREATE TABLE programme (
	code      text COLLATE "C" PRIMARY KEY CHECK (octet_length(code) BETWEEN 1 AND 128),
	title_fr  text NOT NULL CHECK (title_fr <> ''),
	title_en  text NOT NULL,
	level     text NOT NULL CHECK (level IN ('dep', 'asp', 'dec', 'aec', 'university', 'other')),
	hours     integer CHECK (hours BETWEEN 1 AND 20000),
	given_by  text NOT NULL,
	version   bigint NOT NULL CHECK (version > 0)
);
COMMENT ON TABLE programme IS 'A code means the same at every college: the first title given stands.';
COMMENT ON COLUMN programme.title_en IS 'Empty: not given yet; whoever gives it first fills it.';
COMMENT ON COLUMN programme.given_by IS 'The institution that gave the code first: it alone may mend level and hours.';

CREATE TABLE competency (
	code       text COLLATE "C" PRIMARY KEY CHECK (octet_length(code) BETWEEN 1 AND 128),
	programme  text COLLATE "C" NOT NULL CHECK (octet_length(programme) BETWEEN 1 AND 128),
	title_fr   text NOT NULL CHECK (title_fr <> ''),
	title_en   text NOT NULL,
	hours      integer CHECK (hours BETWEEN 1 AND 20000),
	given_by   text NOT NULL,
	version    bigint NOT NULL CHECK (version > 0)
);
COMMENT ON TABLE competency IS 'As programme: the first title given stands.';
COMMENT ON COLUMN competency.programme IS 'As written: the programme may come later, so this is no foreign key.';
CREATE INDEX competency_programme ON competency (programme, code);

CREATE TABLE learner (
	institution         text COLLATE "C" NOT NULL CHECK (octet_length(institution) BETWEEN 1 AND 128),
	external_id         text COLLATE "C" NOT NULL CHECK (octet_length(external_id) BETWEEN 1 AND 128),
	pool_number         text COLLATE "C" NOT NULL UNIQUE CHECK (pool_number ~ '^[0-9A-HJKMNP-TV-Z]{10}$'),
	register_hash       bytea NOT NULL UNIQUE CHECK (octet_length(register_hash) = 32),
	version             bigint NOT NULL CHECK (version > 0),
	given_name          text NOT NULL CHECK (given_name <> ''),
	family_name         text NOT NULL CHECK (family_name <> ''),
	email               text NOT NULL CHECK (octet_length(email) BETWEEN 3 AND 254),
	language            text NOT NULL CHECK (language IN ('fr', 'en')),
	programme           text COLLATE "C" NOT NULL CHECK (octet_length(programme) BETWEEN 1 AND 128),
	postal_code         text NOT NULL CHECK (postal_code ~ '^[A-Z][0-9][A-Z] [0-9][A-Z][0-9]$'),
	latitude            numeric(9, 7) CHECK (latitude BETWEEN -90 AND 90),
	longitude           numeric(10, 7) CHECK (longitude BETWEEN -180 AND 180),
	place_latitude_e7   integer CHECK (place_latitude_e7 BETWEEN -900000000 AND 900000000),
	place_longitude_e7  integer CHECK (place_longitude_e7 BETWEEN -1800000000 AND 1800000000),
	max_distance_km     numeric(8, 3) CHECK (max_distance_km BETWEEN 0 AND 20000),
	available_from      date NOT NULL,
	available_to        date NOT NULL,
	hours_per_week      numeric(4, 2) NOT NULL CHECK (hours_per_week BETWEEN 1 AND 60),
	weekdays            text[] NOT NULL CHECK (weekdays <@ ARRAY['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su']),
	competencies        text[] NOT NULL,
	permanent_code      text NOT NULL,
	wil_types           text[] NOT NULL,
	languages           text[] NOT NULL CHECK (languages <@ ARRAY['fr', 'en']),
	groups              text[] NOT NULL,
	assignable          boolean NOT NULL,
	tier                smallint NOT NULL CHECK (tier BETWEEN 0 AND 99),
	consent_on          date,
	withdrawn_on        date,
	withdrawn_reason    text NOT NULL,
	in_pool             boolean NOT NULL,
	contact_told        boolean NOT NULL,
	PRIMARY KEY (institution, external_id),
	CHECK (available_to >= available_from),
	CHECK ((latitude IS NULL) = (longitude IS NULL)),
	CHECK ((place_latitude_e7 IS NULL) = (place_longitude_e7 IS NULL)),
	CHECK (in_pool = (consent_on IS NOT NULL AND consent_on > coalesce(withdrawn_on, '-infinity')))
);
COMMENT ON TABLE learner IS 'A person. Names and email leave only on topic contact and to her own college.';
COMMENT ON COLUMN learner.pool_number IS 'Her pseudonym, drawn when she was first fed; what all others know her by.';
COMMENT ON COLUMN learner.register_hash IS 'Keyed hash of institution/external_id, as in the register of the erased.';
COMMENT ON COLUMN learner.version IS 'Grows with each change; version of her profile and contact events.';
COMMENT ON COLUMN learner.latitude IS 'Degrees, as fed; null: not given.';
COMMENT ON COLUMN learner.place_latitude_e7 IS 'In force, degrees * 10^7: as fed, or of the postal code; null: unknown.';
COMMENT ON COLUMN learner.max_distance_km IS 'Null: any distance.';
COMMENT ON COLUMN learner.weekdays IS 'Empty: not given.';
COMMENT ON COLUMN learner.competencies IS 'Codes that she still needs, as written.';
COMMENT ON COLUMN learner.permanent_code IS 'Leaves this table only as a keyed hash; empty: not given.';
COMMENT ON COLUMN learner.wil_types IS 'Accepted; empty: any.';
COMMENT ON COLUMN learner.languages IS 'Spoken, as fed; empty: her own language counts.';
COMMENT ON COLUMN learner.groups IS 'Self-declared, with her consent.';
COMMENT ON COLUMN learner.tier IS '0 needs a place most.';
COMMENT ON COLUMN learner.consent_on IS 'Null: never given. A file never clears it.';
COMMENT ON COLUMN learner.withdrawn_on IS 'Consent was withdrawn that day; only a later consent_on brings her back.';
COMMENT ON COLUMN learner.contact_told IS 'A contact event of hers stands in the log, so a change must be told too.';
CREATE INDEX learner_programme ON learner (institution, programme);

-- No foreign key to learner: a list may be fed before the learner whom it names (its rows are waiting).
CREATE TABLE learner_ranking (
	institution    text COLLATE "C" NOT NULL CHECK (octet_length(institution) BETWEEN 1 AND 128),
	learner        text COLLATE "C" NOT NULL CHECK (octet_length(learner) BETWEEN 1 AND 128),
	register_hash  bytea NOT NULL CHECK (octet_length(register_hash) = 32),
	version        bigint NOT NULL CHECK (version > 0),
	tiers          smallint[] NOT NULL,
	postings       text[] NOT NULL,
	PRIMARY KEY (institution, learner),
	CHECK (cardinality(tiers) = cardinality(postings)),
	CHECK (cardinality(postings) <= 1000)
);
COMMENT ON TABLE learner_ranking IS 'The whole list of one learner, best tier first; empty: cleared.';
COMMENT ON COLUMN learner_ranking.postings IS 'institution/external_id; whether it exists is for matching to say.';

CREATE TABLE direct_offer (
	institution    text COLLATE "C" NOT NULL CHECK (octet_length(institution) BETWEEN 1 AND 128),
	learner        text COLLATE "C" NOT NULL CHECK (octet_length(learner) BETWEEN 1 AND 128),
	register_hash  bytea NOT NULL CHECK (octet_length(register_hash) = 32),
	version        bigint NOT NULL CHECK (version > 0),
	posting        text NOT NULL CHECK (octet_length(posting) <= 257),
	PRIMARY KEY (institution, learner)
);
COMMENT ON COLUMN direct_offer.posting IS 'institution/external_id; empty: taken back (the version goes on).';

CREATE TABLE erased (
	register_hash  bytea PRIMARY KEY CHECK (octet_length(register_hash) = 32),
	erased_on      date NOT NULL
);
COMMENT ON TABLE erased IS
	'Who was erased and may not come back, by keyed hash only. Backed up apart; put back first after a restore.';

CREATE TABLE erasure_pending (
	pool_number  text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE erasure_pending IS
	'An event of hers may have been appended by the very transaction that erased her: blanked right after it.';
