/* SPDX-License-Identifier: Apache-2.0 */
/* Handing mails to the relay by libcurl. */
#include "delivery.h"

#include "base/address.h"
#include "base/crash.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
	LAST_BYTES = 2,        /* of a message: held back until it may end */
	IDLE_MAX_MS = 60000,   /* a connection that nobody used for longer is not used again */
	FIRST_CODE_THAT_REFUSES = 400,
};

enum lane_state { LANE_FREE, LANE_LOADED, LANE_DONE };

/* One connection and the thread that talks over it. While the lane is LOADED only its thread touches it, else only the
 * holder of the lock does. */
struct lane {
	struct delivery *owner;
	pthread_t thread;
	bool has_thread;
	pthread_cond_t loaded;
	enum lane_state state;
	CURL *easy;                      /* stays, and with it its settings and its connection */
	struct curl_slist *recipients;   /* libcurl keeps the pointer */
	char *bytes;
	size_t len, at;                  /* at: bytes that libcurl has taken */
	enum mail_stage stage;
	int64_t moved_ms, used_ms;       /* when something was last sent or heard; when the last mail ended */
	bool dotted;                     /* its last byte was given away */
	bool greeted;                    /* a reply came */
	bool reply_goes_on;              /* the last reply line was "250-..." */
	bool leaving;                    /* QUIT was sent: what comes now is not about this mail */
	curl_socket_t socket;
	char id[DELIVERY_ID_MAX];
	char text[DELIVERY_TEXT_MAX];
	char error[CURL_ERROR_SIZE];
	struct delivery_result result;
};

struct delivery {
	char *url, *user, *password, *ca_file;
	struct delivery_conf conf;       /* its texts are not used after delivery_new() */
	struct lane *lanes;
	pthread_mutex_t lock;
	pthread_cond_t changed;          /* a lane is done, or somebody wakes the step */
	pthread_cond_t more_allowed;     /* or stopping */
	unsigned allowed;                /* final dots that may still go out; paced */
	unsigned ending;                 /* mails after their dot that have no result yet */
	bool woken;
	atomic_bool stopping;
	unsigned in_flight;              /* lanes that are not free */
};

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* libcurl says QUIT before it closes a connection, and waits for the answer. A socket that hears nothing any more makes
 * the wait end at once: the relay still gets its QUIT, and we get on. */
static void stop_listening(curl_socket_t fd)
{
	if (fd != CURL_SOCKET_BAD)
		shutdown(fd, SHUT_RD);
}

static curl_socket_t socket_of(const struct lane *s)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	return curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK ? fd : CURL_SOCKET_BAD;
}

/* ---- what libcurl tells us while it works ---------------------------------------------------------------------- */

static bool begins_with(const char *data, size_t len, const char *verb)
{
	size_t n = strlen(verb);

	return len >= n && memcmp(data, verb, n) == 0;
}

static void note_command(struct lane *s, const char *data, size_t len)
{
	if (begins_with(data, len, "MAIL FROM:")) {
		s->stage = MAIL_STAGE_MAIL;
	} else if (begins_with(data, len, "RCPT TO:")) {
		s->stage = MAIL_STAGE_RCPT;
	} else if (begins_with(data, len, "DATA\r\n")) {
		CRASH_POINT("smtp_data");
		s->stage = MAIL_STAGE_DATA;
	} else if (begins_with(data, len, "AUTH ") || begins_with(data, len, "STARTTLS")) {
		s->stage = MAIL_STAGE_AUTH;
	} else if (begins_with(data, len, "QUIT\r\n")) {
		s->leaving = true;
		stop_listening(s->socket);
	}
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *context)
{
	struct lane *s = context;

	(void)easy;
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	s->moved_ms = monotonic_ms();
	if (s->socket == CURL_SOCKET_BAD)
		s->socket = socket_of(s);   /* now, since at QUIT libcurl does not know it any more */
	note_command(s, data, len);
	return 0;
}

