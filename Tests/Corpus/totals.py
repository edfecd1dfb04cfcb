"""Files that end with a trailer (tailed), and files with a manifest or a marker beside them."""

import hashlib
import json

from corpus import HEAD, case, good, left, order, packed, refused

THREE = HEAD + order("A") + order("B") + order("D")
ALL = "2-4:accepted"

# Trailers: T, the number of lines, the sum of their amounts

good("tailed-good.csv", "D-5", "a trailer that counts and sums right", THREE + "T,3,30.00\n", ALL)
good("tailed-crlf.csv", "D-5", "the same with CR LF", (THREE + "T,3,30.00\n").replace("\n", "\r\n"), ALL)
good("tailed-no-end.csv", "D-5", "the trailer lacks its line end", THREE + "T,3,30.00", ALL)
good("tailed-quoted.csv", "D-5", "the trailer in quotes, its sum without decimals", THREE + '"T","3","30"\n', ALL)
good("tailed-nothing.csv", "D-6", "a trailer says: nothing today", HEAD + "T,0,0.00\n", "")
good("tailed-packed.csv.gz", "D-5", "a trailer in a packed file", THREE + "T,3,30.00\n", ALL, pack=packed)
refused("tailed-missing.csv", "D-5", "no trailer: all lines are whole, and some may lack", THREE, "truncated")
refused("tailed-header-only.csv", "D-5", "a header and no trailer", HEAD, "truncated")
refused("tailed-cut.csv", "D-5", "the trailer is cut", THREE + "T,3", "truncated")
refused("tailed-half-sum.csv", "D-5", "the trailer is cut in its sum", THREE + "T,3,3", "control_total")
refused("tailed-count.csv", "D-5", "a line is missing", HEAD + order("A") + order("B") + "T,3,20.00\n", "control_total")
refused("tailed-sum.csv", "D-5", "a cent is missing", THREE + "T,3,30.01\n", "control_total")
refused("tailed-count-word.csv", "D-5", "a count in words", THREE + "T,three,30.00\n", "control_total")
refused("tailed-sum-comma.csv", "D-70", "a sum with a decimal comma", THREE + 'T,3,"30,00"\n', "control_total")
refused("tailed-count-empty.csv", "D-5", "no count", THREE + "T,,30.00\n", "control_total")
refused("tailed-behind.csv", "D-5", "a line behind the trailer", THREE + "T,3,30.00\n" + order("E"), "control_total")
refused("tailed-twice.csv", "D-5", "two files in one: the trailer twice", THREE + "T,3,30.00\nT,3,30.00\n", "control_total")
refused("tailed-other-word.csv", "D-5", "a trailer that begins with another word", THREE + "TOTAL,3,30.00\n", "truncated")
case("tailed-wrong-line.csv", "D-5", "a wrong line counts, and its number too; corrected it comes without a trailer",
     HEAD + order("A") + order("B", quantity="0") + order("D") + "T,3,30.00\n", "ingested",
     "2:accepted 3:rejected:quantity_invalid 4:accepted", fix={"C.~,0,": "C.~,1,"})
case("tailed-wrong-amount.csv", "D-5", "a wrong amount counts as a line, and has no number to sum",
     HEAD + order("A") + order("B", "ten") + order("D") + "T,3,20.00\n", "ingested",
     "2:accepted 3:rejected:amount_invalid 4:accepted", fix={",ten": ",10.00"})

# Manifests


def manifest(file, content, **claims):
    """What a manifest says that is right, with what is claimed instead; None leaves it out."""
    own = file.split(".")[0]
    content = content.replace("~", own).encode()
    facts = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "rows": content.count(b"\n") - 1,
             "sums": {"line_amount": "30.00"}}
    facts.update(claims)
    return {file + ".manifest": json.dumps({key: value for key, value in facts.items() if value is not None})}


def sealed(name, what, reason=None, beside=None, **claims):
    file = f"sealed-{name}.csv"
    beside = {file + ".manifest": beside} if beside is not None else manifest(file, THREE, **claims)
    if reason:
        refused(file, "D-5", what, THREE, reason, beside=beside)
    else:
        good(file, "D-4", what, THREE, ALL, beside=beside)


sealed("good", "a manifest that is right in all it says")
sealed("only-bytes", "a manifest of bytes alone", sha256=None, rows=None, sums=None)
sealed("only-rows", "a manifest of rows alone", sha256=None, bytes=None, sums=None)
sealed("only-sums", "a manifest of sums alone", sha256=None, bytes=None, rows=None)
sealed("capitals", "a sha256 in capitals",
       sha256=hashlib.sha256(THREE.replace("~", "sealed-capitals").encode()).hexdigest().upper())
sealed("more", "a manifest that says more than we know", sent_by="till 4")
sealed("bytes-fewer", "it has more bytes than its manifest says", "control_total", bytes=100)
sealed("bytes-more", "it has fewer bytes than its manifest says, and nobody writes to it any more", "control_total", bytes=10_000)
sealed("sha256", "other bytes than its manifest says", "control_total", sha256="0" * 64)
sealed("rows", "a line less than its manifest says", "control_total", rows=4)
sealed("sums", "a cent less than its manifest says", "control_total", sums={"line_amount": "30.01"})
sealed("sums-unknown", "a sum of a column that nobody knows", "bad_manifest", sums={"montant": "30.00"})
sealed("sums-text", "a sum of a column of texts", "bad_manifest", sums={"store_id": "3"})
sealed("sums-word", "a sum in words", "control_total", sums={"line_amount": "thirty"})
sealed("sums-list", "a list for sums", "bad_manifest", sums=["30.00"])
sealed("rows-word", "a count in words", "bad_manifest", rows="three")
sealed("rows-negative", "fewer lines than none", "bad_manifest", rows=-3)
sealed("sha256-short", "a sha256 that is cut", "bad_manifest", sha256="0" * 63)
sealed("empty", "an empty manifest", "bad_manifest", "")
sealed("says-nothing", "a manifest that says nothing", "bad_manifest", "{}")
sealed("no-json", "a manifest that is no JSON", "bad_manifest", "bytes=258")
sealed("cut", "a manifest that is cut", "bad_manifest", '{"bytes": 25')
sealed("list", "a manifest that is a list", "bad_manifest", "[258]")
sealed("twice", "a manifest that says two numbers of bytes", "bad_manifest", '{"bytes": 258, "bytes": 257}')
sealed("large", "a manifest of 100 KB", "bad_manifest", '{"bytes": 258, "x": "' + "x" * 100_000 + '"}')
sealed("latin", "a manifest that is no UTF-8", "bad_manifest", b'{"rows": 3, "by": "\xE9"}')
left("sealed-alone.csv", "D-4", "no manifest has come, and the job wants one", THREE)
good("orders-sealed.csv", "D-4", "a manifest where the job wants none", THREE, ALL, beside=manifest("orders-sealed.csv", THREE))
refused("orders-sealed-wrong.csv", "D-5", "it is held against a manifest all the same", THREE, "control_total",
        beside=manifest("orders-sealed-wrong.csv", THREE, rows=2))

# Markers

left("marked-alone.csv", "D-4", "no marker has come, and the job wants one", THREE)
good("marked-done.csv", "D-4", "the marker that every file may have", THREE, ALL, beside={"marked-done.csv.done": ""})
good("marked-own.csv", "D-4", "the layout's own marker, without the name's ending", THREE, ALL,
     beside={"marked-own.ok": ""})
refused("marked-wrong.csv", "D-5", "a marker beside a file that is cut", THREE[:-20], "truncated",
        beside={"marked-wrong.csv.done": ""})
