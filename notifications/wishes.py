"""When a message to a person is mailed: at once, with their next digest, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from notifications.enums import Mode
from notifications.models import Notice, Preference
from notifications.topics import topic_named
from people.models import Affiliation

MORNING = time(8, 0)
DAY = timedelta(days=1)
MONDAY = 0


def next_digest(mode: str, now: datetime, zone: str) -> datetime:
    """Eight in the morning of the reader's next day, or next Monday; never the moment itself."""
    place = ZoneInfo(zone)
    day = now.astimezone(place).date()
    while True:
        moment = datetime.combine(day, MORNING, place)
        if moment > now and (mode == Mode.DAILY or day.weekday() == MONDAY):
            return moment
        day += DAY


@dataclass(frozen=True)
class Wishes:
    """What many people want, read at once."""

    modes: Mapping[tuple[int, str], str]
    zones: Mapping[int, str]

    @classmethod
    def of(cls, people: Iterable[int]) -> "Wishes":
        asked = set(people)
        rows = Preference.objects.filter(person__in=asked).values_list("person", "topic", "mode")
        modes = {(person, topic): mode for person, topic, mode in rows}
        return cls(modes, _zones({person for person, _topic in modes}))

    def mode_for(self, notice: Notice, *, may_wait: bool) -> str:
        """What only they can do and is overdue can't be switched off, what can't wait is no digest's."""
        if notice.person_id is None or not topic_named(notice.topic).may_change:
            return Mode.NOW
        mode = self.modes.get((notice.person_id, notice.topic), Mode.NOW)
        if mode == Mode.OFF:
            return Mode.NOW if notice.is_essential else Mode.OFF
        return mode if may_wait and not notice.calendar else Mode.NOW

    def digest_for(self, notice: Notice, mode: str, *, now: datetime) -> datetime | None:
        if mode not in (Mode.DAILY, Mode.WEEKLY) or notice.person_id is None:
            return None
        zone = self.zones.get(notice.person_id, timezone.get_default_timezone_name())
        return next_digest(mode, now, zone)


def _zones(people: set[int]) -> dict[int, str]:
    """The zone of each person's first organization that has one."""
    held = Affiliation.objects.active(timezone.localdate()).filter(person__in=people)
    named = held.exclude(organization__time_zone="").order_by("-pk")
    return dict(named.values_list("person", "organization__time_zone"))
