/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two tables, and the little code that reads them. A row of commands names the roles that may send it; the
 * console's bit in a row means that it may pass this command on for a person who has the right herself (both bits are
 * needed). On its own account the console is a service like the others: it may send what any service may.
 */
#include "bus/policy.h"

#include <string.h>

#define EVERYBODY (ROLE_SERVICES | ROLE_CONSOLE | ROLE_PEOPLE)
#define BY_COLLEGE (ROLE_COLLEGE | ROLE_CONSOLE)
#define BY_INTERMEDIARY (ROLE_INTERMEDIARY | ROLE_CONSOLE)
#define BY_BOTH (ROLE_PEOPLE | ROLE_CONSOLE)

/* Sizes of payloads: an empty question, one thing, a page asked for, a thousand ids, a thousand rows. Together with the
 * envelope even the largest stays below the 4 MiB of a frame (wire_zmq.h). */
#define SMALL (1 * KiB)
#define THING (8 * KiB)
#define PAGE (64 * KiB)
#define IDS (256 * KiB)
#define ROWS (4 * MiB - 16 * KiB)

#define ROW(type_, owner_, may_, max_) { BASSIN__V1__COMMAND_TYPE__##type_, owner_, may_, max_ }

const struct command_policy policy_commands[] = {
	/*  command                    handled by            may be sent by          payload */
	ROW(STATUS,                ROLE_SERVICES,        EVERYBODY,              SMALL),
	ROW(AUDIT_LIST,            ROLE_SERVICES,        BY_BOTH,                PAGE),
	/* Both start work over that went wrong; they want an operator's own key. */
	ROW(RESYNC,                ROLE_SERVICES,        ROLE_INTERMEDIARY,      SMALL),
	ROW(PARKED_RETRY,          ROLE_SERVICES,        ROLE_INTERMEDIARY,      SMALL),
	/* All about a learner: her own college only, each service sees to that. */
	ROW(LEARNER_HELD,          ROLE_SERVICES,        BY_COLLEGE,             SMALL),

	ROW(FEED_INSTITUTIONS,     ROLE_EMPLOYER_INTAKE, BY_INTERMEDIARY,        ROWS),
	ROW(FEED_EMPLOYERS,        ROLE_EMPLOYER_INTAKE, BY_COLLEGE,             ROWS),
	ROW(FEED_POSTINGS,         ROLE_EMPLOYER_INTAKE, BY_COLLEGE,             ROWS),
	ROW(FEED_EMPLOYER_RANKINGS, ROLE_EMPLOYER_INTAKE, BY_COLLEGE,            ROWS),
	ROW(POSTING_MOVE,          ROLE_EMPLOYER_INTAKE, BY_COLLEGE,             THING),
	ROW(EMPLOYER_LIST,         ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),
	ROW(POSTING_LIST,          ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),
	ROW(INSTITUTION_LIST,      ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),
	ROW(EMPLOYER_RANKING_LIST, ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),
	ROW(EMPLOYER_INTAKE_SHOW,  ROLE_EMPLOYER_INTAKE, BY_BOTH,                THING),
	ROW(EMPLOYER_INTAKE_SET,   ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),
	ROW(EMPLOYER_PAUSE,        ROLE_EMPLOYER_INTAKE, BY_COLLEGE,             THING),
	ROW(EMPLOYER_RESUME,       ROLE_EMPLOYER_INTAKE, BY_COLLEGE,             THING),
	ROW(EMPLOYER_INTAKE_HISTORY, ROLE_EMPLOYER_INTAKE, BY_BOTH,              THING),
	ROW(EMPLOYER_INTAKE_WAITING, ROLE_EMPLOYER_INTAKE, BY_BOTH,              PAGE),

	/* A coordinator proposes, the intermediary decides. */
	ROW(FIRM_SUSPECTS,         ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),
	ROW(FIRM_PROPOSE,          ROLE_EMPLOYER_INTAKE, BY_COLLEGE,             THING),
	ROW(FIRM_MERGE,            ROLE_EMPLOYER_INTAKE, BY_INTERMEDIARY,        THING),
	ROW(FIRM_UNMERGE,          ROLE_EMPLOYER_INTAKE, BY_INTERMEDIARY,        THING),
	ROW(FIRM_REJECT,           ROLE_EMPLOYER_INTAKE, BY_BOTH,                THING),
	ROW(FIRM_LIST,             ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),
	ROW(FIRM_HISTORY,          ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),
	ROW(FIRM_DUPLICATES,       ROLE_EMPLOYER_INTAKE, BY_BOTH,                PAGE),

	ROW(FEED_PROGRAMMES,       ROLE_LEARNER_INTAKE,  BY_COLLEGE,             ROWS),
	ROW(FEED_COMPETENCIES,     ROLE_LEARNER_INTAKE,  BY_COLLEGE,             ROWS),
	ROW(FEED_LEARNERS,         ROLE_LEARNER_INTAKE,  BY_COLLEGE,             ROWS),
	ROW(FEED_LEARNER_RANKINGS, ROLE_LEARNER_INTAKE,  BY_COLLEGE,             ROWS),
	ROW(FEED_DIRECT_OFFERS,    ROLE_LEARNER_INTAKE,  BY_COLLEGE,             ROWS),
	ROW(LEARNER_WITHDRAW,      ROLE_LEARNER_INTAKE,  BY_COLLEGE,             IDS),
	/* Names, addresses, a learner's wishes: her own college only. */
	ROW(LEARNER_LIST,          ROLE_LEARNER_INTAKE,  BY_COLLEGE,             PAGE),
	ROW(PROGRAMME_LIST,        ROLE_LEARNER_INTAKE,  BY_BOTH,                PAGE),
	ROW(COMPETENCY_LIST,       ROLE_LEARNER_INTAKE,  BY_BOTH,                PAGE),
	ROW(LEARNER_RANKING_LIST,  ROLE_LEARNER_INTAKE,  BY_COLLEGE,             PAGE),
	ROW(DIRECT_OFFER_LIST,     ROLE_LEARNER_INTAKE,  BY_COLLEGE,             PAGE),
	ROW(LEARNER_INTAKE_SHOW,   ROLE_LEARNER_INTAKE,  BY_COLLEGE,             THING),
	ROW(LEARNER_ERASE,         ROLE_LEARNER_INTAKE,  BY_COLLEGE,             SMALL),
	ROW(LEARNER_INTAKE_SET,    ROLE_LEARNER_INTAKE,  BY_COLLEGE,             PAGE),
	ROW(LEARNER_INTAKE_HISTORY, ROLE_LEARNER_INTAKE, BY_COLLEGE,             THING),
	ROW(LEARNER_INTAKE_WAITING, ROLE_LEARNER_INTAKE, BY_COLLEGE,             PAGE),

	ROW(ROUND_OPEN,            ROLE_MATCHING,        BY_INTERMEDIARY,        THING),
	ROW(ROUND_FREEZE,          ROLE_MATCHING,        BY_INTERMEDIARY,        SMALL),
	ROW(ROUND_SOLVE,           ROLE_MATCHING,        BY_INTERMEDIARY,        SMALL),
	ROW(ROUND_PUBLISH,         ROLE_MATCHING,        BY_INTERMEDIARY,        SMALL),
	ROW(ROUND_CLOSE,           ROLE_MATCHING,        BY_INTERMEDIARY,        SMALL),
	ROW(ROUND_WITHDRAW,        ROLE_MATCHING,        BY_BOTH,                THING),
	ROW(ROUND_SHOW,            ROLE_MATCHING,        BY_BOTH,                SMALL),
	ROW(ROUND_EXPORT,          ROLE_MATCHING,        BY_BOTH,                SMALL),
	ROW(ROUND_LIST,            ROLE_MATCHING,        BY_BOTH,                PAGE),
	ROW(WAITING_LIST,          ROLE_MATCHING,        BY_BOTH,                PAGE),
	ROW(CANDIDATE_LIST,        ROLE_MATCHING,        BY_BOTH,                PAGE),
	ROW(PLACEMENT_LIST,        ROLE_MATCHING,        BY_BOTH,                PAGE),
	ROW(POSTINGS_UNKNOWN,      ROLE_MATCHING,        BY_BOTH,                IDS),
	ROW(PAIR_SHOW,             ROLE_MATCHING,        BY_BOTH,                THING),
	ROW(VIEW_LIST,             ROLE_MATCHING,        BY_INTERMEDIARY,        PAGE),

	ROW(MAIL_LIST,             ROLE_NOTIFICATIONS,   BY_BOTH,                PAGE),
	ROW(MAIL_SHOW,             ROLE_NOTIFICATIONS,   BY_BOTH,                SMALL),
	ROW(MAIL_RETRY,            ROLE_NOTIFICATIONS,   BY_BOTH,                SMALL),
	ROW(MAIL_SUPPRESS,         ROLE_NOTIFICATIONS,   BY_BOTH,                THING),
	ROW(TASK_LIST,             ROLE_NOTIFICATIONS,   BY_BOTH,                PAGE),
	ROW(TASK_DONE,             ROLE_NOTIFICATIONS,   BY_BOTH,                SMALL),
	ROW(MAIL_FREQUENCY,        ROLE_NOTIFICATIONS,   BY_BOTH,                SMALL),
	ROW(MAIL_FREQUENCY_LIST,   ROLE_NOTIFICATIONS,   BY_BOTH,                PAGE),
	ROW(MAIL_UNSUPPRESS,       ROLE_NOTIFICATIONS,   BY_BOTH,                SMALL),
	ROW(SUPPRESSION_LIST,      ROLE_NOTIFICATIONS,   BY_BOTH,                PAGE),
	ROW(MAIL_PREVIEW,          ROLE_NOTIFICATIONS,   BY_BOTH,                SMALL),
};
const size_t policy_command_count = COUNT_OF(policy_commands);

