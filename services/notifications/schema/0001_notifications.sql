-- SPDX-License-Identifier: Apache-2.0
-- What notifications holds: the facts that its letters are made of, notices, mails with their history, and who wants none.
-- Keys sort bytewise. Times are milliseconds UTC. No foreign key joins facts of different topics: they come in any order.

CREATE TABLE institution (
	institution  text COLLATE "C" PRIMARY KEY,
	name_fr      text NOT NULL,
	name_en      text NOT NULL
);

CREATE TABLE institution_contact (
	institution        text COLLATE "C" PRIMARY KEY,
	coordinator_name   text NOT NULL,
	coordinator_email  text NOT NULL,
	phone              text NOT NULL,
	language           text NOT NULL
);
COMMENT ON TABLE institution_contact IS 'Kept as long as the institution is in the pool: every letter names its coordinator.';

CREATE TABLE employer_contact (
	employer       text COLLATE "C" PRIMARY KEY,
	institution    text COLLATE "C" NOT NULL,
	legal_name     text NOT NULL,
	contact_name   text NOT NULL,
	contact_email  text NOT NULL,
	language       text NOT NULL,
	municipality   text NOT NULL,
	needed_ms      bigint NOT NULL
);
COMMENT ON TABLE employer_contact IS
	'Only what a letter needs: no address, no telephone. Pruned when nothing has needed it for contact_keep_days.';
COMMENT ON COLUMN employer_contact.needed_ms IS 'When it last came, or one of its postings did, or a letter used it.';

CREATE TABLE posting (
	posting           text COLLATE "C" PRIMARY KEY,
	institution       text COLLATE "C" NOT NULL,
	employer          text COLLATE "C" NOT NULL,
	state             text NOT NULL CHECK (state IN ('draft', 'open', 'paused', 'filled', 'closed', 'withdrawn')),
	title             text NOT NULL,
	programmes        text[] NOT NULL,
	seats             integer NOT NULL,
	starts_on         integer NOT NULL,
	ends_on           integer NOT NULL,
	hours_hundredths  integer NOT NULL,
	weekdays          integer NOT NULL,
	remote            boolean NOT NULL,
	own_place         boolean NOT NULL
);
CREATE INDEX posting_by_employer ON posting (employer);
COMMENT ON COLUMN posting.own_place IS 'It lies elsewhere than its employer, so the employer''s municipality is not its own.';

-- Several learner intakes may give the same code; a resync of one takes nothing from another.
CREATE TABLE programme (
	log_id     text COLLATE "C" NOT NULL,
	programme  text COLLATE "C" NOT NULL,
	title_fr   text NOT NULL,
	title_en   text NOT NULL,
	PRIMARY KEY (programme, log_id)
);
CREATE VIEW programme_title AS
SELECT DISTINCT ON (programme) programme, title_fr, title_en FROM programme ORDER BY programme, log_id;

CREATE TABLE learner_contact (
	learner      text COLLATE "C" PRIMARY KEY,
	institution  text COLLATE "C" NOT NULL,
	given_name   text NOT NULL,
	family_name  text NOT NULL,
	in_pool      boolean NOT NULL,
	CHECK (in_pool OR (given_name = '' AND family_name = ''))
);
COMMENT ON TABLE learner_contact IS
	'By pool number. No email: nothing is written to learners yet. Who leaves the pool leaves only her number here.';

