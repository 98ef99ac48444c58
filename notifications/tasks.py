from celery import shared_task
from django.utils import timezone

from notifications.services import deliver_batch, send_due_reminders, spread_deliveries


@shared_task(name="notifications.sweep", ignore_result=True)
def sweep() -> dict[str, int]:
    """Say what is due to be said, and hand what is queued to the workers."""
    now = timezone.now()
    return {"reminders": send_due_reminders(now=now), "mails": spread_deliveries(now=now)}


@shared_task(name="notifications.deliver", ignore_result=True)
def deliver() -> None:
    """Send a batch of mails; any number of workers at once."""
    deliver_batch(now=timezone.now())
