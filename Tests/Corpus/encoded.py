"""Files in other encodings than UTF-8: their layouts are wide, latin and windows. And first lines that name the delimiter."""

from corpus import HEAD, case, damaged, good, order, packed, refused

THREE = HEAD + order("A") + order("B") + order("D")
ALL = "2-4:accepted"
LITTLE, BIG = {"encoding": "utf-16-le"}, {"encoding": "utf-16-be"}

# UTF-16

good("wide-little.csv", "D-12", "UTF-16, little end first, with its mark", "\ufeff" + THREE, ALL, **LITTLE)
good("wide-big.csv", "D-12", "UTF-16, big end first, with its mark", "\ufeff" + THREE, ALL, **BIG)
good("wide-no-mark.csv", "D-12", "UTF-16 without a mark is read as little end first", THREE, ALL, **LITTLE)
refused("wide-big-no-mark.csv", "D-12", "big end first without a mark", THREE, "missing_column", **BIG)
good("wide-crlf.csv", "D-12", "UTF-16 with CR LF", "\ufeff" + THREE.replace("\n", "\r\n"), ALL, **LITTLE)
good("wide-line-feeds-inside.csv", "D-12", "letters one of whose bytes is a line feed, a comma, a quote",
     "\ufeff" + HEAD + order("A", store="\u0a0a\u2c2c\u2222\u0d0d"), "2:accepted", **LITTLE)
good("wide-pairs.csv", "D-12", "letters of two units", "\ufeff" + HEAD + order("A\U0001f6d2", store="\U00010437"), "2:accepted",
     **LITTLE)
good("wide-packed.csv.gz", "D-12", "UTF-16, packed", "\ufeff" + THREE, ALL, pack=packed, **LITTLE)
refused("wide-utf8.csv", "D-12", "UTF-8 where the layout says UTF-16", "\ufeff" + THREE, "missing_column",
        pack=lambda text: text[3:] + b"\n" * (len(text) % 2 == 0))
refused("wide-empty.csv", "D-6", "a UTF-16 mark alone", "\ufeff", "empty_file", **LITTLE)
refused("wide-half-unit.csv", "D-5", "it ends in the middle of a unit", THREE, "truncated", pack=lambda text: text[:-1], **LITTLE)
case("wide-lone-high.csv", "D-12", "half a pair in a store: a letter without its second unit",
     "\ufeff" + HEAD + order("A") + order("B", store="S@") + order("D"), "ingested",
     "2:accepted 3:rejected:bad_encoding 4:accepted", pack=lambda text: text.replace(b"@\0", b"\x3D\xD8"),
     fix={b"S\0\x3D\xD8": b"S\0001\0"}, **LITTLE)
case("wide-lone-low.csv", "D-12", "the second unit of a letter without its first",
     "\ufeff" + HEAD + order("A") + order("B", store="S@") + order("D"), "ingested",
     "2:accepted 3:rejected:bad_encoding 4:accepted", pack=lambda text: text.replace(b"@\0", b"\x37\xDC"),
     fix={b"S\0\x37\xDC": b"S\0001\0"}, **LITTLE)
case("wide-nul.csv", "D-12", "a NUL in a store", "\ufeff" + HEAD + order("A") + order("B", store="S\0") + order("D"), "ingested",
     "2:accepted 3:rejected:bad_encoding 4:accepted", fix={"S\0": "S1"}, **LITTLE)
case("wide-amount.csv", "D-70", "a wrong amount, corrected in UTF-16",
     "\ufeff" + HEAD + order("A") + order("B", "ten", store="Caf\u00e9") + order("D"), "ingested",
     "2:accepted 3:rejected:amount_invalid 4:accepted", fix={"Caf\u00e9,C.~,1,ten": "Caf\u00e9,C.~,1,10.00"}, **BIG)

# One byte a letter

good("latin-accents.csv", "D-12", "ISO 8859-1 with accents", HEAD + order("A\u00c9", store="Caf\u00e9"), "2:accepted", encoding="latin-1")
good("latin-all.csv", "D-12", "every letter that ISO 8859-1 has", HEAD + order("A", store="".join(map(chr, range(160, 256)))),
     "2:accepted", encoding="latin-1")
good("latin-utf8.csv", "D-12", "UTF-8 where the layout says ISO 8859-1: two letters for one, which nobody can tell",
     HEAD + order("A", store="Caf\u00e9"), "2:accepted")
