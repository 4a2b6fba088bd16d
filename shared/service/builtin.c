/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that every service has: STATUS, AUDIT_LIST, RESYNC, PARKED_RETRY. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/refusal.h"
#include "base/text.h"
#include "bus/policy.h"
#include "service/listing.h"
#include "service/runtime_priv.h"

/* Comes here only when report_answer left it to the core, which has judged it by now. */
static enum verdict
on_status(struct call *call)
{
	size_t size;
	const uint8_t *report = report_make(runtime_here, call->work->now_ms, call->work->mono_ms, &size);

	call->reply = report == NULL ? NULL : arena_memdup(call->work->arena, report, size);
	call->reply_size = size;
	return call->reply != NULL ? VERDICT_OK : VERDICT_RETRY;
}

/* ---- AUDIT_LIST ----------------------------------------------------------------------------------------------------- */
static const char *const audit_columns[] = {
	"id", "at", "principal", "role", "institution", "through", "subject", "command", "request_id", "code", "refusal",
	"about", NULL,
};

static const char *
enum_text(struct arena *a, const ProtobufCEnumDescriptor *of, int value)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(of, value);

	return v != NULL ? v->name : arena_printf(a, "%d", value);
}

static const char *
time_text(struct arena *a, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm utc;
	char text[32];

	if (gmtime_r(&seconds, &utc) == NULL || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc) == 0)
		return "";
	return arena_printf(a, "%s.%03dZ", text, (int)(ms % 1000));
}

/* false: the page is full, or *failed: no memory. */
static bool
audit_add(struct arena *a, struct listing *list, const struct audit_row *row, bool *failed)
{
	char request[ID_HEX_SIZE];

	id_to_hex(&row->request_id, request);
	const char *id = arena_printf(a, "%" PRId64, row->id);
	const char *const cells[] = {
		id, time_text(a, row->at_ms), row->principal, row->role, row->institution, row->acts, row->subject,
		enum_text(a, &bassin__v1__command_type__descriptor, row->type), arena_strdup(a, request),
		enum_text(a, &bassin__v1__reply_code__descriptor, row->code), row->refusal, row->subject_ids,
	};
	for (size_t i = 0; i < COUNT_OF(cells); i++)
		*failed = *failed || cells[i] == NULL;
	return !*failed && listing_add(list, id, cells);
}

