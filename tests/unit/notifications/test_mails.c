/* SPDX-License-Identifier: Apache-2.0 */
/* From facts to mails: notices, windows, what a mail waits for, what makes it void, who may see it. Mail is held. */
#include "mail_play.h"

static int
held(void **state)
{
	if (pool_empty(state) != 0)
		return -1;
	rise(MODE_HOLD, "");
	say_institution("a", "fr");
	return 0;
}

static const char *
body(void)
{
	return shown_to(ROLE_COLLEGE, "a", cluster_sql(&play.cluster, "SELECT max(mail) FROM mail"));
}

/* Does the stored message say this? Also where nobody who asks may see it. */
static bool
says(int mail, const char *text)
{
	return cluster_sql(&play.cluster,
	                   "SELECT position('%s' in convert_from(body, 'UTF8')) > 0 FROM mail WHERE mail = %d", text,
	                   mail)[0] == 't';
}

/* ---- postings received ------------------------------------------------------------------------------------------- */
static void
all_postings_of_a_feed_come_in_one_message(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "en");
	say_posting("a/P1", "a/E1", "Barn hand", OPEN);
	later(9 * MINUTE);
	say_posting("a/P2", "a/E1", "Tractor driver", OPEN);
	later(9 * MINUTE);
	assert_string_equal(states(), "waiting collecting");
	later(MINUTE);
	assert_string_equal(states(), "queued");
	assert_non_null(strstr(body(), "Barn hand"));
	assert_non_null(strstr(body(), "Tractor driver"));
	assert_non_null(strstr(body(), "Reply-To: Ana a <ana@a.example>"));
	assert_non_null(strstr(body(), "List-Unsubscribe: <mailto:ana@a.example?subject=stop"));
}

static void
nothing_is_asked_of_an_employer_who_is_paused(void **state)
{
	(void)state;
	say_employer_until("a/E1", "luc@ferme.example", "en", play.now_ms + 2 * DAY_MS);
	say_posting("a/P1", "a/E1", "Barn hand", OPEN);
	later(70 * MINUTE);
	assert_string_equal(states(), "waiting paused");
	later(2 * DAY_MS);
	assert_string_equal(states(), "queued");
}

static void
a_pause_that_is_taken_back_lets_go_what_waited(void **state)
{
	(void)state;
	say_employer_until("a/E1", "luc@ferme.example", "en", play.now_ms + 20 * DAY_MS);
	say_posting("a/P1", "a/E1", "Barn hand", OPEN);
	later(70 * MINUTE);
	assert_string_equal(states(), "waiting paused");
	say_employer("a/E1", "luc@ferme.example", "en");
	later(MINUTE);
	assert_string_equal(states(), "queued");
}

static void
the_wait_for_more_ends_after_an_hour(void **state)
{
	char id[16];

	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	for (int i = 0; i < 8; i++) {
		snprintf(id, sizeof id, "a/P%d", i);
		say_posting(arena_strdup(play.arena, id), "a/E1", "Aide", OPEN);
		later(8 * MINUTE);
	}
	assert_string_equal(states(), "queued");
}

static void
what_was_told_is_not_told_again(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	say_posting("a/P1", "a/E1", "Aide", PAUSED);
	say_posting("a/P1", "a/E1", "Aide-fermier", OPEN);
	later(11 * MINUTE);
	resync("employer_intake", EMPLOYERS);
	later(11 * MINUTE);
	assert_string_equal(states(), "queued");
	assert_non_null(strstr(body(), "Aide-fermier")); /* composed anew, since nobody has it yet */
}

static void
a_paused_posting_is_told_when_it_first_opens(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", PAUSED);
	later(11 * MINUTE);
	assert_string_equal(states(), "");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	assert_string_equal(states(), "queued");
}

static void
a_mail_waits_for_its_contact_and_goes_when_it_comes(void **state)
{
	(void)state;
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	assert_string_equal(states(), "waiting contact_missing");
	assert_non_null(strstr(mails_as(ROLE_COLLEGE, "a", "state=waiting"), "contact_missing;employer:a/E1;"));
	say_employer("a/E1", "luc@ferme.example", "fr");
	turns(3);
	assert_string_equal(states(), "queued");
}

