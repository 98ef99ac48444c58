"""What whoever runs the site watches: how much is owed, what waits to go out, how the sweeps fare."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from redis import Redis, RedisError

from cases.enums import Party, Stage
from cases.models import Case, WorkItem
from notifications.enums import Channel, DeliveryState
from notifications.models import Delivery
from reports.models import SweepRun

QUEUE = "celery"
PATIENCE_SECONDS = 2
SHOWN = 50


@dataclass(frozen=True)
class Owed:
    """Open work of a party, and how much of it is overdue."""

    party: Party
    open: int
    overdue: int


@dataclass(frozen=True)
class Outbox:
    """Messages that wait to be sent; `oldest_seconds` is how long the oldest has waited past its moment."""

    queued: int
    failed: int
    oldest_seconds: float


def cases_by_stage() -> dict[Stage, int]:
    counted = dict(Case.objects.order_by().values_list("stage").annotate(Count("pk")))
    return {stage: counted.get(stage, 0) for stage in Stage}


def owed_by_party(*, now: datetime) -> list[Owed]:
    counted = (
        WorkItem.objects.open()
        .order_by()
        .values("party")
        .annotate(count=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    )
    found = {row["party"]: (row["count"], row["late"]) for row in counted}
    return [Owed(party, *found.get(party, (0, 0))) for party in Party]


def outbox(*, now: datetime) -> Outbox:
    told = Delivery.objects.aggregate(
        queued=Count("pk", filter=Q(state=DeliveryState.QUEUED)),
        failed=Count("pk", filter=Q(state=DeliveryState.FAILED)),
        oldest=Min("next_attempt_at", filter=Q(state=DeliveryState.QUEUED)),
    )
    waited = (now - told["oldest"]).total_seconds() if told["oldest"] else 0.0
    return Outbox(told["queued"], told["failed"], max(0.0, waited))


def failed_by_channel() -> dict[Channel, int]:
    failed = Delivery.objects.filter(state=DeliveryState.FAILED).order_by().values_list("channel")
    counted = dict(failed.annotate(Count("pk")))
    return {channel: counted.get(channel, 0) for channel in Channel}


def refused_addresses(*, now: datetime) -> list[Delivery]:
    """Addresses that a mail server said nobody has, and to which nothing got through since; newest first."""
    return list(Delivery.objects.refused(now).select_related("notice__person")[:SHOWN])


def queue_length() -> int | None:
    """Tasks that no worker has taken up yet; None when the broker does not answer."""
    broker = Redis.from_url(settings.BROKER_URL, socket_timeout=PATIENCE_SECONDS)
    try:
        return int(broker.llen(QUEUE))
    except RedisError:
        return None
    finally:
        broker.close()


def last_sweeps() -> list[SweepRun]:
    return list(SweepRun.objects.newest_of_each())


def database_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    return str(version)
