"""What the tables of the corpus are written in: a case, its lines, and the ways to damage bytes.

In texts `~` stands for the case's own name, so that no two cases share an order or a card by accident.
"""

import gzip
import struct
import zlib

NIGHTS = ["2026-11-16", "2026-11-17", "2026-11-18"]
HEAD = "order_id,ordered_at,store_id,card_code,quantity,line_amount\n"
CASES = []


class Case:
    """One file, what is wrong with it, and what must become of it."""

    def __init__(self, file, label, wrong, content, verdict, lines, points, night, fix, ids, encoding, pack, make, later,
                 beside):
        self.file, self.label, self.wrong = file, label, wrong
        self.verdict, self.lines, self.night = verdict, lines, night
        self.encoding = encoding
        self.own = ids or file.split("/")[-1].split(".")[0]
        self.card = f"C.{self.own}"
        self.content = self.bytes(content)
        if pack:
            self.content = pack(self.content)
        self.fix = {self.bytes(old): self.bytes(new) for old, new in fix.items()}
        self.points = 10 * self.count("accepted") if points is None else points
        self.make = make
        self.later = later
        self.beside = {name: self.bytes(text) for name, text in beside.items()}

    def bytes(self, text):
        """Text or bytes with the case's own name in them."""
        if isinstance(text, str):
            return text.replace("~", self.own).encode(self.encoding)
        return text.replace(b"~", self.own.encode())

    def judged(self):
        """(line, verdict, reason) of every line."""
        for part in self.lines.split():
            lines, verdict, *reason = part.split(":")
            first, _, last = lines.partition("-")
            for line in range(int(first), int(last or first) + 1):
                yield line, verdict, reason[0] if reason else ""

    def count(self, wanted):
        return sum(verdict == wanted for _, verdict, _ in self.judged())


def case(file, label, wrong, content, verdict, lines="", *, points=None, night=0, fix={}, ids="",
         encoding="utf-8", pack=None, make=None, later=(), beside={}):
    """Adds a file.

    label    the case of the collection of hard cases that it is, or nothing
    verdict  ingested, duplicate_file, or why the file is refused; left where it is not even looked at
    lines    `line:verdict:reason` of every line, with ranges: `2:accepted 3-9:rejected:amount_invalid`
    points   what the file's card gets that night; 10 for each accepted line unless it says so
    night    0, 1 or 2: the night that the file is dropped for
    fix      what to write instead of what, in the rejects file, so that all of its lines are accepted; where it stands
             several times the last one is meant
    ids      the own name, where two files share their orders
    encoding how texts, those of `fix` included, become bytes; what is given as bytes stays as it is
    pack     makes of the text's bytes what the file holds
    make     makes what is no file: called with the path
    beside   what lies beside it, by its name
    later    a card and the points that it gets in the next night, when the waiting has an end
    """
    CASES.append(Case(file, label, wrong, content, verdict, lines, points, night, fix, ids, encoding, pack, make,
                      later, beside))


def good(file, label, what, content, lines, **more):
    """A strange file that is right."""
    case(file, label, what, content, "ingested", lines, **more)


def refused(file, label, wrong, content, reason, **more):
    """A file that is refused whole: nothing of it is kept."""
    case(file, label, wrong, content, reason, points=0, **more)


def left(file, label, why, content, **more):
    """A file that nobody touches: it stays in the inbox, and no report names it."""
    case(file, label, why, content, "left", points=0, **more)


def order(id, amount="10.00", at="2026-11-16T10:00:00", store="S1", card="C.~", quantity="1"):
    """One line of an orders file."""
    return f"{id}.~,{at},{store},{card},{quantity},{amount}\n"


def damaged(name, label, wrong, reason, *, line=None, **fields):
    """A damaged line between two good orders; corrected, it is the order that it should have been."""
    bad = line if line is not None else order("B", **fields)
    bad = bad if isinstance(bad, bytes) else bad.encode()
    # What is too long to be kept whole can't be corrected in the rejects file.
    fix = {b"," + bad: "," + order("B")} if reason != "line_too_long" else {}
    last = 4 + bad.count(b"\n") - 1
    case(f"orders-{name}.csv", label, wrong, (HEAD + order("A")).encode() + bad + order("D").encode(), "ingested",
         f"2:accepted 3:rejected:{reason} {last}:accepted", fix=fix)


def strange(name, label, what, *, points=30, **fields):
    """A line that looks odd and is right, between two others."""
    good(f"orders-{name}.csv", label, what, HEAD + order("A") + order("B", **fields) + order("D"),
         "2-4:accepted", points=points)


# Bytes

def packed(content):
    """gzip, the same bytes on every machine."""
    return gzip.compress(content, mtime=0)


ZSTD = b"\x28\xB5\x2F\xFD"


def zstd(content, size=None):
    """A zstd frame that holds the bytes as they are.

    size: what the frame says that it expands to, where that is a lie
    """
    return frame(len(content) if size is None else size, block(content, is_last=True))


def zstd_bomb(content, blocks):
    """A zstd frame of some bytes and many blocks of four bytes, each of which is 128 KiB of line feeds."""
    body = block(content) + b"".join(run(b"\n", 128 << 10, is_last=index == blocks - 1) for index in range(blocks))
    return frame(len(content) + blocks * (128 << 10), body)


def frame(size, blocks):
    # The descriptor: four bytes of content size, one segment, no check sum.
    return ZSTD + b"\xA0" + struct.pack("<I", size) + blocks


def block(content, is_last=False):
    """A block of a zstd frame: the bytes as they are."""
    return struct.pack("<I", len(content) << 3 | is_last)[:3] + content


def run(byte, count, is_last=False):
    """A block of a zstd frame: one byte many times."""
    return struct.pack("<I", count << 3 | 1 << 1 | is_last)[:3] + byte


def flip(content, at):
    """The bytes with one bit of one of them turned."""
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1:]


def crc(content):
    return struct.pack("<I", zlib.crc32(content))