static void
a_bad_address_waits_for_a_better_one(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example\r\nBcc: x@y.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	assert_string_equal(states(), "waiting bad_address");
	say_employer("a/E1", "luc@ferme.example", "fr");
	turns(3);
	assert_string_equal(states(), "queued");
}

static void
a_posting_withdrawn_in_time_is_not_told(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	say_posting("a/P1", "a/E1", "Aide", WITHDRAWN);
	later(11 * MINUTE);
	assert_string_equal(states(), "suppressed cause_gone");
}

static void
a_held_mail_whose_posting_is_withdrawn_is_void(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	say_posting("a/P1", "a/E1", "Aide", WITHDRAWN);
	turns(3);
	assert_string_equal(states(), "suppressed cause_gone");
}

static void
a_posting_that_changes_hands_is_told_to_its_new_employer(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_employer("a/E2", "eve@usine.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	say_posting("a/P1", "a/E2", "Aide", OPEN);
	later(11 * MINUTE);
	assert_string_equal(states(), "suppressed cause_gone,queued");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT to_address FROM mail WHERE state = 'queued'"),
	                    "eve@usine.example");
}

/* ---- rounds ------------------------------------------------------------------------------------------------------ */
static void
pool_with_two_learners(struct positions *at, uint64_t more_employers)
{
	say_institution("b", "en");
	say_employer("b/E1", "luc@ferme.example", "");
	say_posting("b/P1", "b/E1", "Barn hand", OPEN);
	say_learner(L1, "a", "Zoé", "Tremblay", true);
	say_learner(L2, "a", "Ian", "Roy", true);
	later(11 * MINUTE);
	(void)cluster_sql(&play.cluster, "UPDATE mail SET state = 'sent', attempts = 1");
	positions_fill(at, play.logs[EMPLOYERS].count + more_employers, play.logs[LEARNERS].count);
}

static void
candidates_wait_until_our_cursors_have_passed(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 1);
	say_placed("b/P1", "b/E1", L1 " " L2, &at);
	later(2 * MINUTE);
	assert_string_equal(states(), "sent,waiting behind");
	say_round(PUBLISHED, &at);
	later(11 * MINUTE);
	assert_string_equal(states(), "sent,waiting behind");
	say_posting("b/P9", "b/E9", "Other", PAUSED);
	later(MINUTE);
	assert_string_equal(states(), "sent,queued");
	assert_true(says(2, "Content-Language: fr, en")); /* nobody has said which */
	assert_true(says(2, "Tremblay"));
	assert_true(says(2, "ana@a.example")); /* whom to call is at the learners' college */
	/* they are of another college than the one that knows the firm */
	assert_non_null(strstr(shown_to(ROLE_COLLEGE, "b", "2"), "Content-Language: fr, en"));
	assert_null(strstr(shown_to(ROLE_COLLEGE, "b", "2"), "Tremblay"));
	assert_string_equal(shown_to(ROLE_COLLEGE, "a", "2"), "");
}

static void
a_mail_waits_for_a_learners_name(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_placed("b/P1", "b/E1", L1 " 9K3M9QX2AB", &at);
	later(2 * MINUTE);
	assert_string_equal(states(), "sent,waiting round_unpublished");
	say_round(PUBLISHED, &at);
	turns(3);
	assert_string_equal(states(), "sent,waiting learner_missing");
	say_learner("9K3M9QX2AB", "a", "Léa", "Nguyễn", true);
	turns(3);
	assert_string_equal(states(), "sent,queued");
}

static void
a_withdrawn_round_is_told_to_nobody(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_round(PUBLISHED, &at);
	say_placed("b/P1", "b/E1", L1, &at);
	say_summary("a", L1, "b/P1", &at);
	later(2 * MINUTE);
	assert_string_equal(states(), "sent,queued,queued");
	say_round(CALLED_OFF, &at);
	turns(3);
	assert_string_equal(states(), "sent,suppressed round_withdrawn,suppressed round_withdrawn");
}