/* POSTING_MOVE, posting_move or posting-move; 0: there is no such value. */
static int
enum_number(struct arena *a, const ProtobufCEnumDescriptor *of, const char *text)
{
	char *name = arena_strdup(a, text);

	for (char *c = name; c != NULL && *c != '\0'; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	const ProtobufCEnumValue *v = name == NULL ? NULL : protobuf_c_enum_descriptor_get_value_by_name(of, name);
	return v == NULL ? 0 : v->value;
}

/* A day, in UTC; until: its end. */
static enum verdict
day_read(struct call *call, const struct list_ask *ask, const char *name, int64_t days_more, int64_t *out_ms)
{
	const char *text = list_filter(ask, name);
	int32_t day;

	if (text == NULL)
		return VERDICT_OK;
	if (!text_to_day(text, &day))
		return call_refuse(call, REFUSAL_NOT_A_DATE, name, "yyyy-mm-dd");
	*out_ms = (day + days_more) * DAY_MS;
	return VERDICT_OK;
}

static enum verdict
name_read(struct call *call, const struct list_ask *ask, const char *name, const ProtobufCEnumDescriptor *of, int *out)
{
	const char *text = list_filter(ask, name);

	if (text == NULL)
		return VERDICT_OK;
	*out = enum_number(call->work->arena, of, text);
	return *out != 0 ? VERDICT_OK : call_refuse(call, REFUSAL_UNKNOWN, name, NULL);
}

/* The intermediary sees all lines, a college its own. */
static enum verdict
audit_filter_read(struct call *call, const struct list_ask *ask, struct audit_filter *out)
{
	*out = (struct audit_filter){ .who = list_filter(ask, "who"), .id = list_filter(ask, "id"), .since_ms = INT64_MIN,
		                      .before_ms = INT64_MAX };
	out->institution = call->who->role == ROLE_INTERMEDIARY ? list_filter(ask, "institution") : call->who->institution;
	enum verdict v = day_read(call, ask, "since", 0, &out->since_ms);
	if (v == VERDICT_OK)
		v = day_read(call, ask, "until", 1, &out->before_ms);
	if (v == VERDICT_OK)
		v = name_read(call, ask, "command", &bassin__v1__command_type__descriptor, &out->type);
	return v == VERDICT_OK ? name_read(call, ask, "result", &bassin__v1__reply_code__descriptor, &out->code) : v;
}

static enum verdict
on_audit_list(struct call *call)
{
	static const char *const names[] = { "since", "until", "who", "institution", "command", "result", "id", NULL };
	struct arena *a = call->work->arena;
	struct audit_filter filter;
	struct list_ask *ask;
	struct audit_row *rows;
	size_t count;
	int64_t before = INT64_MAX;
	bool failed = false;

	enum verdict verdict = list_ask_read(call, names, &ask);
	if (verdict == VERDICT_OK)
		verdict = audit_filter_read(call, ask, &filter);
	if (verdict != VERDICT_OK)
		return verdict;
	if (ask->after[0] != '\0' && !text_to_int(ask->after, 1, INT64_MAX, &before))
		return call_refuse(call, REFUSAL_BAD_FORMAT, "after", "");
	int result = core_pg_audit_list(call->work->tx, a, before, &filter, ask->limit + 1, &rows, &count);
	struct listing *list = listing_new(a, audit_columns, ask->limit);
	if (result != STORE_OK || list == NULL)
		return result == STORE_BROKEN ? VERDICT_BROKEN : VERDICT_RETRY;
	for (size_t i = 0; i < count && audit_add(a, list, &rows[i], &failed); i++)
		continue;
	return failed ? VERDICT_RETRY : listing_answer(call, list);
}

/* ---- RESYNC, PARKED_RETRY ------------------------------------------------------------------------------------------- */
static bool
log_is_followed(const struct core *core, const char *log_id)
{
	struct core_status status;

	core_status(core, &status);
	for (size_t i = 0; i < status.follow_count; i++) {
		if (strcmp(status.follows[i].log_id, log_id) == 0)
			return true;
	}
	return false;
}

static enum verdict
for_log(struct call *call, const char *log_id, int (*act)(struct work *w, const char *log_id))
{
	if (!log_is_followed(call->work->core, log_id))
		return call_refuse(call, REFUSAL_UNKNOWN, "log_id", "");
	call->subject_ids = arena_strdup(call->work->arena, log_id);
	switch (act(call->work, log_id)) {
	case STORE_OK:
		return VERDICT_OK;
	case STORE_RETRY:
		return VERDICT_RETRY;
	default:
		return VERDICT_BROKEN;
	}
}

static enum verdict
on_resync(struct call *call)
{
	const Bassin__V1__ResyncAsk *ask = call_message(call, &bassin__v1__resync_ask__descriptor);

	if (ask == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, "", "");
	return for_log(call, ask->log_id, core_resync);
}

static enum verdict
on_parked_retry(struct call *call)
{
	const Bassin__V1__ParkedAsk *ask = call_message(call, &bassin__v1__parked_ask__descriptor);

	if (ask == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, "", "");
	return for_log(call, ask->log_id, core_parked_retry);
}

const struct command builtin_commands[] = {
	{ BASSIN__V1__COMMAND_TYPE__STATUS,       on_status,       true },
	{ BASSIN__V1__COMMAND_TYPE__AUDIT_LIST,   on_audit_list,   true },
	{ BASSIN__V1__COMMAND_TYPE__RESYNC,       on_resync,       false },
	{ BASSIN__V1__COMMAND_TYPE__PARKED_RETRY, on_parked_retry, false },
};
const size_t builtin_command_count = COUNT_OF(builtin_commands);
