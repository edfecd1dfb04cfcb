"""Files that need a layout of their own: `till-…` is read as the layout till says, and so on."""

from corpus import HEAD, case, good, order, refused

TILL = "Ticket;Date;Magasin;Carte;Qte;Montant\n"


def ticket(id, amount="10,00", at="16/11/2026 10:00:00"):
    return f"{id}.~;{at};S1;C.~;1;{amount}\n"


good("till-good.csv", "D-70", "a till that writes semicolons and decimal commas", TILL + ticket("A") + ticket("B", "1.010,00"),
     "2-3:accepted", points=1020)


def wrong_ticket(name, label, wrong, reason, **fields):
    case(f"till-{name}.csv", label, wrong, TILL + ticket("A") + ticket("B", **fields), "ingested",
         f"2:accepted 3:rejected:{reason}", fix={ticket("B", **fields): ticket("B")})


for name, amount, wrong in [
    ("point", "10.00", "a decimal point where the layout says that points part thousands"),
    ("point-whole", "1000.00", "a decimal point behind four digits"),
    ("group-of-two", "10.00,00", "a group of two digits"),
    ("group-of-four", "1.0000,00", "a group of four digits"),
    ("group-first-of-four", "1000.000,00", "a first group of four digits"),
    ("group-empty", "1..000,00", "two marks between thousands"),
    ("group-at-end", "1.000.,00", "a mark before the comma"),
    ("two-commas", "10,0,0", "two commas"),
    ("american", "1,010.00", "an American number in a French file"),
]:
    wrong_ticket("amount-" + name, "D-70", wrong, "amount_invalid", amount=amount)
for name, at, wrong in [
    ("american", "11/16/2026 10:00:00", "month and day exchanged, where that is no date"),
    ("iso", "2026-11-16T10:00:00", "an ISO date in a French file"),
    ("short", "6/11/2026 10:00:00", "a day of one digit where the layout says two"),
    ("no-seconds", "16/11/2026 10:00", "a time without seconds, as a spreadsheet saves it"),
    ("dots", "16.11.2026 10:00:00", "dots where the layout says strokes"),
]:
    wrong_ticket("date-" + name, "D-71", wrong, "ordered_at_invalid", at=at)
good("till-date-ambiguous.csv", "D-71", "4/8 is the 4th of August, as the layout says, in every line",
     TILL + ticket("A", at="04/08/2026 10:00:00"), "2:accepted")
wrong_ticket("date-ambiguous-ahead", "D-71", "11 December, which may have been meant to be 12 November", "date_in_future",
             at="11/12/2026 10:00:00")
case("till-values.csv", "", "a word that the layout doesn't know, between two that it does",
     TILL.rstrip() + ";Type\n" + ticket("A").rstrip() + ";V\n" + ticket("B").rstrip() + ";X\n" + ticket("D").rstrip() + ";\n",
     "ingested", "2:accepted 3:rejected:value_unknown 4:accepted", fix={";X\n": ";V\n"})
refused("till-commas.csv", "D-12", "commas where the layout says semicolons", (TILL + ticket("A", "10.00")).replace(";", ","),
        "missing_column")
refused("till-canonical.csv", "D-9", "the canonical names, where the layout says others", HEAD.replace(",", ";"), "missing_column")

good("tabs-good.csv", "", "tabs between the columns", (HEAD + order("A")).replace(",", "\t"), "2:accepted")
case("tabs-blanks.csv", "", "one line with blanks where tabs were",
     (HEAD + order("A")).replace(",", "\t") + order("B").replace(",", "  "), "ingested", "2:accepted 3:rejected:field_count",
     fix={order("B").replace(",", "  "): order("B").replace(",", "\t")})

good("offset-good.csv", "D-71", "the same moment in three zones",
     HEAD + order("A", at="2026-11-16T10:00:00Z") + order("B", at="2026-11-16T11:00:00+01:00")
     + order("D", at="2026-11-16T02:00:00-0800"), "2-4:accepted")
good("offset-next-day.csv", "D-71", "late in London is tomorrow in Paris", HEAD + order("A", at="2026-11-16T23:30:00Z"),
     "2:parked", later=("C.offset-next-day", 10))
