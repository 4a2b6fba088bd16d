/* SPDX-License-Identifier: Apache-2.0 */
/* The tables are whole: every command and every topic has its row, and the rows say what architecture.md says. */
#include "bus_play.h"

#include "bus/policy.h"
#include "bus/socket.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

static struct principal
a(enum role role)
{
	return (struct principal){ .name = "somebody", .role = role };
}

static struct principal
console_for(enum role role)
{
	return (struct principal){ .name = "console", .role = role, .acts = ROLE_CONSOLE };
}

static int
code_of(struct principal who, int type, size_t size)
{
	int code = BASSIN__V1__REPLY_CODE__OK;
	bool may = policy_may_command(&who, type, size, &code);

	assert_true(may == (code == BASSIN__V1__REPLY_CODE__OK));
	return code;
}

static bool
may(struct principal who, int type)
{
	return code_of(who, type, 0) == BASSIN__V1__REPLY_CODE__OK;
}

static bool
reads(enum role role, const char *log_id, const char *topic)
{
	struct principal who = a(role);

	return policy_may_read(&who, log_id, topic);
}

/* A new command in bus.proto without a row in policy.c fails here. */
static void
every_command_has_one_row(void **state)
{
	const ProtobufCEnumDescriptor *types = &bassin__v1__command_type__descriptor;

	(void)state;
	for (unsigned i = 0; i < types->n_values; i++) {
		size_t rows = 0;

		for (size_t r = 0; r < policy_command_count; r++)
			rows += (int)policy_commands[r].type == types->values[i].value;
		if (rows != (types->values[i].value == 0 ? 0u : 1u))
			fail_msg("%s has %zu rows", types->values[i].name, rows);
	}
	assert_int_equal(policy_command_count, types->n_values - 1);
}

static void
every_row_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < policy_command_count; i++) {
		const struct command_policy *row = &policy_commands[i];

		assert_true(row->may != 0 && row->owner != 0 && (row->owner & ~ROLE_SERVICES) == 0);
		assert_true(row->max_bytes > 0 && row->max_bytes < BUS_UPWARD_MAX_BYTES);
		assert_ptr_equal(policy_of_command((int)row->type), row);
	}
	assert_null(policy_of_command(0));
	assert_null(policy_of_command(-1));
	assert_null(policy_of_command(100000));
}

/* Which topic each event goes to: bus.proto, enum EventType. */
static const struct { int type; enum role owner; const char *topic; } events[] = {
	{ BASSIN__V1__EVENT_TYPE__INSTITUTION_RECORDED, ROLE_EMPLOYER_INTAKE, "institution" },
	{ BASSIN__V1__EVENT_TYPE__EMPLOYER_RECORDED, ROLE_EMPLOYER_INTAKE, "employer" },
	{ BASSIN__V1__EVENT_TYPE__POSTING_RECORDED, ROLE_EMPLOYER_INTAKE, "posting" },
	{ BASSIN__V1__EVENT_TYPE__EMPLOYER_RANKING_RECORDED, ROLE_EMPLOYER_INTAKE, "employer_ranking" },
	{ BASSIN__V1__EVENT_TYPE__INSTITUTION_CONTACT_RECORDED, ROLE_EMPLOYER_INTAKE, "contact" },
	{ BASSIN__V1__EVENT_TYPE__EMPLOYER_CONTACT_RECORDED, ROLE_EMPLOYER_INTAKE, "contact" },
	{ BASSIN__V1__EVENT_TYPE__FIRM_RECORDED, ROLE_EMPLOYER_INTAKE, "firm" },
	{ BASSIN__V1__EVENT_TYPE__PROGRAMME_RECORDED, ROLE_LEARNER_INTAKE, "programme" },
	{ BASSIN__V1__EVENT_TYPE__PROFILE_RECORDED, ROLE_LEARNER_INTAKE, "profile" },
	{ BASSIN__V1__EVENT_TYPE__LEARNER_RANKING_RECORDED, ROLE_LEARNER_INTAKE, "learner_ranking" },
	{ BASSIN__V1__EVENT_TYPE__DIRECT_OFFER_RECORDED, ROLE_LEARNER_INTAKE, "direct_offer" },
	{ BASSIN__V1__EVENT_TYPE__LEARNER_CONTACT_RECORDED, ROLE_LEARNER_INTAKE, "contact" },
	{ BASSIN__V1__EVENT_TYPE__LEARNER_ERASED, ROLE_LEARNER_INTAKE, "erasure" },
	{ BASSIN__V1__EVENT_TYPE__ROUND_MOVED, ROLE_MATCHING, "round" },
	{ BASSIN__V1__EVENT_TYPE__POSTING_PLACED, ROLE_MATCHING, "placement" },
	{ BASSIN__V1__EVENT_TYPE__COLLEGE_PLACED, ROLE_MATCHING, "summary" },
	{ BASSIN__V1__EVENT_TYPE__TASK_RECORDED, ROLE_EMPLOYER_INTAKE, "task" },
	{ BASSIN__V1__EVENT_TYPE__TASK_RECORDED, ROLE_MATCHING, "task" },
};

