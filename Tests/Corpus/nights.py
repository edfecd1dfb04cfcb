"""Files that meet others: of the same night, of the night before, of another job."""

from corpus import HEAD, NIGHTS, case, good, order, packed, refused

THREE = HEAD + order("A") + order("B") + order("D")
ALL = "2-4:accepted"


def again(file, label, wrong, ids, lines, content=THREE, **more):
    case(file, label, wrong, content, "ingested", lines, ids=ids, **more)


def same(file, wrong, ids, **more):
    case(file, "D-1", wrong, THREE, "duplicate_file", points=0, ids=ids, **more)


# The same bytes

good("orders-bytes-1.csv", "D-1", "it comes twice, and this is the first", THREE, ALL, ids="bytes")
same("orders-bytes-2.csv", "the same bytes under another name", "bytes")
same("orders-bytes-3.csv.gz", "the same bytes, packed", "bytes", pack=packed)
same("orders-bytes-1.csv", "the same file in the next night", "bytes", night=1)
same("deep/orders-bytes-4.csv", "the same bytes in a folder, in the next night", "bytes", night=1)
good("orders-gz-1.csv.gz", "D-1", "it comes packed, and then plain", THREE, ALL, ids="gz", pack=packed)
same("orders-gz-2.csv", "the bytes of a packed file, plain", "gz", night=1)

# Other bytes

good("orders-name.csv", "D-2", "its name comes again with other bytes", THREE, ALL)
again("orders-name.csv", "D-2", "the same name with one line more: its lines are judged one by one", "orders-name",
      "2-4:duplicate 5:accepted", THREE + order("E"), night=1)
good("orders-mark-1.csv", "D-1", "it comes again with a byte order mark", THREE, ALL, ids="mark-1")
again("orders-mark-2.csv", "D-1", "the same lines behind a byte order mark: other bytes, equal lines", "mark-1", "2-4:duplicate",
      "\ufeff" + THREE, night=1)
again("orders-mark-3.csv", "D-1", "the same lines with CR LF", "mark-1", "2-4:duplicate", THREE.replace("\n", "\r\n"), night=1)
again("orders-mark-4.csv", "D-1", "the same lines without the last line end", "mark-1", "2-4:duplicate", THREE.rstrip(), night=1)
good("orders-overlap-1.csv", "D-3", "its last hours come again", THREE, ALL, ids="overlap")
again("orders-overlap-2.csv", "D-3", "it overlaps a file of the same night", "overlap", "2-3:duplicate 4:accepted",
      HEAD + order("B") + order("D") + order("E"))
again("orders-overlap-3.csv", "D-3", "it overlaps two files of the night before", "overlap", "2-3:duplicate 4:accepted",
      HEAD + order("D") + order("E") + order("F"), night=1)

# Corrections

good("orders-changed-1.csv", "D-16", "one of its orders changes later", THREE, ALL, ids="changed")
again("orders-changed-2.csv", "D-16", "an order of the same night with another amount: the later one stands", "changed",
      "2:correction", HEAD + order("A", "20.00"), points=10)
again("orders-changed-3.csv", "D-29", "an order of the night before with another amount", "changed", "2:correction 3:duplicate",
      HEAD + order("B", "25.00") + order("D"), night=1, points=15)
again("orders-changed-4.csv", "D-29", "an order that comes to nothing", "changed", "2:correction",
      HEAD + order("D", "0.00"), night=1, points=-10)
good("steady-1.csv", "D-16", "a job that refuses changes", HEAD + order("A"), "2:accepted", ids="steady")
case("steady-2.csv", "D-16", "a change where the job refuses them", HEAD + order("A", "20.00"), "ingested",
     "2:conflict:order_changed", points=0, ids="steady", night=1)
good("deaf-1.csv", "D-16", "a job that counts changes as duplicates", HEAD + order("A"), "2:accepted", ids="deaf")
again("deaf-2.csv", "D-16", "a change where the job counts it as duplicate", "deaf", "2:duplicate",
      HEAD + order("A", "20.00"), night=1)

# Waiting

good("orders-tomorrow.csv", "D-7", "an order of the next day waits for its night", HEAD + order("A", at="2026-11-17T00:00:00"),
     "2:parked", later=("C.orders-tomorrow", 10))
good("orders-late.csv", "D-7", "orders of three days before", HEAD + order("A", at="2026-11-13T10:00:00") + order("B"),
     "2-3:accepted")
