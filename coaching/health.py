"""How an engagement fares, by facts alone: a pure computation, each fact in words with what it weighs.

The thresholds stand here, and in `docs/guides/coach.md` for those who are judged by them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.enums import EngagementStatus, HealthLevel

# Days since the kick-off or the last session held.
CONTACT_NEEDS_ATTENTION, CONTACT_STALLED = 21, 45
# Days that an offer, an accepted engagement or a finished one stands still.
STANDING_NEEDS_ATTENTION, STANDING_STALLED = 10, 30
# Days by which the oldest action item is late; any late one needs attention.
ITEM_STALLED = 30
# Days since the period that a measure's newest figure speaks for.
FIGURE_IS_RECENT = 100
# Days for which a coach's judgment counts.
JUDGMENT_COUNTS = 30

WEIGHT = {HealthLevel.ON_TRACK: 0, HealthLevel.ATTENTION: 1, HealthLevel.STALLED: 2}


@dataclass(frozen=True)
class Facts:
    """What is known of one engagement on a day."""

    status: str
    today: date
    standing_since: date
    is_paused: bool = False
    next_session_at: datetime | None = None
    contact_on: date | None = None
    open_items: int = 0
    overdue_items: int = 0
    oldest_overdue_on: date | None = None
    measures: int = 0
    stale_measures: int = 0


@dataclass(frozen=True)
class Judgment:
    """What the coach thinks; it can make the level worse, never better."""

    level: str
    text: str
    judged_on: date


@dataclass(frozen=True)
class Line:
    """One fact in words, and how bad it is."""

    text: str
    level: HealthLevel


@dataclass(frozen=True)
class Health:
    level: HealthLevel
    facts: Facts
    lines: list[Line] = field(default_factory=list)
    judgment: Judgment | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Who needs somebody most stands first: the worst, then the longest without contact."""
        return (-WEIGHT.get(self.level, -1), -(self.days_since_contact or 0))

    @property
    def days_since_contact(self) -> int | None:
        on = self.facts.contact_on
        return None if on is None else (self.facts.today - on).days


def health_by(facts: Facts, judgment: Judgment | None = None) -> Health:
    """The worst of what the facts say; a judgment counts for a while, and only when it is worse."""
    if facts.status in (EngagementStatus.ACTIVE, EngagementStatus.CLOSING):
        lines = [_session(facts), _contact(facts), _items(facts), _measures(facts)]
        if facts.status == EngagementStatus.CLOSING:
            lines = [_standing(facts), *lines[2:]]
    else:
        lines = [_standing(facts)]
    found = [line for line in lines if line is not None]
    level = max((line.level for line in found), key=WEIGHT.__getitem__, default=HealthLevel.ON_TRACK)
    if judgment and (facts.today - judgment.judged_on).days <= JUDGMENT_COUNTS:
        level = max(level, HealthLevel(judgment.level), key=WEIGHT.__getitem__)
    return Health(HealthLevel.PAUSED if facts.is_paused else level, facts, found, judgment)


def _by_days(days: int, attention: int, stalled: int) -> HealthLevel:
    if days >= stalled:
        return HealthLevel.STALLED
    return HealthLevel.ATTENTION if days >= attention else HealthLevel.ON_TRACK


def _days(days: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _standing(facts: Facts) -> Line:
    days = (facts.today - facts.standing_since).days
    texts = {
        EngagementStatus.OFFERED: _("offered %(days)s ago, not answered"),
        EngagementStatus.ACCEPTED: _("accepted %(days)s ago, not begun"),
        EngagementStatus.CLOSING: _("work finished %(days)s ago, not closed"),
    }
    text = texts.get(EngagementStatus(facts.status), _("since %(days)s"))
    return Line(text % {"days": _days(days)}, _by_days(days, STANDING_NEEDS_ATTENTION, STANDING_STALLED))


def _session(facts: Facts) -> Line:
    at = facts.next_session_at
    if at is None:
        return Line(_("no session booked"), HealthLevel.ATTENTION)
    days = (timezone.localdate(at) - facts.today).days
    text = _("next session today") if days <= 0 else _("next session in %(days)s") % {"days": _days(days)}
    return Line(text, HealthLevel.ON_TRACK)


def _contact(facts: Facts) -> Line | None:
    """With a session booked, a long silence is no standstill."""
    if facts.contact_on is None:
        return None
    days = (facts.today - facts.contact_on).days
    level = _by_days(days, CONTACT_NEEDS_ATTENTION, CONTACT_STALLED)
    if level == HealthLevel.STALLED and facts.next_session_at is not None:
        level = HealthLevel.ATTENTION
    if days <= 0:
        return Line(_("last contact today"), level)
    return Line(_("last contact %(days)s ago") % {"days": _days(days)}, level)


def _items(facts: Facts) -> Line | None:
    count = facts.overdue_items
    if not count or facts.oldest_overdue_on is None:
        return None
    days = (facts.today - facts.oldest_overdue_on).days
    text = ngettext("%(count)s action item late", "%(count)s action items late", count) % {"count": count}
    return Line(text, _by_days(days, 0, ITEM_STALLED))


def _measures(facts: Facts) -> Line | None:
    count = facts.stale_measures
    if not count:
        return None
    text = ngettext(
        "%(count)s measure without a figure of the last %(days)s days",
        "%(count)s measures without a figure of the last %(days)s days",
        count,
    )
    return Line(text % {"count": count, "days": FIGURE_IS_RECENT}, HealthLevel.ATTENTION)
