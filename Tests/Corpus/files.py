"""Files that are damaged, or strange, as a whole."""

import os

from corpus import HEAD, case, good, left, order, refused

THREE = HEAD + order("A") + order("B") + order("D")
ALL = "2-4:accepted"

good("orders-good.csv", "", "nothing: three good orders", THREE, ALL)

# Nothing, or nearly

refused("orders-empty.csv", "D-6", "zero bytes", "", "empty_file")
refused("orders-only-mark.csv", "D-6", "a byte order mark and nothing else", "\ufeff", "empty_file")
refused("orders-only-blank-lines.csv", "D-6", "blank lines and no header", "\n\r\n\n", "empty_file")
refused("orders-one-line-feed.csv", "D-6", "one byte: a line feed", "\n", "empty_file")
refused("orders-one-carriage-return.csv", "D-6", "one byte: a carriage return", "\r", "empty_file")
refused("orders-one-letter.csv", "D-6", "one byte: a letter", "x", "missing_column")
refused("orders-one-quote.csv", "D-6", "one byte: a quote", '"', "bad_header")
refused("orders-one-comma.csv", "D-6", "one byte: a comma, which makes two columns without a name", ",", "repeated_column")
refused("orders-one-nul.csv", "D-6", "one byte: NUL", b"\0", "bad_header")
refused("orders-one-high-byte.csv", "D-6", "one byte that is no UTF-8", b"\xFF", "bad_header")
refused("orders-zeros.csv", "D-12", "a block of NUL bytes, as a crash of the sender's disk leaves it", bytes(5000), "bad_header")
good("orders-header-only.csv", "D-6", "a header says: nothing today", HEAD, "")
good("orders-header-without-end.csv", "D-6", "a header without its line end", HEAD.rstrip(), "")
good("orders-header-and-blank-lines.csv", "D-6", "a header and blank lines", HEAD + "\n\r\n\n", "")

# Cut

refused("orders-cut-in-header.csv", "D-5", "it ends in the middle of the header", HEAD[:-9], "missing_column")
refused("orders-cut-in-first-field.csv", "D-5", "it ends in the first field of a line", THREE + "E", "truncated")
refused("orders-cut-in-field.csv", "D-5", "it ends in the middle of a line", THREE + order("E")[:-14], "truncated")
refused("orders-cut-in-quotes.csv", "D-5", "it ends inside quotes", THREE + '"E', "truncated")
refused("orders-cut-in-last-quotes.csv", "D-5", "it ends inside the quotes of the last field",
        THREE + order("E", '"10.0').rstrip(), "truncated")
refused("orders-cut-quote-opens-long-before.csv", "D-5", "a quote opens in the first line and is never closed",
        HEAD + order("A", store='"S1') + order("B") + order("D"), "truncated")
refused("orders-total-cut.csv", "D-5", "a short last row without line end: a totals line or half a line, nobody knows",
        THREE + "TOTAL,30.00", "truncated")
good("orders-last-line-end-missing.csv", "D-5", "the last line is whole and lacks its line end", THREE.rstrip(), ALL)
good("orders-last-line-end-missing-quoted.csv", "D-5", "the same with quotes", THREE.rstrip()[:-5] + '"10.00"', ALL)

# Line ends, marks, encodings

good("orders-mark.csv", "D-12", "a byte order mark", "\ufeff" + THREE, ALL)
refused("orders-two-marks.csv", "D-12", "two byte order marks: the second is part of the first column's name",
        "\ufeff\ufeff" + THREE, "missing_column")
good("orders-crlf.csv", "D-12", "lines that end in CR LF", THREE.replace("\n", "\r\n"), ALL)
good("orders-cr.csv", "D-12", "lines that end in CR", THREE.replace("\n", "\r"), ALL)
good("orders-crlf-and-lf.csv", "D-12", "some lines end in CR LF, some in LF",
     HEAD + order("A").replace("\n", "\r\n") + order("B") + order("D").replace("\n", "\r\n"), ALL)
case("orders-lf-and-cr.csv", "D-12", "one of the lines of an LF file ends in CR: two lines are one", 
     HEAD + order("A") + order("B").replace("\n", "\r") + order("D") + order("E"), "ingested",
     "2:accepted 3:rejected:field_count 4:accepted",
     fix={order("B").replace("\n", "\r") + order("D"): order("B")})
good("orders-blank-lines.csv", "D-12", "a blank line behind every line", THREE.replace("\n", "\n\n"),
     "3:accepted 5:accepted 7:accepted")
good("orders-blank-lines-crlf.csv", "D-12", "the same with CR LF", THREE.replace("\n", "\r\n\r\n"),
     "3:accepted 5:accepted 7:accepted")
