#!/usr/bin/env python3
"""Makes three lists of codes that agree but for one in a hundred.

    generate.py CODES SEED OUT

OUT gets codes.csv (the register), stock-pos-2026-11-20.csv and stock-ecom-2026-11-20.csv, each in an order of its own.
"""
import os
import random
import sys

STATES = ["available"] * 55 + ["assigned"] * 25 + ["burned"] * 15 + ["expired"] * 5


def main(count, seed, out):
    rng = random.Random(seed)
    os.makedirs(out, exist_ok=True)
    register, lists = [], ([], [])
    for number in range(count):
        code = f"K{(number * 6180339887 + 271828183) % 99999999977:011d}"
        state = STATES[rng.randrange(100)]
        reward = f"r{rng.randrange(20)}"
        card = f"29{rng.randrange(10 ** 11):011d}" if state in ("assigned", "burned") else ""
        expires = "2026-10-31" if state == "expired" else f"2027-{rng.randrange(1, 13):02d}-28"
        register.append(f"{code},{reward},{state},{card},{expires}")
        row = f"{code},{reward},{state},{card},{expires}"
        for rows in lists:
            if rng.randrange(200):
                rows.append(row)
            elif rng.randrange(2):
                other = rng.choice(["available", "assigned", "burned"])
                rows.append(f"{code},{reward},{other},{card if other != 'available' else ''},{expires}")
    for name, header, rows in (
            ("codes.csv", "code,reward_id,state,card_code,expires_on", register),
            ("stock-pos-2026-11-20.csv", "code,reward_id,status,card_code,expires_on", lists[0]),
            ("stock-ecom-2026-11-20.csv", "code,reward_id,status,card_code,expires_on", lists[1])):
        rng.shuffle(rows)
        with open(os.path.join(out, name), "w", encoding="utf-8", newline="") as file:
            file.write(header + "\n")
            file.writelines(row + "\n" for row in rows)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