static const struct topic_policy *
topic_row(enum role owner, const char *topic)
{
	for (size_t i = 0; i < policy_topic_count; i++) {
		if (policy_topics[i].owner == owner && strcmp(policy_topics[i].topic, topic) == 0)
			return &policy_topics[i];
	}
	return NULL;
}

static void
every_event_goes_to_a_topic_that_has_a_row(void **state)
{
	const ProtobufCEnumDescriptor *types = &bassin__v1__event_type__descriptor;

	(void)state;
	for (unsigned i = 0; i < types->n_values; i++) {
		size_t known = 0;

		for (size_t e = 0; e < COUNT_OF(events); e++)
			known += events[e].type == types->values[i].value;
		if ((known == 0) != (types->values[i].value == 0))
			fail_msg("%s: no topic is known for it", types->values[i].name);
	}
	for (size_t e = 0; e < COUNT_OF(events); e++)
		assert_non_null(topic_row(events[e].owner, events[e].topic));
}

static void
every_topic_is_used_and_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < policy_topic_count; i++) {
		size_t used = 0;

		for (size_t e = 0; e < COUNT_OF(events); e++)
			used += events[e].owner == policy_topics[i].owner && strcmp(events[e].topic, policy_topics[i].topic) == 0;
		assert_true(used > 0 && strlen(policy_topics[i].topic) <= TOPIC_MAX);
		assert_true((policy_topics[i].may & ROLE_PEOPLE) == 0);
	}
}

static void
roles_and_texts_match(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 7; bit++) {
		enum role role = (enum role)(1u << bit);

		assert_int_equal(role_from_text(role_to_text(role)), role);
	}
	assert_int_equal(role_from_text("none"), ROLE_NONE);
	assert_int_equal(role_from_text(""), ROLE_NONE);
	assert_string_equal(role_to_text(ROLE_SERVICES), "none");
	assert_string_equal(role_to_text(ROLE_NONE), "none");
}

static void
a_college_does_what_is_a_colleges(void **state)
{
	(void)state;
	assert_true(may(a(ROLE_COLLEGE), TYPE(FEED_LEARNERS)));
	assert_true(may(a(ROLE_COLLEGE), TYPE(LEARNER_LIST)));
	assert_true(may(a(ROLE_COLLEGE), TYPE(ROUND_SHOW)));
	assert_true(may(a(ROLE_COLLEGE), TYPE(ROUND_WITHDRAW)));
	assert_true(may(a(ROLE_COLLEGE), TYPE(MAIL_SHOW)));
	assert_false(may(a(ROLE_COLLEGE), TYPE(FEED_INSTITUTIONS)));
	assert_false(may(a(ROLE_COLLEGE), TYPE(ROUND_PUBLISH)));
	assert_false(may(a(ROLE_COLLEGE), TYPE(RESYNC)));
	assert_false(may(a(ROLE_COLLEGE), TYPE(VIEW_LIST)));
}

static void
the_intermediary_runs_rounds_and_sees_no_names(void **state)
{
	static const int names[] = { TYPE(LEARNER_LIST), TYPE(LEARNER_INTAKE_SHOW), TYPE(LEARNER_RANKING_LIST),
		                     TYPE(DIRECT_OFFER_LIST), TYPE(LEARNER_WITHDRAW), TYPE(LEARNER_ERASE) };

	(void)state;
	assert_true(may(a(ROLE_INTERMEDIARY), TYPE(ROUND_OPEN)));
	assert_true(may(a(ROLE_INTERMEDIARY), TYPE(FEED_INSTITUTIONS)));
	assert_true(may(a(ROLE_INTERMEDIARY), TYPE(RESYNC)));
	assert_false(may(a(ROLE_INTERMEDIARY), TYPE(FEED_LEARNERS)));
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_false(may(a(ROLE_INTERMEDIARY), names[i]));
}

