"""Files of record kinds other than orders."""

from corpus import case, good, refused

# Members

MEMBERS = "card_code,member_id,tier,status,enrolled_on\n"


def member(name, label, wrong, reason, bad, better="C.~,,gold,active,2026-01-31\n"):
    case(f"members-{name}.csv", label, wrong, MEMBERS + "K.~,,,,\n" + bad + "L.~,,,,\n", "ingested",
         f"2:accepted 3:rejected:{reason} 4:accepted", points=0, fix={"," + bad: "," + better} if better else {})


member("card-empty", "", "no card", "missing_field", ",,gold,active,\n", "M.~,,gold,active,\n")
member("card-null", "", "NULL for a card", "missing_field", "NULL,,gold,active,\n", "M.~,,gold,active,\n")
member("card-damaged", "D-13", "a card that a spreadsheet rewrote", "spreadsheet_damage", "4.00638E+12,,,,\n", "M.~,,,,\n")
member("card-hashes", "D-13", "a card that did not fit its column", "spreadsheet_damage", "#####,,,,\n", "M.~,,,,\n")
member("identity-damaged", "D-13", "a member's number that a spreadsheet rewrote", "spreadsheet_damage", "M.~,1.2E+15,,,\n", "M.~,12,,,\n")
member("card-long", "", "a card of 256 bytes", "text_too_long", "x" * 256 + ",,,,\n", "M.~,,,,\n")
member("identity-long", "", "a member's number of 256 bytes", "text_too_long", "M.~," + "x" * 256 + ",,,\n", "M.~,,,,\n")
member("tier-unknown", "", "a tier that program.yaml doesn't know", "unknown_tier", "M.~,,platinum,,\n", "M.~,,gold,,\n")
member("tier-capitals", "", "a tier in capitals", "unknown_tier", "M.~,,GOLD,,\n", "M.~,,gold,,\n")
member("status-unknown", "", "a status that nobody knows", "value_unknown", "M.~,,,asleep,\n", "M.~,,,blocked,\n")
member("date-invalid", "D-71", "a day that the calendar lacks", "date_invalid", "M.~,,,,2026-02-30\n", "M.~,,,,2026-02-28\n")
member("date-damaged", "D-13", "a spreadsheet's day number", "date_invalid", "M.~,,,,46053\n", "M.~,,,,2026-01-31\n")
member("field-count", "", "a field too many", "field_count", "M.~,,,,,\n", "M.~,,,,\n")
member("quote", "D-12", "text behind a quote", "bad_quote", '"M.~"x,,,,\n', "M.~,,,,\n")
good("members-header-only.csv", "D-6", "nobody new today", MEMBERS, "", points=0)
refused("members-empty.csv", "D-6", "zero bytes", "", "empty_file")
refused("members-no-card.csv", "D-10", "no column for cards", "member_id,tier\n1,gold\n", "missing_column")
refused("members-orders-inside.csv", "D-9", "orders in a members file", "order_id,ordered_at\n1,2026-11-16\n", "missing_column")
refused("members-cut.csv", "D-5", "it ends in the middle of a line", MEMBERS + "K.~,,go", "truncated")
good("members-twice.csv", "", "one card twice: the same, and then with a tier",
     MEMBERS + "K.~,,,,\nK.~,,,,\nK.~,,gold,,\n", "2:accepted 3:duplicate 4:correction", points=0)
case("members-two-of-one-card.csv", "D-68", "one card of two members", MEMBERS + "K.~,1.~,,,\nK.~,2.~,,,\n", "ingested",
     "2:accepted 3:conflict:ambiguous_member", points=0)
good("members-two-cards.csv", "", "two cards of one member", MEMBERS + "K.~,1.~,,,\nL.~,1.~,,,\n", "2-3:accepted", points=0)
good("people-good.csv", "", "a layout with words and dates of its own",
     "card_code,tier,status,enrolled_on\nK.~,anything,aktiv,31.01.2026\nL.~,,gesperrt,\n", "2-3:accepted", points=0)
