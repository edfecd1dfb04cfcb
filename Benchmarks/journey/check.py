#!/usr/bin/env python3
"""Holds the reports of the journey against a sum over its input, made in SQL (check.sql).

    check.py DATA REPORTS

DATA is the folder of the journey, REPORTS the reports folder of a workspace; the
nights that have reports are checked. Exit 0: everything agrees, 1: not.
"""
import csv
import glob
import gzip
import os
import re
import sqlite3
import sys
from decimal import Decimal

import coupons

HERE = os.path.dirname(os.path.abspath(__file__))
SHOW = 5


def rows(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", newline="", encoding="utf-8") as f:
        yield from csv.DictReader(f)


def lines(data, nights):
    for night in nights:
        for r in rows(f"{data}/transactions-{night}.csv.gz"):
            cents = Decimal(r["sales_value"]) * 100
            assert cents == int(cents), r
            yield r["household_id"], r["basket_id"], r["transaction_timestamp"][:10], int(cents)


def reported(reports, nights, name, columns, numbers):
    for night in nights:
        for r in rows(f"{reports}/{night}/{name}.csv"):
            if r.get("account", "spend") == "spend":
                yield [night] + [int(r[c]) if c in numbers else r[c] for c in columns]


def main(data, reports):
    nights = sorted(os.path.basename(p) for p in glob.glob(f"{reports}/????-??-??"))
    if not nights:
        sys.exit(f"check.py: no night in {reports}")
    with open(f"{HERE}/check.sql", encoding="utf-8") as f:
        tables, rest = f.read().split("-- data\n", 1)
    views, *queries = re.split(r"^-- query: ", rest, flags=re.M)

    db = sqlite3.connect(":memory:")
    db.executescript(tables)
    fill = lambda table, width, values: db.executemany(
        f"insert into {table} values ({', '.join('?' * width)})", values)
    fill("night", 1, ([n] for n in nights))
    fill("household", 1, ([r["household_id"]] for r in rows(f"{data}/households.csv")))
    fill("line", 4, lines(data, nights))
    fill("reported_posting", 4, reported(
        reports, nights, "postings", ["card_code", "kind", "points"], {"points"}))
    fill("reported_balance", 6, reported(
        reports, nights, "balances",
        ["card_code", "available", "pending", "next_expires_on", "next_expiring_points"],
        {"available", "pending", "next_expiring_points"}))
    fill("code", 3, coupons.codes(data))
    fill("redemption", 4, (r for n in nights for r in coupons.redemptions(data, n)))
    fill("reported_burn", 6, reported(
        reports, nights, "burns", ["code", "outcome", "reward_id", "burned_at", "card_code"], set()))
    fill("reported_exception", 4, reported(
        reports, nights, "exceptions", ["kind", "source", "code"], set()))
    fill("reported_codes", 6, reported(
        reports, nights, "codes", ["reward_id", "assigned", "burned", "opening", "closing"],
        {"assigned", "burned", "opening", "closing"}))
    db.executescript(views)

    wrong = 0
    for query in queries:
        title, sql = query.split("\n", 1)
        cursor = db.execute(sql)
        found = cursor.fetchall()
        if found:
            wrong += 1
            print(f"{title}: {len(found)} rows")
            print("  " + ", ".join(c[0] for c in cursor.description))
            for row in found[:SHOW]:
                print("  " + ", ".join("" if v is None else str(v) for v in row))
    one = lambda sql: db.execute(sql).fetchone()[0]
    print(f"{len(nights)} nights, {one('select count(*) from household')} households, "
          f"{one('select count(*) from posting')} postings, {one('select count(*) from reported_balance')} balances, "
          f"{one('select count(*) from redemption')} burns of {one('select count(*) from code')} codes: "
          + ("DIFFERENT" if wrong else "all agree"))
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
