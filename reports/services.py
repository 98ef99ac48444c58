from datetime import datetime, timedelta
from typing import Any

from reports.models import SweepRun

KEPT = timedelta(days=7)


def record_sweep(*, sweep: str, began_at: datetime, took: timedelta, found: Any, problem: str = "") -> None:
    """Keep what a run of a sweep found, for a week; counts by name are kept, anything else is not."""
    SweepRun.objects.filter(sweep=sweep, began_at__lt=began_at - KEPT).delete()
    SweepRun.objects.create(
        sweep=sweep,
        began_at=began_at,
        took=took,
        found=found if isinstance(found, dict) else {},
        problem=problem[:200],
    )
