/* SPDX-License-Identifier: Apache-2.0 */
/* What was not done stands in the audit trail too; and whoever has no rights cannot fill the store with it. */
#include "unit/shared/core_play.h"

static int
audit_lines(int code)
{
	return atoi(cluster_sql(&stage.cluster, "SELECT count(*) FROM audit WHERE code = %d", code));
}

/* The trail has every command with its result, but whoever has no rights does not fill the store. */
static void
what_is_forbidden_or_in_conflict_stands_in_the_audit_trail(void **state)
{
	struct principal stranger = { .name = "stranger", .role = ROLE_INTERMEDIARY }, other = stranger;
	struct id id = new_id(0);
	int forbidden = audit_lines(CODE(FORBIDDEN)), conflicts = audit_lines(CODE(CONFLICT));

	(void)state;
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = id }), CODE(OK));
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pz", .id = id }), CODE(CONFLICT));
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = id }), CODE(OK));
	assert_int_equal(audit_lines(CODE(CONFLICT)), conflicts + 1);
	for (int i = 0; i < 200; i++)
		assert_int_equal(code_of(stranger, &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(FORBIDDEN));
	strcpy(other.name, "other");
	assert_int_equal(code_of(other, &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(FORBIDDEN));
	assert_int_equal(audit_lines(CODE(FORBIDDEN)), forbidden);      /* nothing is written for each */
	stage.mono_ms += 20000;
	(void)core_step(stage.core, stage.now_ms, stage.mono_ms);
	assert_int_equal(audit_lines(CODE(FORBIDDEN)), forbidden + 16 + 1);
	assert_string_equal(cluster_sql(&stage.cluster, "SELECT DISTINCT principal || ' ' || role FROM audit WHERE code = %d "
	                    "AND principal = 'other'", CODE(FORBIDDEN)), "other intermediary");
	stage.mono_ms += 20000;
	(void)core_step(stage.core, stage.now_ms, stage.mono_ms);
	assert_int_equal(audit_lines(CODE(FORBIDDEN)), forbidden + 16 + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_forbidden_or_in_conflict_stands_in_the_audit_trail),
	};

	log_open("test_core_audit", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, stage_open, stage_close);
}
