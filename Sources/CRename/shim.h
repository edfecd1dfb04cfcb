// Exchanging two names at once, and giving a name that nobody has. glibc declares renameat2 only for _GNU_SOURCE, which Swift's view of it lacks.
#pragma once
#include <fcntl.h>

extern int renameat2(int, const char *, int, const char *, unsigned int);

// 0, or -1 with errno: EINVAL or ENOSYS where the file system or the kernel can't.
static inline int rename_exchange(const char *left, const char *right) {
    const unsigned int exchange = 1u << 1;
    return renameat2(AT_FDCWD, left, AT_FDCWD, right, exchange);
}

// The same; EEXIST where the name is taken.
static inline int rename_new(const char *path, const char *name) {
    const unsigned int no_replace = 1u << 0;
    return renameat2(AT_FDCWD, path, AT_FDCWD, name, no_replace);
}
