"""Files with one line that is damaged, or strange: most stand between two good orders."""

from corpus import HEAD, case, damaged, good, order, strange

# Amounts: D-70 unless another

for name, text, wrong in [
    ("exponent", "1e3", "with an exponent"),
    ("spreadsheet-exponent", "1.2E+03", "as a spreadsheet writes large numbers"),
    ("thousands", '"1,234.50"', "with a comma between thousands"),
    ("thousands-blank", "1 234.50", "with a blank between thousands"),
    ("thousands-hard-blank", "1\u00a0234.50", "with a hard blank between thousands"),
    ("thousands-narrow-blank", "1\u202f234.50", "with a narrow hard blank between thousands"),
    ("thousands-apostrophe", "1'234.50", "with a Swiss apostrophe between thousands"),
    ("decimal-comma", '"10,00"', "with a decimal comma"),
    ("two-points", "1.000.00", "with two points"),
    ("plus", "+10.00", "with a plus"),
    ("minus-behind", "10.00-", "with its minus behind it"),
    ("minus-typographic", "\u221210.00", "with a typographic minus"),
    ("minus-twice", "--10.00", "with two minus signs"),
    ("minus-alone", "-", "that is a minus alone"),
    ("brackets", "(10.00)", "in brackets, as book-keepers write what is owed"),
    ("overpunched", "100{", "with an over-punched sign, as mainframes write it"),
    ("overpunched-negative", "100}", "with an over-punched minus"),
    ("currency-before", "\u20ac10.00", "behind its currency"),
    ("currency-behind", "10.00 EUR", "before its currency"),
    ("dollar", "$10.00", "in dollars"),
    ("empty", "", "that is empty"),
    ("blank", " ", "that is a blank"),
    ("blank-before", " 10.00", "behind a blank"),
    ("blank-behind", "10.00 ", "before a blank"),
    ("tab-behind", "10.00\t", "before a tab"),
    ("mark-behind", "10.00\u200f", "before a right-to-left mark"),
    ("zero-width", "10\u200b.00", "with a zero-width space"),
    ("arabic", "\u0661\u0660.\u0660\u0660", "in Arabic digits"),
    ("full-width", "\uff11\uff10.00", "in full-width digits"),
    ("word", "ten", "in words"),
    ("nan", "NaN", "that is not a number"),
    ("infinite", "inf", "without end"),
    ("hexadecimal", "0x0A", "in hexadecimal"),
    ("boolean", "true", "that is a boolean"),
    ("null", "NULL", "that is NULL"),
    ("point-first", ".50", "that begins with its point"),
    ("point-last", "10.", "that ends with its point"),
    ("cents-three", "10.005", "with more decimals than the currency has"),
    ("int64", "9223372036854775807", "of 64 bits"),
    ("int64-and-one", "9223372036854775808", "of 64 bits and one"),
    ("int64-in-cents", "92233720368547758.07", "that is 64 bits in cents"),
    ("sixteen-digits", "1000000000000000.00", "of sixteen digits"),
    ("thousand-digits", "9" * 1000, "of a thousand digits"),
    ("formula", '"=5+5"', "that is a formula"),
    ("text-number", '"=""10.00"""', "that a spreadsheet keeps as text"),
    ("quote-before", "'10.00", "behind an apostrophe"),
    ("hashes", "#####", "that did not fit its column"),
    ("error", "#VALUE!", "that is a spreadsheet's error"),
    ("percent", "10%", "in percent"),
    ("line-break", '"10\n.00"', "with a line break in quotes"),
    ("date", "10-Nov", "that a spreadsheet took for a date"),
]:
    bad = order("B", amount=text)
    reason = "spreadsheet_damage" if name in ("spreadsheet-exponent", "text-number", "hashes", "error") else "amount_invalid"
    damaged("amount-" + name, "D-13" if "spreadsheet" in wrong else "D-70", f"an amount {wrong}", reason, line=bad)

strange("amount-whole", "", "an amount without decimals", amount="10")
strange("amount-tenths", "", "an amount with one decimal", amount="10.0")
strange("amount-zeros", "", "an amount with zeros before it", amount="0000000000010.00")
strange("amount-zero", "D-25", "an amount of nothing earns nothing", amount="0.00", points=20)
strange("amount-minus-zero", "D-70", "an amount of minus nothing", amount="-0.00", points=20)
strange("amount-quoted", "", "an amount in quotes", amount='"10.00"')
strange("amount-largest", "", "a cent", amount="0.01", points=20)