for name, offset in [("missing", ""), ("word", "CET"), ("beyond", "+25:00"), ("minutes", "+01:75"), ("half", "+1")]:
    bad = order("B", at="2026-11-16T10:00:00" + offset)
    case(f"offset-{name}.csv", "D-71", f"an offset that is none: '{offset}'",
         HEAD + order("A", at="2026-11-16T10:00:00Z") + bad, "ingested", "2:accepted 3:rejected:ordered_at_invalid",
         fix={bad: order("B", at="2026-11-16T10:00:00Z")})
good("ecom-zone.csv", "D-71", "the evening in New York is tomorrow in Paris, which is its system's zone",
     HEAD + order("A", at="2026-11-16T18:30:00") + order("B", at="2026-11-16T17:59:59"), "2:parked 3:accepted",
     later=("C.ecom-zone", 10))

good("lenient-good.csv", "", "a layout that lets pass what others refuse: no pieces, half a cent, a dash for no card",
     HEAD.rstrip() + ",kind\n" + order("A", quantity="0").rstrip() + ",S\n" + order("B", "9.995").rstrip() + ",S\n"
     + order("D", card="-").rstrip() + ",S\n", "2-4:accepted", points=20)

# Stores and currencies

KIOSK = order("A", store="K1") + order("B", store="K3") + order("D", store="K2")
case("kiosk-store.csv", "", "a store that program.yaml doesn't give to this system", HEAD + KIOSK, "ingested",
     "2:accepted 3:rejected:unknown_store 4:accepted", fix={"K3": "K1"})
MONEY = HEAD.rstrip() + ",currency\n"


def paid(id, currency):
    return order(id).rstrip() + f",{currency}\n"


for name, currency, wrong in [("other", "USD", "another currency"), ("old", "FRF", "a currency of the last century"),
                              ("small", "eur", "the currency in small letters"), ("sign", "\u20ac", "a sign for the currency")]:
    case(f"orders-currency-{name}.csv", "D-69", wrong, MONEY + paid("A", "EUR") + paid("B", currency) + paid("D", ""), "ingested",
         "2:accepted 3:rejected:unknown_currency 4:accepted", fix={"," + currency + "\n": ",EUR\n"})

# Cards

for layout, right, cards in [
    ("ean", "4006381333931", [("digit", "4006381333930", "a wrong check digit"), ("short", "400638133393", "twelve digits"),
                              ("rounded", "4006381330000", "its last digits made zeros by a spreadsheet"),
                              ("letter", "400638133393O", "a letter O for a nought"),
                              ("long", "04006381333931", "a nought before it")]),
    ("luhn", "79927398713", [("digit", "79927398710", "a wrong check digit"), ("swapped", "79927398731", "two digits swapped"),
                             ("blank", "7992 7398713", "a blank within it"), ("full-width", "\uff17\uff1992739871\uff13", "full-width digits")]),
]:
    for name, card, wrong in cards:
        case(f"{layout}-{name}.csv", "D-13", f"a card with {wrong}",
             HEAD + order("A", card="") + order("B", card=card) + order("D", card=""), "ingested",
             "2:accepted 3:rejected:card_syntax 4:accepted", points=0)
    good(f"{layout}-good.csv", "D-13", "a card that is written as it must be, of nobody", HEAD + order("A", card=right), "2:parked")
case("syntax-card.csv", "", "a card that the layout's pattern doesn't know", HEAD + order("A") + order("B", card="X-1"), "ingested",
     "2:accepted 3:rejected:card_syntax", fix={",X-1,": ",C.~,"})

# Lines apart, receipts that recycle

good("apart-good.csv", "", "the lines of orders stand apart, as the layout says",
     HEAD + order("A", "4.00") + order("B", "3.00") + order("A", "6.00") + order("B", "7.00"), "2-5:accepted", points=20)
case("apart-wrong.csv", "", "one of them is wrong: its whole order is refused, wherever its lines stand",
     HEAD + order("A", "4.00") + order("B") + order("A", "six"), "ingested",
     "2:rejected:order_has_rejected_line 3:accepted 4:rejected:amount_invalid", fix={"4.00": "10.00", "six": "10.00"})
refused("apart-unreadable.csv", "", "a line whose order nobody can read may be of any of them", HEAD + order("A") + order("B\0"),
        "unreadable_line")
RECEIPTS = HEAD.replace("store_id", "store_id,terminal_id")


def receipt(at, store="S1,T1", amount="10.00"):
    return order("A", amount, at=at, store=store)