CREATE TABLE round (
	round     text COLLATE "C" PRIMARY KEY,
	title     text NOT NULL DEFAULT '',
	state     text NOT NULL DEFAULT '',
	told_log  text NOT NULL DEFAULT '',
	told_seq  bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN round.state IS 'Empty: placements have come, the round itself not yet.';
COMMENT ON COLUMN round.told_seq IS
	'Head of told_log when something of this round last came: from there on all of that telling is here.';

CREATE TABLE round_position (
	round   text COLLATE "C" NOT NULL,
	log_id  text COLLATE "C" NOT NULL,
	epoch   uuid NOT NULL,
	seq     bigint NOT NULL,
	PRIMARY KEY (round, log_id)
);
COMMENT ON TABLE round_position IS 'How far our cursors must be before letters about this round are composed.';

CREATE TABLE placement (
	posting      text COLLATE "C" PRIMARY KEY,
	round        text COLLATE "C" NOT NULL,
	employer     text COLLATE "C" NOT NULL,
	institution  text COLLATE "C" NOT NULL
);
CREATE INDEX placement_by_round ON placement (round, employer);

CREATE TABLE placed (
	posting      text COLLATE "C" NOT NULL,
	learner      text COLLATE "C" NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	programme    text COLLATE "C" NOT NULL,
	PRIMARY KEY (posting, learner)
);
CREATE INDEX placed_by_learner ON placed (learner);

CREATE TABLE summary (
	round            text COLLATE "C" NOT NULL,
	institution      text COLLATE "C" NOT NULL,
	learners         integer NOT NULL,
	eligible         integer NOT NULL,
	placed_direct    integer NOT NULL,
	placed_ranked    integer NOT NULL,
	placed_assigned  integer NOT NULL,
	no_consent       integer NOT NULL,
	not_eligible     integer NOT NULL,
	nothing_ranked   integer NOT NULL,
	outranked        integer NOT NULL,
	no_seat          integer NOT NULL,
	withdrawn        integer NOT NULL,
	postings         integer NOT NULL,
	seats            integer NOT NULL,
	seats_filled     integer NOT NULL,
	PRIMARY KEY (round, institution)
);

CREATE TABLE summary_line (
	round        text COLLATE "C" NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	learner      text COLLATE "C" NOT NULL,
	posting      text COLLATE "C" NOT NULL,
	placed_by    text NOT NULL,
	PRIMARY KEY (round, institution, learner)
);
CREATE INDEX summary_line_by_learner ON summary_line (learner);

CREATE TABLE mail (
	mail          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind          text NOT NULL CHECK (kind IN ('postings_received', 'candidates', 'round_summary')),
	recipient     text COLLATE "C" NOT NULL,
	institution   text COLLATE "C" NOT NULL,
	round         text COLLATE "C" NOT NULL,
	state         text NOT NULL
		CHECK (state IN ('waiting', 'queued', 'sending', 'sent', 'deferred', 'failed', 'suppressed')),
	why           text NOT NULL,
	needs         text COLLATE "C" NOT NULL DEFAULT '',
	reason        text NOT NULL DEFAULT '',
	created_ms    bigint NOT NULL,
	latest_ms     bigint NOT NULL,
	due_ms        bigint NOT NULL,
	composed_ms   bigint NOT NULL DEFAULT 0,
	ended_ms      bigint NOT NULL DEFAULT 0,
	attempts      integer NOT NULL DEFAULT 0,
	first_try_ms  bigint NOT NULL DEFAULT 0,
	last_code     integer NOT NULL DEFAULT 0,
	last_text     text NOT NULL DEFAULT '',
	message_id    text COLLATE "C" NOT NULL DEFAULT '',
	to_address    text NOT NULL DEFAULT '',
	body          bytea,
	CHECK (body IS NOT NULL OR state NOT IN ('queued', 'deferred'))
) WITH (fillfactor = 80);
COMMENT ON COLUMN mail.recipient IS 'An employer, institution/external_id; for a summary the institution.';
COMMENT ON COLUMN mail.round IS 'Empty where the mail is about none.';
COMMENT ON COLUMN mail.why IS 'A word of rules.h: why it is in this state.';
COMMENT ON COLUMN mail.needs IS 'Waiting: key of the fact that is missing; its coming makes the mail due.';
COMMENT ON COLUMN mail.latest_ms IS 'Waiting for more to come into one message ends here.';
COMMENT ON COLUMN mail.due_ms IS 'Waiting: next try to compose; queued, deferred: next try to send.';
COMMENT ON COLUMN mail.attempts IS 'Since it was composed, or tried again by hand; above 0 its bytes never change.';
COMMENT ON COLUMN mail.body IS 'The message as sent. Null: not composed, or blanked.';
CREATE UNIQUE INDEX mail_by_message_id ON mail (message_id) WHERE message_id <> '';
CREATE INDEX mail_waiting ON mail (due_ms) WHERE state = 'waiting';
CREATE INDEX mail_to_send ON mail (due_ms) WHERE state IN ('queued', 'deferred');
CREATE INDEX mail_sending ON mail (mail) WHERE state = 'sending';
CREATE INDEX mail_needing ON mail (needs) WHERE state = 'waiting' AND needs <> '';
CREATE INDEX mail_collecting ON mail (kind, recipient, round) WHERE state = 'waiting';
CREATE INDEX mail_by_institution ON mail (institution, mail);
CREATE INDEX mail_by_state ON mail (state);
CREATE INDEX mail_by_recipient ON mail (recipient);

CREATE TABLE notice (
	kind         text NOT NULL,
	ids          text COLLATE "C" NOT NULL,
	version      bigint NOT NULL,
	recipient    text COLLATE "C" NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	round        text COLLATE "C" NOT NULL,
	noticed_ms   bigint NOT NULL,
	dropped      text NOT NULL,
	mail         bigint REFERENCES mail,
	PRIMARY KEY (kind, ids, version)
);
COMMENT ON TABLE notice IS
	'That something is to be told: ids only. Kept for ever: it is what makes a resync mail nothing twice.';
COMMENT ON COLUMN notice.version IS 'Which telling of it: 1 is the first (a posting opened, a round published).';
COMMENT ON COLUMN notice.dropped IS 'Empty, or why no mail came of it.';
CREATE INDEX notice_by_mail ON notice (mail);
CREATE INDEX notice_loose ON notice (kind) WHERE mail IS NULL AND dropped = '';

CREATE TABLE mail_source (
	mail    bigint NOT NULL REFERENCES mail ON DELETE CASCADE,
	source  text COLLATE "C" NOT NULL,
	PRIMARY KEY (mail, source)
);
CREATE INDEX mail_source_by_source ON mail_source (source);
COMMENT ON TABLE mail_source IS
	'Which facts stand in a composed message, learners among them: who is erased is found by it. Goes with the body.';

CREATE TABLE suppression (
	address      text COLLATE "C" NOT NULL,
	institution  text COLLATE "C" NOT NULL,
	reason       text NOT NULL,
	at_ms        bigint NOT NULL,
	PRIMARY KEY (address, institution)
);
COMMENT ON TABLE suppression IS 'Who wants no mail: address in small letters; institution empty: from nobody, else of that one.';
