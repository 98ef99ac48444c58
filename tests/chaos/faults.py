"""What may befall an installation in a round, and how many mails it may double."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import redis

from tests.chaos.site import WORKERS, Site


@dataclass(frozen=True)
class Fault:
    """`senders` processes may each have lost what they had sent and not yet recorded."""

    kind: str
    senders: int
    began: float
    ended: float


def kill_worker(site: Site, chance: Random) -> None:
    site.kill(chance.choice(WORKERS))
    site.revive()


def wipe_broker(site: Site, chance: Random) -> None:
    valkey = site.services.valkey
    with redis.Redis.from_url(valkey.url) as client:
        client.flushall()
    valkey.stop()
    valkey.start()


def restart_database(site: Site, chance: Random) -> None:
    postgres = site.services.postgres
    postgres.stop()
    postgres.start()


def refuse_mail(site: Site, chance: Random) -> None:
    with site.mailbox.refusing():
        time.sleep(chance.uniform(2, 4))


KINDS: dict[str, tuple[Callable[[Site, Random], None], int]] = {
    "worker killed": (kill_worker, 1),
    "broker wiped": (wipe_broker, 0),
    "database restarted": (restart_database, len(WORKERS)),
    "mail refused": (refuse_mail, 0),
}


def kinds(chance: Random) -> Iterator[str]:
    """Without end and in any order, each as often as the others."""
    while True:
        yield from chance.sample(list(KINDS), len(KINDS))


def strike(kind: str, site: Site, chance: Random) -> Fault:
    act, senders = KINDS[kind]
    began = time.time()
    act(site, chance)
    return Fault(kind, senders, began, time.time())
