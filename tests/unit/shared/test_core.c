/* SPDX-License-Identifier: Apache-2.0 */
/* Each answer of the command server, one by one: the plain rules of bus.proto and core.h. */
#include "unit/shared/core_play.h"

static void
each_wrong_request_has_its_own_refusal(void **state)
{
	struct principal who = college(), intermediary = { .name = "ccr", .role = ROLE_INTERMEDIARY };
	Bassin__V1__ActingFor beta = BASSIN__V1__ACTING_FOR__INIT;
	char *big = arena_alloc(stage.arena, 5 * MiB);
	uint64_t before = head();

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 5 * MiB);
	big[5 * MiB - 1] = '\0';
	beta.role = (char *)(uintptr_t)"college";
	beta.institution = (char *)(uintptr_t)"beta";
	assert_int_equal(raw_code("garbage", 7), CODE(UNDECODABLE));
	assert_int_equal(raw_code("", 0), CODE(UNDECODABLE));
	assert_int_equal(raw_code(big, 5 * MiB), CODE(TOO_LARGE));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(0), .ttl_ms = 600001 }), CODE(UNDECODABLE));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .type = PUT }), CODE(UNDECODABLE));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(0), .type = 9999 }), CODE(UNKNOWN_TYPE));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(0), .type = BASSIN__V1__COMMAND_TYPE__FEED_POSTINGS }),
	                 CODE(UNKNOWN_TYPE));
	assert_int_equal(code_of(intermediary, &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(FORBIDDEN));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(0), .acting_for = &beta }), CODE(FORBIDDEN));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(INT64_C(30) * DAY_MS_TEST) }), CODE(STALE_ID));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(-INT64_C(2) * DAY_MS_TEST) }), CODE(STALE_ID));
	big[3 * MiB] = '\0';
	assert_int_equal(code_of(who, &(struct ask){ .payload = big, .id = new_id(0), .type = LOOK }), CODE(TOO_LARGE));
	assert_int_equal(head(), before);
}

static void
what_was_not_begun_in_time_expires(void **state)
{
	int runs = stage.runs;

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "pa", .id = new_id(0), .ttl_ms = 5 });
	turns_until(1);
	assert_int_equal(answer_at(0)->reply->code, CODE(EXPIRED));
	assert_int_equal(stage.runs, runs);
}

static void
a_repeated_command_takes_effect_once_and_has_the_same_answer(void **state)
{
	struct ask a = { .payload = "pb", .id = new_id(0) };
	uint64_t before = head();

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &a);
	send_as(college(), &a);         /* twice in one group */
	turns_until(2);
	send_as(college(), &a);
	turns_until(3);
	assert_int_equal(head(), before + 1);
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(stage.answers[i].size, stage.answers[0].size);
		assert_memory_equal(stage.answers[i].data, stage.answers[0].data, stage.answers[0].size);
	}
	assert_int_equal(answer_at(0)->reply->code, CODE(OK));
}

static void
a_refusal_is_final_and_names_the_field(void **state)
{
	struct ask a = { .payload = "ra", .id = new_id(0) };
	int runs = stage.runs;

	(void)state;
	assert_int_equal(code_of(college(), &a), CODE(REFUSED));
	assert_string_equal(answer_at(0)->reply->refusal->code, REFUSAL_UNKNOWN);
	assert_string_equal(answer_at(0)->reply->refusal->field, "key");
	assert_string_equal(answer_at(0)->reply->refusal->allowed, "a..z");
	assert_int_equal(code_of(college(), &a), CODE(REFUSED));
	assert_int_equal(stage.runs, runs + 1);
}

static void
a_refused_command_says_nothing(void **state)
{
	uint64_t before = head();

	(void)state;
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "ea", .id = new_id(0) }), CODE(REFUSED));
	assert_int_equal(head(), before);
}

