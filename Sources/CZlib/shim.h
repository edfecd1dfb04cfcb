// zlib's inflate and deflate. Their init functions are macros that pass the version and the structure's size.
#pragma once
#include <zlib.h>

/// Starts to inflate a gzip stream; Z_OK when it could.
static inline int nightjar_inflate_start(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}

/// Starts to deflate to a gzip stream; Z_OK when it could.
static inline int nightjar_deflate_start(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
