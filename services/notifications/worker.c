/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that talks to the relay. */
#include "worker.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/text.h"

#define STEP_MS 60000 /* it is woken when there is something to do */
#define COLLECT_MS 3 /* a relay that is quick has answered the other connections by then; of a slow one nobody waits longer */

struct worker {
	struct delivery *delivery;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock; /* of what follows */
	struct outgoing *in[WORKER_MAX];
	size_t in_count;
	struct delivered out[WORKER_MAX];
	size_t out_count;
	int64_t out_since_ms; /* the first of them, mono */
	bool stopping;

	char from[ADDRESS_MAX_BYTES + 1];
	void (*wake)(void *self);
	void *wake_self;
};

struct outgoing *
outgoing_new(int64_t mail, int64_t attempt, const char *to, const void *bytes, size_t size)
{
	size_t to_size = strlen(to) + 1;
	struct outgoing *o = malloc(sizeof *o + to_size + size);

	if (o == NULL)
		return NULL;
	char *text = (char *)(o + 1);
	memcpy(text, to, to_size);
	memcpy(text + to_size, bytes, size);
	*o = (struct outgoing){ .mail = mail, .attempt = attempt, .to = text, .bytes = text + to_size, .size = size };
	return o;
}

static void
result_put(struct worker *w, const struct delivered *d)
{
	pthread_mutex_lock(&w->lock);
	BUG_IF(w->out_count == WORKER_MAX);
	if (w->out_count == 0)
		w->out_since_ms = clock_mono_ms();
	w->out[w->out_count++] = *d;
	pthread_mutex_unlock(&w->lock);
	w->wake(w->wake_self);
}

static void
on_result(void *self, const struct delivery_result *r)
{
	struct delivered d = { .outcome = r->outcome, .stage = r->stage, .code = r->smtp_code, .dotted = r->dotted };
	const char *slash = strchr(r->id, '/');

	BUG_IF(slash == NULL || sscanf(r->id, "%" SCNd64 "/%" SCNd64, &d.mail, &d.attempt) != 2);
	(void)snprintf(d.words, sizeof d.words, "%s", r->text);
	result_put(self, &d);
}

/* What the delivery does not even begin with: an address or a message that is not sound fails, no memory is weather. false:
 * no connection is free. */
static bool
hand_over(struct worker *w, const struct outgoing *o)
{
	struct delivered d = { .mail = o->mail, .attempt = o->attempt };
	char id[DELIVERY_ID_MAX];

	(void)snprintf(id, sizeof id, "%" PRId64 "/%" PRId64, o->mail, o->attempt);
	switch (delivery_submit(w->delivery, id, w->from, o->to, o->bytes, o->size)) {
	case DELIVERY_TAKEN: return true;
	case DELIVERY_FULL: return false;
	case DELIVERY_REFUSED:
		d.outcome = MAIL_OUTCOME_FAILED;
		(void)snprintf(d.words, sizeof d.words, "not sent: the address or the message is not sound");
		break;
	case DELIVERY_NO_MEMORY:
		d.outcome = MAIL_OUTCOME_DEFERRED;
		(void)snprintf(d.words, sizeof d.words, "not sent: no memory");
		break;
	}
	result_put(w, &d);
	return true;
}

/* The message that has waited longest; NULL: none. */
static struct outgoing *
next_in(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	struct outgoing *o = w->in_count > 0 ? w->in[0] : NULL;
	pthread_mutex_unlock(&w->lock);
	return o;
}

static void
drop_first(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	free(w->in[0]);
	memmove(w->in, w->in + 1, --w->in_count * sizeof(struct outgoing *));
	pthread_mutex_unlock(&w->lock);
}

static bool
is_stopping(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	bool stopping = w->stopping;
	pthread_mutex_unlock(&w->lock);
	return stopping;
}

static void *
run(void *self)
{
	struct worker *w = self;
	const struct outgoing *o;

	while (!is_stopping(w)) {
		while ((o = next_in(w)) != NULL && hand_over(w, o))
			drop_first(w);
		(void)delivery_step(w->delivery, STEP_MS, on_result, w);
	}
	return NULL;
}

struct worker *
worker_open(const struct worker_settings *settings, const char **why)
{
	struct worker *w = calloc(1, sizeof *w);

	*why = "no memory";
	if (w == NULL)
		return NULL;
	w->wake = settings->wake;
	w->wake_self = settings->wake_self;
	pthread_mutex_init(&w->lock, NULL);
	(void)snprintf(w->from, sizeof w->from, "%s", settings->from);
	if (settings->delivery.parallel > WORKER_CONNECTIONS_MAX)
		*why = "too many connections";
	else if (!address_is_sound(settings->from))
		*why = "sender_address is not an address";
	else
		w->delivery = delivery_new(&settings->delivery, why);
	if (w->delivery != NULL) {
		w->has_thread = pthread_create(&w->thread, NULL, run, w) == 0;
		*why = "no thread";
	}
	if (!w->has_thread)
		worker_close(&w);
	return w;
}

void
worker_close(struct worker **self)
{
	struct worker *w = *self;

	if (w == NULL)
		return;
	if (w->has_thread) {
		pthread_mutex_lock(&w->lock);
		w->stopping = true;
		pthread_mutex_unlock(&w->lock);
		delivery_wake(w->delivery);
		pthread_join(w->thread, NULL);
	}
	delivery_destroy(&w->delivery);
	for (size_t i = 0; i < w->in_count; i++)
		free(w->in[i]);
	pthread_mutex_destroy(&w->lock);
	free(w);
	*self = NULL;
}

void
worker_submit(struct worker *w, struct outgoing **message)
{
	pthread_mutex_lock(&w->lock);
	BUG_IF(w->in_count == WORKER_MAX);
	w->in[w->in_count++] = *message;
	*message = NULL;
	pthread_mutex_unlock(&w->lock);
	delivery_wake(w->delivery);
}

size_t
worker_take(struct worker *w, struct delivered *out, size_t most)
{
	pthread_mutex_lock(&w->lock);
	size_t count = w->out_count < most ? w->out_count : most;
	memcpy(out, w->out, count * sizeof *out);
	memmove(w->out, w->out + count, (w->out_count - count) * sizeof *out);
	w->out_count -= count;
	pthread_mutex_unlock(&w->lock);
	return count;
}

void
worker_allow(struct worker *w, unsigned mails)
{
	if (mails > 0)
		delivery_allow(w->delivery, mails);
}

int64_t
worker_results_due(struct worker *w)
{
	unsigned ending = delivery_ending(w->delivery);

	pthread_mutex_lock(&w->lock);
	int64_t due = w->out_count == 0 ? INT64_MAX : ending == 0 ? 0 : w->out_since_ms + COLLECT_MS;
	pthread_mutex_unlock(&w->lock);
	return due;
}
