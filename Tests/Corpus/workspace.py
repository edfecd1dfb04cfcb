"""The program, the jobs and the layouts that the cases are read with.

A file's name begins with the name of its layout: `till-decimal-point.csv` is read as `till` says.
"""

PROGRAM = """version: 1
program: corpus
timezone: Europe/Paris
currency: EUR
opens_on: 2026-11-16
accounts:
  spend: { ratio: 1, rounding: floor, hold_days: 0, expiry: { after: 1 year } }
tiers: [{ name: basic, multiplier: 1 }, { name: gold, multiplier: 2 }]
systems: { pos: {}, ecom: { timezone: America/New_York }, kiosk: { stores: [K1, K2] } }
limits: { expanded: 4 MiB, ratio: 200, line: 64 KiB, fields: 64 }
fields: { rewards: [{ name: colour, type: text }] }
burns: { foreign_card: refuse, after_expiry: refuse }
rewards:
  - { id: r25, name: 25 euros, type: value, value: 25.00, owner: pos }
  - { id: r10, name: 10 euros, type: value, value: 10.00, owner: pos }
  - { id: first, name: Never named, type: coupon, owner: ecom }
  - { id: first-web, name: First order, type: coupon, owner: ecom }
  - { id: free, name: Free delivery, type: free_delivery, owner: pos }
  - { id: dear, name: Dear, type: coupon, cost_points: 1000, owner: pos }
  - { id: gift, name: In the parcel, type: gift_code, points: 10, owner: program }
  - { id: badge, name: First ten, type: badge }
workflows: [{ event: goal_completed, assign: badge }]
"""

# Prefix of the files: record kind, keys of the job, layout: its text, or the name of a built-in one behind an @.
JOBS = {
    "orders": ("orders", "constants: { system: pos }", ""),
    "strict": ("orders", "constants: { system: pos }\nstrict: true", ""),
    "nobody": ("orders", "", ""),
    "steady": ("orders", "constants: { system: pos }\non_change: reject", ""),
    "deaf": ("orders", "constants: { system: pos }\non_change: duplicate", ""),
    "till": ("orders", "", """delimiter: ";"
decimal: ","
thousands: "."
dates: { ordered_at: "dd/MM/yyyy HH:mm:ss" }
columns: { order_id: Ticket, ordered_at: Date, store_id: Magasin, card_code: Carte, quantity: Qte, line_amount: Montant,
           kind: Type }
values: { kind: { V: sale, R: return } }
constants: { system: pos }
"""),
    "offset": ("orders", "", """dates: { ordered_at: "yyyy-MM-dd'T'HH:mm:ssXXX" }
constants: { system: pos }
"""),
    "ecom": ("orders", "constants: { system: ecom }", ""),
    "lenient": ("orders", "", """zero_quantity: accept
fraction: half_up
nulls: ["", "-", "n/a"]
values: { kind: { S: sale, "*": return } }
constants: { system: pos }
"""),
    "tabs": ("orders", "", 'delimiter: "\\t"\nconstants: { system: pos }\n'),
    "wide": ("orders", "", "encoding: utf-16\nconstants: { system: pos }\n"),
    "latin": ("orders", "", "encoding: iso-8859-1\nconstants: { system: pos }\n"),
    "windows": ("orders", "", "encoding: windows-1252\nconstants: { system: pos }\n"),
    "bare": ("orders", "", """header: false
columns: { order_id: 1, ordered_at: 2, store_id: 3, card_code: 4, quantity: 5, line_amount: 6 }
constants: { system: pos }
"""),
    "objects": ("orders", "", "format: jsonl\nconstants: { system: pos }\n"),
    "keys": ("orders", "strict: true", "format: jsonl\ncolumns: { card_code: Karte }\nconstants: { system: pos }\n"),
    "kiosk": ("orders", "constants: { system: kiosk }", ""),
    "ean": ("orders", "", "check: ean13\nconstants: { system: pos }\n"),
    "luhn": ("orders", "", "check: luhn\nconstants: { system: pos }\n"),
    "syntax": ("orders", "", 'card_pattern: "C[.][a-z-]+"\nconstants: { system: pos }\n'),
    "apart": ("orders", "", "contiguous: false\nconstants: { system: pos }\n"),
    "receipts": ("orders", "", "order_key: [store_id, terminal_id, business_date, order_id]\nconstants: { system: pos }\n"),
    "heads": ("orders", "", "lines: order-items\nconstants: { system: pos }\n"),
    "goods": ("order-items", "constants: { system: pos }", ""),
    "open": ("orders", "constants: { system: pos }", "@openloyalty-transactions"),
    "splio": ("orders", "constants: { system: pos }", "@splio-orders"),
    "spliogoods": ("order-items", "constants: { system: pos }", "@splio-ordersitems"),
    "spliocards": ("members", "", "@splio-cardcode"),
    "tiers": ("tiers", "", ""),
    "hand": ("adjustments", "", ""),
    "articles": ("products", "", ""),
    "tailed": ("orders", "", """trailer: { starts: T, rows: 2, sum: { line_amount: 3 } }
constants: { system: pos }
"""),
    "sealed": ("orders", "settle: { quiet: 0 seconds, require: manifest }\nconstants: { system: pos }", ""),
    "marked": ("orders", "settle: { quiet: 0 seconds, require: marker }",
               'marker: "{stem}.ok"\nconstants: { system: pos }\n'),
    "rewards": ("rewards", "constants: { owner: pos }", ""),
    "ownerless": ("rewards", "", ""),
    "masters": ("rewards", "constants: { owner: pos }", "@splio-rewards"),
    "vouchers": ("codes", "constants: { reward_id: r25 }", ""),
    "nobodys": ("codes", "", ""),
    "strangers": ("codes", "constants: { reward_id: r99 }", ""),
    "widecodes": ("codes", "constants: { reward_id: r25 }", "encoding: utf-16\n"),
    "formed": ("codes", "constants: { reward_id: r25 }", 'code_pattern: "[A-Z]{2}-[a-z-]+"\n'),
    "onecolumn": ("codes", "constants: { reward_id: r25 }", "@qualifio-codes"),
    "uni": ("codes", "constants: { reward_id: r25 }", "@uni8-vouchers"),
    "presents": ("codes", "constants: { reward_id: gift }", ""),
    "granted": ("codes", "", "@splio-attributions"),
    "burns": ("burns", "constants: { system: pos }", ""),
    "webburns": ("burns", "constants: { system: ecom }", ""),
    "shopburns": ("burns", "constants: { system: kiosk }", ""),
    "nobodyburns": ("burns", "", ""),
    "holdings": ("stock", "constants: { system: pos }", ""),
    "claims": ("claims", "", ""),
    "events": ("events", "", ""),
    "gifted": ("gift-codes", "", ""),
    "lots": ("opening-lots", "", ""),
    "known": ("opening-orders", "constants: { system: pos }", ""),
    "members": ("members", "", ""),
    "people": ("members", "", """dates: { enrolled_on: "dd.MM.yyyy" }
values: { status: { aktiv: active, gesperrt: blocked }, tier: { "*": gold } }
"""),
}
# The systems, stores and nights that these name themselves.
NAMED = {
    "shops": ("orders", "shops-{system}-{date}*.csv*", ""),
    "stores": ("orders", "stores-{system}-{store}-{date}*.csv*", ""),
    "days": ("orders", "days-{system}-{date}*.csv*", "full_day: true"),
    "lists": ("codes", "lists-{reward}-*.csv*", ""),
}


