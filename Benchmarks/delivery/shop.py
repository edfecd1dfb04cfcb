"""A workspace with an outbox to send: made by the program, its rows put in beside it."""
import datetime
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def program():
    """The program to measure: the release build, or what NIGHTJAR names."""
    path = os.environ.get("NIGHTJAR", os.path.join(ROOT, ".build/release/nightjar"))
    if not os.access(path, os.X_OK):
        sys.exit(f"no program at {path}; build it with 'make build' or name it in NIGHTJAR")
    return path


class Shop:
    """A workspace whose first night, yesterday's, is closed."""

    def __init__(self, folder, endpoints):
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self.program = program()
        subprocess.run([self.program, "init", folder], check=True, stdout=subprocess.DEVNULL)
        self.night = (datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1))
        path = os.path.join(folder, "program.yaml")
        text = open(path, encoding="utf-8").read()
        text = text.replace("2026-01-01", str(self.night)).replace("Europe/Paris", "UTC")
        open(path, "w", encoding="utf-8").write(text)
        self.run("run", "--quiet")
        self.configure(endpoints)
        self.written = 0

    def configure(self, endpoints):
        """Writes endpoints.yaml: names with the text of their maps."""
        with open(os.path.join(self.folder, "endpoints.yaml"), "w", encoding="utf-8") as file:
            file.write("version: 1\nendpoints:\n")
            for name, terms in endpoints.items():
                file.write(f"  {name}: {terms}\n")

    def command(self, *arguments):
        return [self.program, *arguments, "--workspace", self.folder]

    def run(self, *arguments, check=True):
        return subprocess.run(self.command(*arguments), check=check)

    def store(self):
        store = sqlite3.connect(os.path.join(self.folder, "nightjar.db"), timeout=60, isolation_level=None)
        store.execute("PRAGMA synchronous = OFF")
        return store

    def write(self, endpoint, count, subjects=None):
        """Puts rows in the outbox, as a night would."""
        day = (self.night - datetime.date(1970, 1, 1)).days
        store = self.store()

        def rows():
            for _ in range(count):
                self.written += 1
                subject = f"K{self.written if subjects is None else self.written % subjects:08d}"
                key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{endpoint}/{self.written}"))
                payload = json.dumps(
                    {"card_code": subject, "endpoint": endpoint, "key": key, "number": self.written,
                     "subject": subject}, separators=(",", ":"))
                yield day, endpoint, "grants", subject, key, payload

        store.execute("BEGIN IMMEDIATE")
        store.executemany(
            "INSERT INTO outbox (night, endpoint, kind, subject, key, payload) VALUES (?, ?, ?, ?, ?, ?)", rows())
        store.execute(
            "INSERT INTO delivery_total (night, endpoint, kind, written) VALUES (?, ?, 'grants', ?) "
            "ON CONFLICT DO UPDATE SET written = written + excluded.written", (day, endpoint, count))
        store.execute("COMMIT")
        store.close()

    def states(self):
        store = self.store()
        found = dict(store.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())
        store.close()
        return found


def timed(command, **more):
    """Seconds, seconds of the processors and peak memory (MiB) of a command that must end well."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **more)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with {status}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def random_file(path, count):
    """Writes bytes that nothing can pack, and gives their SHA-256."""
    sum = hashlib.sha256()
    with open(path, "wb") as file:
        while count:
            block = os.urandom(min(count, 1 << 20))
            file.write(block)
            sum.update(block)
            count -= len(block)
    return sum.hexdigest()


def write_file(shop, name, count, sum):
    """A row of the outbox that names the file, as a night would write it."""
    payload = json.dumps({"bytes": count, "file": "outgoing/report.csv", "name": name, "rows": 1, "sha256": sum},
                         separators=(",", ":"))
    day = shop.night.toordinal() - 719_163
    store = shop.store()
    store.execute("INSERT INTO outbox (night, endpoint, kind, subject, key, payload) VALUES (?, 'there', 'reports', '', ?, ?)",
                  (day, str(uuid.uuid4()), payload))
    store.execute("INSERT INTO delivery_total (night, endpoint, kind, written) VALUES (?, 'there', 'reports', 1) "
                  "ON CONFLICT DO UPDATE SET written = written + 1", (day,))
    store.close()
