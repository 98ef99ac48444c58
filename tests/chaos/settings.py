"""The settings of an installation, in a hurry: sweeps and second attempts come after seconds."""

from datetime import timedelta

from config.settings import *  # noqa: F403  # -- what runs here shall be what runs elsewhere
from config.settings import CELERY_BEAT_SCHEDULE as SCHEDULE

DELIVERY_FIRST_PAUSE = timedelta(seconds=2)
CELERY_BEAT_SCHEDULE = SCHEDULE | {
    "notices": SCHEDULE["notices"] | {"schedule": 3.0, "options": {"expires": 2}}
}
