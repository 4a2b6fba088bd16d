/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* Reads until the end of file or `room` bytes; -1 with errno. */
static ssize_t
read_all(int fd, char *into, size_t room)
{
	size_t have = 0;

	while (have < room) {
		ssize_t got = read(fd, into + have, room - have);

		if (got == 0)
			break;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static int
read_open_file(int fd, size_t max_bytes, char **out, size_t *size, struct stat *about)
{
	if (fstat(fd, about) != 0)
		return -1;
	if (!S_ISREG(about->st_mode)) {
		errno = EINVAL;
		return -1;
	}
	if (about->st_size < 0 || (size_t)about->st_size > max_bytes) {
		errno = EFBIG;
		return -1;
	}
	size_t room = (size_t)about->st_size + 1;       /* one more byte tells whether it has grown meanwhile */
	char *text = malloc(room + 1);
	if (text == NULL)
		return -1;
	ssize_t got = read_all(fd, text, room);
	if (got < 0 || (size_t)got == room || !text_is_utf8(text, (size_t)got)) {
		int error = got < 0 ? errno : (size_t)got == room ? EAGAIN : EILSEQ;

		free(text);
		errno = error;
		return -1;
	}
	text[got] = '\0';
	*out = text;
	*size = (size_t)got;
	return 0;
}

int
textfile_read(const char *path, size_t max_bytes, char **out, size_t *size, struct stat *about)
{
	struct stat unasked;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*out = NULL;
	*size = 0;
	if (fd < 0)
		return -1;
	int rc = read_open_file(fd, max_bytes, out, size, about != NULL ? about : &unasked);
	int error = errno;
	(void)close(fd);
	errno = error;
	return rc;
}

static char *
trim(char *s)
{
	s += strspn(s, " \t\r");
	size_t size = strlen(s);
	while (size > 0 && strchr(" \t\r", s[size - 1]) != NULL)
		s[--size] = '\0';
	return s;
}

char *
textfile_line(char **at)
{
	char *line = *at;

	if (line == NULL || *line == '\0')
		return NULL;
	char *end = strchr(line, '\n');
	if (end == NULL) {
		*at = NULL;
	} else {
		*end = '\0';
		*at = end + 1;
	}
	return trim(line);
}

char *
textfile_word(char **at)
{
	char *word = *at + strspn(*at, " \t");

	if (*word == '\0')
		return NULL;
	char *end = word + strcspn(word, " \t");
	*at = *end == '\0' ? end : end + 1;
	*end = '\0';
	return word;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */
static int
write_all(int fd, const char *text, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t put = write(fd, text + done, size - done);

		if (put < 0 && errno != EINTR)
			return -1;
		done += put > 0 ? (size_t)put : 0;
	}
	return 0;
}

/* A new name is durable only once its folder is. */
static int
flush_folder_of(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t size = slash == NULL ? 0 : (size_t)(slash - path);

	if (size >= sizeof folder) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(folder, path, size);
	folder[size] = '\0';
	int fd = open(slash == NULL ? "." : size == 0 ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int rc = fsync(fd);
	(void)close(fd);
	return rc;
}

int
textfile_create(const char *path, mode_t mode, const char *text, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		return -1;
	int rc = fchmod(fd, mode) == 0 && write_all(fd, text, size) == 0 && fsync(fd) == 0 ? 0 : -1;
	int error = errno;
	if (close(fd) != 0 && rc == 0) {
		error = errno;
		rc = -1;
	}
	if (rc != 0)
		(void)unlink(path);
	errno = error;
	return rc != 0 ? -1 : flush_folder_of(path);
}

int
textfile_replace(const char *path, mode_t mode, const char *text, size_t size)
{
	char beside[PATH_MAX];
	int length = snprintf(beside, sizeof beside, "%s.new", path);

	if (length < 0 || (size_t)length >= sizeof beside) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (unlink(beside) != 0 && errno != ENOENT)     /* left by somebody who was killed; writers hold a lock */
		return -1;
	if (textfile_create(beside, mode, text, size) != 0)
		return -1;
	if (rename(beside, path) != 0) {
		int error = errno;

		(void)unlink(beside);
		errno = error;
		return -1;
	}
	return flush_folder_of(path);
}