/* What a stranger's server says, as printable ASCII and no more than there is room for. */
static void append_printable(char text[DELIVERY_TEXT_MAX], const char *data, size_t len)
{
	size_t used = strlen(text);

	for (size_t i = 0; i < len && used < DELIVERY_TEXT_MAX - 1; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c == '\r' || c == '\n')
			continue;
		text[used++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	text[used] = '\0';
}

/* One line of a reply: "550-5.1.1 no such" and then "550 mailbox" become one text. */
static size_t on_reply_line(char *data, size_t size, size_t count, void *context)
{
	struct lane *s = context;
	size_t len = size * count;

	s->moved_ms = monotonic_ms();
	s->greeted = true;
	if (s->leaving)
		return len;
	if (s->reply_goes_on && len > 4) {
		append_printable(s->text, " ", 1);
		append_printable(s->text, data + 4, len - 4);
	} else if (!s->reply_goes_on) {
		s->text[0] = '\0';
		append_printable(s->text, data, len);
	}
	s->reply_goes_on = len > 3 && data[3] == '-';
	if (s->stage == MAIL_STAGE_DOT && len > 0 && data[0] == '2')
		CRASH_POINT("smtp_250_read");
	return len;
}

static struct timespec after_ms(int64_t wait_ms)
{
	int64_t at_ms = monotonic_ms() + (wait_ms > 0 ? wait_ms : 0);

	return (struct timespec){ .tv_sec = (time_t)(at_ms / 1000), .tv_nsec = (long)(at_ms % 1000) * 1000000 };
}

static bool must_wait(struct lane *s)
{
	struct delivery *d = s->owner;

	pthread_mutex_lock(&d->lock);
	bool must = d->conf.paced && !s->dotted && d->allowed == 0;
	pthread_mutex_unlock(&d->lock);
	return must;
}

/* Waits for leave to end the mail; false: none came. */
static bool may_end(struct lane *s)
{
	struct delivery *d = s->owner;
	struct timespec until = after_ms(d->conf.reply_ms);

	if (s->dotted)
		return true;
	pthread_mutex_lock(&d->lock);
	while (d->conf.paced && d->allowed == 0 && !atomic_load(&d->stopping)) {
		if (pthread_cond_timedwait(&d->more_allowed, &d->lock, &until) == ETIMEDOUT)
			break;
	}
	s->dotted = (!d->conf.paced || d->allowed > 0) && !atomic_load(&d->stopping);
	if (d->conf.paced && s->dotted)
		d->allowed--;
	d->ending += s->dotted;
	pthread_mutex_unlock(&d->lock);
	return s->dotted;
}

static size_t on_read(char *into, size_t size, size_t count, void *context)
{
	struct lane *s = context;
	size_t room = size * count, left = s->len - s->at, n = left < room ? left : room;

	if (n == left && left > LAST_BYTES && must_wait(s))
		n -= LAST_BYTES;        /* the relay has all but these by the time that it may have them */
	if (n == left && !may_end(s))
		return CURL_READFUNC_ABORT;
	memcpy(into, s->bytes + s->at, n);
	s->at += n;
	s->moved_ms = monotonic_ms();
	s->stage = MAIL_STAGE_BODY;
	if (s->at == s->len) {
		s->stage = MAIL_STAGE_DOT;
		CRASH_POINT("smtp_final_dot");
	}
	return n;
}

/* Asked at least once a second, also while libcurl waits inside itself. An end by us sends no final dot: half a message
 * must never look like a whole one. */
static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t e)
{
	struct lane *s = context;
	const struct delivery_conf *conf = &s->owner->conf;
	bool connecting = s->stage == MAIL_STAGE_CONNECT && !s->greeted;
	int64_t patience_ms = conf->reply_ms + (connecting ? conf->connect_ms : 0);

	(void)a, (void)b, (void)c, (void)e;
	return s->leaving || atomic_load(&s->owner->stopping) || monotonic_ms() - s->moved_ms > patience_ms;
}

/* ---- making and ending ----------------------------------------------------------------------------------------- */

static char *copy(const char *text)
{
	return text == NULL ? NULL : strdup(text);
}

