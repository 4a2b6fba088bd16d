/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the bus share: a folder of their own, files, keys with a keyring, free ports, waiting for a condition. */
#ifndef TESTS_BUS_PLAY_H
#define TESTS_BUS_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <ftw.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "bus/directory.h"
#include "bus/keyring.h"

#define PLAY_PATIENCE_MS 20000

/* The condition is looked at again until it holds; a test that waits in vain fails. `turn` is what makes time pass. */
#define WAIT_UNTIL(condition, turn)                                                       \
	do {                                                                              \
		int64_t wait_until_ms_ = clock_mono_ms() + PLAY_PATIENCE_MS;              \
		while (!(condition)) {                                                    \
			if (clock_mono_ms() > wait_until_ms_)                             \
				fail_msg("waited in vain for: %s", #condition);           \
			turn;                                                             \
		}                                                                         \
	} while (0)

struct play {
	char dir[64], keyring[128], directory[128];
};

static inline void
play_open(struct play *p)
{
	char dir[] = "/tmp/bassin-play-XXXXXX";

	assert_non_null(mkdtemp(dir));
	memcpy(p->dir, dir, sizeof dir);
	(void)snprintf(p->keyring, sizeof p->keyring, "%s/keyring", p->dir);
	(void)snprintf(p->directory, sizeof p->directory, "%s/directory", p->dir);
}

static inline int
play_remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void
play_close(struct play *p)
{
	(void)nftw(p->dir, play_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *
play_path(const struct play *p, const char *name)
{
	static char paths[4][256];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	(void)snprintf(path, sizeof paths[0], "%s/%s", p->dir, name);
	return path;
}

static inline void
play_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static inline void
play_entry(const struct key_pair *pair, enum role role, const char *institution, struct key_entry *out)
{
	memset(out, 0, sizeof *out);
	(void)snprintf(out->who.name, sizeof out->who.name, "%s", pair->name);
	(void)snprintf(out->who.institution, sizeof out->who.institution, "%s", institution);
	out->who.role = role;
	memcpy(out->public_key, pair->public_key, sizeof out->public_key);
}

/* A key pair whose public half is in the keyring and whose file is DIR/NAME.key. */
static inline void
play_key(const struct play *p, const char *name, enum role role, const char *institution, struct key_pair *out)
{
	struct key_entry entry;
	struct key_why why = { .text = "" };
	char file[192];

	assert_int_equal(key_pair_make(name, out), 0);
	(void)snprintf(file, sizeof file, "%.60s/%.100s.key", p->dir, name);
	if (key_pair_save(out, file, &why) != 0)
		fail_msg("%s", why.text);
	play_entry(out, role, institution, &entry);
	if (keyring_add(p->keyring, &entry, &why) != 0)
		fail_msg("%s", why.text);
}

/* A port that was free a moment ago. */
static inline int
play_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	(void)close(fd);
	return ntohs(at.sin_port);
}

/* The status of a test program. A failed test leaves its sockets open, and ZeroMQ's context would wait for them for ever. */
static inline int
play_end(int failed)
{
	if (failed > 0) {
		(void)fflush(NULL);
		_exit(1);
	}
	return 0;
}

#endif