static void
a_round_is_told_once_to_each(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_round(PUBLISHED, &at);
	say_placed("b/P1", "b/E1", L1, &at);
	say_placed("b/P2", "b/E1", "", &at);
	say_summary("a", L1, "b/P1", &at);
	later(2 * MINUTE);
	assert_non_null(strstr(body(), "bassin round show " ROUND));
	assert_non_null(strstr(body(), "Sans place=E2=80=AF: 2"));
	assert_non_null(strstr(body(), "sont pas ouvertes=E2=80=AF: 1")); /* ranked, but nothing that fits */
	say_placed("b/P1", "b/E1", L1 " " L2, &at);
	resync("matching", MATCHING);
	later(11 * MINUTE);
	assert_string_equal(states(), "sent,queued,queued");
	assert_true(says(2, L2)); /* not sent yet, so it follows */
}

/* ---- erasure ----------------------------------------------------------------------------------------------------- */
static void
an_erased_learner_stands_in_no_mail(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_round(PUBLISHED, &at);
	say_placed("b/P1", "b/E1", L1 " " L2, &at);
	say_summary("a", L1, "b/P1", &at);
	later(2 * MINUTE);
	(void)cluster_sql(&play.cluster,
	                  "UPDATE mail SET state = 'deferred', attempts = 3, due_ms = due_ms + 9999999 WHERE mail = 2");
	say_erased(L1);
	turns(3);
	assert_string_equal(states(), "sent,queued,queued");
	assert_true(says(2, L2));
	assert_false(says(2, L1));
	assert_false(says(2, "Tremblay"));
	assert_false(says(3, L1));
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM learner_contact WHERE learner = '" L1 "'"),
	                    "0");
	say_erased(L2);
	turns(3);
	assert_string_equal(states(), "sent,suppressed cause_gone,queued");
}

/* matching tells the placement anew without her: the same notice, so no second mail, and nothing waits for her contact. */
static void
a_placement_told_anew_without_the_erased_mails_nobody_again(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_round(PUBLISHED, &at);
	say_placed("b/P1", "b/E1", L1 " " L2 " 9K3M9QX2AB", &at); /* the last one's contact was blanked before it was read */
	later(2 * MINUTE);
	assert_string_equal(states(), "sent,waiting learner_missing");
	say_placed("b/P1", "b/E1", L1 " " L2, &at);
	later(2 * MINUTE);
	assert_string_equal(states(), "sent,queued");
	say_placed("b/P1", "b/E1", L1 " 9K3M9QX2AB", &at);
	turns(3);
	assert_string_equal(states(), "sent,waiting learner_missing");
	say_erased("9K3M9QX2AB"); /* this way round, too */
	turns(3);
	assert_string_equal(states(), "sent,queued");
	say_placed("b/P1", "b/E1", L1 " " L2, &at);
	turns(3);
	(void)cluster_sql(&play.cluster, "UPDATE mail SET state = 'sent', attempts = 1");
	say_erased(L1);
	say_placed("b/P1", "b/E1", L2, &at);
	later(30 * MINUTE);
	assert_string_equal(states(), "sent,sent");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM notice WHERE kind = 'candidates'"), "1");
}