def files():
    """Every file of the workspace, by its path."""
    texts = {"program.yaml": PROGRAM}
    for name, (records, keys, layout) in JOBS.items():
        texts[f"Jobs/{name}.yaml"] = job(name, records, f"{name}-*", keys,
                                         layout[1:] if layout.startswith("@") else name if layout else "canonical")
        if layout and not layout.startswith("@"):
            texts[f"layouts/{name}.yaml"] = f"version: 1\nlayout: {name}\nrecords: {records}\n{layout}"
    for name, (records, pattern, keys) in NAMED.items():
        texts[f"Jobs/{name}.yaml"] = job(name, records, pattern, keys, "canonical")
    texts["Jobs/points.yaml"] = f"version: 1\njob: points\nkind: points\nafter: [register]\n"
    texts["Jobs/register.yaml"] = f"version: 1\njob: register\nkind: codes\nafter: [{', '.join([*JOBS, *NAMED])}]\n"
    texts["Jobs/compare.yaml"] = "version: 1\njob: compare\nkind: reconcile\nafter: [points]\nact: false\n"
    texts["Jobs/reports.yaml"] = """version: 1
job: reports
kind: report
after: [points, compare]
reports: [{ report: summary }, { report: postings }, { report: balances }, { report: rejects }, { report: files }]
"""
    return texts


def worth(file):
    """The points of a line that was corrected: orders of 10.00, adjustments of 5 points."""
    kind = {**JOBS, **NAMED}[file.split("/")[-1].split("-")[0]][0]
    return {"orders": 10, "adjustments": 5}.get(kind, 0)


def job(name, records, pattern, keys, layout):
    after = ["members", "people", "spliocards"] if records != "members" else [] if name == "members" else ["members"]
    if records == "codes":
        after += ["rewards", "ownerless", "masters"]
    return f"""version: 1
job: {name}
kind: ingest
after: [{', '.join(after)}]
records: {records}
files: "{pattern}"
layout: {layout}
{keys if "settle" in keys else "settle: { quiet: 0 seconds, require: any }" + chr(10) + keys}
"""
