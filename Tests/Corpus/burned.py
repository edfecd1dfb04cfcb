"""What members do with codes: burns, claims, events, gift codes."""

from corpus import case, good, refused

LONG = "x" * 256

# The codes that the cases use: each case's own, of the reward r25, A available, H in its card's hands.

STOCK = "code,state,card_code,expires_on\n"


def stocked(name, codes="A.~,,,\nB.~,,,\nH.~,assigned,C.~,\n"):
    """The codes of a case, which come in the same night."""
    good(f"vouchers-of-{name}.csv", "", f"the codes of {name}", STOCK + codes, f"2-{1 + codes.count(chr(10))}:accepted", points=0, ids=name)


# Burn reports

BURNS = "burn_id,burned_at,store_id,card_code,code,order_id,order_amount,discount_amount,kind\n"


def burn(id, code="H.~", at="2026-11-16T18:22:07", card="C.~", receipt="T.~", kind="burn", amount="60.00", discount="5.00"):
    return f"{id}.~,{at},S1,{card},{code},{receipt},{amount},{discount},{kind}\n"


def burned(name, label, wrong, reason, **fields):
    """A damaged line behind a good one; corrected, it burns another code."""
    name = f"burns-{name}"
    stocked(name)
    bad = burn("K2", **{"code": "A.~", **fields})
    case(f"{name}.csv", label, wrong, BURNS + burn("K1") + bad, "ingested", f"2:accepted 3:rejected:{reason}", points=0,
         fix={"," + bad: "," + burn("K2", "A.~", receipt="T2.~")})


stocked("burns-good")
good("burns-good.csv", "D-36", "burns of a code that a member has, of one that nobody has, and one given back",
     BURNS + burn("K1") + burn("K2", "A.~", receipt="T2.~") + burn("K3", "H.~", "2026-11-16T19:00:00", kind="reverse"),
     "2-4:accepted", points=0)
burned("code-damaged", "D-13", "a code that a spreadsheet rewrote", "spreadsheet_damage", code="4.00638E+12")
burned("code-missing", "", "no code", "missing_field", code="")
burned("code-comma", "", "a comma in a code", "code_syntax", code='"A,~"')
burned("card-damaged", "D-13", "a card that a spreadsheet rewrote", "spreadsheet_damage", card="4.00638E+12")
burned("time-missing", "", "no time", "missing_field", at="")
burned("time-invalid", "D-71", "a day alone where a time belongs", "date_invalid", at="2026-11-16")
burned("time-future", "", "dated the day after tomorrow", "date_in_future", at="2026-11-18T10:00:00")
burned("amount-comma", "", "a decimal comma", "amount_invalid", amount='"60,00"')
burned("discount-words", "", "a discount in words", "amount_invalid", discount="five")
burned("kind-unknown", "", "a kind that nobody knows", "value_unknown", kind="use")
burned("receipt-long", "", "a receipt of 256 bytes", "text_too_long", receipt=LONG)
stocked("burns-tomorrow")
good("burns-tomorrow.csv", "", "a report dated tomorrow", BURNS + burn("K1", at="2026-11-17T10:00:00"), "2:parked", points=0)
stocked("burns-name")
good("burns-name-1.csv", "D-1", "a report that comes under two names", BURNS + burn("K1"), "2:accepted", points=0, ids="burns-name")
case("burns-name-2.csv", "D-1", "the same report under another name", BURNS + burn("K1"), "duplicate_file", points=0, ids="burns-name")
good("burns-name-3.csv", "D-31", "the same burns in other bytes", BURNS.replace("\n", "\r\n") + burn("K1").replace("\n", "\r\n"),
     "2:duplicate", points=0, ids="burns-name", night=1)
stocked("burns-double")
good("burns-double-1.csv", "D-32", "a code that is used twice", BURNS + burn("K1"), "2:accepted", points=0, ids="burns-double")
case("webburns-double-2.csv", "D-32", "the second use, in another system", BURNS + burn("K1", at="2026-11-16T18:40:00", receipt="W.~"),
     "ingested", "2:conflict:double_burn", points=0, ids="burns-double", night=1)
stocked("burns-foreign")
case("burns-foreign.csv", "D-37", "another member's code, where such burns are refused", BURNS + burn("K1", card="X.~"), "ingested",
     "2:conflict:foreign_card", points=0)
stocked("burns-expired", "E.~,assigned,C.~,2026-11-16\n")
case("burns-expired.csv", "D-34", "used after its last day, where such burns are refused", BURNS + burn("K1", "E.~", "2026-11-17T10:00:00"),
     "ingested", "2:conflict:already_expired", points=0, night=1)
stocked("burns-late", "E.~,assigned,C.~,2026-11-16\n")
good("burns-late.csv", "D-34", "used in time, and told when it had expired", BURNS + burn("K1", "E.~", "2026-11-16T22:00:00"), "2:accepted",
     points=0, night=1)
stocked("burns-voided", "V.~,voided,,\n")
case("burns-voided.csv", "", "a code that was voided", BURNS + burn("K1", "V.~"), "ingested", "2:conflict:code_voided", points=0)
good("burns-unknown.csv", "D-35", "a code that no file named yet", BURNS + burn("K1", "U.~"), "2:parked", points=0)
refused("nobodyburns-a.csv", "", "nobody says which system it is", BURNS + burn("K1"), "system_missing")
refused("burns-cut.csv", "D-5", "it ends in the middle of a line", BURNS + burn("K1") + "K2.~,2026-11", "truncated")
case("shopburns-store.csv", "", "a store that its system doesn't have", BURNS + burn("K1", "U.~"), "ingested", "2:rejected:unknown_store",
     points=0)