/* An employer who loses somebody is told who, and nothing else is asked of her; who comes by assignment is proposed. */
static void
who_no_longer_comes_is_told_and_who_is_assigned_is_proposed(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_round(PUBLISHED, &at);
	say_assigned_and_moved("b/P1", "b/E1", "", L1, &at);
	later(2 * MINUTE);
	assert_string_equal(states(), "sent,queued");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail WHERE kind = 'candidates' AND "
	    "convert_from(body, 'UTF8') LIKE '%%Subject: Un changement parmi vos stagiaires%%' AND "
	    "convert_from(body, 'UTF8') LIKE '%%NE VIENT PLUS%%' AND convert_from(body, 'UTF8') LIKE '%%" L1 "%%' AND "
	    "convert_from(body, 'UTF8') NOT LIKE '%%Bonne nouvelle%%'"), "1");
	say_assigned_and_moved("b/P1", "b/E1", L2, L1, &at);
	turns(3);
	assert_string_equal(states(), "sent,queued");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail WHERE kind = 'candidates' AND "
	    "convert_from(body, 'UTF8') LIKE '%%NE VIENT PLUS%%' AND convert_from(body, 'UTF8') LIKE '%%Bonne nouvelle%%' AND "
	    "convert_from(body, 'UTF8') LIKE '%%ou propos=C3=A9e par le coll=C3=A8ge%%' AND "
	    "convert_from(body, 'UTF8') LIKE '%%" L2 "%%'"), "1");
	/* Who is erased stands in no message, whether she comes or goes. */
	say_erased(L1);
	turns(3);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail WHERE kind = 'candidates' AND "
	    "(convert_from(body, 'UTF8') LIKE '%%NE VIENT PLUS%%' OR convert_from(body, 'UTF8') LIKE '%%" L1 "%%')"), "0");
}

static void
told_by(const char *log_id, size_t like, int type, const char *topic, const char *key, const ProtobufCMessage *m)
{
	struct follow other = notifications_follows[like];
	struct event e = { .topic = topic, .key = key, .version = ++said_version, .type = type, .at_ms = play.now_ms };
	struct tx *tx = NULL;

	other.log_id = log_id;
	if (m != NULL)
		e.body = arena_pack(play.arena, m, &e.size);
	assert_int_equal(tx_begin(play.store, &tx), STORE_OK);
	struct work w = { .tx = tx, .arena = play.arena, .core = play.core, .service = office, .now_ms = play.now_ms,
		          .mono_ms = play.mono_ms };
	if (m != NULL)
		assert_int_equal(other.apply(&w, &other, &e, 1), STORE_OK);
	else
		assert_int_equal(other.drop(&w, &other, topic, key), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_OK);
}

/* Each college may run an intake of its own; none may speak for another's people. */
static void
a_contact_belongs_to_the_log_that_told_of_it_first(void **state)
{
	Bassin__V1__LearnerContactRecorded c = BASSIN__V1__LEARNER_CONTACT_RECORDED__INIT;
	Bassin__V1__LearnerErased gone = BASSIN__V1__LEARNER_ERASED__INIT;
	Bassin__V1__EmployerContactRecorded e = BASSIN__V1__EMPLOYER_CONTACT_RECORDED__INIT;
	const char *north = "learner_intake_north";
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_round(PUBLISHED, &at);
	say_placed("b/P1", "b/E1", L1, &at);
	later(2 * MINUTE);
	assert_true(says(2, "Tremblay"));
	c.learner = gone.learner = TEXT(L1);
	c.institution = TEXT("b");
	told_by(north, LEARNERS, EVENT(LEARNER_CONTACT_RECORDED), "contact", "learner:" L1, &c.base); /* not in the pool */
	told_by(north, LEARNERS, EVENT(LEARNER_ERASED), "erasure", L1, &gone.base);
	told_by(north, LEARNERS, EVENT(LEARNER_CONTACT_RECORDED), "contact", "learner:" L1, NULL);
	e.employer = TEXT("b/E1");
	e.institution = TEXT("b");
	e.contact_email = TEXT("thief@elsewhere.example");
	e.language = TEXT("fr");
	told_by("employer_intake_north", EMPLOYERS, EVENT(EMPLOYER_CONTACT_RECORDED), "contact", "employer:b/E1", &e.base);
	turns(3);
	assert_true(says(2, "Tremblay"));
	assert_string_equal(cluster_sql(&play.cluster, "SELECT family_name || ' ' || log_id FROM learner_contact "
	                                               "WHERE learner = '" L1 "'"),
	                    "Tremblay learner_intake");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM placed"), "1");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM employer_contact "
	                                               "WHERE contact_email LIKE 'thief%%'"), "0");
	c.learner = TEXT("9K3M9QX2AB");
	c.given_name = c.family_name = c.email = TEXT("x");
	c.language = TEXT("fr");
	c.in_pool = true;
	told_by(north, LEARNERS, EVENT(LEARNER_CONTACT_RECORDED), "contact", "learner:9K3M9QX2AB", &c.base);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT log_id FROM learner_contact WHERE learner = '9K3M9QX2AB'"), north);
}