good("receipts-good.csv", "D-15", "one receipt number on two tills and two days: three orders",
     RECEIPTS + receipt("2026-11-16T10:00:00") + receipt("2026-11-16T10:00:00", "S1,T2") + receipt("2026-11-15T10:00:00"),
     "2-4:accepted")
good("receipts-again.csv", "D-15", "the same number of the same till and day is the same order",
     RECEIPTS + receipt("2026-11-16T10:00:00") + receipt("2026-11-15T10:00:00") + receipt("2026-11-16T11:00:00", amount="20.00"),
     "2-3:accepted 4:correction", points=30)
case("receipts-store.csv", "D-14", "no store where the store is part of the identity", RECEIPTS + receipt("2026-11-16T10:00:00", ",T1"),
     "ingested", "2:rejected:missing_field", fix={",,T1,": ",S1,T1,"})

# Layouts of other systems that are built in

OPEN = ("documentNumber,purchaseDate,documentType,posIdentifier,loyaltyCardNumber,sku,name,quantity,grossValue,category,maker,"
        "revisedDocument\n")


def document(id, kind="sell", amount="10.00", at="2026-11-16T10:00:00+01:00", of="", quantity="1"):
    return f"{id}.~,{at},{kind},pos1,C.~,SKU1,Item 1,{quantity},{amount},c1,m1,{of}\n"


good("open-good.csv", "", "a sale and its return, as Open Loyalty has them",
     OPEN + document("A") + document("R", "return", "-4.00", of="A.~", quantity="-1"), "2-3:accepted", points=6)
for name, reason, wrong, fields in [
    ("kind", "value_unknown", "a document that is neither sold nor returned", {"kind": "gift"}),
    ("time", "ordered_at_invalid", "a time without its offset", {"at": "2026-11-16T10:00:00"}),
    ("amount", "amount_invalid", "an amount of three decimals", {"amount": "10.005"}),
]:
    bad = document("B", **fields)
    case(f"open-{name}.csv", "", wrong, OPEN + document("A") + bad, "ingested", f"2:accepted 3:rejected:{reason}",
         fix={bad: document("B")})
refused("open-document.csv", "D-9", "the XML of its first versions",
        '<?xml version="1.0"?>\n<transactions><transaction></transaction></transactions>\n', "missing_column")

SPLIO = "order_id;customer_key;card_code;store_id;ordered_at;total_price;currency\n"
SPLIO_GOODS = "order_id;product_id;quantity;unit_price;discount_amount;tax_amount;currency;total_line_amount\n"
good("splio-good.csv", "D-8", "orders as Splio has them",
     SPLIO + "A.~;x@y.example;C.~;PAR01;2026-11-16 18:22:07;10.00;EUR\n", "2:accepted", ids="splio", points=0)
good("spliogoods-good.csv", "D-8", "and what was in them", SPLIO_GOODS + "A.~;P1;1;4.00;0.00;;EUR;4.00\nA.~;P2;0;6.00;0.00;;EUR;6.00\n",
     "2-3:accepted", ids="splio", points=10)
case("splio-time.csv", "D-71", "an ISO time where Splio writes a blank",
     SPLIO + "A.~;x@y.example;C.~;PAR01;2026-11-16T18:22:07;10.00;EUR\n", "ingested", "2:rejected:ordered_at_invalid")
refused("splio-commas.csv", "D-12", "commas, as Splio writes on request only", SPLIO.replace(";", ","), "missing_column")
refused("spliogoods-amount.csv", "D-10", "the amounts under another name", SPLIO_GOODS.replace("total_line_amount", "total"),
        "missing_column")
CARDS = "customer_key;card_code;card_expire_at;program_joined_at;tier_name\n"
good("spliocards-good.csv", "", "cards as Splio has them: one never expires, one has no date",
     CARDS + "1;K.~;9998-12-31 00:00:00;2026-01-31 10:00:00;gold\n2;L.~;0000-00-00 00:00:00;0000-00-00 00:00:00;\n", "2-3:accepted",
     points=0)
case("spliocards-wrong.csv", "D-71", "a tier that nobody knows, a day without a time",
     CARDS + "1;K.~;;;platinum\n2;L.~;2027-01-31;;gold\n", "ingested", "2:rejected:unknown_tier 3:rejected:date_invalid", points=0,
     fix={";platinum": ";gold", ";2027-01-31;": ";;"})
