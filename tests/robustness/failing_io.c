/* A library to preload: lets the N-th operation on files below a directory fail, or kills the program there. Used by the
 * campaigns (tests/robustness/campaigns/hunt.py), set by environment variables:
 *
 *   FAIL_UNDER=DIR      operations on paths that contain DIR count; others never fail
 *   FAIL_AT=N           the N-th counted operation fails; without it they are only counted
 *   FAIL_LASTING=1      and every later one fails too
 *   FAIL_HOW=EIO|ENOSPC|EINTR|EDQUOT|short|kill   short: half of a write is done; kill: SIGKILL
 *   FAIL_LOCKS=1        locks by flock cannot be had (ENOLCK)
 *   FAIL_COUNT_FILE=F   how many were counted is written there at the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { MAX_DESCRIPTORS = 4096 };
static char* paths[MAX_DESCRIPTORS]; /* of open files that count */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long counted, fail_at;
static int error_number = EIO, lasting, shortens, kills, no_locks, ready;
static const char *under, *count_file;

__attribute__((constructor)) static void begin(void) {
  const char *how = getenv("FAIL_HOW"), *at = getenv("FAIL_AT");
  under = getenv("FAIL_UNDER");
  count_file = getenv("FAIL_COUNT_FILE");
  fail_at = at != NULL ? atol(at) : 0;
  lasting = getenv("FAIL_LASTING") != NULL;
  no_locks = getenv("FAIL_LOCKS") != NULL;
  if (how != NULL) {
    if (strcmp(how, "ENOSPC") == 0) error_number = ENOSPC;
    if (strcmp(how, "EINTR") == 0) error_number = EINTR;
    if (strcmp(how, "EDQUOT") == 0) error_number = EDQUOT;
    shortens = strcmp(how, "short") == 0;
    kills = strcmp(how, "kill") == 0;
  }
  ready = 1;
}

__attribute__((destructor)) static void end(void) {
  if (count_file == NULL) return;
  char text[32];
  const int length = snprintf(text, sizeof text, "%ld\n", counted);
  const int file = (int)syscall(SYS_openat, AT_FDCWD, count_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) return;
  syscall(SYS_write, file, text, length);
  syscall(SYS_close, file);
}

static int counts(const char* path) { return ready && path != NULL && under != NULL && strstr(path, under) != NULL; }

/* Whether this operation is to fail. */
static int due(const char* path) {
  if (!counts(path)) return 0;
  pthread_mutex_lock(&lock);
  const long number = ++counted;
  pthread_mutex_unlock(&lock);
  const int now = fail_at > 0 && (number == fail_at || (lasting && number > fail_at));
  if (now && kills) syscall(SYS_kill, (int)syscall(SYS_getpid), SIGKILL);
  return now;
}

static const char* path_of(int descriptor) {
  return descriptor > 2 && descriptor < MAX_DESCRIPTORS ? paths[descriptor] : NULL;
}

static void remember(int descriptor, const char* path) {
  if (descriptor < 0 || descriptor >= MAX_DESCRIPTORS) return;
  free(paths[descriptor]);
  paths[descriptor] = counts(path) ? strdup(path) : NULL;
}

#define REAL(type, name, ...)                                                     \
  static type (*real)(__VA_ARGS__);                                               \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)
#define FAIL_IF_DUE(path, result) \
  if (due(path)) {                \
    errno = error_number;         \
    return result;                \
  }

#define OPEN(name)                                                                     \
  int name(const char* path, int flags, ...) {                                         \
    REAL(int, #name, const char*, int, ...);                                           \
    va_list rest;                                                                      \
    va_start(rest, flags);                                                             \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;    \
    va_end(rest);                                                                      \
    FAIL_IF_DUE(path, -1)                                                              \
    const int descriptor = real(path, flags, mode);                                    \
    remember(descriptor, path);                                                        \
    return descriptor;                                                                 \
  }
OPEN(open)
OPEN(open64)

#define FOPEN(name)                                   \
  FILE* name(const char* path, const char* mode) {    \
    REAL(FILE*, #name, const char*, const char*);     \
    FAIL_IF_DUE(path, NULL)                           \
    FILE* file = real(path, mode);                    \
    if (file != NULL) remember(fileno(file), path);   \
    return file;                                      \
  }
FOPEN(fopen)
FOPEN(fopen64)

ssize_t write(int descriptor, const void* data, size_t size) {
  REAL(ssize_t, "write", int, const void*, size_t);
  if (due(path_of(descriptor))) {
    if (shortens) return real(descriptor, data, size > 1 ? size / 2 : size);
    errno = error_number;
    return -1;
  }
  return real(descriptor, data, size);
}

#define PWRITE(name, offset_type)                                                         \
  ssize_t name(int descriptor, const void* data, size_t size, offset_type at) {           \
    REAL(ssize_t, #name, int, const void*, size_t, offset_type);                          \
    if (due(path_of(descriptor))) {                                                       \
      if (shortens) return real(descriptor, data, size > 1 ? size / 2 : size, at);        \
      errno = error_number;                                                               \
      return -1;                                                                          \
    }                                                                                     \
    return real(descriptor, data, size, at);                                              \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define OF_DESCRIPTOR(name)                   \
  int name(int descriptor) {                  \
    REAL(int, #name, int);                    \
    FAIL_IF_DUE(path_of(descriptor), -1)      \
    return real(descriptor);                  \
  }
OF_DESCRIPTOR(fsync)
OF_DESCRIPTOR(fdatasync)

#define TRUNCATE(name, offset_type)                 \
  int name(int descriptor, offset_type size) {      \
    REAL(int, #name, int, offset_type);             \
    FAIL_IF_DUE(path_of(descriptor), -1)            \
    return real(descriptor, size);                  \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

/* A close that fails has closed the file all the same. */
int close(int descriptor) {
  REAL(int, "close", int);
  const int fails = due(path_of(descriptor));
  if (descriptor > 2) remember(descriptor, NULL);
  const int result = real(descriptor);
  if (!fails) return result;
  errno = error_number;
  return -1;
}

/* A file system without locks. */
int flock(int descriptor, int operation) {
  REAL(int, "flock", int, int);
  if (!no_locks) return real(descriptor, operation);
  errno = ENOLCK;
  return -1;
}

int rename(const char* from, const char* to) {
  REAL(int, "rename", const char*, const char*);
  FAIL_IF_DUE(to, -1)
  return real(from, to);
}

#define OF_PATH(name)          \
  int name(const char* path) { \
    REAL(int, #name, const char*); \
    FAIL_IF_DUE(path, -1)      \
    return real(path);         \
  }
OF_PATH(unlink)
OF_PATH(remove)

int mkdir(const char* path, mode_t mode) {
  REAL(int, "mkdir", const char*, mode_t);
  FAIL_IF_DUE(path, -1)
  return real(path, mode);
}
