"""Whether the parts that the site stands on are up; every answer comes within seconds."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from redis import RedisError

from notifications.models import Delivery, Reminder

PATIENCE_SECONDS = 3
SILENCE_SECONDS = 60
OUTBOX_PATIENCE = timedelta(minutes=10)
PULSES = ("worker", "beat")


def record_pulse(name: str) -> None:
    cache.set(f"pulse:{name}", time.time(), timeout=10 * SILENCE_SECONDS)


def pulse_ages() -> dict[str, float | None]:
    """Seconds since worker and beat were last heard; None when they were not, or the broker is down."""
    try:
        heard = cache.get_many([f"pulse:{name}" for name in PULSES])
    except RedisError:
        heard = {}
    now = time.time()
    return {name: now - heard[key] if (key := f"pulse:{name}") in heard else None for name in PULSES}


def parts() -> dict[str, bool]:
    """Each part by name, and whether it is up."""
    checks: dict[str, Callable[[], bool]] = {"database": _database, "broker": _broker}
    checks |= {name: _pulse(name) for name in PULSES} | {"outbox": _outbox}
    # Not as a context: leaving it would wait for the check that hangs.
    pool = ThreadPoolExecutor(max_workers=len(checks))
    deadline = time.monotonic() + PATIENCE_SECONDS
    futures = {name: pool.submit(check) for name, check in checks.items()}
    pool.shutdown(wait=False)
    return {name: _outcome(future.result, deadline) for name, future in futures.items()}


def _outcome(result: Callable[[float], bool], deadline: float) -> bool:
    try:
        return result(max(0.0, deadline - time.monotonic()))
    except Exception:  # noqa: BLE001 -- whatever went wrong, the part is down
        return False


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    finally:
        connection.close()


def _broker() -> bool:
    cache.set("pulse:broker", True, timeout=PATIENCE_SECONDS)
    return bool(cache.get("pulse:broker"))


def _outbox() -> bool:
    """Nothing that is due has waited longer than a few sweeps; what is tried again later is not due."""
    before = timezone.now() - OUTBOX_PATIENCE
    try:
        return not (Delivery.objects.due(before).exists() or Reminder.objects.due(before).exists())
    finally:
        connection.close()


def _pulse(name: str) -> Callable[[], bool]:
    return lambda: time.time() - cache.get(f"pulse:{name}", 0.0) < SILENCE_SECONDS