static void forget(char **text)
{
	if (*text != NULL)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

/* The url of the settings with the name for EHLO as its path, which is where libcurl looks for it. */
static char *relay_url(const struct delivery_conf *conf, bool *whole_tls, const char **why)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *user = NULL, *made = NULL, *url = NULL;

	*why = "smtp_url must be smtp://host[:port] or smtps://host[:port]";
	if (u == NULL || conf->url == NULL || curl_url_set(u, CURLUPART_URL, conf->url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    (strcmp(scheme, "smtp") != 0 && strcmp(scheme, "smtps") != 0))
		goto out;
	if (curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK) {
		*why = "smtp_url must hold no user or password: they have settings of their own";
		goto out;
	}
	*whole_tls = strcmp(scheme, "smtps") == 0;
	if (curl_url_set(u, CURLUPART_PATH, conf->helo_name != NULL ? conf->helo_name : "", 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_URL, &made, 0) == CURLUE_OK)
		url = copy(made);
out:
	curl_free(scheme);
	curl_free(user);
	curl_free(made);
	curl_url_cleanup(u);
	return url;
}

static const char *flaw_of(const struct delivery_conf *c)
{
	if (c->parallel == 0 || c->parallel > DELIVERY_PARALLEL_MAX)
		return "smtp_parallel must be 1 to 64";
	if (c->connect_ms <= 0 || c->reply_ms <= 0 || c->total_ms <= 0)
		return "timeouts must be positive";
	if ((c->user == NULL) != (c->password == NULL))
		return "smtp_user and smtp_password go together";
	if (c->helo_name != NULL && !address_domain_is_sound(c->helo_name, strlen(c->helo_name)))
		return "the name for EHLO must be a host name";
	return NULL;
}

static CURLcode set_safety(CURL *e, const struct delivery *d)
{
	CURLcode rc = CURLE_OK;

	rc |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	rc |= curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, d->conf.connect_ms);
	/* The second line of defence: on_progress() is the first. */
	rc |= curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, (d->conf.connect_ms + d->conf.reply_ms) / 1000 + 2);
	rc |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, d->conf.total_ms);
	rc |= curl_easy_setopt(e, CURLOPT_MAXCONNECTS, 1L);
	rc |= curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, 86400L);   /* lane_load() sees to it */
	rc |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	rc |= curl_easy_setopt(e, CURLOPT_PROXY, "");   /* whatever the environment says */
	rc |= curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	rc |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	rc |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	rc |= curl_easy_setopt(e, CURLOPT_USE_SSL,
	                       d->conf.tls == DELIVERY_TLS_STARTTLS ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	if (d->ca_file != NULL)
		rc |= curl_easy_setopt(e, CURLOPT_CAINFO, d->ca_file);
	if (d->user != NULL) {
		rc |= curl_easy_setopt(e, CURLOPT_USERNAME, d->user);
		rc |= curl_easy_setopt(e, CURLOPT_PASSWORD, d->password);
	}
	return rc;
}

static CURLcode set_hooks(CURL *e, struct lane *s)
{
	CURLcode rc = CURLE_OK;

	rc |= curl_easy_setopt(e, CURLOPT_ERRORBUFFER, s->error);
	rc |= curl_easy_setopt(e, CURLOPT_VERBOSE, 1L);   /* asks for on_debug; nothing is printed */
	rc |= curl_easy_setopt(e, CURLOPT_DEBUGFUNCTION, on_debug);
	rc |= curl_easy_setopt(e, CURLOPT_DEBUGDATA, s);
	rc |= curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_reply_line);
	rc |= curl_easy_setopt(e, CURLOPT_HEADERDATA, s);
	rc |= curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read);
	rc |= curl_easy_setopt(e, CURLOPT_READDATA, s);
	rc |= curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
	rc |= curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
	rc |= curl_easy_setopt(e, CURLOPT_XFERINFODATA, s);
	rc |= curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
	return rc;
}

/* ---- a lane: one mail after the other over one connection --------------------------------------------------------- */