static void
a_sent_mail_that_names_her_keeps_its_history_only(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_round(PUBLISHED, &at);
	say_placed("b/P1", "b/E1", L1, &at);
	later(2 * MINUTE);
	(void)cluster_sql(&play.cluster, "UPDATE mail SET state = 'sent', attempts = 1");
	say_erased(L1);
	turns(3);
	assert_string_equal(
	    cluster_sql(&play.cluster, "SELECT concat(state, body IS NULL, message_id <> '') FROM mail WHERE mail = 2"),
	    "senttt");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail_source WHERE mail = 2"), "0");
}

static void
who_leaves_the_pool_is_not_told_of(void **state)
{
	struct positions at;

	(void)state;
	pool_with_two_learners(&at, 0);
	say_round(PUBLISHED, &at);
	say_placed("b/P1", "b/E1", L1 " " L2, &at);
	later(2 * MINUTE);
	say_learner(L1, "a", "Zoé", "Tremblay", false);
	turns(3);
	assert_true(says(2, L2));
	assert_false(says(2, L1));
	assert_string_equal(cluster_sql(&play.cluster,
	                                "SELECT concat(given_name, family_name, in_pool) FROM learner_contact "
	                                "WHERE learner = '" L1 "'"),
	                    "f");
}

/* ---- who sees what ----------------------------------------------------------------------------------------------- */
static void
a_college_sees_its_own_mails_the_intermediary_no_address(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	assert_non_null(strstr(mails_as(ROLE_COLLEGE, "a", NULL), ";queued;held;;luc@ferme.example;a/E1;a;"));
	assert_string_equal(mails_as(ROLE_COLLEGE, "b", NULL), "");
	assert_string_equal(mails_as(ROLE_COLLEGE, "b", "institution=a"), "");
	assert_non_null(strstr(mails_as(ROLE_INTERMEDIARY, "", NULL), ";queued;held;;l***@ferme.example;a/E1;a;"));
	assert_string_equal(mails_as(ROLE_COLLEGE, "a", "state=sent"), "");
	assert_string_equal(shown_to(ROLE_COLLEGE, "b", "1"), "");
	assert_non_null(strstr(shown_to(ROLE_COLLEGE, "a", "1"), "luc@ferme.example"));
	const char *header = shown_to(ROLE_INTERMEDIARY, "", "1");
	assert_non_null(strstr(header, "Subject: "));
	assert_null(strstr(header, "luc@"));
	assert_null(strstr(header, "ana@"));
	assert_null(strstr(header, "Aide"));
	assert_string_equal(mail_ask(ROLE_COLLEGE, "b", COMMAND(MAIL_RETRY), "1").refused, "unknown");
	assert_string_equal(suppress_as(ROLE_COLLEGE, "b", "1", "").refused, "unknown");
}

static void
a_mail_is_suppressed_and_tried_again_by_hand(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	assert_int_equal(suppress_as(ROLE_COLLEGE, "a", "1", "").code, OK_CODE);
	assert_string_equal(states(), "suppressed by_hand");
	assert_string_equal(suppress_as(ROLE_COLLEGE, "a", "1", "").allowed, "waiting|queued|deferred|failed");
	assert_int_equal(mail_ask(ROLE_INTERMEDIARY, "", COMMAND(MAIL_RETRY), "1").code, OK_CODE);
	assert_string_equal(states(), "queued by_hand");
	assert_string_equal(mail_ask(ROLE_COLLEGE, "a", COMMAND(MAIL_RETRY), "7").refused, "unknown");
	assert_string_equal(mail_ask(ROLE_COLLEGE, "a", COMMAND(MAIL_RETRY), "x").refused, "unknown");
}

