/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a file beside its place and moves it there. */
#include "out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"

#define MODE 0666 /* less the umask */

/* The folder of target; out is PATH_MAX large. */
static const char *
folder_of(const char *target, char *out)
{
	(void)snprintf(out, PATH_MAX, "%s", target);
	return dirname(out);
}

static int
name_for_now(struct out_file *f)
{
	free(f->passing);
	return asprintf(&f->passing, "%s.%ld.part", f->target, (long)getpid()) < 0 ? (f->passing = NULL, -1) : 0;
}

static int
open_beside(struct out_file *f)
{
	char folder[PATH_MAX];

	f->fd = open(folder_of(f->target, folder), O_TMPFILE | O_WRONLY | O_CLOEXEC, MODE);
	if (f->fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return f->fd < 0 ? -1 : 0;
	if (name_for_now(f) != 0)
		return -1;
	f->fd = open(f->passing, O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, MODE);
	return f->fd < 0 ? -1 : 0;
}

static void
forget(struct out_file *f)
{
	free(f->target);
	free(f->passing);
	*f = (struct out_file){ .fd = -1 };
}

int
out_file_open(struct out_file *f, const char *path)
{
	struct stat is;

	*f = (struct out_file){ .fd = STDOUT_FILENO };
	if (strcmp(path, "-") == 0)
		return 0;
	bool exists = stat(path, &is) == 0;
	if (exists && !S_ISREG(is.st_mode)) {
		f->fd = open(path, O_WRONLY | O_CLOEXEC);
		return f->fd < 0 ? -1 : 0;
	}
	f->target = exists ? realpath(path, NULL) : strdup(path); /* through a link to what it names */
	if (f->target != NULL && strlen(f->target) < PATH_MAX - 32 && open_beside(f) == 0)
		return 0;
	int why = f->target != NULL && strlen(f->target) >= PATH_MAX - 32 ? ENAMETOOLONG : errno;
	forget(f);
	errno = why;
	return -1;
}

int
out_file_put(void *to, const char *bytes, size_t size)
{
	struct out_file *f = to;

	while (size > 0) {
		ssize_t done = write(f->fd, bytes, size);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		bytes += done;
		size -= (size_t)done;
	}
	return 0;
}

/* A name for what has none yet. */
static int
give_name(struct out_file *f)
{
	char open_file[64];

	if (f->passing != NULL)
		return 0;
	if (name_for_now(f) != 0)
		return -1;
	(void)snprintf(open_file, sizeof(open_file), "/proc/self/fd/%d", f->fd);
	(void)unlink(f->passing); /* of an earlier process with our number */
	return linkat(AT_FDCWD, open_file, AT_FDCWD, f->passing, AT_SYMLINK_FOLLOW);
}

static int
sync_folder(const char *target)
{
	char folder[PATH_MAX];
	int fd = open(folder_of(target, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	int rc = fsync(fd);
	(void)close(fd);
	return rc;
}

static int
keep_beside(struct out_file *f)
{
	if (fsync(f->fd) != 0 || give_name(f) != 0 || rename(f->passing, f->target) != 0)
		return -1;
	return sync_folder(f->target);
}

int
out_file_end(struct out_file *f, bool keep)
{
	int rc = 0, why = 0;

	if (f->target != NULL && keep)
		rc = keep_beside(f);
	why = errno;
	if (f->target != NULL && f->passing != NULL && (rc != 0 || !keep))
		(void)unlink(f->passing);
	if (f->fd > STDERR_FILENO && close(f->fd) != 0 && rc == 0 && keep) {
		rc = -1;
		why = errno;
	}
	forget(f);
	errno = why;
	return rc;
}

/* The C library's own catalogues are not there on a bare system. */
const char *
out_file_trouble(int error)
{
	switch (error) {
	case ENOENT: return _("there is no such file or folder");
	case EACCES:
	case EPERM: return _("not allowed");
	case EISDIR: return _("this is a folder");
	case ENOTDIR: return _("a part of the path is no folder");
	case ENOSPC:
	case EDQUOT: return _("there is no room left");
	case EFBIG: return _("the file would be too large");
	case EROFS: return _("it can only be read");
	case EPIPE: return _("the reader has gone away");
	case EIO: return _("the device fails");
	case ENOMEM: return _("out of memory");
	default: return strerror(error);
	}
}
