"""Coupons of the journey as codes: the code is coupon, campaign and household joined, burned at noon."""
import csv
import glob
import gzip


def redemptions(data, night="*"):
    """(household, code, campaign, day) of a night, or of all, as the files have them."""
    for path in sorted(glob.glob(f"{data}/coupon_redemptions-{night}.csv.gz")):
        with gzip.open(path, "rt", newline="", encoding="utf-8") as f:
            for r in csv.DictReader(f):
                yield r["household_id"], code(r["coupon_upc"], r["campaign_id"], r["household_id"]), \
                    r["campaign_id"], r["redemption_date"]


def code(coupon, campaign, household):
    return f"{coupon}-{campaign}-{household}"


def codes(data):
    """(code, campaign, household): every household of a campaign with every coupon that was seen in it."""
    coupons = {}
    for _, joined, campaign, _ in redemptions(data):
        coupons.setdefault(campaign, set()).add(joined.split("-")[0])
    with open(f"{data}/campaigns.csv", newline="", encoding="utf-8") as f:
        for r in csv.DictReader(f):
            for coupon in sorted(coupons.get(r["campaign_id"], ())):
                yield code(coupon, r["campaign_id"], r["household_id"]), r["campaign_id"], r["household_id"]


def code_list(data):
    """A file of codes, each assigned to its household."""
    lines = ["code,reward_id,state,card_code"]
    lines += [f"{c},{campaign},assigned,{household}" for c, campaign, household in codes(data)]
    return "\n".join(lines + [""]).encode()


def burns(data, night):
    """Header and lines of a night's file of burns."""
    return b"household_id,code,noon\n", [
        f"{household},{joined},{day}T12:00:00\n".encode() for household, joined, _, day in redemptions(data, night)]
