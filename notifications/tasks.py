from celery import shared_task
from django.utils import timezone

from notifications.services import deliver_due, send_due_reminders


@shared_task(name="notifications.sweep", ignore_result=True)
def sweep() -> None:
    """Say what is due to be said, and send what is queued."""
    send_due_reminders(now=timezone.now())
    deliver_due(now=timezone.now())
