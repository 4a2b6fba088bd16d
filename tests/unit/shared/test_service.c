/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime, played by two small but real services in processes of their own (this program, started again with
 * --service): they write through the core into a real PostgreSQL and talk over real sockets. What is tested is how they
 * start, stop, answer `status`, and what they do when the database hangs or is away, or a handler aborts.
 */
#include "bus_play.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/arena.h"
#include "bassin/v1/learner.pb-c.h"
#include "bassin/v1/matching.pb-c.h"
#include "bus/client.h"
#include "bus/core_pg.h"
#include "bus/socket.h"
#include "pg_cluster.h"
#include "service/metrics.h"
#include "service/service.h"
#include "service/status.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define CODE(name) BASSIN__V1__REPLY_CODE__##name

/* ---- the two services ----------------------------------------------------------------------------------------------- */
static const struct sql round_insert = { "round_insert", "INSERT INTO toy_round (title) VALUES ($1::text)" };
static const struct sql round_count = { "round_count", "SELECT count(*) FROM toy_round" };
static const struct sql erased_insert = { "erased_insert", "INSERT INTO toy_erased (learner) VALUES ($1::text)" };
static const struct sql *const toy_statements[] = { &round_insert, &round_count, &erased_insert, NULL };
static const struct migration toy_migrations[] = {
	{ 1, "toy", "CREATE TABLE toy_round (title text NOT NULL); CREATE TABLE toy_erased (learner text PRIMARY KEY);" },
	{ 0, NULL, NULL },
};

static enum verdict
verdict_of(int result)
{
	return result == STORE_OK ? VERDICT_OK : result == STORE_RETRY ? VERDICT_RETRY : VERDICT_BROKEN;
}

static enum verdict
on_round_open(struct call *call)
{
	const Bassin__V1__RoundOpen *m = call_message(call, &bassin__v1__round_open__descriptor);
	Bassin__V1__RoundMoved moved = BASSIN__V1__ROUND_MOVED__INIT;

	if (m == NULL)
		return call_refuse(call, "undecodable", "", "");
	if (strcmp(m->title, "abort") == 0)
		abort();
	struct params p = params_new(call->work->arena);
	param_text(&p, m->title);
	moved.round = m->title;
	int result = tx_run(call->work->tx, &round_insert, &p, NULL);
	if (result == STORE_OK && work_emit(call->work, "round", m->title, 1, BASSIN__V1__EVENT_TYPE__ROUND_MOVED, &moved.base) != 0)
		return VERDICT_RETRY;
	return verdict_of(result);
}

static enum verdict
on_round_list(struct call *call)
{
	Bassin__V1__Table table = BASSIN__V1__TABLE__INIT;
	struct rows *rows;
	int result = tx_run(call->work->tx, &round_count, NULL, &rows);

	if (result != STORE_OK)
		return verdict_of(result);
	char *count = arena_printf(call->work->arena, "%lld", (long long)rows_int(rows, 0, 0));
	table.next = count;
	return count == NULL ? VERDICT_RETRY : call_answer(call, &table.base);
}

static enum verdict
on_learner_erase(struct call *call)
{
	const Bassin__V1__LearnerErase *m = call_message(call, &bassin__v1__learner_erase__descriptor);
	Bassin__V1__LearnerErased erased = BASSIN__V1__LEARNER_ERASED__INIT;

	if (m == NULL)
		return call_refuse(call, "undecodable", "", "");
	erased.learner = m->external_id;
	return work_emit(call->work, "erasure", m->external_id, 1, BASSIN__V1__EVENT_TYPE__LEARNER_ERASED, &erased.base) == 0
	           ? VERDICT_OK : VERDICT_RETRY;
}

static int
on_erased(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	int result = STORE_OK;

	(void)f;
	for (size_t i = 0; i < count && result == STORE_OK; i++) {
		struct params p = params_new(w->arena);

		param_text(&p, events[i].key);
		result = tx_run(w->tx, &erased_insert, &p, NULL);
	}
	return result;
}