refused("orders-utf16-unexpected.csv", "D-12", "UTF-16 with its mark where the layout says UTF-8",
        b"\xFF\xFE" + THREE.encode("utf-16-le"), "bad_header")
refused("orders-utf16-big-unexpected.csv", "D-12", "the other UTF-16 with its mark",
        b"\xFE\xFF" + THREE.encode("utf-16-be"), "bad_header")
refused("orders-utf16-without-mark.csv", "D-12", "UTF-16 without a mark", THREE.encode("utf-16-le"), "bad_header")
refused("orders-utf32.csv", "D-12", "UTF-32", THREE.encode("utf-32"), "bad_header")
refused("orders-utf7-mark.csv", "D-12", "UTF-7 with its mark", "+/v8-" + THREE, "missing_column")
refused("orders-ebcdic.csv", "D-12", "EBCDIC, from a mainframe", THREE.encode("cp037"), "bad_header")

# Header

refused("orders-no-header.csv", "D-10", "the header is missing: the first line is an order", order("A") + order("B"),
        "missing_column")
refused("orders-column-missing.csv", "D-10", "the amounts are missing", "order_id,ordered_at,store_id,card_code,quantity\n",
        "missing_column")
refused("orders-column-renamed.csv", "D-10", "a column has another name", THREE.replace("line_amount", "montant"),
        "missing_column")
refused("orders-header-capitals.csv", "D-10", "the header is in capitals", HEAD.upper() + order("A"), "missing_column")
refused("orders-header-spaces.csv", "D-10", "spaces behind the commas of the header", HEAD.replace(",", ", ") + order("A"),
        "missing_column")
refused("orders-header-zero-width.csv", "D-10", "a zero-width space in a column's name",
        THREE.replace("card_code", "card_code").replace("order_id", "order\u200b_id"), "missing_column")
refused("orders-header-soft-hyphen.csv", "D-10", "a look-alike letter, a Cyrillic 'о', in a column's name",
        THREE.replace("order_id", "\u043erder_id"), "missing_column")
refused("orders-column-twice.csv", "D-10", "a column stands twice", THREE.replace("store_id", "order_id"), "repeated_column")
refused("orders-unnamed-columns.csv", "D-10", "two columns without a name, as a spreadsheet leaves them",
        THREE.replace("\n", ",,\n"), "repeated_column")
good("orders-unnamed-column.csv", "D-10", "a delimiter at the end of every line makes one column without a name",
     THREE.replace("\n", ",\n"), ALL)
good("orders-column-unknown.csv", "D-10", "a column that nobody knows is counted and ignored",
     HEAD.rstrip() + ",mood\n" + order("A").rstrip() + ",=1+1\n", "2:accepted")
refused("strict-column-unknown.csv", "D-10", "the same where the job is strict",
        HEAD.rstrip() + ",mood\n" + order("A").rstrip() + ",fine\n", "unknown_column")
good("orders-columns-reversed.csv", "D-10", "the columns stand in another order",
     "line_amount,quantity,card_code,store_id,ordered_at,order_id\n10.00,1,C.~,S1,2026-11-16T10:00:00,A.~\n", "2:accepted")
good("orders-header-quoted.csv", "D-10", "every column's name in quotes",
     '"' + HEAD.rstrip().replace(",", '","') + '"\n' + order("A"), "2:accepted")
refused("orders-header-quote-open.csv", "D-10", "a quote of the header is never closed", '"' + THREE, "bad_header")
refused("orders-header-too-wide.csv", "", "more columns than limits.fields",
        ",".join(f"c{n}" for n in range(100)) + "\n", "bad_header")
refused("orders-header-too-long.csv", "", "a first line of 3 MB without end", "x" * (3 << 20), "bad_header")
refused("orders-semicolons.csv", "D-12", "semicolons where the layout says commas", THREE.replace(",", ";"),
        "missing_column")
refused("orders-tabs.csv", "D-12", "tabs where the layout says commas", THREE.replace(",", "\t"), "missing_column")
refused("orders-pipes.csv", "D-12", "bars where the layout says commas", THREE.replace(",", "|"), "missing_column")
refused("orders-title-line.csv", "D-10", "a title stands before the header", "Sales of Monday\n\n" + THREE, "missing_column")
refused("orders-members-inside.csv", "D-9", "members in an orders file", "card_code,tier\nC.~,gold\n", "missing_column")

# Something else altogether

refused("orders-web-page.csv", "D-9", "a web page: the download failed", "<!DOCTYPE html>\n<html>Login</html>\n",
        "missing_column")
