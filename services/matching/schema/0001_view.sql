-- SPDX-License-Identifier: Apache-2.0
-- What matching sees of the pool: one table for each kind of event that it follows, written as it came. No names of people,
-- no postal codes. log_id is the log that told of the row last; version is that of its event. Keys sort bytewise.

CREATE TABLE view_institution (
	institution  text COLLATE "C" PRIMARY KEY,
	log_id       text NOT NULL,
	version      bigint NOT NULL,
	name_fr      text NOT NULL,
	name_en      text NOT NULL
);

CREATE TABLE view_employer (
	employer      text COLLATE "C" PRIMARY KEY,
	log_id        text NOT NULL,
	version       bigint NOT NULL,
	institution   text COLLATE "C" NOT NULL,
	latitude_e7   integer,
	longitude_e7  integer,
	CHECK ((latitude_e7 IS NULL) = (longitude_e7 IS NULL))
);
COMMENT ON TABLE view_employer IS 'Only where it is: a posting without a place of its own lies there.';

CREATE TABLE view_posting (
	posting           text COLLATE "C" PRIMARY KEY,
	log_id            text NOT NULL,
	version           bigint NOT NULL,
	institution       text COLLATE "C" NOT NULL,
	employer          text COLLATE "C" NOT NULL,
	state             text NOT NULL CHECK (state IN ('draft', 'open', 'paused', 'filled', 'closed', 'withdrawn')),
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
	CHECK ((latitude_e7 IS NULL) = (longitude_e7 IS NULL))
);
COMMENT ON COLUMN view_posting.posting IS 'institution/external_id, as everywhere outside the intakes.';
COMMENT ON COLUMN view_posting.employer IS 'As written: it may not be known yet.';
COMMENT ON COLUMN view_posting.wil_type IS 'Number of WilType in types.proto.';
COMMENT ON COLUMN view_posting.starts_on IS 'Days since 1970-01-01, as all days here.';
COMMENT ON COLUMN view_posting.weekdays IS 'Bit 0 Monday; 0: not given.';
COMMENT ON COLUMN view_posting.languages IS 'Of work: 1 French, 2 English, 3 both; 0: any.';
COMMENT ON COLUMN view_posting.place_kind IS 'Number of PlaceKind in types.proto.';
COMMENT ON COLUMN view_posting.latitude_e7 IS 'Degrees * 10^7, its own; null: that of its employer, if that is known.';
COMMENT ON COLUMN view_posting.reserves IS 'group:seats';

CREATE TABLE view_employer_ranking (
	posting      text COLLATE "C" PRIMARY KEY,
	log_id       text NOT NULL,
	version      bigint NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	tiers        integer[] NOT NULL,
	learners     text[] NOT NULL,
	CHECK (cardinality(tiers) = cardinality(learners))
);
COMMENT ON COLUMN view_employer_ranking.learners IS 'Pool numbers, or external ids of learners of the same institution.';
CREATE INDEX view_employer_ranking_by_learner ON view_employer_ranking USING gin (learners);

CREATE TABLE view_programme (
	programme  text COLLATE "C" NOT NULL,
	log_id     text NOT NULL,
	version    bigint NOT NULL,
	title_fr   text NOT NULL,
	title_en   text NOT NULL,
	level      text NOT NULL,
	hours      integer NOT NULL,
	PRIMARY KEY (programme, log_id)
);
COMMENT ON TABLE view_programme IS 'The ministry''s codes; several learner intakes may tell of the same one.';

CREATE TABLE view_learner (
	learner              text COLLATE "C" PRIMARY KEY,
	log_id               text NOT NULL,
	version              bigint NOT NULL,
	institution          text COLLATE "C" NOT NULL,
	external_id          text COLLATE "C" NOT NULL,
	in_pool              boolean NOT NULL,
	programme            text COLLATE "C" NOT NULL,
	latitude_e7          integer,
	longitude_e7         integer,
	max_distance_m       integer,
	available_from       integer NOT NULL,
	available_to         integer NOT NULL,
	hours_hundredths     integer NOT NULL,
	weekdays             integer NOT NULL,
	languages            integer NOT NULL,
	wil_types            integer NOT NULL,
	competencies         text[] NOT NULL,
	groups               text[] NOT NULL,
	assignable           boolean NOT NULL,
	tier                 integer NOT NULL,
	permanent_code_hash  bytea NOT NULL,
	CHECK ((latitude_e7 IS NULL) = (longitude_e7 IS NULL))
);
COMMENT ON COLUMN view_learner.learner IS 'Her pool number.';
COMMENT ON COLUMN view_learner.external_id IS
	'Resolves references of her own college. Not unique: during a resync a learner may stand twice for a moment.';
COMMENT ON COLUMN view_learner.max_distance_m IS 'Null: any distance.';
COMMENT ON COLUMN view_learner.wil_types IS 'Bit n: WilType n is accepted; 0: any.';
CREATE INDEX view_learner_by_external_id ON view_learner (institution, external_id);
CREATE INDEX view_learner_by_programme ON view_learner (programme);

CREATE TABLE view_learner_ranking (
	learner      text COLLATE "C" PRIMARY KEY,
	log_id       text NOT NULL,
	version      bigint NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	tiers        integer[] NOT NULL,
	postings     text[] NOT NULL,
	CHECK (cardinality(tiers) = cardinality(postings))
);

CREATE TABLE view_direct_offer (
	learner      text COLLATE "C" PRIMARY KEY,
	log_id       text NOT NULL,
	version      bigint NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	posting      text COLLATE "C" NOT NULL
);
COMMENT ON COLUMN view_direct_offer.posting IS 'Empty: taken back.';
