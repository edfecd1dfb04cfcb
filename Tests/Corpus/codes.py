"""Lists of codes, and the rewards that they are of."""

from corpus import case, good, packed, refused

LONG = "x" * 256

# Lists of codes, one a line

VOUCHERS = "code,expires_on\n"


def voucher(name, label, wrong, reason, bad, better="B.~,\n"):
    """A damaged line between two good codes; corrected, it is one more of them."""
    bad = bad if isinstance(bad, bytes) else bad.encode()
    last = 3 + bad.count(b"\n")
    case(f"vouchers-{name}.csv", label, wrong, (VOUCHERS + "A.~,\n").encode() + bad + b"D.~,2027-01-31\n", "ingested",
         f"2:accepted 3:rejected:{reason} {last}:accepted", points=0, fix={b"," + bad: "," + better})


good("vouchers-good.csv", "", "codes with their last good day and without", VOUCHERS + "A.~,2026-12-31\nB.~,\nD.~,2026-11-16\n",
     "2-4:accepted", points=0)
voucher("comma", "", "a comma in a code", "code_syntax", '"B,~",\n')
voucher("quote", "", "a quote in a code", "code_syntax", '"B""~",\n')
voucher("blank", "", "a blank in a code", "code_syntax", "B ~,\n")
voucher("blank-before", "", "a blank before a code", "code_syntax", " B.~,\n")
voucher("tab", "", "a tab behind a code", "code_syntax", "B.~\t,\n")
voucher("line-break", "", "a line break in a code", "code_syntax", '"B\n~",\n')
voucher("damaged", "D-13", "a code that a spreadsheet rewrote", "spreadsheet_damage", "4.00638E+12,\n")
voucher("hashes", "D-13", "a code that did not fit its column", "spreadsheet_damage", "#####,\n")
voucher("formula", "D-13", "a formula for a code", "spreadsheet_damage", '"=""0012""",\n')
voucher("missing", "", "no code", "missing_field", ",2027-01-31\n")
voucher("long", "", "a code of 256 bytes", "text_too_long", LONG + ",\n")
voucher("very-long", "", "a code of 10,000 characters", "text_too_long", "7" * 10_000 + ",\n")
voucher("date", "D-71", "a day that the calendar lacks", "date_invalid", "B.~,2026-02-30\n")
voucher("date-order", "D-71", "a day written the other way round", "date_invalid", "B.~,31/01/2027\n")
voucher("expired", "", "a code whose last good day is past", "already_expired", "B.~,2026-11-15\n")
voucher("field-count", "", "a field too many", "field_count", "B.~,,\n")
voucher("encoding", "D-12", "a byte that is no UTF-8", "bad_encoding", b"B\xff.~,\n")
voucher("quote-open", "D-12", "text behind a quote", "bad_quote", '"B.~"x,\n')
voucher("dummy", "", "the example row of the template", "dummy_row", "EXAMPLE-CODE,2027-01-31\n")
good("vouchers-twice.csv", "D-16", "one code in a hundred comes twice",
     VOUCHERS + "".join(f"{number}.~,\n" for number in range(100)) + "7.~,\n", "2-101:accepted 102:duplicate", points=0)
good("vouchers-again-1.csv", "D-16", "codes that come again", VOUCHERS + "A.~,\nB.~,\n", "2-3:accepted", points=0, ids="vouchers-again")
good("vouchers-again-2.csv", "D-16", "further imports add, and never replace", VOUCHERS + "B.~,2027-01-31\nD.~,\n",
     "2:duplicate 3:accepted", points=0, ids="vouchers-again", night=1)
good("vouchers-name-1.csv", "D-1", "a list that comes twice", VOUCHERS + "A.~,\n", "2:accepted", points=0, ids="vouchers-name")
case("vouchers-name-2.csv", "D-1", "the same list under another name", VOUCHERS + "A.~,\n", "duplicate_file", points=0,
     ids="vouchers-name", night=1)
good("vouchers-case.csv", "D-45", "codes are compared byte for byte", VOUCHERS + "AB.~,\nab.~,\nAB.~,\n",
     "2-3:accepted 4:duplicate", points=0)
good("vouchers-packed.csv.gz", "", "a list that is packed", VOUCHERS + "A.~,\nB.~,\n", "2-3:accepted", points=0, pack=packed)
good("vouchers-header-only.csv", "D-6", "no codes today", VOUCHERS, "", points=0)
refused("vouchers-empty.csv", "D-6", "zero bytes", "", "empty_file")
refused("vouchers-cut.csv", "D-5", "it ends in the middle of a line", VOUCHERS + "A.~,2027-01-31\nB.~", "truncated")
refused("vouchers-header.csv", "D-10", "no column for codes", "coupon,expires_on\nA.~,\n", "missing_column")
refused("vouchers-utf-16.csv", "D-12", "UTF-16 where the layout says UTF-8", VOUCHERS + "A.~,\n", "bad_header", encoding="utf-16-le")
good("widecodes-good.csv", "D-12", "UTF-16 as the layout says", "\ufeff" + VOUCHERS + "A.~,\nB.~,\n", "2-3:accepted", points=0,
     encoding="utf-16-le")
