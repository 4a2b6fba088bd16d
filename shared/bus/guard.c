/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that the signal handler needs lies ready in one static block: the open file, and the names and ids of what
 * is in hand. It formats by hand into its stack and calls write(2), clock_gettime(2) and gettid(2), nothing else.
 */
#include "bus/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "bus/keyring.h"
#include "bus/textfile.h"

#define NOTES_MAX 10000u
#define NOTE_BYTES 200u                 /* of a line: time, word, 128 of name, 32 of id */
#define FILE_MAX_BYTES (32 * MiB)
#define KEEP_MS (INT64_C(30) * 24 * 3600 * 1000)
#define HAND_MAX 1024u                  /* commands in hand; with more the first ones are forgotten */

static const int fatal[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };

struct note {
	char name[NAME_MAX_BYTES + 1];
	struct id id;
	int64_t at_ms;
	bool alone;
};

struct guard {
	struct note *notes;             /* sorted by name and id */
	size_t count;
	bool dropped;                   /* something in the file counts no more */
	void *stack;                    /* the handler's own: the stack may be what overflowed */
};

static struct {
	int fd;
	pid_t thread;
	struct { char name[NAME_MAX_BYTES + 1]; struct id id; bool alone; } hand[HAND_MAX];
	volatile sig_atomic_t count;    /* grows without end; the last HAND_MAX are there */
} live = { .fd = -1 };

/* ---- in the handler ------------------------------------------------------------------------------------------------- */
static size_t
put_text(char *at, const char *text)
{
	size_t size = 0;

	for (; text[size] != '\0'; size++)
		at[size] = text[size];
	return size;
}

static size_t
put_number(char *at, int64_t value)
{
	char digits[20];
	size_t count = 0, size = 0;

	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	while (count > 0)
		at[size++] = digits[--count];
	return size;
}

static void
note_write(int64_t now_ms, size_t i)
{
	static const char hex[] = "0123456789abcdef";
	char line[NOTE_BYTES + 32];
	size_t at = put_number(line, now_ms);

	at += put_text(line + at, live.hand[i].alone ? " alone " : " group ");
	at += put_text(line + at, live.hand[i].name);
	line[at++] = ' ';
	for (size_t b = 0; b < ID_SIZE; b++) {
		line[at++] = hex[live.hand[i].id.bytes[b] >> 4];
		line[at++] = hex[live.hand[i].id.bytes[b] & 15];
	}
	line[at++] = '\n';
	ssize_t ignored = write(live.fd, line, at);     /* dying: nobody to tell */
	(void)ignored;
}

static void
on_fatal(int sig)
{
	struct timespec now;

	if (live.fd >= 0 && gettid() == live.thread && clock_gettime(CLOCK_REALTIME, &now) == 0) {
		size_t count = (size_t)live.count, first = count > HAND_MAX ? count - HAND_MAX : 0;

		for (size_t i = first; i < count; i++)
			note_write((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, i % HAND_MAX);
	}
	(void)raise(sig);       /* SA_RESETHAND and SA_NODEFER: the default action, at once */
}

/* ---- reading what was noted ----------------------------------------------------------------------------------------- */
static int
note_order(const void *a, const void *b)
{
	const struct note *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : memcmp(x->id.bytes, y->id.bytes, ID_SIZE);
}

static int
newest_first(const void *a, const void *b)
{
	int64_t x = ((const struct note *)a)->at_ms, y = ((const struct note *)b)->at_ms;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* A line that a crash cut short, or that is too old, is passed over. */
static bool
note_parse(char *line, int64_t now_ms, struct note *out)
{
	char *at = line, *when = textfile_word(&at), *how = when == NULL ? NULL : textfile_word(&at);
	char *name = how == NULL ? NULL : textfile_word(&at), *hex = name == NULL ? NULL : textfile_word(&at);

	if (hex == NULL || !key_name_is_sound(name) || !id_from_hex(&out->id, hex) ||
	    !text_to_int(when, 0, INT64_MAX / 2, &out->at_ms) || out->at_ms < now_ms - KEEP_MS)
		return false;
	memcpy(out->name, name, strlen(name) + 1);
	out->alone = strcmp(how, "alone") == 0;
	return true;
}

static int
notes_read(struct guard *g, const char *path, int64_t now_ms)
{
	char *text;
	size_t size, room = 0;

	if (textfile_read(path, FILE_MAX_BYTES, &text, &size, NULL) != 0)
		return errno == ENOENT ? 0 : -1;
	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		room++;
	g->notes = calloc(room + 1, sizeof *g->notes);
	if (g->notes != NULL) {
		for (char *at = text, *line; (line = textfile_line(&at)) != NULL && g->count <= room;) {
			bool counts = note_parse(line, now_ms, &g->notes[g->count]);

			g->count += counts ? 1 : 0;
			g->dropped = g->dropped || !counts;
		}
	}
	free(text);
	if (g->notes == NULL)
		return -1;
	if (g->count > NOTES_MAX) {
		qsort(g->notes, g->count, sizeof *g->notes, newest_first);
		g->count = NOTES_MAX;
		g->dropped = true;
	}
	qsort(g->notes, g->count, sizeof *g->notes, note_order);
	return 0;
}

/* The file anew with what still counts, so that it never grows beyond NOTES_MAX lines and one crash. Only when something
 * goes: another instance on the same home keeps the old file open. */
static int
notes_write(const struct guard *g, const char *path)
{
	char hex[ID_HEX_SIZE];
	size_t size = 0, room = g->count * NOTE_BYTES + 1;
	char *text = malloc(room);

	if (text == NULL)
		return -1;
	for (size_t i = 0; i < g->count; i++) {
		id_to_hex(&g->notes[i].id, hex);
		int length = snprintf(text + size, room - size, "%lld %s %s %s\n", (long long)g->notes[i].at_ms,
		                      g->notes[i].alone ? "alone" : "group", g->notes[i].name, hex);

		BUG_IF(length < 0 || (size_t)length >= room - size);
		size += (size_t)length;
	}
	int rc = textfile_replace(path, 0600, text, size);
	free(text);
	return rc;
}

/* ---- life ----------------------------------------------------------------------------------------------------------- */
static int
signals_take(struct guard *g)
{
	size_t size = 64 * KiB;
	struct sigaction action = { .sa_handler = on_fatal, .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER) };

	g->stack = malloc(size);
	if (g->stack == NULL)
		return -1;
	const stack_t stack = { .ss_sp = g->stack, .ss_size = size };
	if (sigaltstack(&stack, NULL) != 0)
		return -1;
	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < COUNT_OF(fatal); i++) {
		if (sigaction(fatal[i], &action, NULL) != 0)
			return -1;
	}
	return 0;
}

