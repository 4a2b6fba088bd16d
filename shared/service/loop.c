/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The turns of a service: read what has come, let the core do what can be done, wait until something happens. While the
 * store waits for the database, the same sockets are read: commands and batches are queued, STATUS is answered.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "service/runtime_priv.h"

#define FRAMES_PER_TURN 512
#define FRAMES_PER_WAIT 64          /* within a step: little at a time, the database comes first */
#define STORE_ALONE_MS 3            /* a database that answers so soon is waited for alone: frames come in one by one, and each
                                     * would wake us up; afterwards they are read together */
#define OWN_FIGURES_EVERY_MS 1000
#define LONGEST_WAIT_MS 1000

/* ---- signals and wake-ups ------------------------------------------------------------------------------------------- */
int
loop_open(struct runtime *rt)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	/* Before the first thread: each inherits the mask, and the loop alone hears them. */
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -1;
	rt->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	rt->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return rt->signal_fd >= 0 && rt->wake_fd >= 0 ? 0 : -1;
}

void
loop_close(struct runtime *rt)
{
	if (rt->signal_fd >= 0)
		(void)close(rt->signal_fd);
	if (rt->wake_fd >= 0)
		(void)close(rt->wake_fd);
	rt->signal_fd = rt->wake_fd = -1;
}

void
runtime_wake(struct runtime *rt)
{
	const uint64_t one = 1;
	ssize_t ignored = write(rt->wake_fd, &one, sizeof one);     /* full: it is awake already */

	(void)ignored;
}

static void
signals_hear(struct runtime *rt, int64_t mono_ms)
{
	struct signalfd_siginfo heard;
	uint64_t count;

	while (read(rt->wake_fd, &count, sizeof count) > 0)
		continue;
	while (read(rt->signal_fd, &heard, sizeof heard) == (ssize_t)sizeof heard) {
		if (heard.ssi_signo == SIGHUP) {
			keyring_refresh(rt->keyring, mono_ms, true);
		} else if (!rt->stopping) {
			log_info("service=%s stopping=1", rt->log_id);
			rt->stopping = true;
			rt->stop_by_ms = mono_ms + STOP_WITHIN_MS;
		}
	}
}

/* ---- frames --------------------------------------------------------------------------------------------------------- */
static void
on_frame(void *self, const struct principal *who, const struct peer *from, const uint8_t *frame, size_t size)
{
	struct runtime *rt = self;

	if (!report_answer(rt, who, from, frame, size))
		core_receive(rt->core, who, from, frame, size, clock_wall_ms(), clock_mono_ms());
}

static void
on_batch(void *self, size_t which, const uint8_t *frame, size_t size)
{
	struct runtime *rt = self;

	core_receive_batch(rt->core, which, frame, size, clock_mono_ms());
}

static bool
frames_read(struct runtime *rt, size_t most)
{
	const struct wire_sink sink = { .self = rt, .frame = on_frame, .batch = on_batch };

	return wire_zmq_read(rt->wire, &sink, most);
}

/* What every pause has in common: keys, links, frames. true: there is more to read. */
static bool
bus_turn(struct runtime *rt, int64_t mono_ms, size_t most)
{
	keyring_refresh(rt->keyring, mono_ms, false);
	wire_zmq_tend(rt->wire, mono_ms);
	return frames_read(rt, most);
}

/* ---- while the store waits ------------------------------------------------------------------------------------------ */
static bool
store_answers_soon(int fd, bool for_writing)
{
	struct pollfd p = { .fd = fd, .events = for_writing ? POLLIN | POLLOUT : POLLIN };

	return poll(&p, 1, STORE_ALONE_MS) > 0;
}

int
loop_store_wait(void *self, int fd, bool for_writing, int64_t deadline_mono_ms)
{
	struct runtime *rt = self;
	const struct wire_fd fds[] = { { fd, for_writing }, { rt->signal_fd, false } };

	if (store_answers_soon(fd, for_writing))
		return 1;
	int64_t now = clock_mono_ms();
	while (now < deadline_mono_ms) {
		if (rt->stopping && now >= rt->stop_by_ms) {
			/* A database that hangs must not keep us: for libpq this is a lost connection. */
			(void)shutdown(fd, SHUT_RDWR);
			return 1;
		}
		int64_t until = rt->stopping && rt->stop_by_ms < deadline_mono_ms ? rt->stop_by_ms : deadline_mono_ms;
		int64_t wait = until - now < LONGEST_WAIT_MS ? until - now : LONGEST_WAIT_MS;
		unsigned ready = wire_zmq_wait(rt->wire, fds, COUNT_OF(fds), wait);

		if ((ready & 2) != 0)
			signals_hear(rt, now);
		if ((ready & 1) != 0)
			return 1;
		(void)bus_turn(rt, now, FRAMES_PER_WAIT);
		now = clock_mono_ms();
	}
	return 0;
}

/* ---- the loop ------------------------------------------------------------------------------------------------------- */
static void
state_look(struct runtime *rt, int64_t mono_ms)
{
	struct core_status status;

	core_status(rt->core, &status);
	vacuum_turn(rt->vacuum, status.state == CORE_ACTIVE, mono_ms);
	if (status.state == CORE_STORE_REFUSED) {
		rt->exit_status = 3;            /* store_connect has said why */
		rt->done = true;
	}
	if (rt->stopping && (core_is_idle(rt->core) || mono_ms >= rt->stop_by_ms))
		rt->done = true;
}

static void
turn(struct runtime *rt)
{
	const struct wire_fd fds[] = { { rt->wake_fd, false }, { rt->signal_fd, false } };
	int64_t mono = clock_mono_ms();
	bool more = bus_turn(rt, mono, FRAMES_PER_TURN);

	if (mono - rt->own_at_ms >= OWN_FIGURES_EVERY_MS)
		report_refresh(rt, mono);
	if (rt->stopping)
		core_drain(rt->core);
	rt->in_step = true;
	int64_t due = core_step(rt->core, clock_wall_ms(), clock_mono_ms());
	rt->in_step = false;
	mono = clock_mono_ms();
	state_look(rt, mono);
	if (rt->done)
		return;
	int64_t wait = more ? 0 : due - mono;
	if (wire_zmq_wait(rt->wire, fds, COUNT_OF(fds), wait < LONGEST_WAIT_MS ? wait : LONGEST_WAIT_MS) != 0)
		signals_hear(rt, clock_mono_ms());
}

void
loop_run(struct runtime *rt)
{
	while (!rt->done)
		turn(rt);
}
