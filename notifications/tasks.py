from celery import shared_task
from django.conf import settings
from django.utils import timezone

from notifications.services import deliver_batch, read_bounces, send_due_reminders, spread_deliveries


@shared_task(name="notifications.sweep", ignore_result=True)
def sweep() -> dict[str, int]:
    """Say what is due to be said, and hand what is queued to the workers."""
    now = timezone.now()
    return {"reminders": send_due_reminders(now=now), "mails": spread_deliveries(now=now)}


@shared_task(name="notifications.deliver", ignore_result=True)
def deliver() -> None:
    """Send a batch of mails; any number of workers at once."""
    deliver_batch(now=timezone.now())


@shared_task(name="notifications.read_bounces", ignore_result=True)
def read_returned() -> dict[str, int]:
    """Take note of the mails that came back; on the schedule where a mailbox is set."""
    if settings.BOUNCE_MAILBOX is None:
        return {}
    return read_bounces(mailbox=settings.BOUNCE_MAILBOX, now=timezone.now())
