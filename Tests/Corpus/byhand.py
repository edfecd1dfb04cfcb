"""What people enter by hand: tiers, points, products."""

from corpus import case, good, refused

# Forced tiers

TIERS = "card_code,tier,until\n"


def tier(name, label, wrong, reason, bad, better="C.~,gold,\n"):
    case(f"tiers-{name}.csv", label, wrong, TIERS + bad, "ingested", f"2:rejected:{reason}", points=0,
         fix={"," + bad: "," + better})


good("tiers-good.csv", "", "a tier by hand, until a day", TIERS + "C.~,gold,2026-12-31\n", "2:accepted", points=0)
tier("card-missing", "", "no card", "missing_field", ",gold,\n")
tier("tier-missing", "", "no tier", "missing_field", "C.~,,\n")
tier("tier-unknown", "", "a tier that program.yaml doesn't know", "unknown_tier", "C.~,platinum,\n")
tier("until-invalid", "D-71", "a day that the calendar lacks", "date_invalid", "C.~,gold,2026-02-29\n")
tier("card-damaged", "D-13", "a card that a spreadsheet rewrote", "spreadsheet_damage", "4.00638E+12,gold,\n")
case("tiers-card-unknown.csv", "", "a card that nobody has", TIERS + "X.~,gold,\n", "ingested", "2:conflict:unknown_member", points=0)
refused("tiers-header.csv", "D-10", "no column for tiers", "card_code,until\n", "missing_column")

# Adjustments

HAND = "adjustment_id,card_code,points,effective_on,reason\n"


def by_hand(name, label, wrong, reason, bad, better="B.~,C.~,5,,sorry\n"):
    case(f"hand-{name}.csv", label, wrong, HAND + "A.~,C.~,5,,sorry\n" + bad, "ingested", f"2:accepted 3:rejected:{reason}", points=5,
         fix={"," + bad: "," + better})


good("hand-good.csv", "", "points given and taken by hand", HAND + "A.~,C.~,100,,sorry\nB.~,C.~,-40,2026-11-16,mistake\n",
     "2-3:accepted", points=60)
good("hand-twice.csv", "D-16", "one adjustment twice", HAND + "A.~,C.~,5,,sorry\n" * 2, "2:accepted 3:duplicate", points=5)
good("hand-unknown.csv", "D-63", "a card that nobody has yet", HAND + "A.~,X.~,5,,sorry\n", "2:parked", points=0)
good("hand-tomorrow.csv", "", "from tomorrow on", HAND + "A.~,C.~,5,2026-11-17,sorry\n", "2:parked", points=0,
     later=("C.hand-tomorrow", 5))
by_hand("id-missing", "", "no number", "missing_field", ",C.~,5,,sorry\n")
by_hand("card-missing", "", "no card", "missing_field", "B.~,,5,,sorry\n")
by_hand("reason-missing", "", "no reason", "missing_field", "B.~,C.~,5,,\n")
by_hand("points-none", "", "no points", "number_invalid", "B.~,C.~,0,,sorry\n")
by_hand("points-fraction", "", "half a point", "number_invalid", "B.~,C.~,5.5,,sorry\n")
by_hand("points-word", "", "points in words", "number_invalid", "B.~,C.~,five,,sorry\n")
by_hand("points-large", "", "more points than there can be", "number_invalid", "B.~,C.~,9223372036854775807,,sorry\n")
by_hand("date-invalid", "D-71", "a day that the calendar lacks", "date_invalid", "B.~,C.~,5,2026-11-31,sorry\n")
by_hand("id-damaged", "D-13", "a number that a spreadsheet rewrote", "spreadsheet_damage", "1.5E+10,C.~,5,,sorry\n")
by_hand("reason-long", "", "a reason of 256 bytes", "text_too_long", "B.~,C.~,5,," + "x" * 256 + "\n")

# Products

ARTICLES = "product_id,category,brand,department\n"
good("articles-good.csv", "", "products, one of them twice, one changed", ARTICLES + "A.~,coffee,,\nA.~,coffee,,\nA.~,tea,,\n",
     "2:accepted 3:duplicate 4:correction", points=0)
for name, wrong, reason, bad in [
    ("id-missing", "no product number", "missing_field", ",coffee,,\n"),
    ("id-damaged", "a product number that a spreadsheet rewrote", "spreadsheet_damage", "4.00638E+12,coffee,,\n"),
    ("category-long", "a category of 256 bytes", "text_too_long", "B.~," + "x" * 256 + ",,\n"),
    ("field-count", "a field too many", "field_count", "B.~,coffee,,,\n"),
]:
    case(f"articles-{name}.csv", "", wrong, ARTICLES + "A.~,coffee,,\n" + bad, "ingested", f"2:accepted 3:rejected:{reason}", points=0,
         fix={"," + bad: ",B.~,coffee,,\n"})