# Quantities

for name, text, wrong in [
    ("zero", "0", "a quantity of nothing"),
    ("fraction", "1.5", "one and a half pieces"),
    ("point-zero", "1.0", "one piece with a decimal"),
    ("exponent", "1e0", "a quantity with an exponent"),
    ("empty", "", "no quantity"),
    ("word", "one", "a quantity in words"),
    ("boolean", "true", "a boolean quantity"),
    ("blank-behind", "1 ", "a blank behind the quantity"),
    ("plus", "+1", "a plus before the quantity"),
    ("arabic", "\u0661", "a quantity in Arabic digits"),
    ("ten-digits", "1000000000", "a quantity of ten digits"),
    ("int64", "9223372036854775808", "a quantity beyond 64 bits"),
    ("minus-zero", "-0", "a quantity of minus nothing"),
    ("unit", "1 kg", "a quantity with its unit"),
]:
    damaged("quantity-" + name, "", wrong, "quantity_invalid", quantity=text)

strange("quantity-largest", "", "999,999,999 pieces", quantity="999999999")
strange("quantity-negative", "D-25", "a negative quantity with a positive amount is a sale", quantity="-1")

# Times

for name, text, wrong in [
    ("empty", "", "no time"),
    ("date-only", "2026-11-16", "a day without a time"),
    ("blank", "2026-11-16 10:00:00", "a blank where the layout says T"),
    ("small-t", "2026-11-16t10:00:00", "a small t"),
    ("no-seconds", "2026-11-16T10:00", "a time without seconds"),
    ("fraction", "2026-11-16T10:00:00.000", "a fraction of a second that the layout doesn't know"),
    ("zone", "2026-11-16T10:00:00Z", "a zone that the layout doesn't know"),
    ("offset", "2026-11-16T10:00:00+01:00", "an offset that the layout doesn't know"),
    ("european", "16/11/2026 10:00:00", "a European date"),
    ("american", "11/16/2026 10:00:00", "an American date"),
    ("two-digit-year", "26-11-16T10:00:00", "a year of two digits"),
    ("five-digit-year", "12026-11-16T10:00:00", "a year of five digits"),
    ("hour-24", "2026-11-16T24:00:00", "24 o'clock"),
    ("minute-60", "2026-11-16T10:60:00", "minute 60"),
    ("leap-second", "2016-12-31T23:59:60", "a leap second"),
    ("month-13", "2026-13-01T10:00:00", "month 13"),
    ("month-0", "2026-00-10T10:00:00", "month 0"),
    ("day-0", "2026-11-00T10:00:00", "day 0"),
    ("november-31", "2026-11-31T10:00:00", "the 31st of November"),
    ("february-29", "2026-02-29T10:00:00", "the 29th of February in a year that has none"),
    ("february-29-1900", "1900-02-29T10:00:00", "the 29th of February of 1900, which spreadsheets believe in"),
    ("year-0", "0000-01-01T00:00:00", "the year nought"),
    ("zeros", "0000-00-00 00:00:00", "a date of zeros"),
    ("epoch", "1794823200", "seconds since 1970"),
    ("epoch-milliseconds", "1794823200000", "milliseconds since 1970"),
    ("serial", "46342.4166666667", "a spreadsheet's day number"),
    ("hashes", "########", "a date that did not fit its column"),
    ("arabic", "\u0662\u0660\u0662\u0666-11-16T10:00:00", "a year in Arabic digits"),
    ("blank-before", " 2026-11-16T10:00:00", "a blank before the time"),
    ("blank-behind", "2026-11-16T10:00:00 ", "a blank behind the time"),
    ("words", "Mon Nov 16 10:00:00 2026", "a date in words"),
    ("minus-year", "-2026-11-16T10:00:00", "a year before ours"),
    ("null", "NULL", "NULL for a time"),
]:
    damaged("time-" + name, "D-71", wrong, "spreadsheet_damage" if name == "hashes" else "ordered_at_invalid", at=text)

for name, text, wrong in [
    ("two-days-on", "2026-11-18T00:00:00", "two days after the night"),
    ("next-year", "2027-11-16T10:00:00", "a year after the night"),
    ("end-of-time", "9999-12-31T23:59:59", "at the end of time"),
]:
    damaged("time-" + name, "D-71", f"an order {wrong}", "date_in_future", at=text)

