"""Days and deadlines in words, as pure functions. Page templates reach them through the `pagekit` tags."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from core.calendars import WorkingCalendar

LATE, SOON, NEUTRAL = "late", "soon", "neutral"
SOON_WORKING_DAYS = 2
COUNTED_WORKING_DAYS = 10
DAYS_IN_WEEK = 7
COUNTED_DAYS = 9 * DAYS_IN_WEEK
DAYS_IN_MONTH = 30.44


@dataclass(frozen=True)
class Due:
    """A deadline for a reader: `words` how far, `tone` how urgent, `day` and `moment` when exactly."""

    words: str
    tone: str
    day: str
    moment: str
    at: datetime


def day_in_words(day: date) -> str:
    """Mon, May 11, 2026"""
    return date_format(day, "D, M j, Y")


def time_in_words(moment: datetime) -> str:
    """10:12 am EDT, in the zone that the moment carries; a zone without a name is an offset."""
    half = gettext("am") if moment.hour < 12 else gettext("pm")
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {half} {zone_in_words(moment)}"


def zone_in_words(moment: datetime) -> str:
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    return f"UTC{name[0]}{name[1:3].lstrip('0') or '0'}{':' + name[3:] if name[3:] else ''}"


def moment_in_words(moment: datetime, zone: str) -> str:
    """Mon, May 11, 2026, 10:12 am EDT"""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day_in_words(local.date())}, {time_in_words(local)}"


def due_in_words(due_at: datetime, now: datetime, calendar: WorkingCalendar) -> Due:
    """How far a deadline is, counted in the working days of the party that owes it."""
    words, tone = _late(due_at, now, calendar) if now > due_at else _ahead(due_at, now, calendar)
    local = due_at.astimezone(ZoneInfo(calendar.zone))
    return Due(
        words=words,
        tone=tone,
        day=day_in_words(local.date()),
        moment=moment_in_words(due_at, calendar.zone),
        at=due_at,
    )


def _late(due_at: datetime, now: datetime, calendar: WorkingCalendar) -> tuple[str, str]:
    due_day, today = calendar.local_day(due_at), calendar.local_day(now)
    if due_day == today:
        return gettext("due earlier today"), LATE
    days = calendar.between(due_day, today)
    if not days:
        return gettext("late since %(day)s") % {"day": date_format(due_day, "l")}, LATE
    return ngettext("%(days)s working day late", "%(days)s working days late", days) % {"days": days}, LATE


def _ahead(due_at: datetime, now: datetime, calendar: WorkingCalendar) -> tuple[str, str]:
    due_day, today = calendar.local_day(due_at), calendar.local_day(now)
    if due_day == today:
        return gettext("today"), SOON
    if due_day - today == timedelta(days=1):
        return gettext("tomorrow"), SOON
    working_days = calendar.between(today, due_day)
    if 0 < working_days <= COUNTED_WORKING_DAYS:
        tone = SOON if working_days <= SOON_WORKING_DAYS else NEUTRAL
        words = ngettext("in %(days)s working day", "in %(days)s working days", working_days)
        return words % {"days": working_days}, tone
    return _far((due_day - today).days), NEUTRAL


def _far(days: int) -> str:
    if days < 2 * DAYS_IN_WEEK:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    if days < COUNTED_DAYS:
        weeks = round(days / DAYS_IN_WEEK)
        return ngettext("in %(weeks)s week", "in %(weeks)s weeks", weeks) % {"weeks": weeks}
    months = round(days / DAYS_IN_MONTH)
    return ngettext("in %(months)s month", "in %(months)s months", months) % {"months": months}


def age_in_words(since: datetime, now: datetime, zone: str) -> str:
    """How long something has been open, in calendar days of a zone: "since today", "12 days"."""
    place = ZoneInfo(zone)
    days = (now.astimezone(place).date() - since.astimezone(place).date()).days
    if days < 1:
        return gettext("since today")
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def minutes_in_words(minutes: int) -> str:
    """A rough length of time: in tens of minutes below an hour, in half hours above."""
    if minutes <= 55:
        tens = max(10, round(minutes / 10) * 10)
        return gettext("about %(minutes)s minutes") % {"minutes": tens}
    halves = round(minutes / 30)
    whole = halves // 2
    if halves % 2:
        return gettext("about %(hours)s½ hours") % {"hours": whole}
    return ngettext("about %(hours)s hour", "about %(hours)s hours", whole) % {"hours": whole}
