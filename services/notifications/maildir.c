/* SPDX-License-Identifier: Apache-2.0 */
/* A Maildir that the mail system delivers into and we read. */
#include "maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"

#define NS_PER_MS 1000000

/* -1 where that is no folder, or not ours to read. */
static int
folder_open(const char *path, const char *below)
{
	int top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;

	if (top < 0)
		return -1;
	fd = openat(top, below, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	close(top);
	return fd;
}

/* For readdir; closes fd with it. NULL leaves fd closed. */
static DIR *
listing_open(int fd)
{
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL && fd >= 0)
		close(fd);
	return d;
}

static bool
is_name(const char *name)
{
	size_t size = strlen(name);

	return name[0] != '.' && size > 0 && size <= MAILDIR_NAME_MAX;
}

/* The bytes in the arena; NULL: not a file, or not readable. */
static const char *
file_read(int folder, const char *name, struct arena *a, size_t *size)
{
	/* A pipe must not be waited for. */
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	char *bytes = NULL;
	ssize_t got = 1;

	*size = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0)
		bytes = arena_alloc(a, st.st_size < MAILDIR_FILE_MAX ? (size_t)st.st_size + 1 : MAILDIR_FILE_MAX);
	size_t room = bytes == NULL ? 0 : st.st_size < MAILDIR_FILE_MAX ? (size_t)st.st_size : MAILDIR_FILE_MAX;
	while (*size < room && got > 0) {
		got = read(fd, bytes + *size, room - *size);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			*size += (size_t)got;
	}
	close(fd);
	return got < 0 ? NULL : bytes;
}

int
maildir_read(const char *path, struct arena *a, struct maildir_file *out, int most, bool *more)
{
	DIR *d = listing_open(folder_open(path, "new"));
	int count = 0;

	*more = false;
	if (d == NULL)
		return -1;
	for (struct dirent *e; !*more && (e = readdir(d)) != NULL;) {
		if (!is_name(e->d_name))
			continue;
		if (count == most) {
			*more = true;
			break;
		}
		struct maildir_file *f = &out[count++];
		(void)snprintf(f->name, sizeof f->name, "%s", e->d_name);
		f->bytes = file_read(dirfd(d), f->name, a, &f->size);
	}
	closedir(d);
	return count;
}

/* NAME:2,F; a name that would be too long is replaced by its digest. */
static void
kept_name(const char *name, char flag, char out[MAILDIR_NAME_MAX + 1])
{
	size_t size = strcspn(name, ":");
	uint8_t digest[32];
	char hex[2 * sizeof digest + 1];

	if (size > 0 && size + 4 <= MAILDIR_NAME_MAX) {
		(void)snprintf(out, MAILDIR_NAME_MAX + 1, "%.*s:2,%c", (int)size, name, flag);
		return;
	}
	digest_256(name, strlen(name), NULL, 0, digest);
	hex_from_bytes(digest, sizeof digest, hex);
	(void)snprintf(out, MAILDIR_NAME_MAX + 1, "%s:2,%c", hex, flag);
}

int
maildir_keep(const char *path, const char *name, char flag)
{
	int from = folder_open(path, "new"), to = folder_open(path, "cur"), rc = -1;
	char kept[MAILDIR_NAME_MAX + 1];

	kept_name(name, flag, kept);
	if (from >= 0 && to >= 0)
		rc = renameat(from, name, to, kept) == 0 || errno == ENOENT ? 0 : -1;
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return rc;
}

int
maildir_remove(const char *path, const char *name)
{
	int from = folder_open(path, "new"), rc = -1;

	if (from < 0)
		return -1;
	rc = unlinkat(from, name, 0) == 0 || errno == ENOENT ? 0 : -1;
	close(from);
	return rc;
}

int
maildir_sweep(const char *path, int64_t before_ms, int most, bool *more)
{
	DIR *d = listing_open(folder_open(path, "cur"));
	int rc = 0, seen = 0;

	*more = false;
	if (d == NULL)
		return -1;
	for (struct dirent *e; !*more && (e = readdir(d)) != NULL;) {
		struct stat st;
		if (!is_name(e->d_name) || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    S_ISDIR(st.st_mode) || (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / NS_PER_MS >= before_ms)
			continue;
		*more = seen++ == most;
		if (!*more && unlinkat(dirfd(d), e->d_name, 0) != 0 && errno != ENOENT)
			rc = -1;
	}
	closedir(d);
	return rc;
}
