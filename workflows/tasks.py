from celery import shared_task
from django.utils import timezone

from workflows.services import mark_overdue_and_publish, publish_due, publish_expired


@shared_task(name="workflows.sweep", ignore_result=True)
def sweep() -> None:
    """Find whatever time has brought about: passed due dates and announcements whose day has come."""
    now = timezone.now()
    publish_due(now=now)
    publish_expired(now=now)
    mark_overdue_and_publish(now=now)
