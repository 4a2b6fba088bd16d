/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions about mails, without I/O and clock. */
#include "rules.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- states ------------------------------------------------------------------------------------------------------ */
const char *
queue_state_to_text(enum queue_state s)
{
	switch (s) {
#define STATE_AS_TEXT(state, text, is_end) \
	case QUEUE_##state: return text;
		QUEUE_STATES(STATE_AS_TEXT)
#undef STATE_AS_TEXT
	default: return "none";
	}
}

enum queue_state
queue_state_from_text(const char *text)
{
	for (int s = QUEUE_NONE + 1; s < QUEUE_COUNT; s++) {
		if (strcmp(queue_state_to_text((enum queue_state)s), text) == 0)
			return (enum queue_state)s;
	}
	return QUEUE_NONE;
}

bool
queue_state_is_end(enum queue_state s)
{
	switch (s) {
#define STATE_AS_END(state, text, is_end) \
	case QUEUE_##state: return is_end;
		QUEUE_STATES(STATE_AS_END)
#undef STATE_AS_END
	default: return false;
	}
}

static const struct {
	enum queue_state from;
	enum queue_event on;
	enum queue_state to;
} moves[] = {
#define MOVE_AS_ROW(from, on, to) { QUEUE_##from, ON_##on, QUEUE_##to },
	QUEUE_MOVES(MOVE_AS_ROW)
#undef MOVE_AS_ROW
};

enum queue_state
queue_state_after(enum queue_state s, enum queue_event e)
{
	for (size_t i = 0; i < COUNT_OF(moves); i++) {
		if (moves[i].from == s && moves[i].on == e)
			return moves[i].to;
	}
	return QUEUE_NONE;
}

const char *
queue_states_before(enum queue_event e, struct arena *a)
{
	const char *all = "";

	for (size_t i = 0; i < COUNT_OF(moves) && all != NULL; i++) {
		if (moves[i].on == e)
			all = arena_printf(a, "%s%s%s", all, all[0] == '\0' ? "" : "|",
			                   queue_state_to_text(moves[i].from));
	}
	return all;
}

const char *
queue_why_to_text(enum queue_why w)
{
	static const char *const texts[] = {
#define WHY_AS_TEXT(why, text) text,
		QUEUE_WHYS(WHY_AS_TEXT)
#undef WHY_AS_TEXT
	};

	return (size_t)w < COUNT_OF(texts) ? texts[w] : "unknown";
}

static const char *const kind_texts[] = {
#define KIND_AS_TEXT(kind, text) text,
	MAIL_KINDS(KIND_AS_TEXT)
#undef KIND_AS_TEXT
};

const char *
kind_to_text(enum mail_kind k)
{
	return (size_t)k < COUNT_OF(kind_texts) ? kind_texts[k] : "unknown";
}

enum reader { READER_EMPLOYER, READER_COORDINATOR };

static const struct {
	enum reader reader;
	bool urgent, request;
} kind_rules[MAIL_KIND_COUNT] = {
#define KIND_AS_RULE(kind, reader, urgent, request) [MAIL_##kind] = { READER_##reader, urgent, request },
	KIND_RULES(KIND_AS_RULE)
#undef KIND_AS_RULE
};

bool
kind_is_for_coordinators(enum mail_kind k)
{
	return kind_rules[k].reader == READER_COORDINATOR;
}

bool
kind_is_urgent(enum mail_kind k)
{
	return kind_rules[k].urgent;
}

bool
kind_is_request(enum mail_kind k)
{
	return kind_rules[k].request;
}

bool
kind_from_text(const char *text, enum mail_kind *out)
{
	for (size_t i = 0; i < COUNT_OF(kind_texts); i++) {
		if (strcmp(kind_texts[i], text) == 0) {
			*out = (enum mail_kind)i;
			return true;
		}
	}
	return false;
}

/* ---- positions --------------------------------------------------------------------------------------------------- */
bool
position_is_passed(const struct follow_status *reader, const struct position *p)
{
	if (reader->diverged || reader->resyncing)
		return false;
	if (reader->cursor.seq >= p->seq)
		return true;
	return !id_is_zero(&p->epoch) && !id_equal(&reader->cursor.epoch, &p->epoch) &&
	       memcmp(reader->cursor.epoch.bytes, p->epoch.bytes, ID_SIZE) > 0;
}

const struct position *
position_behind(const struct core_status *core, const struct position *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool passed = false;

		for (size_t f = 0; f < core->follow_count && !passed; f++)
			passed = strcmp(core->follows[f].log_id, all[i].log_id) == 0 &&
			         position_is_passed(&core->follows[f], &all[i]);
		if (!passed)
			return &all[i];
	}
	return NULL;
}

/* ---- can it be composed? ----------------------------------------------------------------------------------------- */
static enum queue_state
lacking(enum queue_why because, enum queue_why *why, const char *kind, const char *id, const char **needs,
        const char **needs_id)
{
	*why = because;
	*needs = kind;
	*needs_id = id;
	return QUEUE_WAITING;
}

