// zstd's streaming compression and decompression.
#pragma once
#include <zstd.h>