case("formed-pattern.csv", "", "codes that are not written as code_pattern says", "code\nAB-~\nab-~\nAB~\n", "ingested",
     "2:accepted 3-4:rejected:code_syntax", points=0, fix={",ab-~": ",CD-~", ",AB~": ",EF-~"})

# Codes with their state: a program that runs is taken over

HELD = "code,state,card_code,assigned_at,burned_at\n"


def held(name, label, wrong, reason, bad):
    case(f"vouchers-{name}.csv", label, wrong, HELD + "A.~,available,,,\n" + bad, "ingested", f"2:accepted 3:rejected:{reason}",
         points=0, fix={"," + bad: ",B.~,burned,,,\n"})


good("vouchers-held.csv", "", "codes that members have, and had",
     HELD + "A.~,assigned,C.~,2026-11-01T10:00:00,\nB.~,available,C.~,,\nD.~,,,,\nE.~,burned,C.~,,2026-11-02T10:00:00\n"
     "F.~,expired,,,\nG.~,voided,,,\n", "2-7:accepted", points=0)
held("state-unknown", "", "a state that nobody knows", "value_unknown", "B.~,unused,,,\n")
held("card-missing", "", "assigned to nobody", "missing_field", "B.~,assigned,,,\n")
held("card-damaged", "D-13", "a card that a spreadsheet rewrote", "spreadsheet_damage", "B.~,assigned,4.00638E+12,,\n")
held("time-invalid", "D-71", "a day where a time belongs", "date_invalid", "B.~,burned,,,2026-11-02\n")
held("time-future", "", "assigned the day after tomorrow", "date_in_future", "B.~,assigned,C.~,2026-11-18T10:00:00,\n")
held("delete-unknown", "", "a code to delete that no file named", "unknown_code", "B.~,delete,,,\n")
good("vouchers-spent-1.csv", "", "codes that nobody can have again",
     HELD + "A.~,burned,,,\nB.~,expired,,,\nD.~,voided,,,\nE.~,assigned,C.~,,\nF.~,,,,\n", "2-6:accepted", points=0, ids="vouchers-spent")
case("vouchers-spent-2.csv", "", "codes come again that were used, expired, voided; one that another member has; one in use deleted",
     HELD + "A.~,,,,\nB.~,,,,\nD.~,,,,\nE.~,assigned,X.~,,\nE.~,delete,,,\nF.~,delete,,,\n", "ingested",
     "2:rejected:already_burned 3:rejected:already_expired 4:rejected:code_voided 5:conflict:double_assignment "
     "6:conflict:kept_in_use 7:accepted", points=0, ids="vouchers-spent", night=1)

# Whose codes they are

good("lists-r10-a.csv", "", "the reward stands in the file's name", "code\nA.~\n", "2:accepted", points=0)
good("lists-first-web-a.csv", "", "a reward in the name whose id holds a dash", "code\nA.~\n", "2:accepted", points=0)
refused("lists-r99-a.csv", "", "a reward in the name that program.yaml doesn't know", "code\nA.~\n", "reward_unknown")
refused("nobodys-a.csv", "", "nobody says whose codes they are", "code\nA.~\n", "reward_missing")
refused("strangers-a.csv", "", "the job names a reward that there isn't", "code\nA.~\n", "reward_unknown")
case("nobodys-lines.csv", "", "each line names its reward, or none, or one that there isn't",
     "code,reward_id\nA.~,r25\nB.~,\nD.~,r99\n", "ingested", "2:accepted 3:rejected:missing_field 4:rejected:unknown_reward", points=0,
     fix={",B.~,": ",B.~,r25", ",r99": ",r10"})
good("lists-r10-mixed.csv", "D-46", "another reward's codes", "code\nA.~\n", "2:accepted", points=0, ids="mixed")
case("lists-r25-mixed.csv", "D-46", "a code that another reward of the same owner has", "code\nA.~\nB.~\n", "ingested",
     "2:conflict:other_reward 3:accepted", points=0, ids="mixed", night=1)
good("lists-first-web-mixed.csv", "D-46", "a code that a reward of another owner has", "code\nA.~\nD.~\n", "2-3:accepted", points=0, ids="mixed",
     night=1)
case("lists-badge-a.csv", "", "codes of a reward that has none", "code\nA.~\n", "ingested", "2:rejected:reward_invalid", points=0)

# One column without header

good("onecolumn-good.csv", "", "a column of codes", "A.~\nB.~\n\n00012.~\n", "1-2:accepted 4:accepted", points=0)
case("onecolumn-comma.csv", "", "commas, quoted and not, the first of them in the first line", 'A,~\n"B,~"\nD.~\n', "ingested",
     "1-2:rejected:code_syntax 3:accepted", points=0, fix={",A,~": ",A.~", ',"B,~"': ",B.~"})
case("onecolumn-header.csv", "", "a header where none belongs", "CODE\nA.~\n", "ingested", "1:rejected:header_line 2:accepted", points=0,
     fix={",CODE": ",B.~"})
