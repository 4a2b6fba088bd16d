/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of mails: moves, positions, what is missing first, allowlist, masks, what the intermediary may see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "rules.h"

static struct arena *arena;

static int
arena_up(void **state)
{
	(void)state;
	arena = arena_new(1 * MiB);
	return arena == NULL;
}

static int
arena_down(void **state)
{
	(void)state;
	arena_destroy(&arena);
	return 0;
}

static void
states_have_texts_and_come_back_from_them(void **state)
{
	(void)state;
	for (int s = QUEUE_NONE + 1; s < QUEUE_COUNT; s++)
		assert_int_equal(queue_state_from_text(queue_state_to_text((enum queue_state)s)), s);
	assert_int_equal(queue_state_from_text("posted"), QUEUE_NONE);
	assert_int_equal(QUEUE_WAITING, 1);
	assert_int_equal(QUEUE_SUPPRESSED, 7);
	assert_int_equal(QUEUE_FOLDED, 8);
	assert_string_equal(queue_why_to_text(WHY_HELD), "held");
}

static void
what_is_sent_stays_sent_and_what_flies_is_left_alone(void **state)
{
	(void)state;
	for (int e = ON_COMPOSED; e <= ON_SUPPRESSED; e++)
		assert_int_equal(queue_state_after(QUEUE_SENT, (enum queue_event)e), QUEUE_NONE);
	assert_int_equal(queue_state_after(QUEUE_SENDING, ON_RETRIED), QUEUE_NONE);
	assert_int_equal(queue_state_after(QUEUE_SENDING, ON_SUPPRESSED), QUEUE_NONE);
	assert_int_equal(queue_state_after(QUEUE_SENDING, ON_INTERRUPTED), QUEUE_QUEUED);
	assert_int_equal(queue_state_after(QUEUE_FAILED, ON_RETRIED), QUEUE_QUEUED);
	assert_int_equal(queue_state_after(QUEUE_DEFERRED, ON_CHANGED), QUEUE_NONE); /* it may have arrived */
	assert_string_equal(queue_states_before(ON_CLAIMED, arena), "queued|deferred");
}

static struct follow_status
reader_at(uint64_t seq, uint8_t epoch)
{
	struct follow_status f = { .log_id = "matching", .cursor = { .seq = seq } };

	f.cursor.epoch.bytes[0] = epoch;
	return f;
}

static void
a_position_is_passed_by_seq_or_by_a_later_epoch(void **state)
{
	struct position p = { .log_id = "matching", .seq = 10 };
	struct follow_status f;

	(void)state;
	p.epoch.bytes[0] = 5;
	f = reader_at(9, 5);
	assert_false(position_is_passed(&f, &p));
	f = reader_at(10, 5);
	assert_true(position_is_passed(&f, &p));
	f.diverged = true;
	assert_false(position_is_passed(&f, &p));
	f = reader_at(10, 5);
	f.resyncing = true;
	assert_false(position_is_passed(&f, &p));
	f = reader_at(3, 6); /* a restore has put the numbers back */
	assert_true(position_is_passed(&f, &p));
	f = reader_at(3, 4);
	assert_false(position_is_passed(&f, &p));
}

static void
a_log_that_nobody_follows_is_never_passed(void **state)
{
	struct follow_status follows[] = { reader_at(20, 1) };
	const struct core_status core = { .follows = follows, .follow_count = 1 };
	const struct position all[] = { { .log_id = "matching", .seq = 10 }, { .log_id = "elsewhere", .seq = 0 } };

	(void)state;
	assert_null(position_behind(&core, all, 1));
	assert_ptr_equal(position_behind(&core, all, 2), &all[1]);
}

static struct readiness
ready(void)
{
	return (struct readiness){ .kind = MAIL_CANDIDATES,
		                   .recipient = "a/E1",
		                   .institution = "a",
		                   .round = "r",
		                   .round_state = "published",
		                   .has_cause = true,
		                   .has_contact = true,
		                   .has_coordinator = true,
		                   .has_sender = true };
}

static const char *
judged(struct readiness r)
{
	enum queue_why why;
	const char *kind, *id;
	enum queue_state s = readiness_judge(&r, &why, &kind, &id);

	return arena_printf(arena, "%s %s %s:%s", queue_state_to_text(s), queue_why_to_text(why),
	                    kind == NULL ? "" : kind, id == NULL ? "" : id);
}