strange("time-leap-day", "D-71", "the 29th of February of a leap year", at="2024-02-29T10:00:00", points=20)
strange("time-1900", "D-71", "an order of 1900 is late, and its points have expired", at="1900-01-01T00:00:00", points=20)
strange("time-first-second", "", "the first second of the day", at="2026-11-16T00:00:00")
strange("time-last-second", "", "the last second of the day", at="2026-11-16T23:59:59")
strange("time-left-out", "D-71", "a time in the hour that the clock leaves out", at="2026-03-29T02:30:00")
strange("time-repeated", "D-71", "a time in the hour that the clock repeats", at="2026-10-25T02:30:00")

# Identities

X255, X256 = "x" * 255, "x" * 256

for name, id, reason, wrong in [
    ("empty", "", "order_id_missing", "no order number"),
    ("null", "NULL", "order_id_missing", "NULL for an order number"),
    ("too-long", X256, "text_too_long", "an order number of 256 bytes"),
    ("too-long-in-bytes", "\u00e9" * 128, "text_too_long", "an order number of 128 letters that are 256 bytes"),
    ("exponent", "4.00638E+12", "spreadsheet_damage", "an order number that a spreadsheet rewrote"),
    ("exponent-comma", '"4,00638E+12"', "spreadsheet_damage", "the same from a French spreadsheet"),
    ("hashes", "#####", "spreadsheet_damage", "an order number that did not fit its column"),
    ("link", '"=HYPERLINK(""x"")"', "spreadsheet_damage", "an order number that became a link"),
    ("name", "#NAME?", "spreadsheet_damage", "an order number that a spreadsheet took for a name"),
]:
    bad = order("B").replace("B.~", id, 1)
    damaged("id-" + name, "D-13" if "spreadsheet" in reason else "", wrong, reason, line=bad)

for name, card, reason, wrong in [
    ("exponent", "4.00638E+12", "spreadsheet_damage", "a card that a spreadsheet rewrote"),
    ("exponent-small", "4.00638e+12", "spreadsheet_damage", "the same with a small e"),
    ("exponent-comma", '"4,00638E+12"', "spreadsheet_damage", "the same from a French spreadsheet"),
    ("exponent-whole", "4E+12", "spreadsheet_damage", "the same rounded to one digit"),
    ("hashes", "##########", "spreadsheet_damage", "a card that did not fit its column"),
    ("text", '"=""0012"""', "spreadsheet_damage", "a card that a spreadsheet was told to keep as text"),
    ("reference", "#REF!", "spreadsheet_damage", "a card that a spreadsheet lost"),
    ("too-long", X256, "text_too_long", "a card of 256 bytes"),
]:
    damaged("card-" + name, "D-13", wrong, reason, card=card)

damaged("store-empty", "", "no store", "missing_field", store="")
damaged("store-null", "", "NULL for a store", "missing_field", store="NULL")

for name, id, what in [
    ("longest", X255 + "", "an order number of 255 bytes"),
    ("formula", "=1+1", "an order number that is a formula"),
    ("minus", "-9", "an order number that begins with a minus"),
    ("at", "@x", "an order number that begins with an at"),
    ("zeros", "000123", "an order number that begins with zeros"),
    ("zero-width", "B\u200b", "a zero-width space in an order number makes another number"),
    ("right-to-left", "B\u200f", "a right-to-left mark in an order number makes another number"),
    ("tab", "B\t1", "a tab in an order number"),
    ("blank", " B", "a blank before an order number makes another number"),
    ("accent", "\u00c9", "an accent in an order number"),
    ("emoji", "\U0001f6d2", "a picture for an order number"),
    ("quote-inside", 'B"x', "a quote in the middle of an order number is a letter like others"),
    ("quotes-doubled", '"B""y"', "doubled quotes"),
    ("line-break", '"B\nx"', "a line break in quotes"),
    ("crlf-inside", '"B\r\nx"', "a CR LF in quotes"),
    ("comma-inside", '"B,x"', "a comma in quotes"),
    ("backslash", "B\\,".rstrip(","), "a backslash is a letter like others"),
    ("sql", "'; DROP TABLE orders;--", "SQL for an order number"),
    ("markup", "<script>", "markup for an order number"),
    ("path", "../../etc/passwd", "a path for an order number"),
]:
    breaks = id.count("\n")
    # All of these numbers are their own, whatever the file: none is used twice.
    content = HEAD + order("A") + order("B").replace("B.~", id, 1) + order("D")
    good(f"orders-id-{name}.csv", "D-12" if breaks else "", what, content,
         f"2-3:accepted {4 + breaks}:accepted")