const struct topic_policy policy_topics[] = {
	/* owner                topic               may be read by */
	{ ROLE_EMPLOYER_INTAKE, "institution",      ROLE_MATCHING | ROLE_NOTIFICATIONS | ROLE_LEARNER_INTAKE | ROLE_CONSOLE },
	{ ROLE_EMPLOYER_INTAKE, "employer",         ROLE_MATCHING | ROLE_CONSOLE },
	{ ROLE_EMPLOYER_INTAKE, "posting",          ROLE_MATCHING | ROLE_NOTIFICATIONS | ROLE_CONSOLE },
	{ ROLE_EMPLOYER_INTAKE, "employer_ranking", ROLE_MATCHING | ROLE_CONSOLE },
	{ ROLE_EMPLOYER_INTAKE, "contact",          ROLE_NOTIFICATIONS },
	{ ROLE_EMPLOYER_INTAKE, "task",             ROLE_NOTIFICATIONS | ROLE_CONSOLE },
	{ ROLE_EMPLOYER_INTAKE, "firm",             ROLE_NOTIFICATIONS | ROLE_CONSOLE },

	{ ROLE_LEARNER_INTAKE,  "programme",        ROLE_MATCHING | ROLE_NOTIFICATIONS | ROLE_CONSOLE | ROLE_EMPLOYER_INTAKE },
	{ ROLE_LEARNER_INTAKE,  "profile",          ROLE_MATCHING },
	{ ROLE_LEARNER_INTAKE,  "learner_ranking",  ROLE_MATCHING },
	{ ROLE_LEARNER_INTAKE,  "direct_offer",     ROLE_MATCHING },
	{ ROLE_LEARNER_INTAKE,  "contact",          ROLE_NOTIFICATIONS },
	{ ROLE_LEARNER_INTAKE,  "erasure",          ROLE_SERVICES | ROLE_CONSOLE },

	{ ROLE_MATCHING,        "round",
	  ROLE_NOTIFICATIONS | ROLE_CONSOLE | ROLE_EMPLOYER_INTAKE | ROLE_LEARNER_INTAKE },
	{ ROLE_MATCHING,        "placement",        ROLE_EMPLOYER_INTAKE | ROLE_NOTIFICATIONS | ROLE_CONSOLE },
	{ ROLE_MATCHING,        "summary",          ROLE_NOTIFICATIONS | ROLE_CONSOLE },
	{ ROLE_MATCHING,        "task",             ROLE_NOTIFICATIONS | ROLE_CONSOLE },
};
const size_t policy_topic_count = COUNT_OF(policy_topics);