static void lane_reset(struct lane *s)
{
	s->at = 0;
	s->stage = MAIL_STAGE_CONNECT;
	s->reply_goes_on = s->leaving = s->greeted = s->dotted = false;
	s->socket = CURL_SOCKET_BAD;
	s->text[0] = s->error[0] = '\0';
	s->moved_ms = monotonic_ms();
}

static CURLcode lane_try(struct lane *s, bool fresh, long *code, bool *reused)
{
	long connects = 0;
	CURLcode rc;

	lane_reset(s);
	CRASH_POINT("smtp_connect");
	rc = curl_easy_setopt(s->easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(s->easy);
	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, code);
	curl_easy_getinfo(s->easy, CURLINFO_NUM_CONNECTS, &connects);
	*reused = connects == 0;
	return rc;
}

/* A connection that was there already may have died of old age; that says nothing about this mail. */
static bool deserves_fresh_connection(const struct lane *s, CURLcode rc, bool reused, long code)
{
	return rc != CURLE_OK && reused && s->stage < MAIL_STAGE_BODY && (code < FIRST_CODE_THAT_REFUSES || code == 421) &&
	       !atomic_load(&s->owner->stopping);
}

static void lane_deliver(struct lane *s)
{
	bool reused = false;
	long code = 0;
	CURLcode rc = lane_try(s, false, &code, &reused);
	const char *reason;

	if (deserves_fresh_connection(s, rc, reused, code))
		rc = lane_try(s, true, &code, &reused);
	/* Where the last reply was no refusal, it is not the reason: the network is. */
	reason = rc == CURLE_ABORTED_BY_CALLBACK ? "no reply in time" : s->error[0] != '\0' ? s->error : curl_easy_strerror(rc);
	if (rc != CURLE_OK && code < FIRST_CODE_THAT_REFUSES) {
		code = 0;
		s->text[0] = '\0';
		append_printable(s->text, reason, strlen(reason));
	}
	s->result = (struct delivery_result){
		.stage = s->stage, .smtp_code = (int)code, .dotted = s->dotted, .reused = reused,
		.outcome = mail_outcome(rc == CURLE_OK, s->stage, (int)code),
	};
	s->used_ms = monotonic_ms();
}

static void *lane_run(void *context)
{
	struct lane *s = context;
	struct delivery *d = s->owner;

	pthread_mutex_lock(&d->lock);
	while (!atomic_load(&d->stopping)) {
		if (s->state != LANE_LOADED) {
			pthread_cond_wait(&s->loaded, &d->lock);
			continue;
		}
		pthread_mutex_unlock(&d->lock);
		lane_deliver(s);
		pthread_mutex_lock(&d->lock);
		s->state = LANE_DONE;
		d->ending -= s->dotted;
		pthread_cond_signal(&d->changed);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static void lane_unload(struct lane *s)
{
	curl_slist_free_all(s->recipients);
	s->recipients = NULL;
	free(s->bytes);
	s->bytes = NULL;
	s->state = LANE_FREE;
}

static int lane_load(struct lane *s, const char *envelope_from, const char *recipient, const char *bytes, size_t len)
{
	char to[ADDRESS_MAX_BYTES + 3], from[ADDRESS_MAX_BYTES + 3];

	if (s->used_ms != 0 && monotonic_ms() - s->used_ms > IDLE_MAX_MS)
		stop_listening(socket_of(s));   /* libcurl finds it dead and opens another one */
	snprintf(from, sizeof from, "<%s>", envelope_from);
	snprintf(to, sizeof to, "<%s>", recipient);
	s->recipients = curl_slist_append(NULL, to);
	s->bytes = malloc(len);
	if (s->recipients == NULL || s->bytes == NULL)
		return -1;
	memcpy(s->bytes, bytes, len);
	s->len = len;
	if (curl_easy_setopt(s->easy, CURLOPT_MAIL_FROM, from) != CURLE_OK ||
	    curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, s->recipients) != CURLE_OK ||
	    curl_easy_setopt(s->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)len) != CURLE_OK)
		return -1;
	return 0;
}