static enum queue_state
round_judge(const struct readiness *r, enum queue_why *why, const char **needs, const char **needs_id)
{
	if (r->kind == MAIL_POSTINGS_RECEIVED)
		return QUEUE_QUEUED;
	if (strcmp(r->round_state, "withdrawn") == 0) {
		*why = WHY_ROUND_WITHDRAWN;
		return QUEUE_SUPPRESSED;
	}
	if (r->kind == MAIL_PLACE_FREED && strcmp(r->round_state, "closed") == 0) {
		*why = WHY_CAUSE_GONE; /* the stays are over */
		return QUEUE_SUPPRESSED;
	}
	if (strcmp(r->round_state, "published") != 0 && strcmp(r->round_state, "closed") != 0)
		return lacking(WHY_ROUND_UNPUBLISHED, why, "round", r->round, needs, needs_id);
	return QUEUE_QUEUED;
}

enum queue_state
readiness_judge(const struct readiness *r, enum queue_why *why, const char **needs, const char **needs_id)
{
	enum queue_state s;

	*why = WHY_NOTHING;
	*needs = *needs_id = NULL;
	if (r->is_stale) {
		*why = WHY_STALE;
		return QUEUE_SUPPRESSED;
	}
	s = round_judge(r, why, needs, needs_id);
	if (s != QUEUE_QUEUED)
		return s;
	if (r->missing_posting != NULL)
		return lacking(WHY_POSTING_MISSING, why, "posting", r->missing_posting, needs, needs_id);
	if (!r->has_cause) {
		*why = WHY_CAUSE_GONE;
		return QUEUE_SUPPRESSED;
	}
	if (!r->has_coordinator)
		return lacking(WHY_COORDINATOR_MISSING, why, "institution", r->institution, needs, needs_id);
	if (!r->has_contact)
		return lacking(WHY_CONTACT_MISSING, why, "employer", r->recipient, needs, needs_id);
	if (r->missing_learner != NULL)
		return lacking(WHY_LEARNER_MISSING, why, "learner", r->missing_learner, needs, needs_id);
	if (r->missing_institution != NULL)
		return lacking(WHY_COORDINATOR_MISSING, why, "institution", r->missing_institution, needs, needs_id);
	if (r->is_suppressed) {
		*why = WHY_ADDRESS_SUPPRESSED;
		return QUEUE_SUPPRESSED;
	}
	if (kind_is_request(r->kind) && r->now_ms < r->paused_until_ms)
		return lacking(WHY_PAUSED, why, "employer", r->recipient, needs, needs_id);
	if (!r->has_sender) {
		*why = WHY_SENDER_SETTINGS;
		return QUEUE_WAITING;
	}
	*why = WHY_NOTHING;
	return QUEUE_QUEUED;
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */
bool
allowlist_has(const char *list, const char *address)
{
	static const char gaps[] = " \t,";
	const char *domain = strchr(address, '@');

	for (const char *at = list + strspn(list, gaps); *at != '\0'; at += strspn(at, gaps)) {
		size_t size = strcspn(at, gaps);
		const char *whole = *at == '@' ? domain : address;

		if (whole != NULL && strlen(whole) == size && strncasecmp(at, whole, size) == 0)
			return true;
		at += size;
	}
	return false;
}

enum queue_state
claim_judge(enum mail_mode mode, const char *allowlist, const char *address, bool is_suppressed, bool is_stale,
            enum queue_why *why)
{
	*why = WHY_NOTHING;
	if (is_suppressed)
		*why = WHY_ADDRESS_SUPPRESSED;
	else if (is_stale)
		*why = WHY_STALE;
	else if (mode == MODE_ALLOWLIST && !allowlist_has(allowlist, address))
		*why = WHY_NOT_ALLOWLISTED;
	return *why == WHY_NOTHING ? QUEUE_SENDING : QUEUE_SUPPRESSED;
}

void
address_mask(const char *address, char out[MASKED_MAX])
{
	const char *domain = strrchr(address, '@');

	out[0] = '\0';
	if (domain != NULL && domain != address)
		(void)snprintf(out, MASKED_MAX, "%c***%s", (unsigned char)address[0] < 0x80 ? address[0] : '*', domain);
}

const char *
address_normalise(struct arena *a, const char *address)
{
	char *small = arena_strdup(a, address);

	for (char *p = small; p != NULL && *p != '\0'; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	}
	return small;
}

/* ---- what the intermediary may see of a message ------------------------------------------------------------------ */
static bool
header_is_public(const char *line, size_t size)
{
	static const char *const names[] = {
		"From:",         "Date:",           "Subject:",          "Message-Id:",
		"MIME-Version:", "Auto-Submitted:", "Content-Language:", "Content-Type:",
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		size_t length = strlen(names[i]);
		if (size >= length && strncasecmp(line, names[i], length) == 0)
			return true;
	}
	return false;
}

const char *
message_header_public(struct arena *a, const char *message, size_t size, size_t *out_size)
{
	char *out = arena_alloc(a, size + 2);
	bool keep = false;

	*out_size = 0;
	for (size_t at = 0; out != NULL && at < size;) {
		const char *end = memchr(message + at, '\n', size - at);
		size_t length = end == NULL ? size - at : (size_t)(end - message) - at + 1;

		if (message[at] == '\r' || message[at] == '\n')
			break;
		if (message[at] != ' ' && message[at] != '\t') /* else it goes on from the line before */
			keep = header_is_public(message + at, length);
		if (keep) {
			memcpy(out + *out_size, message + at, length);
			*out_size += length;
		}
		at += length;
	}
	if (out != NULL) {
		memcpy(out + *out_size, "\r\n", 2);
		*out_size += 2;
	}
	return out;
}