good("orders-unknown.csv", "D-63", "a card that no members file has named yet", HEAD + order("A", card="N.~") + order("B"),
     "2:parked 3:accepted", later=("N.orders-unknown", 10))
good("members-unknown.csv", "D-63", "a members file names the card in the next night: the order gets its points",
     "card_code\nN.orders-unknown\n", "2:accepted", night=1, points=0)
RETURNS = HEAD.rstrip() + ",kind,original_order_id\n"


def back(id, of, amount="-10.00", card="C.~"):
    return f"{id}.~,2026-11-16T18:00:00,S1,{card},-1,{amount},return,{of}\n"


good("orders-return-first.csv", "D-8", "a return whose order comes a night later waits for it",
     RETURNS + back("R", "A.~", "-4.00"), "2:parked", points=0)
again("orders-return-first-2.csv", "D-8", "the order of a return that came a night before", "orders-return-first", "2:accepted",
      HEAD + order("A"), night=1, points=6)
good("orders-return-a.csv", "D-8", "a return before its order, by the names of their files: both of one night",
     RETURNS + back("R", "A.~"), "2:accepted", points=-10)
again("orders-return-b.csv", "D-8", "the order of a return of the same night", "orders-return-a", "2:accepted", HEAD + order("A"))

# Systems and nights in names

good("shops-pos-2026-11-16.csv", "", "its name says system and night", HEAD + order("A"), "2:accepted", ids="shop")
good("shops-ecom-20261116.csv", "D-14", "the same number of another system is another order", HEAD + order("A", "20.00"),
     "2:accepted", ids="shop", points=20)
refused("shops-pso-2026-11-16.csv", "D-9", "a mistyped system in its name: its orders would count twice", HEAD + order("A"),
        "system_unknown", ids="shop")
good("shops-pos-2026-11-17.csv", "D-7", "a file of the next night waits in the inbox", HEAD + order("B"), "2:accepted", ids="shop",
     night=1)
good("stores-pos-S7-2026-11-16.csv", "", "its name says system, store and night",
     "order_id,ordered_at,card_code,quantity,line_amount\nA.~,2026-11-16T10:00:00,C.~,1,10.00\n", "2:accepted")
refused("stores-pso-S7-2026-11-16.csv", "D-9", "a mistyped system before a store",
        "order_id,ordered_at,card_code,quantity,line_amount\n", "system_unknown")
case("stores-kiosk-K9-2026-11-16.csv", "", "the store in its name is none of its system's",
     "order_id,ordered_at,card_code,quantity,line_amount\nA.~,2026-11-16T10:00:00,C.~,1,10.00\n", "ingested",
     "2:rejected:unknown_store")
refused("nobody-says.csv", "", "nobody says which system it is", HEAD + order("A"), "system_missing")
case("nobody-but-lines.csv", "", "a column says which system each line is of: one is unknown, one says nothing",
     "system," + HEAD + "pos," + order("A") + "pso," + order("B") + "," + order("D") + "ecom," + order("E"), "ingested",
     "2:accepted 3:rejected:system_unknown 4:rejected:system_missing 5:accepted", fix={",pso,": ",pos,", ",,D": ",pos,D"})

# Refused whole, then sent again whole

refused("orders-again.csv", "D-5", "it is cut and comes whole in the next night", THREE[:-20], "truncated")
again("orders-again.csv", "D-5", "the whole file, a night after its first half was refused", "orders-again", ALL, night=1)
refused("orders-twice-refused.csv", "D-5", "it is cut", THREE[:-20], "truncated")
refused("orders-twice-refused.csv", "D-5", "the same cut file in the next night is refused again, and no duplicate", THREE[:-20],
        "truncated", night=1)

# Receipt numbers that recycle where the layout doesn't say so

good("orders-recycled-1.csv", "D-15", "its receipt number is used again a week later", HEAD + order("A", at="2026-11-09T10:00:00"),
     "2:accepted", ids="recycled")
case("orders-recycled-2.csv", "D-15", "a known number with another total, a week from the day of the first", HEAD + order("A", "25.00"),
     "ingested", "2:conflict:reused_receipt", points=0, ids="recycled", night=1)

# Voids and exchanges

KINDS = HEAD.rstrip() + ",kind,original_order_id\n"


def of_kind(id, kind, amount="10.00", of="", quantity="1"):
    return order(id, amount, quantity=quantity).rstrip() + f",{kind},{of}\n"


