"""Files without a header (their layout is bare) and JSON Lines (objects, and keys where the job is strict)."""

import json

from corpus import HEAD, case, good, order, packed, refused, zstd

# No header

good("bare-good.csv", "D-10", "no header: columns by their positions", order("A") + order("B"), "1-2:accepted")
good("bare-mark.csv", "D-12", "no header, a byte order mark", "\ufeff" + order("A"), "1:accepted")
good("bare-wider.csv", "D-10", "no header, and a column more than the layout knows", order("A").replace("\n", ",x\n")
     + order("B").replace("\n", ",y\n"), "1-2:accepted")
refused("bare-empty.csv", "D-6", "no header and no lines", "", "empty_file")
refused("bare-cut.csv", "D-5", "no header, cut in the second line", order("A") + order("B")[:-14], "truncated")
case("bare-narrow.csv", "D-10", "a line with a column less", order("A") + "B.~,2026-11-16T10:00:00,S1,C.~,1\n" + order("D"),
     "ingested", "1:accepted 2:rejected:field_count 3:accepted",
     fix={"B.~,2026-11-16T10:00:00,S1,C.~,1": "B.~,2026-11-16T10:00:00,S1,C.~,1,10.00"})
case("bare-header.csv", "D-10", "a header where the layout says that there is none", HEAD + order("A"), "ingested",
     "1:rejected:ordered_at_invalid 2:accepted", fix={HEAD: order("B")})
case("bare-first-line.csv", "D-70", "the first line is wrong: its line is 1", order("A", "ten") + order("B"), "ingested",
     "1:rejected:amount_invalid 2:accepted", fix={",ten": ",10.00"})
good("bare-sep.csv", "D-12", "no header, a first line that says semicolons", "sep=;\n" + order("A").replace(",", ";"), "2:accepted")

# JSON Lines


def item(id, **other):
    """One object, as an orders line; None leaves a key out."""
    fields = {"order_id": f"{id}.~", "ordered_at": "2026-11-16T10:00:00", "store_id": "S1", "card_code": "C.~",
              "quantity": 1, "line_amount": "10.00"}
    fields.update(other)
    return json.dumps({key: value for key, value in fields.items() if value is not None}, ensure_ascii=False) + "\n"


THREE = item("A") + item("B") + item("D")
ALL = "1-3:accepted"
good("objects-good.jsonl", "", "JSON Lines", THREE, ALL)
good("objects-no-end.jsonl", "D-5", "the last line is whole and lacks its line end", THREE.rstrip(), ALL)
good("objects-crlf.jsonl", "D-12", "lines that end in CR LF", THREE.replace("\n", "\r\n"), ALL)
good("objects-mark.jsonl", "D-12", "a byte order mark", "\ufeff" + THREE, ALL)
good("objects-blank-lines.jsonl", "D-12", "blank lines", THREE.replace("\n", "\n\n \n"), "1:accepted 4:accepted 7:accepted")
good("objects-packed.jsonl.gz", "", "packed", THREE, ALL, pack=packed)
good("objects-zstd.jsonl.zst", "", "packed as zstd", THREE, ALL, pack=zstd)
good("objects-tight.jsonl", "", "no blanks", THREE.replace(", ", ",").replace(": ", ":"), ALL)
good("objects-loose.jsonl", "", "blanks and tabs everywhere", THREE.replace(",", "\t , ").replace("{", " { "), ALL)
good("objects-escapes.jsonl", "D-12", "escaped letters", THREE.replace("S1", "S\\u00e9\\n\\\"\\/\\ud83d\\uded2"), ALL)
good("objects-escaped-keys.jsonl", "", "an escaped letter in a key", THREE.replace("card_code", "card\\u005fcode"), ALL)
good("objects-number.jsonl", "", "numbers without quotes", item("A", line_amount=10) + item("B", line_amount=10.5), "1-2:accepted")
good("objects-strings.jsonl", "", "numbers in quotes", item("A", quantity="1"), "1:accepted")
good("objects-no-card.jsonl", "", "null for a card, and none", item("A", card_code=None).replace("}", ', "card_code": null}')
     + item("B", card_code=None), "1-2:accepted", points=0)
good("objects-unknown-key.jsonl", "D-10", "keys that nobody knows may hold anything",
     item("A", basket={"lines": [1, {"x": []}]}, mood="fine"), "1:accepted")
refused("keys-unknown.jsonl", "D-10", "the same where the job is strict", item("A", card_code=None, Karte="C.~", mood="fine"),
        "unknown_column")
good("keys-good.jsonl", "", "a key of another name", item("A", card_code=None, Karte="C.~"), "1:accepted")
refused("objects-empty.jsonl", "D-6", "zero bytes", "", "empty_file")
refused("objects-cut.jsonl", "D-5", "it ends in the middle of a line", THREE + item("E")[:-10], "truncated")
refused("objects-cut-in-string.jsonl", "D-5", "it ends in the middle of a text", THREE + '{"order_id": "E', "truncated")


def wrong_item(name, label, wrong, reason, bad, fix=True):
    """A damaged object between two orders of their own."""
    bad = bad if bad.endswith("\n") else bad + "\n"
    case(f"objects-{name}.jsonl", label, wrong, item("A") + bad + item("D"), "ingested",
         f"1:accepted 2:rejected:{reason} 3:accepted", fix={bad.strip()[1:]: item("B").strip()[1:]} if fix else {})