static void
an_id_used_again_for_something_else_is_a_conflict(void **state)
{
	struct id id = new_id(0);
	struct principal other = { .name = "beta", .institution = "beta", .role = ROLE_COLLEGE };

	(void)state;
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = id }), CODE(OK));
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pz", .id = id }), CODE(CONFLICT));
	/* Somebody else's id is another command, whatever its number. */
	assert_int_equal(code_of(other, &(struct ask){ .payload = "pz", .id = id }), CODE(OK));
}

static void
only_the_guilty_of_a_group_is_answered_broken(void **state)
{
	uint64_t before = head();

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "pa", .id = new_id(0) });
	send_as(college(), &(struct ask){ .payload = "bx", .id = new_id(0) });
	send_as(college(), &(struct ask){ .payload = "pb", .id = new_id(0) });
	turns_until(3);
	int broken = 0, ok = 0;
	for (size_t i = 0; i < 3; i++) {
		broken += answer_at(i)->reply->code == CODE(BROKEN);
		ok += answer_at(i)->reply->code == CODE(OK);
	}
	assert_int_equal(broken, 1);
	assert_int_equal(ok, 2);
	assert_int_equal(head(), before + 2);
}

static void
memory_that_ran_out_is_not_a_final_answer(void **state)
{
	struct id id = new_id(0);
	int runs = stage.runs;

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "mx", .id = id });
	send_as(college(), &(struct ask){ .payload = "pa", .id = new_id(0) });
	turns_until(2);
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "mx", .id = id }), CODE(BROKEN));
	assert_true(stage.runs > runs + 2);     /* nothing was stored: it ran again */
}

static void
a_command_that_always_meets_weather_keeps_nobody_else_waiting(void **state)
{
	(void)state;
	stage.away = true;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "wv", .id = new_id(0), .ttl_ms = 60000 });
	for (int i = 0; i < 50; i++)
		turn();
	assert_int_equal(stage.answer_count, 0);
	/* Others come while it is tried again and again. */
	for (size_t i = 1; i <= 3; i++) {
		send_as(college(), &(struct ask){ .payload = "pv", .id = new_id(0) });
		turns_until(i);
		assert_int_equal(answer_at(i - 1)->reply->code, CODE(OK));
	}
	stage.away = false;
	turns_until(4);
	assert_int_equal(answer_at(3)->reply->code, CODE(OK));
}

static void
a_command_that_is_put_off_runs_again_until_its_time_is_up(void **state)
{
	int runs = stage.runs;

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "lx", .id = new_id(0), .ttl_ms = 300 });
	turns_until(1);
	assert_int_equal(answer_at(0)->reply->code, CODE(EXPIRED));
	assert_in_range(stage.runs - runs, 4, 8);
}

static void
a_command_that_aborted_the_process_twice_is_refused(void **state)
{
	int runs = stage.runs;

	(void)state;
	stage.suspicion = 2;
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(BROKEN));
	stage.suspicion = 1;
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(OK));
	stage.suspicion = 0;
	assert_int_equal(stage.runs, runs + 1);
}

static void
the_console_gets_the_rights_of_the_person_and_no_more(void **state)
{
	struct principal console = { .name = "console", .role = ROLE_CONSOLE };
	Bassin__V1__ActingFor person = BASSIN__V1__ACTING_FOR__INIT;
	ProtobufCAllocator allocator = arena_allocator(stage.arena);

	(void)state;
	person.role = (char *)(uintptr_t)"college";
	person.institution = (char *)(uintptr_t)"beta";
	person.subject = (char *)(uintptr_t)"u-17";
	assert_int_equal(code_of(console, &(struct ask){ .payload = "", .id = new_id(0), .type = LOOK, .acting_for = &person }), CODE(OK));
	const Bassin__V1__Reply *reply = answer_at(0)->reply;
	Bassin__V1__ShowAsk *seen = bassin__v1__show_ask__unpack(&allocator, reply->payload.len, reply->payload.data);
	assert_string_equal(seen->id, "college console beta u-17");
	/* The same id for somebody else at the same college is another command. */
	struct ask once = { .payload = "pa", .id = new_id(0), .acting_for = &person };
	assert_int_equal(code_of(console, &once), CODE(OK));
	person.subject = (char *)(uintptr_t)"u-18";
	assert_int_equal(code_of(console, &once), CODE(CONFLICT));
	person.institution = (char *)(uintptr_t)"";
	assert_int_equal(code_of(console, &(struct ask){ .payload = "", .id = new_id(0), .type = LOOK, .acting_for = &person }), CODE(FORBIDDEN));
	person.institution = (char *)(uintptr_t)"beta";
	person.role = (char *)(uintptr_t)"intermediary";
	assert_int_equal(code_of(console, &(struct ask){ .payload = "pa", .id = new_id(0), .acting_for = &person }), CODE(FORBIDDEN));
	person.role = (char *)(uintptr_t)"matching";
	assert_int_equal(code_of(console, &(struct ask){ .payload = "", .id = new_id(0), .type = LOOK, .acting_for = &person }), CODE(FORBIDDEN));
}

