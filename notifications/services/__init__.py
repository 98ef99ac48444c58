"""Planning, claiming, sending and superseding messages. The rows are the truth; Celery only nudges."""

from notifications.services.bouncing import Reading, read_bounces, receive_bounce
from notifications.services.claiming import send_due_reminders
from notifications.services.delivering import deliver_batch, deliver_due, spread_deliveries
from notifications.services.planning import (
    Rung,
    plan_bundle,
    plan_reminders,
    readdress_reminders,
    supersede_reminders,
)
from notifications.services.preferring import set_preferences
from notifications.services.reading import mark_all_read, mark_read, mark_read_about
from notifications.services.telling import notify, nudge
from notifications.services.wording import reset_wording, set_wording, sound_words

__all__ = [
    "Reading",
    "Rung",
    "deliver_batch",
    "deliver_due",
    "mark_all_read",
    "mark_read",
    "mark_read_about",
    "notify",
    "nudge",
    "plan_bundle",
    "plan_reminders",
    "read_bounces",
    "readdress_reminders",
    "receive_bounce",
    "reset_wording",
    "send_due_reminders",
    "set_preferences",
    "set_wording",
    "sound_words",
    "spread_deliveries",
    "supersede_reminders",
]
