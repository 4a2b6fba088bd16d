/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notifications on stage: the real core on a real PostgreSQL, its three followed logs speak by hand, a real SMTP server
 * (inbox.py) takes the mails. A test opens the pool anew; `crash` lets the process's memory go without a word to anybody,
 * and `rise` begins with what the store holds.
 */
#ifndef TESTS_MAIL_PLAY_H
#define TESTS_MAIL_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <sys/eventfd.h>

#include "bassin/v1/employer.pb-c.h"
#include "bassin/v1/learner.pb-c.h"
#include "bassin/v1/matching.pb-c.h"
#include "bassin/v1/notification.pb-c.h"
#include "notifications.h"
#include "notifications/sql.h"
#include "unit/shared/service_play.h"

#define COMMAND(name) BASSIN__V1__COMMAND_TYPE__##name
#define EVENT(name) BASSIN__V1__EVENT_TYPE__##name
#define OK_CODE BASSIN__V1__REPLY_CODE__OK
#define TEXT(literal) ((char *)(uintptr_t)(literal))
#define MINUTE INT64_C(60000)
#define ROUND "0190a0b0c0d07000800000000000000a"
#define L1 "7K3M9QX2AB"
#define L2 "8K3M9QX2AB"
enum { EMPLOYERS, LEARNERS, MATCHING }; /* logs, in the order of notifications_follows */

static struct play play;
static struct notifications *office;
static struct command office_commands[32];
static uint64_t said_version;
static int wake_fd = -1;

/* ---- the SMTP server --------------------------------------------------------------------------------------------- */
static struct {
	pid_t pid;
	FILE *to, *from;
	char url[128];
} inbox;