static void
on_status(void *state, struct status_out *out)
{
	(void)state;
	status_figure(out, "toy_figure", "kind=\"one\"", 42, false);
	status_alarm(out, "toy count=%d", 1);
}

static const struct command matching_commands[] = {
	{ TYPE(ROUND_OPEN), on_round_open, false }, { TYPE(ROUND_LIST), on_round_list, true },
};
static const struct command intake_commands[] = { { TYPE(LEARNER_ERASE), on_learner_erase, false } };
static const char *const erasure[] = { "erasure", NULL };
static const struct follow matching_follows[] = { { .log_id = "learner_intake", .topics = erasure, .apply = on_erased } };
static const struct service toy_matching = {
	.name = "matching", .about = "a toy", .commands = matching_commands, .command_count = COUNT_OF(matching_commands),
	.follows = matching_follows, .follow_count = 1, .statements = toy_statements, .migrations = toy_migrations,
	.on_status = on_status,
};
static const struct service toy_intake = {
	.name = "learner_intake", .about = "a toy", .commands = intake_commands, .command_count = 1,
};

/* ---- processes ------------------------------------------------------------------------------------------------------ */
static struct play play;
static const char *program;            /* this one; under valgrind /proc/self/exe is valgrind */
static struct cluster cluster;
static struct arena *arena;
static struct client *as_operator, *as_college, *impatient;
static char endpoints[3][64];          /* matching, a second matching, learner_intake */
static char store_of[2][320];          /* matching, learner_intake */

static pid_t
spawn(const char *name, const char *listen, const char *store, const char *more, const char *value)
{
	const char *argv[] = { "test_service", "--service", name, "--home", play.dir, "--listen", listen, "--store", store,
		               "--keyring", play.keyring, "--directory", play.directory, "--fetch-wait-ms", "500",
		               "--log-level", "error", more, value, NULL };
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit none = { 0, 0 };

		(void)setrlimit(RLIMIT_CORE, &none);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);         /* a test that fails leaves nobody behind */
		(void)execv(program, (char **)(uintptr_t)argv);
		_exit(127);
	}
	return child;
}

static pid_t
spawn_matching(int which)
{
	return spawn("matching", endpoints[which], store_of[0], NULL, NULL);
}

