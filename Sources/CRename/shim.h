// Exchanging two names at once, and giving a name that nobody has. glibc declares renameat2 only for _GNU_SOURCE, which Swift's view of it lacks.
#pragma once

// No header of glibc here: its types would count as this module's where it is read first.
enum { RENAME_FROM_HERE = -100 /* AT_FDCWD */ };

extern int renameat2(int, const char *, int, const char *, unsigned int);

// 0, or -1 with errno: EINVAL or ENOSYS where the file system or the kernel can't.
static inline int rename_exchange(const char *left, const char *right) {
    const unsigned int exchange = 1u << 1;
    return renameat2(RENAME_FROM_HERE, left, RENAME_FROM_HERE, right, exchange);
}

// The same; EEXIST where the name is taken.
static inline int rename_new(const char *path, const char *name) {
    const unsigned int no_replace = 1u << 0;
    return renameat2(RENAME_FROM_HERE, path, RENAME_FROM_HERE, name, no_replace);
}