static void
an_address_is_suppressed_from_now_on(void **state)
{
	(void)state;
	say_institution("b", "fr");
	say_employer("a/E1", "Luc@Ferme.example", "fr");
	say_employer("b/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	say_posting("b/P1", "b/E1", "Aide", OPEN);
	later(11 * MINUTE);
	assert_int_equal(suppress_as(ROLE_COLLEGE, "a", "", "luc@ferme.example").code, OK_CODE);
	assert_string_equal(states(),
	                    "suppressed address_suppressed,queued"); /* of that college, not of the other one */
	say_posting("a/P2", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	assert_string_equal(states(), "suppressed address_suppressed,queued,suppressed address_suppressed");
	assert_int_equal(suppress_as(ROLE_INTERMEDIARY, "", "", "LUC@ferme.example").code, OK_CODE);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail WHERE state = 'suppressed'"), "3");
	assert_string_equal(suppress_as(ROLE_COLLEGE, "a", "", "nobody").refused, "bad_address");
}

static void
old_news_is_not_sent(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	say_posting("a/P2", "a/E2", "Aide", OPEN); /* its contact never comes */
	later(15 * DAY_MS);
	assert_string_equal(states(), "queued,suppressed stale");
	crash();
	inbox_start(NULL);
	rise(MODE_SEND, "");
	turns(4);
	assert_string_equal(states(), "suppressed stale,suppressed stale");
	assert_string_equal(inbox_ask("mails"), "");
}

static void
what_ended_long_ago_keeps_no_names(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	assert_int_equal(suppress_as(ROLE_COLLEGE, "a", "1", "").code, OK_CODE);
	say_posting("a/P1", "a/E1", "Aide", WITHDRAWN);
	later(91 * DAY_MS);
	assert_string_equal(
	    cluster_sql(&play.cluster, "SELECT concat(state, to_address, body IS NULL, reason) FROM mail"),
	    "suppressedt");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM employer_contact"), "1");
	later(401 * DAY_MS);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM employer_contact"), "0");
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, held, pool_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(all_postings_of_a_feed_come_in_one_message),
		PLAY(nothing_is_asked_of_an_employer_who_is_paused),
		PLAY(a_pause_that_is_taken_back_lets_go_what_waited),
		PLAY(the_wait_for_more_ends_after_an_hour),
		PLAY(what_was_told_is_not_told_again),
		PLAY(a_paused_posting_is_told_when_it_first_opens),
		PLAY(a_mail_waits_for_its_contact_and_goes_when_it_comes),
		PLAY(a_bad_address_waits_for_a_better_one),
		PLAY(a_posting_withdrawn_in_time_is_not_told),
		PLAY(a_held_mail_whose_posting_is_withdrawn_is_void),
		PLAY(a_posting_that_changes_hands_is_told_to_its_new_employer),
		PLAY(candidates_wait_until_our_cursors_have_passed),
		PLAY(who_no_longer_comes_is_told_and_who_is_assigned_is_proposed),
		PLAY(a_mail_waits_for_a_learners_name),
		PLAY(a_withdrawn_round_is_told_to_nobody),
		PLAY(a_round_is_told_once_to_each),
		PLAY(an_erased_learner_stands_in_no_mail),
		PLAY(a_placement_told_anew_without_the_erased_mails_nobody_again),
		PLAY(a_contact_belongs_to_the_log_that_told_of_it_first),
		PLAY(a_sent_mail_that_names_her_keeps_its_history_only),
		PLAY(who_leaves_the_pool_is_not_told_of),
		PLAY(a_college_sees_its_own_mails_the_intermediary_no_address),
		PLAY(a_mail_is_suppressed_and_tried_again_by_hand),
		PLAY(an_address_is_suppressed_from_now_on),
		PLAY(old_news_is_not_sent),
		PLAY(what_ended_long_ago_keeps_no_names),
	};

	return cmocka_run_group_tests_name("mails", tests, stage_up, stage_down);
}