# The card that the test knows is C.<name>: another one waits for its member.
for name, card, what in [
    ("blank-behind", "C.~ ", "a blank behind a card makes another card"),
    ("small", "c.~", "a small letter makes another card"),
    ("zero-width", "C.~\u200b", "a zero-width space makes another card"),
    ("formula", '"=1+1"', "a card that is a formula"),
    ("zeros-lost", "12345", "a card that has lost its zeros is another card"),
    ("digits-rounded", "4006381333930000", "a card whose last digits a spreadsheet made zeros: nobody can tell"),
    ("dash", "-", "a dash where the till means nobody"),
    ("longest", X255, "a card of 255 bytes"),
]:
    good(f"orders-card-{name}.csv", "D-63", what, HEAD + order("A") + order("B", card=card) + order("D"),
         "2:accepted 3:parked 4:accepted")

strange("card-none", "", "no card: counted, and nobody gets points", card="", points=20)
strange("card-null", "", "NULL for a card is no card", card="NULL", points=20)
strange("store-longest", "", "a store of 255 bytes", store="s" * 255)
damaged("store-too-long", "", "a store of 256 bytes", "text_too_long", store="s" * 256)
strange("store-only-blank", "", "a store of one blank", store=" ")
strange("store-line-breaks", "D-12", "a store with many doubled quotes", store='"' + '""' * 50 + '"')

# Shapes

damaged("field-missing", "", "a field is missing", "field_count", line="B.~,2026-11-16T10:00:00,S1,C.~,1\n")
damaged("field-more", "", "a field too many", "field_count", line=order("B").rstrip() + ",x\n")
damaged("delimiter-behind", "", "a delimiter behind the last field", "field_count", line=order("B").rstrip() + ",\n")
damaged("blanks-only", "", "a line of blanks", "field_count", line="   \n")
damaged("commas-only", "", "a line of commas, as a spreadsheet leaves it", "order_id_missing", line=",,,,,\n")
damaged("decimal-comma-unquoted", "D-70", "a decimal comma without quotes is one more field", "field_count", amount="10,00")
damaged("header-again", "", "the header again, as where two files are joined", "ordered_at_invalid", line=HEAD)
damaged("total", "", "a totals line", "ordered_at_invalid", line="TOTAL,,,,3,30.00\n")
damaged("total-short", "", "a short totals line", "field_count", line="TOTAL;3;30.00\n")
damaged("comment", "", "a comment", "field_count", line="# end of till 4\n")
damaged("quote-then-text", "D-12", "text behind a closing quote", "bad_quote", line='"B.~"x,2026-11-16T10:00:00,S1,C.~,1,10.00\n')
damaged("quote-then-blank", "D-12", "a blank behind a closing quote", "bad_quote", store='"S1" ')
damaged("too-many-fields", "", "more fields than limits.fields", "too_many_fields", line=order("B").rstrip() + "," * 100 + "\n")
damaged("too-long", "", "a line longer than limits.line", "line_too_long", store="s" * 70_000)
damaged("nul-in-store", "D-12", "a NUL in a store", "bad_encoding", line=order("B", store="S\0").encode())
damaged("latin1-in-store", "D-12", "ISO 8859-1 in a store", "bad_encoding", line=order("B", store="Caf\u00e9").encode("latin-1"))
damaged("utf8-cut", "D-12", "half a letter in a store", "bad_encoding", line=order("B", store="S@").encode().replace(b"@", b"\xC3"))
damaged("utf8-overlong", "D-12", "a letter in more bytes than it needs", "bad_encoding",
        line=order("B", store="S@").encode().replace(b"@", b"\xC0\xAF"))
damaged("utf8-surrogate", "D-12", "half a pair of UTF-16 in UTF-8", "bad_encoding",
        line=order("B", store="S@").encode().replace(b"@", b"\xED\xA0\x80"))
