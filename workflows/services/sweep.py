from datetime import datetime

from django.db import transaction

from cases.deadlines import program_calendar
from cases.selectors import cases_with_work_newly_late
from cases.services import lock_case, mark_overdue
from certification.models import Certificate
from workflows.models import CityStatus
from workflows.services.moves import publish_status

BATCH = 500


def mark_overdue_and_publish(*, now: datetime) -> int:
    """Mark work whose due moment has passed, and publish the status of its case. Returns how many cases.

    One transaction a case, the case row locked first as everywhere, so that the sweep never stands in the
    way of the people at work.
    """
    touched = 0
    while cases := cases_with_work_newly_late(now=now, limit=BATCH):
        for case_id in cases:
            with transaction.atomic():
                case = lock_case(case_id)
                mark_overdue(case=case, now=now)
                publish_status(case, now=now)
        touched += len(cases)
    return touched


def publish_expired(*, now: datetime) -> int:
    """Publish the status of every city whose certificate has run out. Returns how many."""
    shown = CityStatus.objects.exclude(certificate="").values("certificate")
    today = program_calendar().local_day(now)
    expired = Certificate.objects.filter(number__in=shown, expires_on__lte=today).order_by("number")
    cases = list(expired.values_list("case_id", flat=True))
    for case_id in cases:
        with transaction.atomic():
            publish_status(lock_case(case_id), now=now)
    return len(cases)