case("onecolumn-two-headers.csv", "", "a header of two columns where none belongs", "CODE,EXPIRY_DATE\nA.~\n", "ingested",
     "1:rejected:code_syntax 2:accepted", points=0, fix={",CODE,EXPIRY_DATE": ",B.~"})
case("onecolumn-wide.csv", "D-12", "UTF-16 where the layout says UTF-8", "A.~\nB.~\n".encode("utf-16-le"), "ingested",
     "1-3:rejected:bad_encoding", points=0)

# Other systems' lists

case("uni-good.csv", "", "codes with a last day each, one of which is past", "CODE,EXPIRY_DATE\nA.~,2027-08-31\nB.~,2026-08-31\n",
     "ingested", "2:accepted 3:rejected:already_expired", points=0, fix={",2026-08-31": ",2027-08-31"})
refused("uni-header.csv", "D-10", "its header in small letters", "code,expiry_date\nA.~,2027-08-31\n", "missing_column")
case("presents-points.csv", "", "gift codes, one that is worth nothing", "code,points\nA.~,25\nB.~,\nD.~,0\n", "ingested",
     "2-3:accepted 4:rejected:number_invalid", points=0, fix={",0\n": ",5\n"})
case("granted-states.csv", "", "attributions: valid ones with a card and without, used, lost",
     "external_id;reward_id;status;card_code;expiration_date;claim_date\nA.~;r25;valid;C.~;2027-06-14 15:51:59;\n"
     "B.~;r25;available;;9998-12-31 00:00:00;0000-00-00 00:00:00\nD.~;r25;burned;C.~;;2026-11-01 10:00:00\n"
     "E.~;r25;lost;;;\n", "ingested", "2-4:accepted 5:rejected:value_unknown", points=0, fix={";lost;": ";valid;"})

# Rewards

REWARDS = "reward_id,name,type,value,cost_points,stock_threshold,tiers,colour\n"


def reward(name, label, wrong, reason, bad):
    case(f"rewards-{name}.csv", label, wrong, REWARDS + "a.~,A,coupon,,10,5,,\n" + bad, "ingested", f"2:accepted 3:rejected:{reason}",
         points=0, fix={"," + bad: ",b.~,B,value,5.00,10,,gold,red\n"})


good("rewards-good.csv", "", "rewards, one of them twice, one changed",
     REWARDS + "a.~,A,coupon,,10,5,gold,red\nb.~,B,badge,,,,,\na.~,A,coupon,,10,5,gold,red\na.~,A,coupon,,20,5,gold,red\n",
     "2-3:accepted 4:duplicate 5:correction", points=0)
reward("id-missing", "", "no id", "missing_field", ",B,coupon,,,,,\n")
reward("name-missing", "", "no name", "missing_field", "b.~,,coupon,,,,,\n")
reward("type-unknown", "", "a type that nobody knows", "value_unknown", "b.~,B,cheque,,,,,\n")
reward("value-missing", "", "a value without a value", "reward_invalid", "b.~,B,value,,,,,\n")
reward("cost-of-voucher", "", "a cost on a voucher", "reward_invalid", "b.~,B,voucher,,10,,,\n")
reward("cost-in-words", "", "a cost in words", "number_invalid", "b.~,B,coupon,,ten,,,\n")
reward("threshold-below-zero", "", "a threshold below zero", "reward_invalid", "b.~,B,coupon,,,-1,,\n")
reward("tier-unknown", "", "an unknown tier in its target", "reward_invalid", "b.~,B,coupon,,,,platinum,\n")
reward("field-long", "", "a custom field of 256 characters", "text_too_long", f"b.~,B,coupon,,,,,{LONG}\n")
case("rewards-ours.csv", "", "a reward that program.yaml defines", REWARDS + "r25,Other,coupon,,10,5,,\n", "ingested",
     "2:conflict:reward_in_program", points=0)
case("ownerless-rewards.csv", "", "rewards without an owner, which a badge needs not", "reward_id,name,type\na.~,A,coupon\nb.~,B,badge\n",
     "ingested", "2:rejected:reward_invalid 3:accepted", points=0, fix={",coupon": ",badge"})
case("masters-types.csv", "", "master rewards: an empty type is custom, another word is none",
     "external_id;type;name;nqp_value;max_attribution_count\na.~;;Chèque;100;0\nb.~;cheque;Chèque;100;0\n", "ingested",
     "2:accepted 3:rejected:value_unknown", points=0, fix={";cheque;": ";coupon;"})

# Stock files: all that a system holds

HOLDINGS = "code,reward_id,status\n"
refused("holdings-cut.csv", "D-5", "a stock file that is cut in half", HOLDINGS + "A.~,r25,available\nB.~,r2", "truncated")
case("holdings-words.csv", "", "a code twice, a status that nobody knows, a comma in a code",
     HOLDINGS + 'A.~,r25,available\nA.~,r25,available\nB.~,r25,lost\n"D,~",r25,available\n', "ingested",
     "2:accepted 3:duplicate 4:rejected:value_unknown 5:rejected:code_syntax", points=0, night=1)
