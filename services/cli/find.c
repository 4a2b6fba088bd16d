/* SPDX-License-Identifier: Apache-2.0 */
/* An id is asked for where it can be known, one service after the other. */
#include "find.h"

#include <string.h>

#include "base/ids.h"
#include "base/language.h"
#include "base/refusal.h"
#include "list.h"
#include "terminal.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define LEARNER "learner:"

/* Does the answer say that this service, or the part of it that the key may see, knows no such thing? */
static bool
is_unknown(const struct client_answer *answer)
{
	return answer->code == BASSIN__V1__REPLY_CODE__FORBIDDEN ||
	       (answer->code == BASSIN__V1__REPLY_CODE__REFUSED && answer->refusal != NULL &&
	        (strcmp(answer->refusal->code, REFUSAL_UNKNOWN) == 0 ||
	         strcmp(answer->refusal->code, REFUSAL_BAD_ID) == 0));
}

static int
find_at(struct app *app, const char *service, Bassin__V1__CommandType type, const char *id, struct found *out)
{
	Bassin__V1__ShowAsk ask = BASSIN__V1__SHOW_ASK__INIT;
	struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__OK };
	ProtobufCAllocator allocator = arena_allocator(app->arena);

	ask.id = (char *)(uintptr_t)id;
	ask.language = (char *)(uintptr_t)language_code();
	int status = app_service(app, service, &service);
	if (status == EXIT_DONE)
		status = app_ask_quietly(app, service, type, &ask.base, app->arena, &answer);
	if (status == EXIT_REFUSED && is_unknown(&answer))
		return EXIT_DONE;
	if (status == EXIT_REFUSED && answer.code != BASSIN__V1__REPLY_CODE__OK)
		return app_tell(app, &answer);
	if (status != EXIT_DONE)
		return status;
	out->card = (const Bassin__V1__Table *)protobuf_c_message_unpack(&bassin__v1__table__descriptor, &allocator,
	                                                                 answer.size, answer.payload);
	out->service = service;
	out->id = id;
	return out->card == NULL ? app_no_memory() : EXIT_DONE;
}

int
find_row(struct app *app, const char *id, struct found *out)
{
	bool learners_only = strncmp(id, LEARNER, strlen(LEARNER)) == 0;
	const char *bare = learners_only ? id + strlen(LEARNER) : id;
	int status = EXIT_DONE;

	*out = (struct found){ .service = NULL };
	/* What has a slash, or is not a learner's, is the employers' side. */
	if (!learners_only && !pool_number_is_sound(id))
		status = find_at(app, "employer_intake", TYPE(EMPLOYER_INTAKE_SHOW), id, out);
	if (status == EXIT_DONE && out->service == NULL) {
		out->is_learners = true;
		status = find_at(app, "learner_intake", TYPE(LEARNER_INTAKE_SHOW), bare, out);
	}
	if (status == EXIT_DONE && out->service == NULL)
		return app_fail(EXIT_REFUSED, _("nothing is known by this id, or it is not yours: %s"),
		                terminal_safe_text(app->arena, id));
	return status;
}

/* A card begins with what the thing is. */
const char *
found_kind(const struct found *f)
{
	static const char *const kinds[] = { "posting", "employer", "institution" };
	const char *first = f->card->n_rows == 0 ? "" : page_cell(f->card, 0, 0);

	if (f->is_learners)
		return strcmp(first, "pool_number") == 0 ? "learner" : NULL;
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(first, kinds[i]) == 0)
			return kinds[i];
	return NULL;
}