static int lane_open(struct lane *s, struct delivery *d)
{
	s->owner = d;
	s->easy = curl_easy_init();
	if (s->easy == NULL || curl_easy_setopt(s->easy, CURLOPT_URL, d->url) != CURLE_OK ||
	    set_safety(s->easy, d) != CURLE_OK || set_hooks(s->easy, s) != CURLE_OK)
		return -1;
	s->has_thread = pthread_create(&s->thread, NULL, lane_run, s) == 0;
	return s->has_thread ? 0 : -1;
}

static void lane_close(struct lane *s)
{
	if (s->has_thread)
		pthread_join(s->thread, NULL);
	lane_unload(s);
	if (s->easy != NULL) {
		lane_reset(s);
		stop_listening(socket_of(s));
		curl_easy_cleanup(s->easy);
	}
	pthread_cond_destroy(&s->loaded);
}

/* ---- making and ending: the whole --------------------------------------------------------------------------------- */

static int open_all(struct delivery *d)
{
	for (unsigned i = 0; i < d->conf.parallel; i++) {
		if (lane_open(&d->lanes[i], d) != 0)
			return -1;
	}
	return 0;
}

/* What cannot fail on this system, so that delivery_destroy() may undo it whatever came after. */
static void init_locks(struct delivery *d)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, &monotonic);
	pthread_cond_init(&d->more_allowed, &monotonic);
	for (unsigned i = 0; i < d->conf.parallel; i++)
		pthread_cond_init(&d->lanes[i].loaded, NULL);
	pthread_condattr_destroy(&monotonic);
}

static struct delivery *allocate(const struct delivery_conf *conf)
{
	struct delivery *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->conf = *conf;
	d->allowed = conf->parallel;
	d->lanes = calloc(conf->parallel, sizeof *d->lanes);
	if (d->lanes == NULL) {
		free(d);
		return NULL;
	}
	init_locks(d);
	return d;
}

struct delivery *delivery_new(const struct delivery_conf *conf, const char **why)
{
	struct delivery *d;
	bool whole_tls = false;

	*why = flaw_of(conf);
	if (*why != NULL)
		return NULL;
	*why = "no memory, or a libcurl without SMTP";
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	d = allocate(conf);
	if (d == NULL) {
		curl_global_cleanup();
		return NULL;
	}
	d->url = relay_url(conf, &whole_tls, why);
	if (d->url == NULL)
		goto fail;
	*why = "a password must not travel in clear: use smtp_tls=starttls or smtps://";
	if (conf->user != NULL && !whole_tls && conf->tls != DELIVERY_TLS_STARTTLS)
		goto fail;
	*why = "no memory, no threads, or a libcurl without SMTP";
	d->user = copy(conf->user);
	d->password = copy(conf->password);
	d->ca_file = copy(conf->ca_file);
	if ((conf->user != NULL && (d->user == NULL || d->password == NULL)) || (conf->ca_file != NULL && d->ca_file == NULL) ||
	    open_all(d) != 0)
		goto fail;
	*why = NULL;
	return d;
fail:
	delivery_destroy(&d);
	return NULL;
}

void delivery_destroy(struct delivery **self)
{
	struct delivery *d = *self;

	if (d == NULL)
		return;
	pthread_mutex_lock(&d->lock);
	atomic_store(&d->stopping, true);
	for (unsigned i = 0; i < d->conf.parallel; i++)
		pthread_cond_signal(&d->lanes[i].loaded);
	pthread_cond_broadcast(&d->more_allowed);
	pthread_mutex_unlock(&d->lock);
	for (unsigned i = 0; i < d->conf.parallel; i++)
		lane_close(&d->lanes[i]);
	pthread_cond_destroy(&d->changed);
	pthread_cond_destroy(&d->more_allowed);
	pthread_mutex_destroy(&d->lock);
	free(d->lanes);
	free(d->url);
	forget(&d->user);
	forget(&d->password);
	free(d->ca_file);
	free(d);
	*self = NULL;
	curl_global_cleanup();
}

/* ---- one mail in, one result out ---------------------------------------------------------------------------------- */

