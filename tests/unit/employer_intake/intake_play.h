/* SPDX-License-Identifier: Apache-2.0 */
/* The employer intake on stage: its handlers, a small table of postal codes, and sample rows. */
#ifndef TESTS_INTAKE_PLAY_H
#define TESTS_INTAKE_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bassin/v1/employer.pb-c.h"
#include "bassin/v1/learner.pb-c.h"
#include "bassin/v1/matching.pb-c.h"
#include "employer_intake/sql.h"
#include "intake.h"
#include "rules.h"
#include "unit/shared/service_play.h"

#define COMMAND(name) BASSIN__V1__COMMAND_TYPE__##name
#define INSTITUTIONS "external_id;name_fr;name_en;coordinator_name;coordinator_email;phone;postal_address;language"
#define EMPLOYERS "external_id;legal_name;language;contact_name;contact_email;postal_code"
#define POSTINGS "external_id;employer;title;wil_type;programmes;seats;starts_on;ends_on;hours_per_week"
#define RANKINGS "posting;tier;learner"
#define CEGEP_A ";Cégep A;A College;Ana Roy;ana@a.example;819 555-0101;1 rue A, Ville;fr"

static struct play play;
static struct intake intake;

static inline int
play_setup(void **state)
{
	static const struct store_series series[] = { { "core", core_migrations },
		                                      { "employer_intake", employer_intake_migrations }, { NULL, NULL } };
	static const struct sql *const *const statements[] = { core_statements, employer_intake_statements, NULL };
	char path[] = "/tmp/bassin-places-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	(void)state;
	if (f == NULL || fputs("J1H4A7;45.4;-71.9\nH2X1Y4;45.5;-73.6\n", f) == EOF || fclose(f) != 0)
		return -1;
	if (places_load(path, &intake.places) != PLACES_OK || unlink(path) != 0)
		return -1;
	play_open(&play, "employer_intake", series, statements, intake_commands, intake_command_count, intake_follows,
	          intake_follow_count, &intake);
	return 0;
}

static inline int
play_teardown(void **state)
{
	(void)state;
	play_close(&play);
	places_destroy(&intake.places);
	return 0;
}

/* An empty pool with the institutions a and b. */
static inline int
pool_empty(void **state)
{
	static const char *const both[] = { INSTITUTIONS, "a" CEGEP_A, "b" CEGEP_A, NULL };

	(void)state;
	(void)cluster_sql(&play.cluster, "TRUNCATE institution, employer, posting, employer_ranking, employer_key, "
	                            "employer_block, firm_suspicion, firm_link, firm_history, history");
	(void)cluster_sql(&play.cluster, "DELETE FROM event");
	arena_reset(play.arena);
	/* what the logs asked lives in the arena: they ask again */
	for (size_t i = 0; i < play.log_count; i++)
		play.logs[i].asked = NULL;
	struct play_answer a = play_ask(&play, ROLE_INTERMEDIARY, "", COMMAND(FEED_INSTITUTIONS), play_feed(&play, both, false));
	return strcmp(play_results(&play, &a), "created\ncreated") == 0 ? 0 : -1;
}

static inline const char *
feed_as(const char *institution, int type, const char *const *lines, bool dry_run)
{
	enum role role = institution[0] == '\0' ? ROLE_INTERMEDIARY : ROLE_COLLEGE;
	struct play_answer a = play_ask(&play, role, institution, type, play_feed(&play, lines, dry_run));

	return play_results(&play, &a);
}
#define FEED(institution, type, ...) feed_as(institution, COMMAND(type), (const char *const[]){ __VA_ARGS__, NULL }, false)
#define FEED_DRY(institution, type, ...) feed_as(institution, COMMAND(type), (const char *const[]){ __VA_ARGS__, NULL }, true)

static inline int64_t
number_of(const char *sql)
{
	return strtoll(cluster_sql(&play.cluster, "%s", sql), NULL, 10);
}

static inline int64_t
events_of(const char *topic)
{
	return strtoll(cluster_sql(&play.cluster, "SELECT count(*) FROM event WHERE topic = '%s'", topic), NULL, 10);
}

/* The body of the last event of a key; the arena keeps it. */
static inline void *
last_event(const char *topic, const char *key, const ProtobufCMessageDescriptor *type)
{
	const char *hex = cluster_sql(&play.cluster, "SELECT encode(body, 'hex') FROM event WHERE topic = '%s' AND key = '%s' "
	                                             "ORDER BY seq DESC LIMIT 1", topic, key);
	ProtobufCAllocator allocator = arena_allocator(play.arena);
	static uint8_t bytes[2048];
	size_t size = strlen(hex) / 2;

	assert_true(size > 0 && size <= sizeof bytes && hex_to_bytes(hex, bytes, size));
	return protobuf_c_message_unpack(type, &allocator, size, bytes);
}

static inline struct play_answer
move_as(const char *institution, const char *posting, int to, const char *reason)
{
	Bassin__V1__PostingMove m = BASSIN__V1__POSTING_MOVE__INIT;

	m.posting = (char *)(uintptr_t)posting;
	m.to = (Bassin__V1__PostingState)to;
	m.reason = (char *)(uintptr_t)reason;
	return play_ask(&play, ROLE_COLLEGE, institution, COMMAND(POSTING_MOVE), &m.base);
}

#endif