damaged("utf8-beyond", "D-12", "a letter beyond Unicode", "bad_encoding",
        line=order("B", store="S@").encode().replace(b"@", b"\xF4\x90\x80\x80"))

case("orders-nul-in-id.csv", "D-12", "a NUL in an order number: it may be the order's before or behind it",
     HEAD + order("A") + order("B").replace("B.", "B\0.") + order("D") + order("E"), "ingested",
     "2:rejected:order_has_rejected_line 3:rejected:bad_encoding 4:rejected:order_has_rejected_line 5:accepted",
     fix={b"B\0.": "B."})
case("orders-latin1-in-id.csv", "D-12", "ISO 8859-1 in an order number", 
     (HEAD + order("A")).encode() + b"\xC9" + (order("B") + order("D") + order("E")).encode(), "ingested",
     "2:rejected:order_has_rejected_line 3:rejected:bad_encoding 4:rejected:order_has_rejected_line 5:accepted",
     fix={b"\xC9B.": "B."})
case("orders-quote-open.csv", "D-12", "a quote that nothing closes within limits.line: its own line is refused, and the next "
     "ones are read",
     HEAD + order("A") + order("B", store='"S1') + order("D", "0.01") * 2000, "ingested",
     "2:accepted 3:rejected:bad_quote 4-2003:accepted", points=30, fix={order("B", store='"S1'): order("B")})
UNREADABLE = "2:rejected:order_has_rejected_line 3:rejected:line_too_long 4:rejected:order_has_rejected_line 5:accepted"
for name, letter, wrong in [("letters", "x", "letters"), ("quotes", '"', "quotes")]:
    case(f"orders-too-long-{name}.csv", "D-12", f"a line of nothing but {wrong}, longer than limits.line: it may be of the order "
         "before it or behind it", HEAD + order("A") + letter * 100_000 + "\n" + order("B") + order("D"), "ingested", UNREADABLE)
OPEN = order("B", store='"S1').rstrip() + "x" * 60_000 + "\n"
case("orders-many-quotes-open.csv", "D-12", "two megabytes of quotes that nothing closes in time: the file goes on behind them",
     HEAD + order("A") + OPEN * 33 + order("D", "0.01") * 2000, "ingested",
     "2:accepted 3-34:rejected:line_too_long 35:rejected:bad_quote 36-2035:accepted", points=30)

# Orders of several lines

case("orders-first-line-wrong.csv", "D-11", "the first line of an order is wrong: the whole order is refused",
     HEAD + order("A", "free") + order("A", "5.00") + order("B"), "ingested",
     "2:rejected:amount_invalid 3:rejected:order_has_rejected_line 4:accepted", fix={"free": "15.00"})
case("orders-last-line-wrong.csv", "D-11", "the last line of an order is wrong",
     HEAD + order("A", "15.00") + order("A", quantity="0") + order("B"), "ingested",
     "2:rejected:order_has_rejected_line 3:rejected:quantity_invalid 4:accepted", fix={"C.~,0,10.00": "C.~,1,5.00"})
case("orders-two-cards.csv", "D-67", "one order names two cards",
     HEAD + order("A") + order("A", card="C.orders-good") + order("B"), "ingested",
     "2:rejected:order_has_rejected_line 3:rejected:ambiguous_member 4:accepted", fix={"C.orders-good": "C.~"})
good("orders-card-on-one-line.csv", "", "only one line of an order names its card",
     HEAD + order("A", card="") + order("A") + order("A", card=""), "2-4:accepted")
good("orders-apart.csv", "D-16", "the lines of an order stand apart: they are two versions of it, and the later one stands",
     HEAD + order("A", "5.00") + order("B") + order("A", "10.00"), "2-3:accepted 4:correction", points=20)
good("orders-line-twice.csv", "D-16", "one line twice in a row: an order of two lines",
     HEAD + order("A", "5.00") * 2, "2-3:accepted", points=10)
good("orders-all-lines-twice.csv", "D-16", "the whole file twice in one: duplicates",
     HEAD + (order("A") + order("B")) * 2, "2-3:accepted 4-5:duplicate")
case("orders-sum-overflows.csv", "", "lines whose sum is beyond all reason",
     HEAD + order("A", "999999999999999.99") * 95 + order("B"), "ingested",
     "2-96:rejected:amount_invalid 97:accepted")