static inline void
inbox_start(const char *const *rules)
{
	const char *argv[20] = { "/usr/bin/python3" }, *root = getenv("BASSIN_ROOT");
	char script[512];
	int to[2], from[2];

	snprintf(script, sizeof script, "%s/tests/unit/notifications/inbox.py", root != NULL ? root : ".");
	argv[1] = script;
	for (int i = 0; rules != NULL && rules[i] != NULL && i < 16; i++)
		argv[i + 2] = rules[i];
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		cluster_die("pipe");
	inbox.pid = fork();
	if (inbox.pid == 0) {
		dup2(to[0], 0);
		dup2(from[1], 1);
		execv(argv[0], (char *const *)(void *)argv);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	inbox.to = fdopen(to[1], "w");
	inbox.from = fdopen(from[0], "r");
	if (fgets(inbox.url, sizeof inbox.url, inbox.from) == NULL)
		cluster_die("inbox did not start");
	inbox.url[strcspn(inbox.url, "\n")] = '\0';
}

static inline void
inbox_stop(void)
{
	if (inbox.pid == 0)
		return;
	fclose(inbox.to);
	fclose(inbox.from);
	waitpid(inbox.pid, NULL, 0);
	inbox.pid = 0;
}

/* Its answer, lines until ".", in the play's arena. */
static inline const char *
inbox_ask(const char *question)
{
	char line[8192], *all = arena_strdup(play.arena, "");

	fprintf(inbox.to, "%s\n", question);
	fflush(inbox.to);
	while (fgets(line, sizeof line, inbox.from) != NULL && strcmp(line, ".\n") != 0)
		all = arena_printf(play.arena, "%s%s", all, line);
	play_check(all != NULL, "no memory");
	return all;
}

static inline size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

/* ---- the service ------------------------------------------------------------------------------------------------- */
static inline void
wake_up(void *unused)
{
	const uint64_t one = 1;

	(void)unused;
	play_check(write(wake_fd, &one, sizeof one) == (ssize_t)sizeof one, "wake");
}

static inline enum verdict
on_resync(struct call *call)
{
	const Bassin__V1__ResyncAsk *m = call_message(call, &bassin__v1__resync_ask__descriptor);

	return m != NULL && core_resync(call->work, m->log_id) == STORE_OK ? VERDICT_OK : VERDICT_RETRY;
}

static inline void
office_settings(enum mail_mode mode, const char *allowlist)
{
	struct post_settings *s = &office->settings;

	*s = (struct post_settings){ .mode = mode,
		                     .allowlist = allowlist,
		                     .sender_is_complete = true,
		                     .connections = 2,
		                     .message_id_domain = "pool.example",
		                     .bounce_maildir = "",
		                     .bounce_address = "",
		                     .bounce_check_ms = MINUTE,
		                     .retry_unit_ms = MINUTE,
		                     .stale_ms = 14 * DAY_MS,
		                     .keep_ms = 90 * DAY_MS,
		                     .contact_keep_ms = 400 * DAY_MS };
	s->sender = (struct mail_sender){ .name = { "Bassin de l'Estrie", "Estrie Pool" },
		                          .email = "bassin@pool.example",
		                          .postal_address = "1 rue du Lac, Magog (Québec)  J1X 1A1",
		                          .phone = "819 555-0100",
		                          .stop_email = "" };
	s->zone = zone_open("America/Toronto");
	play_check(s->zone != NULL, "no time zone");
	/* At any hour of any day, each mail by itself; a test that is about hours says so. */
	s->timing = (struct timing){ .zone = s->zone, .closes = MINUTES_OF_DAY, .weekends = true, .holidays = true };
	s->waits[MAIL_POSTINGS_RECEIVED] = (struct waits){ 10 * MINUTE, 60 * MINUTE };
	s->waits[MAIL_CANDIDATES] = s->waits[MAIL_ROUND_SUMMARY] = s->waits[MAIL_PLACE_FREED] = s->waits[MAIL_TASKS] = (struct waits){ MINUTE, MINUTE };
}

static inline void
office_open(enum mail_mode mode, const char *allowlist)
{
	const char *why;

	office = calloc(1, sizeof *office);
	play_check(office != NULL, "no memory");
	office_settings(mode, allowlist);
	if (mode == MODE_HOLD)
		return;
	struct worker_settings w = { .from = "bassin@pool.example", .wake = wake_up };
	w.delivery = (struct delivery_conf){ .url = inbox.url,
		                             .parallel = 2,
		                             .paced = true,
		                             .connect_ms = 5000,
		                             .reply_ms = 5000,
		                             .total_ms = 20000,
		                             .helo_name = "pool.example" };
	office->worker = worker_open(&w, &why);
	play_check(office->worker != NULL, "no worker");
}

/* One turn; chores are due by the play's clock. */
static inline void
turns(int n)
{
	for (int i = 0; i < n; i++)
		play_turn(&play);
}

static inline void
rise(enum mail_mode mode, const char *allowlist)
{
	static const struct store_series series[] = { { "core", core_migrations },
		                                      { "notifications", notifications_migrations },
		                                      { NULL, NULL } };
	static const struct sql *const *const statements[] = { core_statements, notifications_statements, NULL };
	const struct store_settings settings = { .conninfo = play.cluster.conninfo,
		                                 .name = "notifications",
		                                 .statement_ms = 10000,
		                                 .series = series,
		                                 .statements = statements };

	office_open(mode, allowlist);
	play.store = store_new(&settings);
	play.pg = play.store == NULL ? NULL : core_pg_new(play.store);
	play_check(play.pg != NULL, "no memory");
	memcpy(office_commands, notifications_commands, notifications_command_count * sizeof *office_commands);
	office_commands[notifications_command_count] = (struct command){ COMMAND(RESYNC), on_resync, false };
	const struct core_config config = { .log_id = "notifications",
		                            .service = office,
		                            .commands = office_commands,
		                            .command_count = notifications_command_count + 1,
		                            .follows = notifications_follows,
		                            .follow_count = notifications_follow_count,
		                            .chores = notifications_chores,
		                            .chore_count = notifications_chore_count,
		                            .store = core_pg_store(play.pg),
		                            .random = random_of_system,
		                            .wire = { &play, play_on_answer, play_on_fetch },
		                            .may_command = policy_may_command,
		                            .may_read = policy_may_read,
		                            .on_active = notifications_on_active };
	play.core = core_new(&config);
	play_check(play.core != NULL, "no memory");
	for (size_t i = 0; i < play.log_count; i++)
		play.logs[i].asked = NULL;
	for (int i = 0; i < 1000 && !play_is_active(&play); i++)
		turns(1);
	play_check(play_is_active(&play), "the service does not become active");
}

static inline void
crash(void)
{
	core_destroy(&play.core);
	core_pg_destroy(&play.pg);
	store_destroy(&play.store);
	worker_close(&office->worker);
	zone_close(&office->settings.zone);
	queue_close(office);
	free(office);
}

static inline int
stage_up(void **state)
{
	(void)state;
	compose_open();
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	play = (struct play){ .now_ms = clock_wall_ms(), .mono_ms = clock_mono_ms(), .log_count = 3 };
	cluster_start(&play.cluster, NULL);
	play.arena = arena_new(512 * MiB);
	play_check(play.arena != NULL && wake_fd >= 0, "no memory");
	return 0;
}

static inline int
stage_down(void **state)
{
	(void)state;
	compose_close();
	close(wake_fd);
	arena_destroy(&play.arena);
	cluster_stop(&play.cluster);
	return 0;
}

/* An empty store; nothing was said. */
static inline int
pool_empty(void **state)
{
	(void)state;
	(void)cluster_sql(&play.cluster, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	arena_reset(play.arena);
	memset(play.logs, 0, sizeof play.logs);
	for (size_t i = 0; i < play.log_count; i++)
		play.logs[i].epoch = id_make(play.now_ms, random_of_system, NULL);
	return 0;
}

static inline int
pool_close(void **state)
{
	(void)state;
	crash();
	inbox_stop();
	return 0;
}

/* Time goes by. */
static inline void
later(int64_t ms)
{
	play.now_ms += ms;
	play.mono_ms += ms;
	turns(4);
}

/* Turns until a query of the store says `wanted`; each wait ends when the worker has a result, 20 s in all. */
static inline void
until(const char *sql, const char *wanted)
{
	int64_t give_up_ms = clock_mono_ms() + 20000;
	struct pollfd woken = { .fd = wake_fd, .events = POLLIN };
	uint64_t count;

	for (;;) {
		turns(2);
		const char *is = cluster_sql(&play.cluster, "%s", sql);
		if (strcmp(is, wanted) == 0)
			return;
		if (clock_mono_ms() > give_up_ms) {
			fprintf(stderr, "%s: is %s, wanted %s\n", sql, is, wanted);
			fail();
		}
		(void)poll(&woken, 1, 20);
		(void)!read(wake_fd, &count, sizeof count);
	}
}

/* ---- what is said ------------------------------------------------------------------------------------------------ */
static inline void
say(size_t log, const char *topic, const char *key, int type, const ProtobufCMessage *m)
{
	play_say(&play, log, topic, key, ++said_version, type, m);
}

static inline void
say_institution(const char *id, const char *language)
{
	Bassin__V1__InstitutionRecorded i = BASSIN__V1__INSTITUTION_RECORDED__INIT;
	Bassin__V1__InstitutionContactRecorded c = BASSIN__V1__INSTITUTION_CONTACT_RECORDED__INIT;

	i.institution = c.institution = TEXT(id);
	i.name_fr = arena_printf(play.arena, "Cégep %s", id);
	i.name_en = arena_printf(play.arena, "%s College", id);
	c.coordinator_name = arena_printf(play.arena, "Ana %s", id);
	c.coordinator_email = arena_printf(play.arena, "ana@%s.example", id);
	c.phone = TEXT("819 555-0101");
	c.language = TEXT(language);
	say(EMPLOYERS, "institution", id, EVENT(INSTITUTION_RECORDED), &i.base);
	say(EMPLOYERS, "contact", arena_printf(play.arena, "institution:%s", id), EVENT(INSTITUTION_CONTACT_RECORDED),
	    &c.base);
}

static inline void
say_employer_as(const char *employer, const char *email, const char *language, int32_t headcount, int64_t paused_until_ms)
{
	Bassin__V1__EmployerContactRecorded m = BASSIN__V1__EMPLOYER_CONTACT_RECORDED__INIT;

	m.employer = TEXT(employer);
	m.institution = arena_strndup(play.arena, employer, strcspn(employer, "/"));
	m.legal_name = TEXT("Ferme Joyeuse inc.");
	m.contact_name = TEXT("Luc Côté");
	m.contact_email = TEXT(email);
	m.language = TEXT(language);
	m.municipality = TEXT("Magog");
	m.paused_until = (int32_t)(paused_until_ms / DAY_MS);
	m.headcount = headcount;
	say(EMPLOYERS, "contact", arena_printf(play.arena, "employer:%s", employer), EVENT(EMPLOYER_CONTACT_RECORDED),
	    &m.base);
}

static inline void
say_employer_of(const char *employer, const char *email, const char *language, int32_t headcount)
{
	say_employer_as(employer, email, language, headcount, 0);
}

static inline void
say_employer_until(const char *employer, const char *email, const char *language, int64_t paused_until_ms)
{
	say_employer_as(employer, email, language, 0, paused_until_ms);
}

static inline void
say_employer(const char *employer, const char *email, const char *language)
{
	say_employer_of(employer, email, language, 0);
}

static inline void
say_firm(const char *employer, const char *firm)
{
	Bassin__V1__FirmRecorded m = BASSIN__V1__FIRM_RECORDED__INIT;

	m.employer = TEXT(employer);
	m.firm = TEXT(firm);
	say(EMPLOYERS, "firm", employer, EVENT(FIRM_RECORDED), &m.base);
}

static inline void
say_posting(const char *posting, const char *employer, const char *title, int state)
{
	Bassin__V1__PostingRecorded m = BASSIN__V1__POSTING_RECORDED__INIT;
	char *programmes[] = { TEXT("410.A0") };

	m.posting = TEXT(posting);
	m.institution = arena_strndup(play.arena, posting, strcspn(posting, "/"));
	m.employer = TEXT(employer);
	m.state = (Bassin__V1__PostingState)state;
	m.title = TEXT(title);
	m.programmes = programmes;
	m.n_programmes = 1;
	m.seats = 2;
	m.starts_on = 20834;
	m.ends_on = 20943;
	m.hours_hundredths = 3500;
	m.weekdays = 31;
	say(EMPLOYERS, "posting", posting, EVENT(POSTING_RECORDED), &m.base);
}
#define OPEN BASSIN__V1__POSTING_STATE__POSTING_OPEN
#define WITHDRAWN BASSIN__V1__POSTING_STATE__POSTING_WITHDRAWN
#define PAUSED BASSIN__V1__POSTING_STATE__POSTING_PAUSED

static inline void
say_learner(const char *number, const char *institution, const char *given, const char *family, bool in_pool)
{
	Bassin__V1__LearnerContactRecorded m = BASSIN__V1__LEARNER_CONTACT_RECORDED__INIT;

	m.learner = TEXT(number);
	m.institution = TEXT(institution);
	m.given_name = TEXT(given);
	m.family_name = TEXT(family);
	m.email = TEXT("learner@school.example");
	m.language = TEXT("fr");
	m.in_pool = in_pool;
	say(LEARNERS, "contact", arena_printf(play.arena, "learner:%s", number), EVENT(LEARNER_CONTACT_RECORDED),
	    &m.base);
}

static inline void
say_erased(const char *number)
{
	Bassin__V1__LearnerErased m = BASSIN__V1__LEARNER_ERASED__INIT;

	m.learner = TEXT(number);
	say(LEARNERS, "erasure", number, EVENT(LEARNER_ERASED), &m.base);
}

/* So far the intakes were when the round was frozen. */
struct positions {
	Bassin__V1__LogPosition of[2], *all[2];
};

static inline void
positions_fill(struct positions *p, uint64_t employers, uint64_t learners)
{
	static const char *const logs[] = { "employer_intake", "learner_intake" };
	const uint64_t seqs[] = { employers, learners };

	for (int i = 0; i < 2; i++) {
		bassin__v1__log_position__init(&p->of[i]);
		p->of[i].log_id = TEXT(logs[i]);
		p->of[i].epoch = (ProtobufCBinaryData){ ID_SIZE, play.logs[i].epoch.bytes };
		p->of[i].seq = seqs[i];
		p->all[i] = &p->of[i];
	}
}

static inline void
say_round(int state, struct positions *at)
{
	Bassin__V1__RoundMoved m = BASSIN__V1__ROUND_MOVED__INIT;

	m.round = TEXT(ROUND);
	m.state = (Bassin__V1__RoundState)state;
	m.title = TEXT("Stages d'hiver 2027");
	m.positions = at->all;
	m.n_positions = 2;
	say(MATCHING, "round", ROUND, EVENT(ROUND_MOVED), &m.base);
}
#define PUBLISHED BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED
#define CALLED_OFF BASSIN__V1__ROUND_STATE__ROUND_WITHDRAWN

/* "7K3M9QX2AB 8K3M9QX2AB", all of institution a; returns how many. */
static inline size_t
placed_learners(const char *learners, const char *by, Bassin__V1__PlacedLearner of[8], Bassin__V1__PlacedLearner *all[8])
{
	size_t n = 0;

	for (const char *l = learners; *l != '\0'; l += l[10] == ' ' ? 11 : 10) {
		Bassin__V1__PlacedLearner *p = all[n] = &of[n];
		bassin__v1__placed_learner__init(p);
		p->learner = arena_strndup(play.arena, l, 10);
		p->institution = TEXT("a");
		p->programme = TEXT("410.A0");
		p->by = TEXT(by);
		n++;
	}
	return n;
}

/* Who comes by assignment, and who no longer comes since she has moved up. */
static inline void
say_assigned_and_moved(const char *posting, const char *employer, const char *learners, const char *moved,
                       struct positions *at)
{
	Bassin__V1__PostingPlaced m = BASSIN__V1__POSTING_PLACED__INIT;
	Bassin__V1__PlacedLearner of[8], *all[8], of_moved[8], *all_moved[8];

	m.round = TEXT(ROUND);
	m.posting = TEXT(posting);
	m.employer = TEXT(employer);
	m.institution = arena_strndup(play.arena, posting, strcspn(posting, "/"));
	m.seats = 2;
	m.learners = all;
	m.n_learners = placed_learners(learners, "assigned", of, all);
	m.moved = all_moved;
	m.n_moved = placed_learners(moved, "", of_moved, all_moved);
	for (size_t i = 0; i < m.n_moved; i++)
		m.moved[i]->round = TEXT("0a");  /* placed here by another round */
	m.positions = at->all;
	m.n_positions = 2;
	say(MATCHING, "placement", posting, EVENT(POSTING_PLACED), &m.base);
}

static inline void
say_placed(const char *posting, const char *employer, const char *learners, struct positions *at)
{
	Bassin__V1__PostingPlaced m = BASSIN__V1__POSTING_PLACED__INIT;
	Bassin__V1__PlacedLearner of[8], *all[8];

	m.round = TEXT(ROUND);
	m.posting = TEXT(posting);
	m.employer = TEXT(employer);
	m.institution = arena_strndup(play.arena, posting, strcspn(posting, "/"));
	m.seats = 2;
	m.learners = all;
	m.n_learners = placed_learners(learners, "ranked", of, all);
	m.positions = at->all;
	m.n_positions = 2;
	say(MATCHING, "placement", posting, EVENT(POSTING_PLACED), &m.base);
}

static inline void
say_summary(const char *institution, const char *learner, const char *posting, struct positions *at)
{
	Bassin__V1__CollegePlaced m = BASSIN__V1__COLLEGE_PLACED__INIT;
	Bassin__V1__CollegeRow row = BASSIN__V1__COLLEGE_ROW__INIT;
	Bassin__V1__Placement one = BASSIN__V1__PLACEMENT__INIT, *all[] = { &one };

	m.round = TEXT(ROUND);
	m.title = TEXT("Stages d'hiver 2027");
	m.row = &row;
	row.institution = TEXT(institution);
	row.learners = 3;
	row.eligible = row.placed_ranked = row.unplaced_outranked = row.unplaced_none_fits = 1;
	one.learner = TEXT(learner);
	one.posting = TEXT(posting);
	one.by = TEXT("ranked");
	m.placements = all;
	m.n_placements = 1;
	m.positions = at->all;
	m.n_positions = 2;
	say(MATCHING, "summary", arena_printf(play.arena, "%s/%s", ROUND, institution), EVENT(COLLEGE_PLACED), &m.base);
}

/* ---- what is asked ----------------------------------------------------------------------------------------------- */
static inline const char *
mails_as(enum role role, const char *institution, const char *filter)
{
	return play_list(&play, role, institution, COMMAND(MAIL_LIST), filter, 100, "");
}

static inline struct play_answer
mail_ask(enum role role, const char *institution, int type, const char *mail)
{
	Bassin__V1__MailAsk m = BASSIN__V1__MAIL_ASK__INIT;

	m.mail = TEXT(mail);
	return play_ask(&play, role, institution, type, &m.base);
}

static inline struct play_answer
suppress_as(enum role role, const char *institution, const char *mail, const char *address)
{
	Bassin__V1__MailSuppress m = BASSIN__V1__MAIL_SUPPRESS__INIT;

	m.mail = TEXT(mail);
	m.address = TEXT(address);
	m.reason = TEXT("asked by telephone");
	return play_ask(&play, role, institution, COMMAND(MAIL_SUPPRESS), &m.base);
}

/* The message, or "" where it is refused. */
static inline const char *
shown_to(enum role role, const char *institution, const char *mail)
{
	Bassin__V1__ShowAsk m = BASSIN__V1__SHOW_ASK__INIT;
	ProtobufCAllocator allocator = arena_allocator(play.arena);

	m.id = TEXT(mail);
	struct play_answer a = play_ask(&play, role, institution, COMMAND(MAIL_SHOW), &m.base);
	if (a.code != OK_CODE)
		return "";
	const Bassin__V1__MailFile *f = bassin__v1__mail_file__unpack(&allocator, a.size, a.payload);
	play_check(f != NULL, "a file that is none");
	return arena_strndup(play.arena, (const char *)f->message.data, f->message.len);
}

static inline void
resync(const char *log_id, size_t which)
{
	Bassin__V1__ResyncAsk m = BASSIN__V1__RESYNC_ASK__INIT;
	struct core_status s;

	m.log_id = TEXT(log_id);
	struct play_answer a = play_ask(&play, ROLE_INTERMEDIARY, "", COMMAND(RESYNC), &m.base);
	play_check(a.code == OK_CODE, "resync refused");
	for (int i = 0; i < 2000; i++) {
		turns(1);
		core_status(play.core, &s);
		if (s.follows[which].cursor.seq == play.logs[which].count && !s.follows[which].resyncing)
			return;
	}
	cluster_die("the resync does not end");
}

/* Of all but the day's mail about tasks, which is test_tasks.c's. */
#define STATES "SELECT coalesce(string_agg(concat_ws(' ', state, nullif(why, '')), ',' ORDER BY mail), '') FROM mail " \
               "WHERE kind <> 'tasks'"

static inline const char *
states(void)
{
	return cluster_sql(&play.cluster, STATES);
}

#endif