wrong_item("amount-exponent", "D-70", "an amount with an exponent", "amount_invalid", item("B").replace('"10.00"', "1e1"))
wrong_item("amount-comma", "D-70", "an amount with a comma", "amount_invalid", item("B", line_amount="10,00"))
wrong_item("amount-boolean", "D-70", "a boolean amount", "amount_invalid", item("B", line_amount=True))
wrong_item("amount-null", "D-70", "null for an amount", "amount_invalid", item("B").replace('"10.00"', "null"))
wrong_item("amount-missing", "D-70", "no amount", "amount_invalid", item("B", line_amount=None))
wrong_item("amount-binary", "D-70", "an amount that is no decimal number any more", "amount_invalid",
           item("B").replace('"10.00"', "10.000000000000001"))
wrong_item("quantity-boolean", "", "a boolean quantity", "quantity_invalid", item("B", quantity=True))
wrong_item("quantity-fraction", "", "a quantity with a decimal", "quantity_invalid", item("B", quantity=1.0))
wrong_item("card-number", "D-13", "a card that became a number with an exponent", "spreadsheet_damage",
           item("B").replace('"C.~"', "4.00638E+12"))
wrong_item("time-number", "D-71", "seconds since 1970", "ordered_at_invalid", item("B").replace('"2026-11-16T10:00:00"', "1794823200"))
wrong_item("id-missing", "", "no order number", "order_id_missing", item("B").replace('"order_id": "B.~", ', ""))
wrong_item("id-null", "", "null for an order number", "order_id_missing", item("B").replace('"B.~"', "null"))


def broken(name, label, wrong, bad, reason="bad_json", fix=True):
    """A line that is no object: nobody knows whose it is, so that its neighbours' orders can't be taken as whole."""
    bad = bad if bad.endswith("\n") else bad + "\n"
    case(f"objects-{name}.jsonl", label, wrong, item("A") + bad + item("D") + item("E"), "ingested",
         f"1:rejected:order_has_rejected_line 2:rejected:{reason} 3:rejected:order_has_rejected_line 4:accepted",
         fix={bad.strip()[1:]: item("B").strip()[1:]} if fix else {})


broken("comma-behind", "", "a comma behind the last value", item("B").replace("}", ",}"))
broken("comma-missing", "", "no comma between two values", item("B").replace('", "store', '" "store'))
broken("quotes-single", "", "single quotes", item("B").replace('"', "'"))
broken("quotes-none", "", "keys without quotes", item("B").replace('"order_id"', "order_id"))
broken("key-twice", "", "a key twice", item("B").replace("{", '{"card_code": "C.~", '))
broken("key-twice-escaped", "", "a key twice, once in disguise", item("B").replace("{", '{"card\\u005fcode": "C.~", '))
broken("unknown-twice", "", "a key that nobody knows twice", item("B").replace("{", '{"x": 1, "x": 2, '))
broken("nested", "", "an object for a card", item("B").replace('"C.~"', '{"code": "C.~"}'))
broken("list", "", "a list for an amount", item("B").replace('"10.00"', '["10.00"]'))
broken("comment", "", "a comment behind it", item("B").rstrip() + " // the last one")
broken("two", "", "two objects in one line", item("B").rstrip() + item("B"))
broken("nan", "", "NaN, which JSON doesn't know", item("B").replace('"10.00"', "NaN"))
broken("number-zeros", "", "zeros before a number", item("B").replace('"10.00"', "0010.00"))
broken("number-plus", "", "a plus before a number", item("B").replace('"10.00"', "+10.00"))
broken("number-point", "", "a number that ends with its point", item("B").replace('"10.00"', "10."))
broken("escape", "", "an escape that JSON doesn't know", item("B").replace("S1", "S\\x31"))
broken("escape-cut", "", "half an escaped letter", item("B").replace("S1", "S\\u00"))
broken("lone-surrogate", "D-12", "half an escaped pair", item("B").replace("S1", "S\\ud83d"))
broken("tab", "", "a bare tab in a text", item("B").replace("S1", "S\t1"))
broken("nul", "D-12", "an escaped NUL", item("B").replace("S1", "S\\u0000"), "bad_encoding")
broken("latin", "D-12", "a broken key word", item("B").replace('"10.00"', "nul"))
broken("deep", "", "lists within lists within lists, without end", '{"x": ' + "[" * 20_000, fix=False)
broken("array", "", "a list", "[1, 2]", fix=False)
broken("text", "", "a text", '"hello"', fix=False)
broken("csv", "", "a line of CSV", order("B"), fix=False)
broken("too-long", "", "an object longer than limits.line", item("B", store_id="s" * 70_000), "line_too_long", fix=False)
case("objects-pretty.jsonl", "", "a list of objects, one a line, as JSON has it: the commas are wrong",
     "[\n" + item("A").rstrip() + ",\n" + item("B") + "]\n", "ingested",
     "1-2:rejected:bad_json 3:rejected:order_has_rejected_line 4:rejected:bad_json")