case("people-words.csv", "", "a word that the layout doesn't know, and an ISO date",
     "card_code,tier,status,enrolled_on\nK.~,,active,31.01.2026\nL.~,,aktiv,2026-01-31\n", "ingested",
     "2:rejected:value_unknown 3:rejected:date_invalid", points=0, fix={",active,": ",aktiv,", ",2026-01-31": ",31.01.2026"})

# Opening lots: points from before the first night

LOTS = "lot_id,card_code,account,earned_on,active_on,expires_on,points,remaining\n"


def lot(name, label, wrong, reason, bad):
    case(f"lots-{name}.csv", label, wrong, LOTS + "A.~,C.~,,2026-01-01,,2027-01-01,100,10\n" + bad, "ingested",
         f"2:accepted 3:rejected:{reason}", points=0)


lot("id-missing", "", "no lot number", "missing_field", ",C.~,,2026-01-01,,,10,10\n")
lot("card-unknown", "", "a card that nobody has", "unknown_member", "B.~,X.~,,2026-01-01,,,10,10\n")
lot("card-damaged", "D-13", "a card that a spreadsheet rewrote", "spreadsheet_damage", "B.~,4.00638E+12,,2026-01-01,,,10,10\n")
lot("account-unknown", "", "an account that the program lacks", "value_unknown", "B.~,C.~,status,2026-01-01,,,10,10\n")
lot("date-invalid", "D-71", "a day that the calendar lacks", "date_invalid", "B.~,C.~,,2026-06-31,,,10,10\n")
lot("points-fraction", "", "half a point", "number_invalid", "B.~,C.~,,2026-01-01,,,10.5,10\n")
lot("points-negative", "", "points below nothing", "number_invalid", "B.~,C.~,,2026-01-01,,,-10,-10\n")
lot("points-exponent", "D-13", "points with an exponent", "spreadsheet_damage", "B.~,C.~,,2026-01-01,,,1E+2,10\n")
lot("remaining-more", "", "more points remain than there were", "number_invalid", "B.~,C.~,,2026-01-01,,,10,11\n")
lot("remaining-none", "", "no points remain", "number_invalid", "B.~,C.~,,2026-01-01,,,10,0\n")
good("lots-twice.csv", "", "one lot twice", LOTS + "A.~,C.~,,2026-01-01,,,10,10\n" * 2, "2:accepted 3:duplicate", points=0)
refused("lots-too-late.csv", "", "opening lots after the first night", LOTS + "A.~,C.~,,2026-01-01,,,10,10\n", "after_opening",
        night=1)

# Opening orders: known from before the first night

KNOWN = "order_id,card_code,ordered_on,net_amount,points\n"


def known(name, label, wrong, reason, bad):
    case(f"known-{name}.csv", label, wrong, KNOWN + "A.~,C.~,2026-01-01,10.00,10\n" + bad, "ingested",
         f"2:accepted 3:rejected:{reason}", points=0)


known("id-missing", "", "no order number", "order_id_missing", ",C.~,2026-01-01,10.00,10\n")
known("id-damaged", "D-13", "an order number that a spreadsheet rewrote", "spreadsheet_damage", "4.1E+11,C.~,2026-01-01,10.00,10\n")
known("date-invalid", "D-71", "a time where a day should be", "ordered_at_invalid", "B.~,C.~,2026-01-01T10:00:00,10.00,10\n")
known("amount-invalid", "D-70", "a decimal comma", "amount_invalid", 'B.~,C.~,2026-01-01,"10,00",10\n')
known("points-invalid", "", "points in words", "number_invalid", "B.~,C.~,2026-01-01,10.00,ten\n")
refused("known-too-late.csv", "", "opening orders after the first night", KNOWN + "A.~,C.~,2026-01-01,10.00,10\n", "after_opening",
        night=1)

# Orders in two files: what the heads say and what the goods say

HEADS = "order_id,ordered_at,store_id,card_code\n"
GOODS = "order_id,quantity,line_amount\n"


