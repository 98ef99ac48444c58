"""What coaches and cities of the demonstration have agreed to do, and one engagement that rests."""

from datetime import datetime, timedelta
from random import Random

from cases.models import Case
from coaching.enums import EngagementStatus
from coaching.models import Engagement
from people.enums import Role
from people.models import User
from workflows import services
from workflows.demo.meetings import key_of, settle_mails
from workflows.services.handover import members

AGREED_BEFORE = timedelta(days=16)
# What, whose it is, and in how many days it is due; below zero it is late.
ITEMS = (
    ("Name an owner for each of the ten most used data sets", "city", 9),
    ("Send the template of the data inventory", "coach", 3),
    ("Show the draft of the policy to the legal department", "city", -4),
    ("Compare the measure with two cities of the same size", "coach", -6),
)
RESTS = 0.12
WHY = "The city elects a new council; we go on when it has met."


def agree_upon(case: Case, *, now: datetime) -> None:
    """Two or three action items for each engagement under way; a few engagements rest since last week."""
    running = case.engagements.filter(status=EngagementStatus.ACTIVE, coach__isnull=False)
    for engagement in running.select_related("partner", "coach").order_by("pk"):
        dice = Random(f"agreed {engagement.partner.slug} {case.city.name}")  # noqa: S311 -- the same each time
        if engagement.coach is None or case.open_hold is not None:
            continue
        for number, (text, whose, days) in enumerate(dice.sample(ITEMS, 2)):
            owner = engagement.coach if whose == "coach" else _lead_of(case, now=now)
            _agree(engagement, text, owner, number, days=days, now=now)
        if dice.random() < RESTS:
            services.pause_engagement(
                engagement_id=engagement.pk, reason=WHY, by=engagement.coach, now=now - timedelta(days=6)
            )
            settle_mails([engagement.pk])


def _lead_of(case: Case, *, now: datetime) -> User:
    return members(case.city.organization, Role.CITY_LEAD, on=now.date())[0]


def _agree(engagement: Engagement, text: str, owner: User, number: int, *, days: int, now: datetime) -> None:
    agreed_at = max(now - AGREED_BEFORE, engagement.kicked_off_at or now - AGREED_BEFORE)
    action = services.set_action_item(
        engagement_id=engagement.pk,
        text=text,
        owner=owner,
        due_on=max(now + timedelta(days=days), agreed_at + timedelta(days=1)).date(),
        criterion=engagement.criteria.order_by("position").first(),
        key=key_of(f"agreed {number}", engagement.pk),
        by=engagement.coach or owner,
        now=agreed_at,
    )
    settle_mails([action.pk])
