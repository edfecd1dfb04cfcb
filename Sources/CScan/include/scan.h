// What Swift can't do fast: byte masks over 16 bytes at a time. Everything here is static inline and pure.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// What a scan found beside the separators.
enum {
    /// A byte of 0x80 or more: the text must be checked for valid UTF-8.
    NIGHTJAR_SCAN_NOT_ASCII = 1,
    /// A NUL byte.
    NIGHTJAR_SCAN_NUL = 2,
};

/// The bit masks of 64 bytes.
struct nightjar_masks {
    uint64_t separator;   // delimiter or line end
    uint64_t line_end;
    uint64_t quote;
    uint64_t not_ascii;
    uint64_t nul;
};

static inline struct nightjar_masks nightjar_masks_of(const uint8_t *bytes, uint8_t delimiter, uint8_t line_end) {
    struct nightjar_masks masks = {0, 0, 0, 0, 0};
#if defined(__SSE2__)
    const __m128i delimiters = _mm_set1_epi8((char)delimiter);
    const __m128i line_ends = _mm_set1_epi8((char)line_end);
    const __m128i quotes = _mm_set1_epi8('"');
    const __m128i zero = _mm_setzero_si128();
    for (int part = 0; part < 4; part++) {
        const __m128i chunk = _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
        const uint64_t ends = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, line_ends));
        const uint64_t fields = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, delimiters));
        masks.line_end |= ends << (16 * part);
        masks.separator |= (ends | fields) << (16 * part);
        masks.quote |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, quotes)) << (16 * part);
        masks.nul |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, zero)) << (16 * part);
        masks.not_ascii |= (uint64_t)(uint32_t)_mm_movemask_epi8(chunk) << (16 * part);
    }
#else
    for (int at = 0; at < 64; at++) {
        const uint8_t byte = bytes[at];
        const uint64_t bit = (uint64_t)1 << at;
        if (byte == line_end) { masks.line_end |= bit; masks.separator |= bit; }
        if (byte == delimiter) masks.separator |= bit;
        if (byte == '"') masks.quote |= bit;
        if (byte == 0) masks.nul |= bit;
        if (byte & 0x80) masks.not_ascii |= bit;
    }
#endif
    return masks;
}

/// Counts of what a scan wrote.
struct nightjar_scan {
    size_t ends;
    size_t lines;
    size_t quotes;
    uint32_t seen;
};

/// Finds every delimiter, line end and quote of `bytes`, whether quoted or not.
///
/// `bytes` must be readable for 64 bytes past `count`. `ends` (room for `count + 64`) receives the offsets of all
/// separators; `lines` (room for `count + 64`) the index in `ends` of each line end; `quotes` the offsets of all quotes.
static inline struct nightjar_scan nightjar_scan_separators(
    const uint8_t *bytes, size_t count, uint8_t delimiter, uint8_t line_end, uint32_t *ends, uint32_t *lines,
    uint32_t *quotes) {
    struct nightjar_scan found = {0, 0, 0, 0};
    uint64_t not_ascii = 0, nul = 0;
    for (size_t at = 0; at < count; at += 64) {
        struct nightjar_masks masks = nightjar_masks_of(bytes + at, delimiter, line_end);
        if (count - at < 64) {
            const uint64_t inside = ((uint64_t)1 << (count - at)) - 1;
            masks.separator &= inside;
            masks.line_end &= inside;
            masks.quote &= inside;
            masks.not_ascii &= inside;
            masks.nul &= inside;
        }
        not_ascii |= masks.not_ascii;
        nul |= masks.nul;
        uint64_t lines_left = masks.line_end;
        while (lines_left) {
            const uint64_t lowest = lines_left & (0 - lines_left);
            lines[found.lines++] = (uint32_t)(found.ends + (size_t)__builtin_popcountll(masks.separator & (lowest - 1)));
            lines_left ^= lowest;
        }
        // Four at a time: an average line has that many separators in 64 bytes, and the loop then rarely mispredicts.
        uint64_t separators = masks.separator;
        const size_t total = (size_t)__builtin_popcountll(separators);
        uint32_t *out = ends + found.ends;
        for (size_t done = 0; done < total; done += 4) {
            for (int i = 0; i < 4; i++) {
                out[done + (size_t)i] = (uint32_t)at + (separators ? (uint32_t)__builtin_ctzll(separators) : 0);
                separators &= separators - 1;
            }
        }
        found.ends += total;
        while (masks.quote) {
            quotes[found.quotes++] = (uint32_t)at + (uint32_t)__builtin_ctzll(masks.quote);
            masks.quote &= masks.quote - 1;
        }
    }
    found.seen = (not_ascii ? NIGHTJAR_SCAN_NOT_ASCII : 0u) | (nul ? NIGHTJAR_SCAN_NUL : 0u);
    return found;
}

/// Whether `bytes` is valid UTF-8 (RFC 3629: shortest forms, no surrogates) without a NUL.
static inline int nightjar_is_text(const uint8_t *bytes, size_t count) {
    size_t at = 0;
    while (at < count) {
        const uint8_t byte = bytes[at];
        if (byte < 0x80) {
            if (byte == 0) return 0;
            at += 1;
            continue;
        }
        size_t more;
        uint8_t low = 0x80, high = 0xBF;
        if (byte >= 0xC2 && byte <= 0xDF) more = 1;
        else if (byte >= 0xE0 && byte <= 0xEF) {
            more = 2;
            if (byte == 0xE0) low = 0xA0;
            if (byte == 0xED) high = 0x9F;
        } else if (byte >= 0xF0 && byte <= 0xF4) {
            more = 3;
            if (byte == 0xF0) low = 0x90;
            if (byte == 0xF4) high = 0x8F;
        } else return 0;
        if (count - at <= more) return 0;
        if (bytes[at + 1] < low || bytes[at + 1] > high) return 0;
        for (size_t i = 2; i <= more; i++)
            if ((bytes[at + i] & 0xC0) != 0x80) return 0;
        at += more + 1;
    }
    return 1;
}

/// Asks for a line of memory that will soon be read.
static inline void nightjar_prefetch(const void *address) { __builtin_prefetch(address); }

// Where bytes stand in others; NULL where they don't. glibc declares memmem only for _GNU_SOURCE, which Swift's view of it lacks.
extern void *memmem(const void *, size_t, const void *, size_t);
