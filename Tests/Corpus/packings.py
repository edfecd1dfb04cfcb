"""Packed files, whole and damaged."""

from corpus import HEAD, ZSTD, crc, flip, frame, good, order, packed, refused, zstd, zstd_bomb

THREE = HEAD + order("A") + order("B") + order("D")
ALL = "2-4:accepted"

# gzip

good("orders-packed.csv.gz", "", "gzip", THREE, ALL, pack=packed)
good("orders-packed-named-plain.csv", "", "gzip that bears the name of a CSV file", THREE, ALL, pack=packed)
good("orders-plain-named-packed.csv.gz", "", "CSV that bears the name of a gzip file", THREE, ALL)
good("orders-packed-in-parts.csv.gz", "", "gzip of several members, cut in the middle of a line", THREE, ALL,
     pack=lambda text: packed(text[:100]) + packed(b"") + packed(text[100:]))
refused("orders-packed-twice.csv.gz", "", "gzip within gzip", THREE, "bad_header", pack=lambda text: packed(packed(text)))
refused("orders-packed-nothing.csv.gz", "D-6", "gzip of nothing", "", "empty_file", pack=packed)
refused("orders-packed-cut.csv.gz", "D-5", "gzip that ends too early", THREE, "truncated", pack=lambda text: packed(text)[:-20])
refused("orders-packed-cut-in-check.csv.gz", "D-5", "gzip without its last byte", THREE, "truncated",
        pack=lambda text: packed(text)[:-1])
refused("orders-packed-cut-in-header.csv.gz", "D-5", "the first two bytes of gzip", b"\x1F\x8B", "truncated")
refused("orders-packed-cut-inside.csv.gz", "D-5", "whole gzip of a file that was cut", THREE + '"E', "truncated", pack=packed)
refused("orders-packed-flipped.csv.gz", "", "gzip with a flipped bit in its data", THREE, "bad_archive",
        pack=lambda text: flip(packed(text), 40))
refused("orders-packed-wrong-check.csv.gz", "", "gzip whose check sum is that of other bytes", THREE, "bad_archive",
        pack=lambda text: packed(text)[:-8] + crc(b"other") + packed(text)[-4:])
refused("orders-packed-wrong-length.csv.gz", "", "gzip that says another length", THREE, "bad_archive",
        pack=lambda text: packed(text)[:-4] + b"\1\0\0\0")
refused("orders-packed-and-more.csv.gz", "", "bytes behind the gzip data", THREE, "bad_archive",
        pack=lambda text: packed(text) + b"and more")
refused("orders-bomb-by-ratio.csv.gz", "", "2 MB of line feeds: more than limits.ratio times its size", THREE + "\n" * (2 << 20),
        "expands_too_far", pack=packed)
refused("orders-bomb-by-size.csv.gz", "", "it expands beyond limits.expanded",
        HEAD + "".join(f"{n * 2654435761 % 4294967296:08x}\n" for n in range(500_000)), "expands_too_far", pack=packed)
refused("orders-packed-method.csv.gz", "", "gzip of a method that nobody knows", THREE, "bad_archive",
        pack=lambda text: flip(packed(text), 2))

# zstd

good("orders-zstd.csv.zst", "", "zstd", THREE, ALL, pack=zstd)
good("orders-zstd-named-plain.csv", "", "zstd that bears the name of a CSV file", THREE, ALL, pack=zstd)
good("orders-zstd-named-gz.csv.gz", "", "zstd that bears the name of a gzip file", THREE, ALL, pack=zstd)
good("orders-zstd-in-parts.csv.zst", "", "zstd of several frames, cut in the middle of a line", THREE, ALL,
     pack=lambda text: zstd(text[:100]) + zstd(b"") + zstd(text[100:]))
good("orders-zstd-skipped.csv.zst", "", "a frame that zstd skips between two others", THREE, ALL,
     pack=lambda text: zstd(text[:100]) + b"\x50\x2A\x4D\x18\4\0\0\0skip" + zstd(text[100:]))
refused("orders-zstd-cut.csv.zst", "D-5", "zstd that ends too early", THREE, "truncated", pack=lambda text: zstd(text)[:-20])
refused("orders-zstd-cut-in-header.csv.zst", "D-5", "the first four bytes of zstd", ZSTD, "truncated")
refused("orders-zstd-cut-inside.csv.zst", "D-5", "whole zstd of a file that was cut", THREE + '"E', "truncated", pack=zstd)
refused("orders-zstd-nothing.csv.zst", "D-6", "zstd of nothing", "", "empty_file", pack=zstd)
refused("orders-zstd-twice.csv.zst", "", "zstd within zstd", THREE, "bad_header", pack=lambda text: zstd(zstd(text)))
refused("orders-zstd-in-gzip.csv.gz", "", "zstd within gzip", THREE, "bad_header", pack=lambda text: packed(zstd(text)))
refused("orders-zstd-then-gzip.csv.zst", "", "gzip behind zstd", THREE, "bad_archive", pack=lambda text: zstd(text) + packed(text))
refused("orders-zstd-and-more.csv.zst", "", "bytes behind the zstd data", THREE, "bad_archive",
        pack=lambda text: zstd(text) + b"and more")
refused("orders-zstd-flipped.csv.zst", "", "zstd with a flipped bit in the head of its block", THREE, "bad_archive",
        pack=lambda text: flip(flip(zstd(text), 9), 10))
refused("orders-zstd-lies.csv.zst", "", "zstd that says another length", THREE, "bad_archive",
        pack=lambda text: zstd(text, size=len(text) + 1))
refused("orders-zstd-dictionary.csv.zst", "", "zstd that needs a dictionary that nobody has", THREE, "bad_archive",
        pack=lambda text: ZSTD + b"\xA1\x07" + zstd(text)[5:])
refused("orders-zstd-window.csv.zst", "", "zstd that wants a window of terabytes", THREE, "bad_archive",
        pack=lambda text: ZSTD + b"\x00\xFF" + zstd(text)[9:])
refused("orders-zstd-bomb-by-ratio.csv.zst", "", "2 MB of line feeds in some bytes: more than limits.ratio times its size", THREE,
        "expands_too_far", pack=lambda text: zstd_bomb(text, 16))
refused("orders-zstd-bomb-by-size.csv.zst", "", "it expands beyond limits.expanded",
        HEAD + "".join(f"{n * 2654435761 % 4294967296:08x}\n" for n in range(10_000)), "expands_too_far",
        pack=lambda text: zstd_bomb(text, 40))
