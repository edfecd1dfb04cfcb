#!/usr/bin/env python3
"""Times how fast a list of codes comes in, beside sqlite3's own import of the same file.

Three ways, one after the other, as often as asked: `nightjar codes import`, a night that finds the file
in its inbox, and `.import` of Debian's sqlite3 into a table whose primary key is the code. Says seconds and
rows a second of each run, and the ratio of the best ones.
"""

import argparse
import pathlib
import random
import resource
import shutil
import subprocess
import tempfile
import time

PROGRAM = """\
version: 1
program: import
timezone: UTC
currency: EUR
opens_on: 2026-01-01
accounts: { spend: { expiry: never } }
systems: { pos: {} }
rewards:
  - { id: r25, name: 25 euro, type: value, value: 25.00, owner: pos }
"""
JOBS = {
    "codes": 'kind: ingest\nrecords: codes\nfiles: "codes-{reward}-{date}.csv"\nsettle: { quiet: 0 seconds }\n',
    "register": "kind: codes\nafter: [codes]\n",
    "points": "kind: points\nafter: [register]\n",
}
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def make_list(path, rows):
    """Random codes in no order, every hundredth twice."""
    random.seed(7)
    codes = ["".join(random.choices(ALPHABET, k=12)) for _ in range(rows)]
    for index in range(100, rows, 100):
        codes[index] = codes[index - 50]
    with open(path, "w") as file:
        file.write("code,expires_on\n")
        for index, code in enumerate(codes):
            file.write(f"{code},2027-{index % 12 + 1:02}-28\n")


def workspace(folder):
    shop = folder / "shop"
    shutil.rmtree(shop, ignore_errors=True)
    (shop / "Jobs").mkdir(parents=True)
    (shop / "inbox").mkdir()
    (shop / "program.yaml").write_text(PROGRAM)
    for name, text in JOBS.items():
        (shop / "Jobs" / f"{name}.yaml").write_text(f"version: 1\njob: {name}\n{text}")
    return shop


def by_command(nightjar, folder, source):
    shop = workspace(folder)
    return timed([nightjar, "codes", "import", source, "--reward", "r25", "--workspace", shop])


def by_night(nightjar, folder, source):
    shop = workspace(folder)
    shutil.copy(source, shop / "inbox" / "codes-r25-2026-01-01.csv")
    return timed([nightjar, "run", "--quiet", "--date", "2026-01-01", "--workspace", shop])


def by_sqlite(_, folder, source):
    store = folder / "sqlite.db"
    store.unlink(missing_ok=True)
    table = "CREATE TABLE code (code TEXT PRIMARY KEY, expires_on TEXT) WITHOUT ROWID"
    # Rows that are there already are what the list has twice; it complains of each.
    return timed(["sqlite3", store, table, f".import --csv --skip 1 {source} code"], True)


def timed(command, may_complain=False):
    """Seconds, and seconds of CPU."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0 and not may_complain:
        raise SystemExit(f"{command[0]}: {done.stdout}{done.stderr}")
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nightjar", default=".build/release/nightjar")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    ways = {"codes import": by_command, "a night": by_night, "sqlite3 .import": by_sqlite}
    best = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = folder / "list.csv"
        make_list(source, options.rows)
        for run in range(options.runs):
            for way, measure in ways.items():
                took = measure(options.nightjar, folder, source)
                best[way] = tuple(map(min, took, best.get(way, took)))
                rate = options.rows / took[0]
                print(f"{run + 1}  {way:16} {took[0]:6.2f} s  {took[1]:6.2f} s of CPU  {rate:10,.0f} rows/s", flush=True)
    for way in list(ways)[:2]:
        wall, cpu = (mine / other for mine, other in zip(best[way], best["sqlite3 .import"]))
        print(f"{way}: {wall:.2f} times the time of sqlite3, {cpu:.2f} times its CPU")


main()
