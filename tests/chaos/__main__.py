"""Two beats, three workers, their servers, work that falls due, ROUNDS faults of random kinds; a verdict."""

import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random, SystemRandom
from tempfile import mkdtemp

from tests.chaos.faults import Fault, kinds, strike
from tests.chaos.site import Site

OBLIGATIONS = 2_000
# Each round has its share of the work falling due, and a fault while its mails go out.
ROUND_SECONDS = 6
START_SECONDS = 15
# Longer than the longest pause between two attempts: what has not moved for so long will not.
STILL_SECONDS = 150


def main() -> int:
    # By name, so that whoever ends this also ends what it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    rounds = int(os.environ.get("ROUNDS") or 50)
    seed = int(os.environ.get("SEED") or SystemRandom().randrange(10**6))
    folder = Path(mkdtemp(prefix="milepost-chaos-"))
    print(f"{rounds} rounds, SEED={seed}, in {folder}", flush=True)
    site, began = Site(folder), time.monotonic()
    with site.served():
        prepare(rounds)
        with site.running():
            faults = play(site, rounds, Random(seed))
            settle(site)
        found = report(site.mailbox.taken(), faults, seconds=time.monotonic() - began)
    if not found:
        shutil.rmtree(folder)
    return len(found) > 0


def prepare(rounds: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.chaos.ledger import plan_work

    call_command("migrate", verbosity=0)
    start = datetime.now(UTC) + timedelta(seconds=START_SECONDS)
    shares = [start + timedelta(seconds=ROUND_SECONDS * number) for number in range(rounds)]
    plan_work([shares[number * rounds // OBLIGATIONS] for number in range(OBLIGATIONS)])
    # Not kept over the restarts to come.
    connection.close()


def play(site: Site, rounds: int, chance: Random) -> list[Fault]:
    wait_for_mail(site, seconds=4 * START_SECONDS)
    start, faults = time.monotonic(), []
    for number, kind in enumerate(islice(kinds(chance), rounds), 1):
        time.sleep(max(0, start + ROUND_SECONDS * (number - 1) - time.monotonic()))
        wait_for_mail(site)
        time.sleep(chance.uniform(0, 1))
        faults.append(strike(kind, site, chance))
        ended = "".join(f"; {name} had ended by itself" for name in site.revive())
        print(f"  {number:>3} {kind:<20}{len(site.mailbox):>6} mails{ended}", flush=True)
    return faults


def wait_for_mail(site: Site, seconds: float = ROUND_SECONDS) -> None:
    """A fault is worst while mails go out; where none does, it strikes all the same."""
    before, deadline = len(site.mailbox), time.monotonic() + seconds
    while len(site.mailbox) == before and time.monotonic() < deadline:
        time.sleep(0.05)


def settle(site: Site) -> None:
    from tests.chaos.ledger import unsettled

    left, since = unsettled(), time.monotonic()
    while left and time.monotonic() - since < STILL_SECONDS:
        time.sleep(1)
        site.revive()
        before, left = left, unsettled()
        since = since if left == before else time.monotonic()


def report(taken: Mapping[str, list[float]], faults: list[Fault], *, seconds: float) -> list[str]:
    from tests.chaos.ledger import violations

    found = violations(taken, faults)
    mails = sum(len(moments) for moments in taken.values())
    allowed = sum(fault.senders for fault in faults)
    kinds_seen = Counter(fault.kind for fault in faults)
    print(f"{len(faults)} rounds: " + ", ".join(f"{kind} {n}" for kind, n in sorted(kinds_seen.items())))
    print(
        f"{OBLIGATIONS} obligations, {mails} mails, {mails - len(taken)} doubles of at most {allowed} allowed"
    )
    print(f"{seconds:.0f} seconds; {len(found) or 'no'} violations", *found, sep="\n  ", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