static void
each_missing_thing_is_named(void **state)
{
	struct readiness r = ready();

	(void)state;
	assert_string_equal(judged(r), "queued  :");
	r.paused_until_ms = 2, r.now_ms = 1; /* results are told to who is paused; requests wait */
	assert_string_equal(judged(r), "queued  :");
	r.kind = MAIL_POSTINGS_RECEIVED;
	assert_string_equal(judged(r), "waiting paused employer:a/E1");
	r.now_ms = 2;
	assert_string_equal(judged(r), "queued  :");
	r.kind = MAIL_CANDIDATES;
	r.has_sender = false;
	assert_string_equal(judged(r), "waiting sender_settings :");
	r.is_suppressed = true;
	assert_string_equal(judged(r), "suppressed address_suppressed :");
	r.missing_institution = "b";
	assert_string_equal(judged(r), "waiting coordinator_missing institution:b");
	r.missing_learner = "7K3M9QX2AB";
	assert_string_equal(judged(r), "waiting learner_missing learner:7K3M9QX2AB");
	r.has_contact = false;
	assert_string_equal(judged(r), "waiting contact_missing employer:a/E1");
	r.has_coordinator = false;
	assert_string_equal(judged(r), "waiting coordinator_missing institution:a");
	r.has_cause = false;
	assert_string_equal(judged(r), "suppressed cause_gone :");
	r.missing_posting = "a/P1";
	assert_string_equal(judged(r), "waiting posting_missing posting:a/P1");
	r.round_state = "solved";
	assert_string_equal(judged(r), "waiting round_unpublished round:r");
	r.round_state = "withdrawn";
	assert_string_equal(judged(r), "suppressed round_withdrawn :");
	r.is_stale = true;
	assert_string_equal(judged(r), "suppressed stale :");
}

static void
an_allowlist_has_addresses_and_domains(void **state)
{
	(void)state;
	assert_true(allowlist_has("a@x.example,@Pool.example", "b@pool.EXAMPLE"));
	assert_true(allowlist_has("  a@x.example ", "A@x.example"));
	assert_false(allowlist_has("a@x.example", "aa@x.example"));
	assert_false(allowlist_has("@pool.example", "b@notpool.example"));
	assert_false(allowlist_has("@pool.example", "b@sub.pool.example"));
	assert_false(allowlist_has("", "a@x.example"));
	assert_false(allowlist_has(" , ", ""));
}

static void
what_may_be_claimed_is_judged_by_mode_age_and_wish(void **state)
{
	enum queue_why why;

	(void)state;
	assert_int_equal(claim_judge(MODE_SEND, "", "a@x.example", false, false, &why), QUEUE_SENDING);
	assert_int_equal(claim_judge(MODE_SEND, "", "a@x.example", true, false, &why), QUEUE_SUPPRESSED);
	assert_int_equal(why, WHY_ADDRESS_SUPPRESSED);
	assert_int_equal(claim_judge(MODE_SEND, "", "a@x.example", false, true, &why), QUEUE_SUPPRESSED);
	assert_int_equal(why, WHY_STALE);
	assert_int_equal(claim_judge(MODE_ALLOWLIST, "@y.example", "a@x.example", false, false, &why),
	                 QUEUE_SUPPRESSED);
	assert_int_equal(why, WHY_NOT_ALLOWLISTED);
}

static void
an_address_is_masked(void **state)
{
	char out[MASKED_MAX];

	(void)state;
	address_mask("marie@firm.example", out);
	assert_string_equal(out, "m***@firm.example");
	address_mask("", out);
	assert_string_equal(out, "");
	address_mask("@firm.example", out);
	assert_string_equal(out, "");
	assert_string_equal(address_normalise(arena, "Luc@Ferme.EXAMPLE"), "luc@ferme.example");
}

static void
a_public_header_names_nobody(void **state)
{
	static const char message[] =
	    "From: Pool <p@pool.example>\r\nTo: Luc\r\n <luc@ferme.example>\r\nSubject: a\r\n b\r\n"
	    "Reply-To: Ana <ana@a.example>\r\n\r\nSubject: body\r\n";
	size_t size;

	(void)state;
	const char *out = message_header_public(arena, message, sizeof message - 1, &size);
	assert_non_null(out);
	assert_string_equal(arena_strndup(arena, out, size), "From: Pool <p@pool.example>\r\nSubject: a\r\n b\r\n\r\n");
	out = message_header_public(arena, "To: x", 5, &size);
	assert_int_equal(size, 2);
	assert_memory_equal(out, "\r\n", 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_have_texts_and_come_back_from_them),
		cmocka_unit_test(what_is_sent_stays_sent_and_what_flies_is_left_alone),
		cmocka_unit_test(a_position_is_passed_by_seq_or_by_a_later_epoch),
		cmocka_unit_test(a_log_that_nobody_follows_is_never_passed),
		cmocka_unit_test(each_missing_thing_is_named),
		cmocka_unit_test(an_allowlist_has_addresses_and_domains),
		cmocka_unit_test(what_may_be_claimed_is_judged_by_mode_age_and_wish),
		cmocka_unit_test(an_address_is_masked),
		cmocka_unit_test(a_public_header_names_nobody),
	};

	return cmocka_run_group_tests_name("mail rules", tests, arena_up, arena_down);
}