# Claims and grants

CLAIMS = "claim_id,claimed_at,card_code,reward_id,kind,code\n"


def claim(id, reward="free", card="C.~", at="2026-11-16T12:00:00", kind="claim", code=""):
    return f"{id}.~,{at},{card},{reward},{kind},{code}\n"


def claimed(name, label, wrong, reason, bad):
    case(f"claims-{name}.csv", label, wrong, CLAIMS + claim("K1") + bad, "ingested", f"2:accepted 3:rejected:{reason}", points=0,
         fix={"," + bad: "," + claim("K2")})


good("lists-free-claims.csv", "", "the codes of all claims", "code\n" + "".join(f"{number}.~\n" for number in range(100)), "2-101:accepted",
     points=0)
good("claims-good.csv", "", "a claim, a grant, one that nobody can pay, one of a card that nobody has yet, one of tomorrow",
     CLAIMS + claim("K1") + claim("K2", kind="grant") + claim("K3", "dear") + claim("K4", card="X.~")
     + claim("K5", at="2026-11-17T12:00:00"), "2-4:accepted 5-6:parked", points=0)
claimed("id-missing", "", "no number", "missing_field", claim("")[2:])
claimed("card-missing", "", "no card", "missing_field", claim("K2", card=""))
claimed("reward-unknown", "", "a reward that there isn't", "unknown_reward", claim("K2", "r99"))
claimed("kind-unknown", "", "a kind that nobody knows", "value_unknown", claim("K2", kind="gift"))
claimed("time-invalid", "D-71", "a day that the calendar lacks", "date_invalid", claim("K2", at="2026-02-30T12:00:00"))
claimed("id-damaged", "D-13", "a number that a spreadsheet rewrote", "spreadsheet_damage", claim("K2").replace("K2.~", "4.00638E+12"))
claimed("code-comma", "", "a comma in its code", "code_syntax", claim("K2", code='"A,~"'))
good("claims-again-1.csv", "D-16", "a claim that comes again", CLAIMS + claim("K1"), "2:accepted", points=0, ids="claims-again")
case("claims-again-2.csv", "D-16", "a claim that comes again, and then with another time",
     CLAIMS + claim("K1") + claim("K1", at="2026-11-16T13:00:00"), "ingested", "2:duplicate 3:conflict:record_changed", points=0,
     ids="claims-again", night=1)

# Events

EVENTS = "event_id,occurred_at,card_code,event,subject\n"
good("events-good.csv", "", "an event that a workflow knows, and one that none knows",
     EVENTS + "E1.~,2026-11-16T12:00:00,C.~,goal_completed,\nE2.~,2026-11-16T12:00:00,C.~,danced,\nE1.~,2026-11-16T12:00:00,C.~,goal_completed,\n",
     "2-3:accepted 4:duplicate", points=0)
for name, wrong, reason, bad in [
    ("id-missing", "no number", "missing_field", ",2026-11-16T12:00:00,C.~,danced,\n"),
    ("event-missing", "no event", "missing_field", "E2.~,2026-11-16T12:00:00,C.~,,\n"),
    ("time-invalid", "a time that no clock shows", "date_invalid", "E2.~,2026-11-16T24:00:00,C.~,danced,\n"),
    ("subject-long", "a subject of 256 bytes", "text_too_long", f"E2.~,2026-11-16T12:00:00,C.~,danced,{LONG}\n"),
]:
    case(f"events-{name}.csv", "", wrong, EVENTS + "E1.~,2026-11-16T12:00:00,C.~,danced,\n" + bad, "ingested",
         f"2:accepted 3:rejected:{reason}", points=0, fix={"," + bad: ",E2.~,2026-11-16T12:00:00,C.~,danced,\n"})

# Uses of gift codes

USES = "used_at,card_code,code\n"


def present(name, codes):
    good(f"presents-of-{name}.csv", "", f"the gift codes of {name}", "code,points,expires_on,state\n" + codes,
         f"2-{1 + codes.count(chr(10))}:accepted", points=0, ids=name)


def use(code, card="C.~", at="2026-11-16T12:00:00"):
    return f"{at},{card},{code}.~\n"


present("gifted-good", "G1.~,25,,\nG2.~,,,\n")
good("gifted-good.csv", "D-50", "gift codes: with points of its own, with its reward's, and one of a card that nobody has yet",
     USES + use("G1") + use("G2", "X.~"), "2:accepted 3:parked", points=25)
present("gifted-again", "G1.~,25,,\nE.~,25,,expired\n")
case("gifted-again.csv", "", "used twice, expired, unknown, no gift code, damaged, no card",
     USES + use("G1") + use("G1", at="2026-11-16T13:00:00") + use("E") + use("U")
     + "2026-11-16T12:00:00,C.~,A.gifted-plain\n" + "2026-11-16T12:00:00,C.~,4.00638E+12\n" + use("G2", ""), "ingested",
     "2:accepted 3:rejected:already_burned 4:rejected:already_expired 5:rejected:unknown_code 6:rejected:not_a_gift_code "
     "7:rejected:spreadsheet_damage 8:rejected:missing_field", points=25)
stocked("gifted-plain", "A.~,,,\n")
