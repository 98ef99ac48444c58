"""The facts of many engagements at once, and what they say of each one's health."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from cases.enums import WorkKind
from cases.models import WorkItem
from coaching.enums import EngagementStatus, SessionStatus
from coaching.health import FIGURE_IS_RECENT, Facts, Health, Judgment, health_by
from coaching.models import Engagement, HealthJudgment, Measure, Session

# By the moments in `Engagement`, since when it stands where it is.
STANDS_SINCE = {
    EngagementStatus.OFFERED: "offered_at",
    EngagementStatus.ACCEPTED: "responded_at",
    EngagementStatus.ACTIVE: "kicked_off_at",
    EngagementStatus.CLOSING: "work_finished_at",
}
Rows = dict[uuid.UUID, dict[str, Any]]


def health_of(engagements: Sequence[Any], *, now: datetime) -> dict[uuid.UUID, Health]:
    """By engagement, as `for_health()` gives them; four queries for any number.

    For the partner's people and the program, never for the city.
    """
    keys = [one.pk for one in engagements]
    today = timezone.localdate(now)
    sessions, items, measures = _sessions(keys, now), _items(keys, now), _measures(keys, today)
    judged = _judgments(keys)
    found = {}
    for one in engagements:
        facts = Facts(
            status=one.status,
            today=today,
            standing_since=_standing_since(one),
            is_paused=one.is_held or one.paused_at is not None,
            **_contact(one, sessions.get(one.pk, {})),
            **items.get(one.pk, {}),
            **measures.get(one.pk, {}),
        )
        found[one.pk] = health_by(facts, judged.get(one.pk))
    return found


def _standing_since(engagement: Engagement) -> date:
    name = STANDS_SINCE.get(EngagementStatus(engagement.status), "offered_at")
    return timezone.localdate(getattr(engagement, name) or engagement.offered_at)


def _contact(engagement: Engagement, held: dict[str, Any]) -> dict[str, Any]:
    days = [day for day in (engagement.kicked_off_on, held.get("last")) if day]
    return {"next_session_at": held.get("next"), "contact_on": max(days, default=None)}


def _sessions(keys: list[uuid.UUID], now: datetime) -> Rows:
    coming = Q(status=SessionStatus.PLANNED, starts_at__gte=now)
    of_engagement = Session.objects.filter(engagement__in=keys).order_by().values("engagement")
    rows = of_engagement.annotate(
        next=Min("starts_at", filter=coming),
        last=Max("held_on", filter=Q(status=SessionStatus.HELD)),
    )
    return {row["engagement"]: {"next": row["next"], "last": row["last"]} for row in rows}


def _items(keys: list[uuid.UUID], now: datetime) -> Rows:
    late = Q(due_at__lt=now, paused_at__isnull=True)
    agreed = WorkItem.objects.open().filter(kind=WorkKind.ACTION_ITEM, subject__in=keys).order_by()
    rows: Any = agreed.values("subject").annotate(
        open=Count("pk"), late=Count("pk", filter=late), oldest=Min("due_at", filter=late)
    )
    return {
        row["subject"]: {
            "open_items": row["open"],
            "overdue_items": row["late"],
            "oldest_overdue_on": timezone.localdate(row["oldest"]) if row["oldest"] else None,
        }
        for row in rows
    }


def _measures(keys: list[uuid.UUID], today: date) -> Rows:
    """A measure that was only just set is not late with its first figure."""
    newest = Max("observations__ends_on", filter=Q(observations__superseded_at__isnull=True))
    rows = Measure.objects.filter(engagement__in=keys).order_by().values("engagement", "pk", "set_at")
    found: Rows = {}
    for row in rows.annotate(newest=newest):
        counted = found.setdefault(row["engagement"], {"measures": 0, "stale_measures": 0})
        counted["measures"] += 1
        last = row["newest"] or timezone.localdate(row["set_at"])
        counted["stale_measures"] += last < today - timedelta(days=FIGURE_IS_RECENT)
    return found


def _judgments(keys: list[uuid.UUID]) -> dict[uuid.UUID, Judgment]:
    """What the partner that coaches now has judged; a former one's went with it."""
    own = HealthJudgment.objects.filter(engagement__in=keys, engagement__partner=F("partner"))
    newest = own.order_by("engagement_id", "-judged_at")
    return {
        one.engagement_id: Judgment(one.level, one.text, timezone.localdate(one.judged_at))
        for one in newest.distinct("engagement_id")
    }
