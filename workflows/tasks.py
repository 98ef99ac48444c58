from celery import shared_task
from django.utils import timezone

from workflows.services import ask_after_absences, mark_overdue_and_publish, publish_due, publish_expired


@shared_task(name="workflows.sweep", ignore_result=True)
def sweep() -> dict[str, int]:
    """Find whatever time has brought about: passed due dates and announcements whose day has come."""
    now = timezone.now()
    return {
        "published": len(publish_due(now=now)),
        "expired": publish_expired(now=now),
        "absences": ask_after_absences(now=now),
        "overdue": mark_overdue_and_publish(now=now),
    }