def head(id, card="C.~"):
    return f"{id}.~,2026-11-16T10:00:00,S1,{card}\n"


def halves(name, label, wrong, heads, goods, of_heads, of_goods, points=None, fix=("", "")):
    """Two files that share their orders; their points count with the goods."""
    own = "halves-" + name
    case(f"heads-{name}.csv", label, wrong, HEADS + heads, "ingested", of_heads, points=0, ids=own)
    case(f"goods-{name}.csv", label, wrong, GOODS + goods, "ingested", of_goods, points=points, ids=own)


halves("good", "D-8", "heads and goods of two orders", head("A") + head("B"), "A.~,1,4.00\nA.~,1,6.00\nB.~,1,10.00\n",
       "2-3:accepted", "2-4:accepted", points=20)
halves("alone", "D-8", "a head without goods, goods without a head", head("A") + head("B"), "B.~,1,10.00\nD.~,1,10.00\n",
       "2:rejected:order_without_items 3:accepted", "2:accepted 3:rejected:items_without_order", points=10)
halves("wrong", "D-8", "goods that are wrong take their head with them", head("A") + head("B"), "A.~,1,ten\nA.~,1,1.00\nB.~,1,10.00\n",
       "2:rejected:order_has_rejected_line 3:accepted", "2:rejected:amount_invalid 3:rejected:order_has_rejected_line 4:accepted",
       points=10)
halves("head-wrong", "D-8", "a head that is wrong takes its goods with it", head("A").replace("T10", "T25") + head("B"),
       "A.~,1,10.00\nB.~,1,10.00\n", "2:rejected:ordered_at_invalid 3:accepted", "2:rejected:order_has_rejected_line 3:accepted",
       points=10)

# Merges and card replacement

REPLACED = "card_code,replaces_card,merged_into\n"
case("members-replaces-itself.csv", "D-65", "a card that replaces itself", REPLACED + "K.~,K.~,\n", "ingested",
     "2:conflict:merge_cycle", points=0)
case("members-merge-cycle.csv", "D-64", "two members that are merged into one another",
     REPLACED + "K.~,,L.~\nL.~,,K.~\n", "ingested", "2-3:conflict:merge_cycle", points=0)
case("members-merge-unknown.csv", "D-64", "a survivor that nobody knows", REPLACED + "K.~,,X.~\n", "ingested",
     "2:conflict:unknown_member", points=0)
good("members-merge-chain.csv", "D-64", "a chain of merges, its end first", REPLACED + "M.~,,\nL.~,,M.~\nK.~,,L.~\n", "2-4:accepted", points=0)

# The example rows of the templates that `nightjar init` writes

for prefix, header, row in [
    ("orders", "order_id,ordered_at,store_id,card_code,quantity,line_amount", "EXAMPLE-ORDER,2026-01-31T18:30:00,0001,EXAMPLE-CARD,2,9.00"),
    ("members", "card_code,member_id,tier,enrolled_on,status", "EXAMPLE-CARD,EXAMPLE-MEMBER,,2026-01-31,active"),
    ("tiers", "card_code,tier,until", "EXAMPLE-CARD,gold,2026-12-31"),
    ("articles", "product_id,category,brand,department", "EXAMPLE-PRODUCT,coffee,house,food"),
    ("hand", "adjustment_id,card_code,account,points,effective_on,reason", "EXAMPLE-ADJUSTMENT,EXAMPLE-CARD,spend,50,2026-01-31,goodwill"),
    ("known", "order_id,card_code,ordered_on,net_amount,points", "EXAMPLE-ORDER,EXAMPLE-CARD,2025-06-30,120.00,120"),
    ("lots", "lot_id,card_code,account,order_id,earned_on,active_on,expires_on,points,remaining",
     "EXAMPLE-LOT,EXAMPLE-CARD,spend,EXAMPLE-ORDER,2025-06-30,2025-06-30,2026-06-30,120,80"),
]:
    case(f"{prefix}-example.csv", "", "the example row of its template", f"{header}\n{row}\n", "ingested", "2:rejected:dummy_row",
         points=0)