/* How many of so many commands of a kilobyte each found no room. */
static size_t
turned_away(const char *name, int count)
{
	struct principal who = { .institution = "alpha", .role = ROLE_COLLEGE };
	size_t before = stage.answer_count;
	char payload[1024];

	(void)snprintf(who.name, sizeof who.name, "%s", name);
	(void)snprintf(payload, sizeof payload, "pq%01000d", 0);
	for (int i = 0; i < count; i++)
		send_as(who, &(struct ask){ .payload = payload, .id = new_id(0) });
	for (size_t i = before; i < stage.answer_count; i++)
		assert_int_equal(answer_at(i)->reply->code, CODE(UNAVAILABLE));
	return stage.answer_count - before;
}

static void
nobody_fills_the_queue_for_the_others_nor_all_together_beyond_its_end(void **state)
{
	(void)state;
	core_destroy(&stage.core);
	stage.queue_max_bytes = 64 * KiB;
	core_open();
	stage.answer_count = 0;
	assert_in_range(turned_away("greedy", 60), 20, 59);     /* half of it at most */
	assert_int_equal(turned_away("modest", 2), 0);
	assert_in_range(turned_away("third", 40), 20, 39);      /* a quarter */
	(void)turned_away("fourth", 40);
	assert_int_equal(turned_away("fifth", 5), 5);           /* full */
	turns_until(60 + 2 + 40 + 40 + 5);
	core_destroy(&stage.core);
	stage.queue_max_bytes = 0;
	core_open();
}

static void
a_draining_service_takes_nothing_more(void **state)
{
	(void)state;
	core_drain(stage.core);
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(UNAVAILABLE));
	core_destroy(&stage.core);
	core_open();
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(OK));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wrong_request_has_its_own_refusal),
		cmocka_unit_test(what_was_not_begun_in_time_expires),
		cmocka_unit_test(a_repeated_command_takes_effect_once_and_has_the_same_answer),
		cmocka_unit_test(a_refusal_is_final_and_names_the_field),
		cmocka_unit_test(a_refused_command_says_nothing),
		cmocka_unit_test(an_id_used_again_for_something_else_is_a_conflict),
		cmocka_unit_test(only_the_guilty_of_a_group_is_answered_broken),
		cmocka_unit_test(memory_that_ran_out_is_not_a_final_answer),
		cmocka_unit_test(a_command_that_always_meets_weather_keeps_nobody_else_waiting),
		cmocka_unit_test(a_command_that_is_put_off_runs_again_until_its_time_is_up),
		cmocka_unit_test(a_command_that_aborted_the_process_twice_is_refused),
		cmocka_unit_test(the_console_gets_the_rights_of_the_person_and_no_more),
		cmocka_unit_test(nobody_fills_the_queue_for_the_others_nor_all_together_beyond_its_end),
		cmocka_unit_test(a_draining_service_takes_nothing_more),
	};

	log_open("test_core", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, stage_open, stage_close);
}
