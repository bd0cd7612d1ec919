/*
 * io - files read and written whole, and made durable.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/blob.h"
#include "base/err.h"

/** io_read_file - all of a file, at most @max octets. Errors: ENOENT_, ETOOBIG, EIO_. */
NODISCARD int io_read_file(const char *path, size_t max, struct blob *ret, struct err *err);
/** io_check_file - would io_read_file read it, before it is? Of a pipe nobody knows how much
 * will come. Errors: those of io_read_file. */
NODISCARD int io_check_file(const char *path, size_t max, struct err *err);
/**
 * io_write_file - replace a file at once: written beside it, fsynced, renamed,
 * and its folder fsynced.  Errors: EIO_.
 */
NODISCARD int io_write_file(const char *path, mode_t mode, const void *p, size_t n, struct err *err);
/** io_write_all - all of it, through EINTR and short writes. */
NODISCARD int io_write_all(int fd, const void *p, size_t n, struct err *err);
/** io_sync_dir - fsync a folder, so that names in it are durable. */
NODISCARD int io_sync_dir(const char *path, struct err *err);
/** io_sync_tree - fsync every file and folder below @path. */
NODISCARD int io_sync_tree(const char *path, struct err *err);
/** io_unnamed - a file in @folder that goes with its last descriptor. Errors: EIO_. */
NODISCARD int io_unnamed(const char *folder, int *ret, struct err *err);
/** io_room - octets that are free to us on the disk of @path. Errors: EIO_. */
NODISCARD int io_room(const char *path, uint64_t *ret, struct err *err);
/** io_mkdir_p - make a folder and those above it. */
NODISCARD int io_mkdir_p(const char *path, mode_t mode, struct err *err);

#endif