refused("orders-workbook.csv", "D-9", "a workbook that bears the name of a CSV file", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0",
        "bad_header")
refused("orders-old-workbook.csv", "D-9", "a workbook of the nineties", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(64),
        "bad_header")
refused("orders-pdf.csv", "D-9", "a PDF", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", "missing_column")
refused("orders-database.csv", "D-9", "a database", b"SQLite format 3\0" + bytes(84), "bad_header")
refused("orders-json.csv", "D-9", "JSON where the layout says CSV", '{"order_id":"A.~"}\n', "missing_column")
refused("orders-error-text.csv", "D-9", "what the export said instead of working", "ORA-00942: table or view does not exist\n",
        "missing_column")
refused("orders-executable.csv", "D-9", "a program", b"\x7FELF\x02\x01\x01" + bytes(57), "bad_header")

# Too many, too long, too large

refused("orders-all-wrong.csv", "D-11", "101 wrong lines of 101: more than max_rejects",
        HEAD + order("A", "free") * 101, "too_many_rejects")
case("orders-hundred-wrong.csv", "D-11", "100 wrong lines: just as many as may be", HEAD + order("A", "free") * 100,
     "ingested", "2-101:rejected:amount_invalid")
case("orders-five-percent.csv", "D-11", "101 wrong lines of 2020: just five in a hundred",
     HEAD + order("A", "free") * 101 + order("B", "1.00") * 1919, "ingested",
     "2-102:rejected:amount_invalid 103-2021:accepted", points=1919)
refused("orders-five-percent-and-one.csv", "D-11", "102 wrong lines of 2021: more than five in a hundred",
        HEAD + order("A", "free") * 102 + order("B", "1.00") * 1919, "too_many_rejects")
case("orders-hundred-of-wrong-orders.csv", "D-11",
     "20 wrong lines, each in an order of ten: lines that their order takes with it don't count",
     HEAD + "".join(order(f"A{n}", "free") + order(f"A{n}") * 9 for n in range(20)) + order("B"), "ingested",
     " ".join(f"{2 + 10 * n}:rejected:amount_invalid {3 + 10 * n}-{11 + 10 * n}:rejected:order_has_rejected_line"
              for n in range(20)) + " 202:accepted")

# No file at all

refused("orders-pipe.csv", "", "a pipe", "", "not_a_file", make=os.mkfifo)
refused("orders-folder.csv", "", "a folder", "", "not_a_file", make=os.mkdir)
refused("orders-link.csv", "", "a link out of the inbox", "", "not_a_file",
        make=lambda path: os.symlink("../../../program.yaml", path))
refused("orders-dead-link.csv", "", "a link to nothing", "", "not_a_file", make=lambda path: os.symlink("nowhere", path))

# Names

good("orders-name with blanks.csv", "", "blanks in its name", THREE, ALL, ids="blanks")
good('orders-name-"quoted".csv', "", "quotes in its name", THREE, ALL, ids="quoted")
good("orders-name,comma.csv", "", "a comma in its name", THREE, ALL, ids="comma")
good("orders-name\nline-feed.csv", "", "a line feed in its name", THREE, ALL, ids="feed")
good("orders-name-%s%n.csv", "", "percent signs in its name", THREE, ALL, ids="percent")
good("orders-name-';--.csv", "", "SQL in its name", THREE, ALL, ids="sql")
good("orders-name-$(id)`id`.csv", "", "a shell's words in its name", THREE, ALL, ids="shell")
good("orders-name-\x1b[31m.csv", "", "what a terminal obeys in its name", THREE, ALL, ids="terminal")
good("orders-name-\u00e9.csv", "", "an accent in its name", THREE, ALL, ids="accent")
good("orders-name-e\u0301.csv", "", "the same name to the eye, other bytes", THREE, ALL, ids="accent-apart")
good("orders-" + "n" * 244 + ".csv", "", "a name as long as names can be", THREE, ALL, ids="long-name")
good("deep/er/orders-in-folders.csv", "", "it lies in folders", THREE, ALL, ids="in-folders")

# Not finished, or nobody's

for ending in (".tmp", ".part", ".filepart", ".swp", "~"):
    left(f"orders-writing.csv{ending}", "D-4", f"somebody still writes it: its name ends in {ending}", THREE[:-20])
left("orders-marker.csv.done", "D-4", "a marker whose file has not come", "")
left(".orders-hidden.csv", "D-4", "a hidden file", THREE, ids="hidden")
left("oders-mistyped.csv", "D-9", "no job takes a file of this name", THREE)
left("ORDERS-CAPITALS.CSV", "D-9", "nor of this one: capitals count", THREE)
left("readme.txt", "D-9", "a text for people", "Hello.\n")