good("orders-voided.csv", "D-17", "a void in the same file as its order: nothing is posted for either",
     KINDS + of_kind("A", "sale") + of_kind("B", "sale") + of_kind("V", "void", of="A.~"), "2-4:accepted", points=10)
good("orders-void-later-1.csv", "D-17", "it is voided in the next night", KINDS + of_kind("A", "sale"), "2:accepted", ids="void")
good("orders-void-later-2.csv", "D-17", "the void of an order of the night before", KINDS + of_kind("V", "void", of="A.~"), "2:accepted",
     ids="void", night=1, points=-10)
good("orders-void-nothing.csv", "D-17", "the void of an order that nobody knows waits for it", KINDS + of_kind("V", "void", of="X.~"),
     "2:parked")
good("orders-exchange-even.csv", "D-24", "an even exchange changes no points",
     KINDS + of_kind("A", "sale") + of_kind("E", "exchange", "-10.00", "A.~", "-1") + of_kind("E", "exchange", "10.00", "A.~"),
     "2-4:accepted", points=10)
good("orders-never-earn.csv", "D-17", "what a till writes beside sales never earns",
     KINDS + "".join(of_kind(f"N{n}", kind) for n, kind in enumerate(
         ["suspended", "training", "no_sale", "tender_change", "open", "close", "other"])), "2-8:accepted", points=0)
case("orders-kind-unknown.csv", "D-17", "a kind that nobody knows", KINDS + of_kind("A", "sale") + of_kind("B", "sell"), "ingested",
     "2:accepted 3:rejected:value_unknown", fix={",sell,": ",sale,"})
good("orders-over-return.csv", "D-19", "more comes back than was sold: not more than its points goes",
     KINDS + of_kind("A", "sale") + of_kind("R", "return", "-25.00", "A.~", "-3"), "2-3:accepted", points=0)

# Whole days: what an earlier file of the day had and a later one lacks is taken back

good("days-pos-2026-11-16.csv", "D-3", "the whole of a day", THREE, ALL, ids="day")
good("days-pos-2026-11-16-again.csv", "D-3", "the same day again: an order less, one more",
     HEAD + order("A") + order("D") + order("E"), "2-3:duplicate 4:accepted", ids="day", night=1, points=0)
good("days-ecom-2026-11-16.csv", "D-3", "the whole of another system's day", HEAD + order("A") + order("B"), "2-3:accepted",
     ids="other-day")
case("days-ecom-2026-11-16-again.csv", "D-3", "the same day again with a wrong line: it takes nothing back, and its corrected "
     "rejects are no whole day", HEAD + order("A") + order("E", "ten"), "ingested", "2:duplicate 3:rejected:amount_invalid",
     ids="other-day", night=1, points=0, fix={",ten": ",10.00"})
good("days-kiosk-2026-11-16.csv", "D-6", "a day that turns out to have had no orders",
     HEAD + order("A", store="K1") + order("B", store="K2"), "2-3:accepted", ids="empty-day")
good("days-kiosk-2026-11-16-again.csv", "D-6", "a header alone, whose bytes are known from other files: the day had no orders", HEAD, "",
     ids="empty-day", night=1, points=-20)

# Points paid

PAID = HEAD.rstrip() + ",points_paid,points_discount\n"


def paid(id, points, discount):
    return order(id).rstrip() + f",{points},{discount}\n"


for name, points, discount, reason, wrong in [
    ("fraction", "2.5", "2.50", "number_invalid", "half a point was paid"),
    ("word", "two", "2.00", "number_invalid", "points in words were paid"),
    ("large", "9223372036854775807", "2.00", "number_invalid", "more points were paid than there can be"),
    ("comma", "2", '"2,00"', "amount_invalid", "a decimal comma in what the points were worth"),
]:
    case(f"orders-paid-{name}.csv", "D-70", wrong, PAID + paid("A", "", "") + paid("B", points, discount), "ingested",
         f"2:accepted 3:rejected:{reason}", fix={f",{points},{discount}\n": ",,\n"})
case("orders-paid-twice.csv", "D-23", "two lines of one order say different points", PAID + paid("A", "2", "2.00") + paid("A", "3", "3.00"),
     "ingested", "2:rejected:order_has_rejected_line 3:rejected:amount_invalid")
good("orders-paid.csv", "D-23", "paid with points that were earned in the same file", PAID + paid("A", "", "") + paid("B", "4", "4.00"),
     "2-3:accepted", points=12)