static void
the_console_passes_on_what_the_person_may(void **state)
{
	(void)state;
	assert_true(may(console_for(ROLE_COLLEGE), TYPE(FEED_LEARNERS)));
	assert_false(may(console_for(ROLE_COLLEGE), TYPE(ROUND_PUBLISH)));
	assert_true(may(console_for(ROLE_INTERMEDIARY), TYPE(ROUND_PUBLISH)));
	assert_false(may(console_for(ROLE_INTERMEDIARY), TYPE(RESYNC)));       /* not the console's */
	assert_false(may(console_for(ROLE_MATCHING), TYPE(STATUS)));           /* nobody signs in as a service */
	assert_false(may(console_for(ROLE_CONSOLE), TYPE(STATUS)));
	assert_true(may(a(ROLE_CONSOLE), TYPE(STATUS)));
	assert_false(may(a(ROLE_CONSOLE), TYPE(FEED_LEARNERS)));
	assert_false(may(a(ROLE_CONSOLE), TYPE(LEARNER_LIST)));
	struct principal through_college = { .name = "x", .role = ROLE_INTERMEDIARY, .acts = ROLE_COLLEGE };
	assert_false(may(through_college, TYPE(ROUND_OPEN)));
}

static void
who_has_no_single_known_role_may_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < policy_command_count; i++) {
		assert_false(may(a(ROLE_NONE), (int)policy_commands[i].type));
		assert_false(may(a(ROLE_PEOPLE), (int)policy_commands[i].type));
		assert_false(may(a((enum role)(1u << 20)), (int)policy_commands[i].type));
	}
	for (size_t i = 0; i < policy_topic_count; i++)
		assert_false(reads(ROLE_SERVICES, role_to_text(policy_topics[i].owner), policy_topics[i].topic));
}

static void
each_refusal_has_its_own_code(void **state)
{
	size_t most = policy_of_command(TYPE(FEED_LEARNERS))->max_bytes;

	(void)state;
	assert_int_equal(code_of(a(ROLE_COLLEGE), 9999, 0), BASSIN__V1__REPLY_CODE__UNKNOWN_TYPE);
	assert_int_equal(code_of(a(ROLE_COLLEGE), 0, 0), BASSIN__V1__REPLY_CODE__UNKNOWN_TYPE);
	assert_int_equal(code_of(a(ROLE_COLLEGE), TYPE(FEED_LEARNERS), most), BASSIN__V1__REPLY_CODE__OK);
	assert_int_equal(code_of(a(ROLE_COLLEGE), TYPE(FEED_LEARNERS), most + 1), BASSIN__V1__REPLY_CODE__TOO_LARGE);
	assert_int_equal(code_of(a(ROLE_INTERMEDIARY), TYPE(FEED_LEARNERS), most + 1), BASSIN__V1__REPLY_CODE__FORBIDDEN);
}

static void
topics_go_to_those_who_need_them(void **state)
{
	static const enum role all[] = { ROLE_EMPLOYER_INTAKE, ROLE_LEARNER_INTAKE, ROLE_MATCHING, ROLE_NOTIFICATIONS,
		                         ROLE_CONSOLE, ROLE_COLLEGE, ROLE_INTERMEDIARY };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		assert_true(reads(all[i], "learner_intake", "profile") == (all[i] == ROLE_MATCHING));
		assert_true(reads(all[i], "learner_intake", "contact") == (all[i] == ROLE_NOTIFICATIONS));
		assert_true(reads(all[i], "employer_intake", "contact") == (all[i] == ROLE_NOTIFICATIONS));
		assert_true(reads(all[i], "learner_intake", "erasure") == ((all[i] & ROLE_PEOPLE) == 0));
		assert_false(reads(all[i], "learner_intake", "placement"));
		assert_false(reads(all[i], "notifications", "contact"));
		assert_false(reads(all[i], "nobody", "contact"));
	}
	assert_true(reads(ROLE_MATCHING, "learner_intake_north", "profile"));
	assert_false(reads(ROLE_MATCHING, "learner_intakes", "profile"));
	struct principal through = console_for(ROLE_INTERMEDIARY);
	assert_false(policy_may_read(&through, "matching", "round"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_has_one_row),
		cmocka_unit_test(every_row_is_sound),
		cmocka_unit_test(every_event_goes_to_a_topic_that_has_a_row),
		cmocka_unit_test(every_topic_is_used_and_short),
		cmocka_unit_test(roles_and_texts_match),
		cmocka_unit_test(a_college_does_what_is_a_colleges),
		cmocka_unit_test(the_intermediary_runs_rounds_and_sees_no_names),
		cmocka_unit_test(the_console_passes_on_what_the_person_may),
		cmocka_unit_test(who_has_no_single_known_role_may_nothing),
		cmocka_unit_test(each_refusal_has_its_own_code),
		cmocka_unit_test(topics_go_to_those_who_need_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