static const struct { enum role role; const char *text; } role_texts[] = {
	{ ROLE_EMPLOYER_INTAKE, "employer_intake" }, { ROLE_LEARNER_INTAKE, "learner_intake" },
	{ ROLE_MATCHING, "matching" }, { ROLE_NOTIFICATIONS, "notifications" }, { ROLE_CONSOLE, "console" },
	{ ROLE_COLLEGE, "college" }, { ROLE_INTERMEDIARY, "intermediary" },
};

const char *
role_to_text(enum role role)
{
	for (size_t i = 0; i < COUNT_OF(role_texts); i++) {
		if (role_texts[i].role == role)
			return role_texts[i].text;
	}
	return "none";
}

enum role
role_from_text(const char *text)
{
	for (size_t i = 0; i < COUNT_OF(role_texts); i++) {
		if (strcmp(role_texts[i].text, text) == 0)
			return role_texts[i].role;
	}
	return ROLE_NONE;
}

const struct command_policy *
policy_of_command(int type)
{
	for (size_t i = 0; i < policy_command_count; i++) {
		if ((int)policy_commands[i].type == type)
			return &policy_commands[i];
	}
	return NULL;
}

/* A role is one bit of the table; what is no single known role has no rights. */
static bool
may(const struct principal *who, unsigned allowed)
{
	if (role_from_text(role_to_text(who->role)) == ROLE_NONE)
		return false;
	if (who->acts == ROLE_CONSOLE)
		return (allowed & ROLE_CONSOLE) != 0 && (who->role & ROLE_PEOPLE) != 0 && (allowed & who->role) != 0;
	if (who->acts != ROLE_NONE)
		return false;
	if (who->role == ROLE_CONSOLE)
		return (allowed & ROLE_CONSOLE) != 0 && (allowed & ROLE_SERVICES) != 0;
	return (allowed & who->role) != 0;
}

