/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what: one table of commands and one of topics, by role. The role says which command; the institution, checked
 * by the owner, which rows. A command without a row is refused to everybody, and a test fails.
 */
#ifndef BUS_POLICY_H
#define BUS_POLICY_H

#include "bus/core.h"

struct command_policy {
	Bassin__V1__CommandType type;
	enum role owner;            /* the service that handles it; ROLE_SERVICES: each of them */
	unsigned may;               /* roles that may send it */
	uint32_t max_bytes;         /* of the payload */
};
struct topic_policy {
	enum role owner;
	const char *topic;
	unsigned may;               /* roles that may read it */
};

extern const struct command_policy policy_commands[];   extern const size_t policy_command_count;
extern const struct topic_policy policy_topics[];       extern const size_t policy_topic_count;

const struct command_policy *policy_of_command(int type);        /* NULL: none */
/* For core_config. *code: UNKNOWN_TYPE, FORBIDDEN or TOO_LARGE when false. */
bool policy_may_command(const struct principal *who, int type, size_t payload_size, int *code);
/* log_id is `employer_intake`, or `employer_intake_...` where several stand. */
bool policy_may_read(const struct principal *who, const char *log_id, const char *topic);

const char *role_to_text(enum role role);                        /* static, never NULL */
enum role   role_from_text(const char *text);                    /* ROLE_NONE: unknown */

#endif
