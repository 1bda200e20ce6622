/* Preloaded into a server: lets the n-th call of a kind on files of one folder fail.
 *
 * FAULT_FOLDER  the folder, without links in its path
 * FAULT_KIND    open, read, write, sync, name (rename, link, mkdir) or remove
 * FAULT_NUMBER  which call fails, from 1; 0 for none
 * FAULT_ERRNO   with which number
 * FAULT_STAYS   1: all calls of the kind fail from then on
 * FAULT_NOTES   a file of two 64-bit numbers: how many calls there were, and how many failed
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *folder, *kind;
static size_t folder_length;
static uint64_t number;
static int code, stays;
static _Atomic uint64_t *notes;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_NOTES");
    folder = getenv("FAULT_FOLDER");
    kind = getenv("FAULT_KIND");
    if (!folder || !kind || !path) return;
    number = strtoull(getenv("FAULT_NUMBER"), NULL, 10);
    code = atoi(getenv("FAULT_ERRNO"));
    stays = atoi(getenv("FAULT_STAYS"));
    int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *map = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (map == MAP_FAILED) return;
    folder_length = strlen(folder);
    notes = map;
}

static int is_inside(const char *path) { return path && strncmp(path, folder, folder_length) == 0; }

/* Whether this call fails; errno then says why. */
static int fails(const char *which, const char *path) {
    if (!notes || strcmp(which, kind) != 0 || !is_inside(path)) return 0;
    uint64_t count = atomic_fetch_add(&notes[0], 1) + 1;
    if (number == 0 || (stays ? count < number : count != number)) return 0;
    atomic_fetch_add(&notes[1], 1);
    errno = code;
    return 1;
}

static int fails_at(const char *which, int file) {
    char link[64], path[4096];
    if (!notes || strcmp(which, kind) != 0) return 0;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < 0) return 0;
    path[length] = 0;
    return fails(which, path);
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        mode_t mode = 0; \
        va_list list; \
        va_start(list, flags); \
        if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(list, mode_t); \
        va_end(list); \
        return fails("open", path) ? -1 : real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

ssize_t read(int file, void *bytes, size_t count) {
    REAL(read);
    return fails_at("read", file) ? -1 : real(file, bytes, count);
}

ssize_t pread(int file, void *bytes, size_t count, off_t place) {
    REAL(pread);
    return fails_at("read", file) ? -1 : real(file, bytes, count, place);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t place) {
    REAL(pread64);
    return fails_at("read", file) ? -1 : real(file, bytes, count, place);
}

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    return fails_at("write", file) ? -1 : real(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
    REAL(pwrite);
    return fails_at("write", file) ? -1 : real(file, bytes, count, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
    REAL(pwrite64);
    return fails_at("write", file) ? -1 : real(file, bytes, count, place);
}

int ftruncate(int file, off_t length) {
    REAL(ftruncate);
    return fails_at("write", file) ? -1 : real(file, length);
}

int ftruncate64(int file, off64_t length) {
    REAL(ftruncate64);
    return fails_at("write", file) ? -1 : real(file, length);
}

int fsync(int file) {
    REAL(fsync);
    return fails_at("sync", file) ? -1 : real(file);
}

int fdatasync(int file) {
    REAL(fdatasync);
    return fails_at("sync", file) ? -1 : real(file);
}

int rename(const char *path, const char *other) {
    REAL(rename);
    return fails("name", other) ? -1 : real(path, other);
}

int link(const char *path, const char *other) {
    REAL(link);
    return fails("name", other) ? -1 : real(path, other);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    return fails("name", path) ? -1 : real(path, mode);
}

int unlink(const char *path) {
    REAL(unlink);
    return fails("remove", path) ? -1 : real(path);
}