/* The exit status; -signal when a signal ended it. */
static int
ended(pid_t child)
{
	int status = 0;
	int64_t until = clock_mono_ms() + PLAY_PATIENCE_MS;
	pid_t got;

	while ((got = waitpid(child, &status, WNOHANG)) == 0 && clock_mono_ms() < until)
		(void)poll(NULL, 0, 5);
	if (got == 0) {
		(void)kill(child, SIGKILL);
		(void)waitpid(child, &status, 0);
		fail_msg("it did not end");
	}
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int
stopped(pid_t child)
{
	int64_t since = clock_mono_ms();

	assert_int_equal(kill(child, SIGTERM), 0);
	int status = ended(child);
	assert_true(clock_mono_ms() - since < 5000);
	return status;
}

/* ---- asking --------------------------------------------------------------------------------------------------------- */
static struct client_answer answer;

static enum client_result
ask(struct client *c, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *m)
{
	arena_reset(arena);
	return client_ask(c, service, type, m, arena, &answer);
}

static int
code(struct client *c, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *m)
{
	enum client_result result = ask(c, service, type, m);

	return result == CLIENT_OK ? (int)answer.code : (int)result;
}

static int
round_open(struct client *c, const char *title)
{
	Bassin__V1__RoundOpen m = BASSIN__V1__ROUND_OPEN__INIT;

	m.title = (char *)(uintptr_t)title;
	return code(c, "matching", TYPE(ROUND_OPEN), &m.base);
}

static int
rounds(void)
{
	ProtobufCAllocator allocator = arena_allocator(arena);

	assert_int_equal(code(as_operator, "matching", TYPE(ROUND_LIST), NULL), CODE(OK));
	const Bassin__V1__Table *t = bassin__v1__table__unpack(&allocator, answer.size, answer.payload);
	assert_non_null(t);
	return atoi(t->next);
}

static const Bassin__V1__StatusReport *
status_by(struct client *c, const char *service)
{
	ProtobufCAllocator allocator = arena_allocator(arena);

	if (code(c, service, TYPE(STATUS), NULL) != CODE(OK))
		return NULL;
	const Bassin__V1__StatusReport *r = bassin__v1__status_report__unpack(&allocator, answer.size, answer.payload);
	assert_non_null(r);
	return r;
}

static bool
is_in_state(const char *service, const char *state)
{
	const Bassin__V1__StatusReport *r = status_by(as_operator, service);

	return r != NULL && strcmp(r->state, state) == 0;
}

static bool
has_alarm(const char *service, const char *text)
{
	const Bassin__V1__StatusReport *r = status_by(as_operator, service);

	for (size_t i = 0; r != NULL && i < r->n_alarms; i++) {
		if (strstr(r->alarms[i], text) != NULL)
			return true;
	}
	return false;
}

#define PAUSE (void)poll(NULL, 0, 10)
#define WAIT_ACTIVE(service) WAIT_UNTIL(is_in_state(service, "active"), PAUSE)

static struct client *
client_of(const char *who, int64_t patience_ms)
{
	char key[64];
	const char *why;
	struct client *c;

	(void)snprintf(key, sizeof key, "keys/%s.key", who);
	const struct client_settings settings = { .directory = play.directory, .keyring = play.keyring,
		                                  .key_file = play_path(&play, key), .patience_ms = patience_ms, .window = 4 };
	if (client_new(&settings, &c, &why) != CLIENT_OK)
		fail_msg("%s", why);
	return c;
}

static void
key_in_folder(const char *name, enum role role, const char *institution)
{
	struct key_pair pair;
	char from[192], to[192];

	play_key(&play, name, role, institution, &pair);
	(void)snprintf(from, sizeof from, "%s", play_path(&play, name));
	(void)snprintf(to, sizeof to, "%.60s/keys/%.60s.key", play.dir, name);
	(void)strcat(from, ".key");
	assert_int_equal(rename(from, to), 0);
}

static void
directory_write(void)
{
	char text[512];

	(void)snprintf(text, sizeof text, "matching %s,%s\nlearner_intake %s\n", endpoints[0], endpoints[1], endpoints[2]);
	play_write(play.directory, text);
}

static int
open_all(void **state)
{
	(void)state;
	play_open(&play);
	cluster_start(&cluster, NULL);
	assert_int_equal(mkdir(play_path(&play, "keys"), 0700), 0);
	key_in_folder("matching", ROLE_MATCHING, "");
	key_in_folder("learner_intake", ROLE_LEARNER_INTAKE, "");
	key_in_folder("operator", ROLE_INTERMEDIARY, "");
	key_in_folder("college", ROLE_COLLEGE, "cegep-sample");
	for (size_t i = 0; i < COUNT_OF(endpoints); i++)
		(void)snprintf(endpoints[i], sizeof endpoints[i], "tcp://127.0.0.1:%d", play_port());
	directory_write();
	(void)cluster_sql(&cluster, "CREATE DATABASE toy_matching");
	(void)cluster_sql(&cluster, "CREATE DATABASE toy_intake");
	(void)snprintf(store_of[0], sizeof store_of[0], "host=%s user=postgres dbname=toy_matching", cluster.dir);
	(void)snprintf(store_of[1], sizeof store_of[1], "host=%s user=postgres dbname=toy_intake", cluster.dir);
	arena = arena_new(16 * MiB);
	as_operator = client_of("operator", 15000);
	as_college = client_of("college", 15000);
	impatient = client_of("operator", 1500);
	return arena == NULL;
}

static int
close_all(void **state)
{
	(void)state;
	client_destroy(&as_operator);
	client_destroy(&as_college);
	client_destroy(&impatient);
	arena_destroy(&arena);
	cluster_stop(&cluster);
	play_close(&play);
	return 0;
}

/* ---- plays ---------------------------------------------------------------------------------------------------------- */
static void
a_service_starts_serves_and_stops(void **state)
{
	pid_t service = spawn_matching(0);

	(void)state;
	WAIT_ACTIVE("matching");
	assert_int_equal(round_open(as_operator, "first"), CODE(OK));
	assert_int_equal(rounds(), 1);
	assert_int_equal(round_open(as_college, "second"), CODE(FORBIDDEN));
	assert_int_equal(code(as_operator, "matching", TYPE(FEED_LEARNERS), NULL), CODE(FORBIDDEN));
	assert_int_equal(code(as_operator, "matching", (Bassin__V1__CommandType)999, NULL), CODE(UNKNOWN_TYPE));
	assert_int_equal(code(as_operator, "matching", TYPE(ROUND_FREEZE), NULL), CODE(UNKNOWN_TYPE));     /* no handler */
	assert_int_equal(stopped(service), 0);
	service = spawn_matching(0);
	assert_int_equal(rounds(), 1);
	assert_int_equal(stopped(service), 0);
}

static void
status_tells_what_there_is(void **state)
{
	pid_t service = spawn_matching(0);

	(void)state;
	WAIT_ACTIVE("matching");
	const Bassin__V1__StatusReport *r = status_by(as_college, "matching");
	assert_non_null(r);
	assert_string_equal(r->service, "matching");
	assert_int_equal(r->schema_version, 1);
	assert_int_equal(strlen(r->epoch), 32);
	assert_int_equal(r->pid, service);
	assert_true(r->core_schema_version >= 1 && r->head_seq >= 1);
	assert_int_equal(r->n_cursors, 1);
	assert_string_equal(r->cursors[0]->log_id, "learner_intake");
	assert_string_equal(r->cursors[0]->state, "waiting");
	assert_true(has_alarm("matching", "toy count=1"));
	r = status_by(as_operator, "matching");
	char *text = metrics_text(arena, &r, 1);
	assert_non_null(text);
	assert_non_null(strstr(text, "# TYPE toy_figure gauge\ntoy_figure{service=\"matching\",kind=\"one\"} 42\n"));
	assert_non_null(strstr(text, "\nbassin_replies_total{service=\"matching\",code=\"OK\"}"));
	assert_non_null(strstr(text, "\nbassin_cursor_lag{service=\"matching\",log=\"learner_intake\"} 0\n"));
	assert_non_null(strstr(text, "\nbassin_handshakes_refused_total{service=\"matching\",reason=\"unknown_key\"} 0\n"));
	assert_int_equal(stopped(service), 0);
}

static size_t
audit_lines(struct client *c)
{
	Bassin__V1__ListAsk m = BASSIN__V1__LIST_ASK__INIT;
	ProtobufCAllocator allocator = arena_allocator(arena);
	size_t lines = 0, page = 0;
	char next[32] = "";

	m.limit = 2;
	do {
		m.after = next;
		assert_int_equal(code(c, "matching", TYPE(AUDIT_LIST), &m.base), CODE(OK));
		const Bassin__V1__Table *t = bassin__v1__table__unpack(&allocator, answer.size, answer.payload);
		assert_non_null(t);
		assert_int_equal(t->n_columns, 12);
		for (size_t i = 0; i < t->n_rows && c == as_college; i++)
			assert_string_equal(t->rows[i]->cells[4], "cegep-sample");
		lines += t->n_rows;
		(void)snprintf(next, sizeof next, "%s", t->next);
	} while (next[0] != '\0' && ++page < 50);
	return lines;
}

static void
the_audit_trail_is_listed_to_those_whom_it_concerns(void **state)
{
	pid_t service = spawn_matching(0);

	(void)state;
	WAIT_ACTIVE("matching");
	(void)cluster_sql(&cluster, "SELECT 1");
	size_t all = audit_lines(as_operator), colleges = audit_lines(as_college);
	assert_int_equal(round_open(as_operator, "audited"), CODE(OK));
	assert_int_equal(code(as_college, "matching", TYPE(ROUND_LIST), NULL), CODE(OK));
	size_t all_now = audit_lines(as_operator), colleges_now = audit_lines(as_college);
	assert_true(all_now >= all + 2);
	assert_true(colleges_now > colleges && colleges_now < all_now);
	assert_int_equal(stopped(service), 0);
}

static pid_t
backend(void)
{
	return atoi(cluster_sql(&cluster, "SELECT pid FROM pg_stat_activity WHERE application_name = 'matching'"));
}

static void
status_answers_while_the_database_hangs(void **state)
{
	pid_t service = spawn_matching(0), hung;
	struct client *asker = client_of("operator", 15000);
	struct id id;
	Bassin__V1__RoundOpen m = BASSIN__V1__ROUND_OPEN__INIT;

	(void)state;
	WAIT_ACTIVE("matching");
	int before = rounds();
	hung = backend();
	assert_true(hung > 0);
	assert_int_equal(kill(hung, SIGSTOP), 0);
	m.title = (char *)(uintptr_t)"while it hangs";
	assert_int_equal(client_send(asker, "matching", TYPE(ROUND_OPEN), &m.base, &id), CLIENT_OK);
	for (int i = 0; i < 20; i++) {
		int64_t since = clock_mono_ms();

		assert_non_null(status_by(as_operator, "matching"));
		assert_true(clock_mono_ms() - since < 1000);
		PAUSE;
	}
	assert_int_equal(kill(hung, SIGCONT), 0);
	arena_reset(arena);
	assert_int_equal(client_next(asker, arena, &answer), CLIENT_OK);
	assert_int_equal(answer.code, CODE(OK));
	assert_int_equal(rounds(), before + 1);
	client_destroy(&asker);
	assert_int_equal(stopped(service), 0);
}

static void
a_stop_does_not_wait_for_a_database_that_hangs(void **state)
{
	pid_t service = spawn_matching(0), hung;

	(void)state;
	WAIT_ACTIVE("matching");
	hung = backend();
	assert_int_equal(kill(hung, SIGSTOP), 0);
	assert_int_equal(round_open(impatient, "never"), CLIENT_UNREACHABLE);
	assert_int_equal(stopped(service), 0);
	assert_int_equal(kill(hung, SIGCONT), 0);
	WAIT_UNTIL(backend() == 0, PAUSE);
}

static void
without_a_database_it_starts_and_says_so(void **state)
{
	pid_t service = spawn("matching", endpoints[0], "host=/nowhere user=postgres dbname=x", NULL, NULL);

	(void)state;
	WAIT_UNTIL(is_in_state("matching", "store_away"), PAUSE);
	assert_true(has_alarm("matching", "store away=1"));
	assert_int_equal(round_open(impatient, "never"), CLIENT_UNREACHABLE);
	assert_int_equal(stopped(service), 0);
}

static void
a_database_that_comes_back_is_used_again(void **state)
{
	pid_t service = spawn_matching(0);

	(void)state;
	WAIT_ACTIVE("matching");
	int before = rounds();
	for (int i = 0; i < 3; i++) {
		(void)cluster_sql(&cluster, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'matching'");
		assert_int_equal(round_open(as_operator, "after the cut"), CODE(OK));
	}
	assert_int_equal(rounds(), before + 3);
	assert_int_equal(stopped(service), 0);
}

static void
a_second_instance_takes_over(void **state)
{
	pid_t first = spawn_matching(0);

	(void)state;
	WAIT_ACTIVE("matching");
	pid_t second = spawn_matching(1);
	int before = rounds();
	assert_int_equal(kill(first, SIGKILL), 0);
	assert_int_equal(ended(first), -SIGKILL);
	int64_t since = clock_mono_ms();
	assert_int_equal(round_open(as_operator, "taken over"), CODE(OK));
	assert_true(clock_mono_ms() - since < 3000);
	assert_int_equal(rounds(), before + 1);
	assert_int_equal(stopped(second), 0);
}

static void
events_reach_their_reader(void **state)
{
	pid_t intake = spawn("learner_intake", endpoints[2], store_of[1], NULL, NULL), matching = spawn_matching(0);
	Bassin__V1__LearnerErase m = BASSIN__V1__LEARNER_ERASE__INIT;
	Bassin__V1__ResyncAsk log = BASSIN__V1__RESYNC_ASK__INIT;

	(void)state;
	WAIT_ACTIVE("learner_intake");
	WAIT_ACTIVE("matching");
	m.external_id = (char *)(uintptr_t)"L-1";
	assert_int_equal(code(as_college, "learner_intake", TYPE(LEARNER_ERASE), &m.base), CODE(OK));
	const Bassin__V1__StatusReport *r = NULL;
	WAIT_UNTIL((r = status_by(as_operator, "matching")) != NULL && r->cursors[0]->seq == 1, PAUSE);
	assert_string_equal(r->cursors[0]->state, "following");
	WAIT_UNTIL((r = status_by(as_operator, "learner_intake")) != NULL && r->n_readers == 1 &&
	               r->readers[0]->applied_seq == 1, PAUSE);
	assert_string_equal(r->readers[0]->reader, "matching/matching");
	log.log_id = (char *)(uintptr_t)"nobody";
	assert_int_equal(code(as_operator, "matching", TYPE(RESYNC), &log.base), CODE(REFUSED));
	assert_int_equal(code(as_operator, "matching", TYPE(PARKED_RETRY), &log.base), CODE(REFUSED));
	log.log_id = (char *)(uintptr_t)"learner_intake";
	assert_int_equal(code(as_college, "matching", TYPE(RESYNC), &log.base), CODE(FORBIDDEN));
	assert_int_equal(code(as_operator, "matching", TYPE(PARKED_RETRY), &log.base), CODE(OK));
	/* The owner dies and comes back: its reader goes on. */
	assert_int_equal(kill(intake, SIGKILL), 0);
	(void)ended(intake);
	intake = spawn("learner_intake", endpoints[2], store_of[1], NULL, NULL);
	m.external_id = (char *)(uintptr_t)"L-2";
	assert_int_equal(code(as_college, "learner_intake", TYPE(LEARNER_ERASE), &m.base), CODE(OK));
	WAIT_UNTIL((r = status_by(as_operator, "matching")) != NULL && r->cursors[0]->seq == 2, PAUSE);
	assert_int_equal(stopped(matching), 0);
	assert_int_equal(stopped(intake), 0);
}

/* Somebody starts the service again each time it dies, as systemd would. */
static atomic_bool keep_alive;
static atomic_int deaths;

static void *
supervise(void *unused)
{
	(void)unused;
	pid_t service = spawn_matching(0);
	int status;

	for (;;) {
		pid_t got = waitpid(service, &status, WNOHANG);

		if (got == service) {
			atomic_fetch_add(&deaths, 1);
			if (atomic_load(&keep_alive))
				service = spawn_matching(0);
			else
				return NULL;
		}
		if (!atomic_load(&keep_alive))
			(void)kill(service, SIGTERM);
		(void)poll(NULL, 0, 10);
	}
}

static void
a_command_that_aborts_is_refused_in_the_end(void **state)
{
	pthread_t supervisor;

	(void)state;
	atomic_store(&keep_alive, true);
	assert_int_equal(pthread_create(&supervisor, NULL, supervise, NULL), 0);
	assert_int_equal(round_open(as_operator, "abort"), CODE(BROKEN));
	int died = atomic_load(&deaths);
	assert_true(died >= 2 && died <= 3);
	assert_int_equal(round_open(as_operator, "harmless"), CODE(OK));
	assert_true(has_alarm("matching", "commands broken=1"));
	atomic_store(&keep_alive, false);
	assert_int_equal(pthread_join(supervisor, NULL), 0);
	assert_int_equal(atomic_load(&deaths), died + 1);
}

static void
wrong_settings_and_keys_end_with_2(void **state)
{
	(void)state;
	assert_int_equal(ended(spawn("matching", endpoints[0], store_of[0], "--nonsense", "1")), 2);
	assert_int_equal(ended(spawn("matching", "nowhere", store_of[0], NULL, NULL)), 2);
	assert_int_equal(ended(spawn("matching", endpoints[0], store_of[0], "--key-file", "/nowhere")), 2);
	/* A key of another name, and a key of the right name that is a person's in the keyring. */
	assert_int_equal(ended(spawn("matching", endpoints[0], store_of[0], "--key-file", play_path(&play, "keys/operator.key"))), 2);
	assert_int_equal(ended(spawn("matching", endpoints[0], store_of[0], "--log-id", "operator")), 2);
	assert_int_equal(ended(spawn("matching", endpoints[0], store_of[0], "--log-id", "matching_north")), 2);
	play_write(play_path(&play, "short"), "matching tcp://127.0.0.1:1\n");
	assert_int_equal(ended(spawn("matching", endpoints[0], store_of[0], "--directory", play_path(&play, "short"))), 2);
	pid_t service = spawn_matching(0);
	WAIT_ACTIVE("matching");
	assert_int_equal(ended(spawn_matching(0)), 2);                          /* the endpoint is taken */
	assert_int_equal(stopped(service), 0);
}

static void
a_store_that_is_newer_ends_it_with_3(void **state)
{
	struct cluster newer = cluster;
	pid_t service = spawn_matching(0);

	(void)state;
	WAIT_ACTIVE("matching");
	assert_int_equal(stopped(service), 0);
	(void)snprintf(newer.conninfo, sizeof newer.conninfo, "%.255s", store_of[0]);
	(void)cluster_sql(&newer, "INSERT INTO schema_version SELECT series, 99, name, digest, applied_ms FROM schema_version"
	                          " WHERE series = 'matching'");
	assert_int_equal(ended(spawn_matching(0)), 3);
	(void)cluster_sql(&newer, "DELETE FROM schema_version WHERE version = 99");
}

int
main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "--service") == 0)
		return service_main(strcmp(argv[2], "matching") == 0 ? &toy_matching : &toy_intake, argc - 2, argv + 2);

	program = argv[0];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_starts_serves_and_stops),
		cmocka_unit_test(status_tells_what_there_is),
		cmocka_unit_test(the_audit_trail_is_listed_to_those_whom_it_concerns),
		cmocka_unit_test(status_answers_while_the_database_hangs),
		cmocka_unit_test(a_stop_does_not_wait_for_a_database_that_hangs),
		cmocka_unit_test(without_a_database_it_starts_and_says_so),
		cmocka_unit_test(a_database_that_comes_back_is_used_again),
		cmocka_unit_test(a_second_instance_takes_over),
		cmocka_unit_test(events_reach_their_reader),
		cmocka_unit_test(a_command_that_aborts_is_refused_in_the_end),
		cmocka_unit_test(wrong_settings_and_keys_end_with_2),
		cmocka_unit_test(a_store_that_is_newer_ends_it_with_3),
	};

	return play_end(cmocka_run_group_tests(tests, open_all, close_all));
}