int
guard_open(const char *path, int64_t now_ms, struct guard **out)
{
	struct guard *g = calloc(1, sizeof *g);

	BUG_IF(live.fd >= 0);
	*out = NULL;
	if (g == NULL || notes_read(g, path, now_ms) != 0 || (g->dropped && notes_write(g, path) != 0))
		goto failed;
	live.fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	live.count = 0;
	live.thread = gettid();
	if (live.fd < 0 || signals_take(g) != 0)
		goto failed;
	if (g->count > 0)
		log_warn("guard=notes count=%zu", g->count);
	*out = g;
	return 0;
failed:
	log_error("guard=away errno=%d file=%s", errno, path);
	guard_close(&g);
	return -1;
}

void
guard_close(struct guard **self)
{
	struct guard *g = *self;
	const stack_t none = { .ss_flags = SS_DISABLE };

	if (g == NULL)
		return;
	if (g->stack != NULL) {
		for (size_t i = 0; i < COUNT_OF(fatal); i++)
			(void)signal(fatal[i], SIG_DFL);
		(void)sigaltstack(&none, NULL);
	}
	if (live.fd >= 0)
		(void)close(live.fd);
	live.fd = -1;
	live.count = 0;
	free(g->stack);
	free(g->notes);
	free(g);
	*self = NULL;
}

int
guard_suspicion(void *guard, const struct principal *who, const struct id *request_id)
{
	const struct guard *g = guard;
	struct note wanted = { .id = *request_id };
	unsigned alone = 0, noted = 0;

	if (g->count == 0)
		return 0;
	memcpy(wanted.name, who->name, sizeof wanted.name);
	size_t low = 0, high = g->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (note_order(&g->notes[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < g->count && note_order(&g->notes[low], &wanted) == 0; low++) {
		noted++;
		alone += g->notes[low].alone ? 1 : 0;
	}
	return alone >= 2 ? 2 : noted > 0 ? 1 : 0;
}

void
guard_in_hand(void *guard, const struct principal *who, const struct id *request_id, bool alone)
{
	(void)guard;
	if (who == NULL) {
		live.count = 0;
		atomic_signal_fence(memory_order_seq_cst);
		return;
	}
	size_t i = (size_t)live.count % HAND_MAX;
	memcpy(live.hand[i].name, who->name, sizeof live.hand[i].name);
	live.hand[i].id = *request_id;
	live.hand[i].alone = alone;
	atomic_signal_fence(memory_order_seq_cst);      /* complete before it counts */
	live.count = live.count == SIG_ATOMIC_MAX ? (int)HAND_MAX : live.count + 1;
}