/* Lines of ASCII that end in CRLF: a bare CR or LF means different things to different servers (SMTP smuggling). */
static bool message_is_sound(const char *bytes, size_t len)
{
	if (bytes == NULL || len < 2 || len > DELIVERY_MESSAGE_MAX || memcmp(bytes + len - 2, "\r\n", 2) != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\0' || c > 0x7f)
			return false;
		if (c == '\r' && (i + 1 == len || bytes[i + 1] != '\n'))
			return false;
		if (c == '\n' && (i == 0 || bytes[i - 1] != '\r'))
			return false;
	}
	return true;
}

/* The caller holds the lock. NULL: no lane is in that state. */
static struct lane *lane_in_state(struct delivery *d, enum lane_state state)
{
	for (unsigned i = 0; i < d->conf.parallel; i++) {
		if (d->lanes[i].state == state)
			return &d->lanes[i];
	}
	return NULL;
}

enum delivery_submitted delivery_submit(struct delivery *d, const char *id, const char *envelope_from, const char *recipient,
                                        const char *bytes, size_t len)
{
	enum delivery_submitted done = DELIVERY_TAKEN;
	struct lane *s;

	if (strnlen(id, DELIVERY_ID_MAX) == DELIVERY_ID_MAX || !address_is_sound(envelope_from) || !address_is_sound(recipient) ||
	    !message_is_sound(bytes, len))
		return DELIVERY_REFUSED;
	pthread_mutex_lock(&d->lock);
	s = lane_in_state(d, LANE_FREE);
	if (s == NULL) {
		done = DELIVERY_FULL;
	} else if (lane_load(s, envelope_from, recipient, bytes, len) != 0) {
		lane_unload(s);
		done = DELIVERY_NO_MEMORY;
	} else {
		snprintf(s->id, sizeof s->id, "%s", id);
		s->state = LANE_LOADED;
		d->in_flight++;
		pthread_cond_signal(&s->loaded);
	}
	pthread_mutex_unlock(&d->lock);
	return done;
}

/* Take one result out of its lane. false: there is none. */
static bool
take_result(struct delivery *d, struct delivery_result *r, char id[DELIVERY_ID_MAX], char text[DELIVERY_TEXT_MAX])
{
	struct lane *s;

	pthread_mutex_lock(&d->lock);
	s = lane_in_state(d, LANE_DONE);
	if (s != NULL) {
		*r = s->result;
		memcpy(id, s->id, DELIVERY_ID_MAX);
		memcpy(text, s->text, DELIVERY_TEXT_MAX);
		lane_unload(s);
		d->in_flight--;
	}
	pthread_mutex_unlock(&d->lock);
	r->id = id;
	r->text = text;
	return s != NULL;
}

static void wait_for_change(struct delivery *d, int wait_ms)
{
	struct timespec until = after_ms(wait_ms);

	pthread_mutex_lock(&d->lock);
	while (!d->woken && lane_in_state(d, LANE_DONE) == NULL) {
		if (pthread_cond_timedwait(&d->changed, &d->lock, &until) == ETIMEDOUT)
			break;
	}
	d->woken = false;
	pthread_mutex_unlock(&d->lock);
}

unsigned delivery_step(struct delivery *d, int wait_ms, delivery_result_fn *on_result, void *context)
{
	char id[DELIVERY_ID_MAX], text[DELIVERY_TEXT_MAX];
	struct delivery_result result;

	wait_for_change(d, wait_ms);
	while (take_result(d, &result, id, text)) {
		CRASH_POINT("smtp_result");
		on_result(context, &result);
	}
	return d->in_flight;
}

void delivery_allow(struct delivery *d, unsigned mails)
{
	pthread_mutex_lock(&d->lock);
	d->allowed += mails;
	pthread_cond_broadcast(&d->more_allowed);
	pthread_mutex_unlock(&d->lock);
}

unsigned delivery_ending(struct delivery *d)
{
	pthread_mutex_lock(&d->lock);
	unsigned ending = d->ending;
	pthread_mutex_unlock(&d->lock);
	return ending;
}

void delivery_wake(struct delivery *d)
{
	pthread_mutex_lock(&d->lock);
	d->woken = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

unsigned delivery_in_flight(const struct delivery *d)
{
	return d->in_flight;
}