bool
policy_may_command(const struct principal *who, int type, size_t payload_size, int *code)
{
	const struct command_policy *row = policy_of_command(type);

	if (row == NULL)
		*code = BASSIN__V1__REPLY_CODE__UNKNOWN_TYPE;
	else if (!may(who, row->may))
		*code = BASSIN__V1__REPLY_CODE__FORBIDDEN;
	else if (payload_size > row->max_bytes)
		*code = BASSIN__V1__REPLY_CODE__TOO_LARGE;
	else
		return true;
	return false;
}

/* Whose log is this: `matching`, or `learner_intake_north` as one of several. */
static enum role
owner_of_log(const char *log_id)
{
	for (size_t i = 0; i < COUNT_OF(role_texts); i++) {
		size_t size = strlen(role_texts[i].text);

		if ((role_texts[i].role & ROLE_SERVICES) != 0 && strncmp(log_id, role_texts[i].text, size) == 0 &&
		    (log_id[size] == '\0' || log_id[size] == '_'))
			return role_texts[i].role;
	}
	return ROLE_NONE;
}

bool
policy_may_read(const struct principal *who, const char *log_id, const char *topic)
{
	enum role owner = owner_of_log(log_id);

	if (owner == ROLE_NONE || who->acts != ROLE_NONE || role_from_text(role_to_text(who->role)) == ROLE_NONE)
		return false;
	for (size_t i = 0; i < policy_topic_count; i++) {
		if (policy_topics[i].owner == owner && strcmp(policy_topics[i].topic, topic) == 0)
			return (policy_topics[i].may & who->role) != 0;
	}
	return false;
}
