from typing import Any

from celery import shared_task
from celery.signals import after_task_publish, beat_init

from reports import health

HEARTBEAT = "reports.heartbeat"


@shared_task(name=HEARTBEAT)
def heartbeat() -> None:
    """Proof that a worker takes up what beat sends."""
    health.record_pulse("worker")


@after_task_publish.connect(sender=HEARTBEAT)
def record_beat(**kwargs: Any) -> None:
    """Runs in the process that sends the heartbeat, which is beat."""
    health.record_pulse("beat")


@beat_init.connect
def begin(**kwargs: Any) -> None:
    """The first beat at once, so that a site that was just started is ready sooner."""
    heartbeat.delay()
