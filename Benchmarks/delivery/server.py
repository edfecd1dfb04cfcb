#!/usr/bin/env python3
"""A server on loopback that honours Idempotency-Key, and fails as often as it is told.

    server.py --faults 0.05 --seed 1

Prints its port. A POST is one JSON object, or a list of them: each has `key`, `endpoint`, `subject` and `number`. A parcel whose
Idempotency-Key it knows is answered and not counted again. GET /state tells all that counted, as JSON.
"""
import argparse
import asyncio
import json
import random

FAULTS = ["500 and not done", "500 and done", "reset and not done", "reset and done", "429", "cut answer", "too slow"]


class State:
    def __init__(self, options):
        self.random = random.Random(options.seed)
        self.faults = options.faults
        self.parcels = {}
        self.changed = 0
        self.counts = {}
        self.numbers = {}
        self.requests = 0
        self.repeats = 0
        self.injected = {name: 0 for name in FAULTS}

    def take(self, key, body):
        if key in self.parcels:
            self.repeats += 1
            self.changed += self.parcels[key] != hash(body)
            return
        self.parcels[key] = hash(body)
        rows = json.loads(body)
        for row in rows if isinstance(rows, list) else [rows]:
            self.counts[row["key"]] = self.counts.get(row["key"], 0) + 1
            self.numbers.setdefault(row["endpoint"] + " " + row["subject"], []).append(row["number"])


class Connection(asyncio.Protocol):
    def __init__(self, state):
        self.state = state
        self.buffer = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {}
            for line in head[1:]:
                name, _, value = line.partition(":")
                headers[name.strip().lower()] = value.strip()
            length = int(headers.get("content-length", 0))
            if len(self.buffer) < end + 4 + length:
                if headers.get("expect", "").lower() == "100-continue" and len(self.buffer) == end + 4:
                    self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            body = self.buffer[end + 4:end + 4 + length]
            self.buffer = self.buffer[end + 4 + length:]
            self.answer(head[0].split(" "), headers, body)

    def reply(self, status, body=b"{}", more=""):
        self.transport.write(
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode()
            + body)

    def answer(self, line, headers, body):
        state = self.state
        if line[0] == "GET":
            told = {name: getattr(state, name) for name in (
                "counts", "numbers", "requests", "repeats", "changed", "injected")}
            return self.reply("200 OK", json.dumps(told).encode())
        state.requests += 1
        key = headers.get("idempotency-key", "")
        if state.random.random() >= state.faults:
            state.take(key, body)
            return self.reply("200 OK")
        fault = state.random.choice(FAULTS)
        state.injected[fault] += 1
        if "not done" not in fault and fault != "429":
            state.take(key, body)
        if fault.startswith("500"):
            self.reply("500 Internal Server Error")
        elif fault.startswith("reset"):
            self.transport.abort()
        elif fault == "429":
            self.reply("429 Too Many Requests", more="Retry-After: 0\r\n")
        elif fault == "cut answer":
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            self.transport.close()
        # Too slow: nothing is answered at all.


async def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    state = State(parser.parse_args())
    server = await asyncio.get_running_loop().create_server(lambda: Connection(state), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