refused("latin-mark.csv", "D-12", "the byte order mark of UTF-8 where the layout says ISO 8859-1", "\ufeff" + THREE, "bad_header")
case("latin-nul.csv", "D-12", "a NUL in a store", HEAD + order("A") + order("B", store="S\0") + order("D"), "ingested",
     "2:accepted 3:rejected:bad_encoding 4:accepted", fix={"S\0": "S1"}, encoding="latin-1")
case("latin-amount.csv", "D-70", "a wrong amount beside an accent, corrected in ISO 8859-1",
     HEAD + order("A") + order("B", "10,--", store="Caf\u00e9").replace("10,--", '"10,--"') + order("D"), "ingested",
     "2:accepted 3:rejected:amount_invalid 4:accepted", fix={'Caf\u00e9,C.~,1,"10,--"': "Caf\u00e9,C.~,1,10.00"}, encoding="latin-1")
good("windows-euro.csv", "D-12", "Windows-1252 with a euro sign and curly quotes",
     HEAD + order("A", store="\u20ac \u201cS1\u201d"), "2:accepted", encoding="cp1252")
case("windows-undefined.csv", "D-12", "a byte that Windows-1252 has no letter for",
     HEAD + order("A") + order("B", store="S@") + order("D"), "ingested", "2:accepted 3:rejected:bad_encoding 4:accepted",
     pack=lambda text: text.replace(b"@", b"\x81"), fix={b"S\x81": b"S1"}, encoding="cp1252")
case("windows-hard-blank.csv", "D-70", "a hard blank between thousands",
     HEAD + order("A") + order("B", "1\u00a0234.50") + order("D"), "ingested", "2:accepted 3:rejected:amount_invalid 4:accepted",
     fix={"1\u00a0234.50": "10.00"}, encoding="cp1252")
case("windows-curly-quotes.csv", "D-12", "curly quotes around an amount are no quotes",
     HEAD + order("A") + order("B", "\u201c10.00\u201d") + order("D"), "ingested", "2:accepted 3:rejected:amount_invalid 4:accepted",
     fix={"\u201c10.00\u201d": "10.00"}, encoding="cp1252")
refused("windows-utf16.csv", "D-12", "UTF-16 where the layout says Windows-1252", "\ufeff" + THREE, "bad_header", **LITTLE)

# sep=

SEMICOLONS = THREE.replace(",", ";")
good("orders-sep.csv", "D-12", "a first line that says semicolons", "sep=;\n" + SEMICOLONS, "3-5:accepted")
good("orders-sep-crlf.csv", "D-12", "the same with CR LF", ("sep=;\n" + SEMICOLONS).replace("\n", "\r\n"), "3-5:accepted")
good("orders-sep-comma.csv", "D-12", "a first line that says commas", "sep=,\n" + THREE, "3-5:accepted")
good("orders-sep-tab.csv", "D-12", "a first line that says tabs", "sep=\t\n" + THREE.replace(",", "\t"), "3-5:accepted")
good("orders-sep-mark.csv", "D-12", "a byte order mark before it", "\ufeffsep=;\n" + SEMICOLONS, "3-5:accepted")
good("orders-sep-header-only.csv", "D-6", "it and a header", "sep=;\n" + HEAD.replace(",", ";"), "")
refused("orders-sep-alone.csv", "D-6", "it alone", "sep=;\n", "empty_file")
refused("orders-sep-wrong.csv", "D-12", "a first line that says semicolons, before commas", "sep=;\n" + THREE, "missing_column")
refused("orders-sep-twice.csv", "D-12", "the first line twice", "sep=;\nsep=;\n" + SEMICOLONS, "missing_column")
refused("orders-sep-two.csv", "D-12", "a first line that says two letters", "sep=;;\n" + SEMICOLONS, "missing_column")
refused("orders-sep-quote.csv", "D-12", "a first line that says a quote", 'sep="\n' + SEMICOLONS, "missing_column")
refused("orders-sep-letter.csv", "D-12", "a first line that says a letter", "sep=x\n" + THREE.replace(",", "x"), "missing_column")
refused("orders-sep-below.csv", "D-12", "the line stands below the header", HEAD + "sep=;\n", "truncated",
        pack=lambda text: text.rstrip())
case("orders-sep-rejects.csv", "D-12", "a wrong amount behind such a line, corrected", 
     "sep=;\n" + SEMICOLONS + order("E", "ten").replace(",", ";"), "ingested", "3-5:accepted 6:rejected:amount_invalid",
     fix={";ten": ";10.00"})
