from datetime import datetime
from typing import Any

from celery import shared_task
from celery.signals import after_task_publish, beat_init, task_postrun, task_prerun
from django.conf import settings
from django.utils import timezone

from reports import health
from reports.services import record_sweep

HEARTBEAT = "reports.heartbeat"
_began: dict[str, datetime] = {}


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


def sweeps() -> set[str]:
    """Everything on the schedule but the heartbeat."""
    return {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()} - {HEARTBEAT}


@task_prerun.connect
def note_begin(task_id: str, task: Any, **kwargs: Any) -> None:
    if task.name in sweeps():
        _began[task_id] = timezone.now()


@task_postrun.connect
def note_end(task_id: str, task: Any, retval: Any, state: str | None, **kwargs: Any) -> None:
    """Sweeps belong to lower rooms, which know nothing of this one: it listens."""
    began_at = _began.pop(task_id, None)
    if began_at is not None:
        problem = "" if state == "SUCCESS" else type(retval).__name__
        took = timezone.now() - began_at
        record_sweep(sweep=task.name, began_at=began_at, took=took, found=retval, problem=problem)
