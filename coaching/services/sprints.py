"""Sprints: set up by a partner for several cities, with sessions for all. `workflows` locks the cases."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.services.case import require
from coaching.enums import EngagementStatus
from coaching.models import Engagement, Meeting, Session, Sprint
from coaching.models.sprint import LONGEST, SHORTEST
from coaching.services.sessions import (
    Change,
    Plan,
    Record,
    begin_plan,
    change_plan,
    end_as_held,
    end_as_missed,
    end_plan,
)
from core import audit
from core.errors import InvalidInput, WrongState
from core.words import plain_line, sound_text
from people.models import Organization, User
from people.permissions import Permission
from standards.models import Criterion

LONGEST_NAME = 120
LONGEST_GOAL = 2000
FEWEST = 2


@dataclass(frozen=True)
class SprintTerms:
    """What a sprint is about, from when to when, and for which engagements."""

    name: str
    begins_on: date
    ends_on: date
    criteria: Sequence[Criterion]
    engagements: Sequence[Engagement]
    goal: str = ""


@transaction.atomic
def set_up_sprint(
    *, partner: Organization, terms: SprintTerms, key: uuid.UUID, by: User, now: datetime
) -> Sprint:
    """Set up a sprint; the same key of the same person returns the first. Raises NotAllowed, InvalidInput."""
    require(by, Permission.RUN_SPRINTS, partner)
    if made := Sprint.objects.filter(set_up_by=by, key=key).first():
        return made
    _require_sound(terms, partner, now=now)
    sprint = Sprint.objects.create(
        partner=partner,
        name=terms.name.strip(),
        goal=terms.goal.strip(),
        begins_on=terms.begins_on,
        ends_on=terms.ends_on,
        key=key,
        set_up_at=now,
        set_up_by=by,
    )
    sprint.criteria.set(terms.criteria)
    sprint.engagements.set(terms.engagements)
    new = {"begins_on": terms.begins_on.isoformat(), "ends_on": terms.ends_on.isoformat()}
    audit.record("coaching.sprint_set_up", by=by, target=sprint, now=now, new=new)
    return sprint


def _require_sound(terms: SprintTerms, partner: Organization, *, now: datetime) -> None:
    try:
        plain_line(terms.name)
    except ValidationError as error:
        raise InvalidInput(errors={"name": error.messages}) from error
    if not 1 <= len(terms.name.strip()) <= LONGEST_NAME:
        raise InvalidInput(errors={"name": [_("Give it a name of up to 120 characters.")]})
    sound_text(terms.goal, longest=LONGEST_GOAL, may_be_empty=True)
    if not SHORTEST <= terms.ends_on - terms.begins_on <= LONGEST:
        raise InvalidInput(errors={"ends_on": [_("A sprint lasts from two to eight weeks.")]})
    if terms.ends_on < calendar_of(partner).local_day(now):
        raise InvalidInput(errors={"ends_on": [_("This day has passed; a sprint ends today or later.")]})
    if not terms.criteria:
        raise InvalidInput(errors={"criteria": [_("Choose at least one criterion.")]})
    _require_coached(terms, partner)


def _require_coached(terms: SprintTerms, partner: Organization) -> None:
    """Every city takes part with an active engagement that coaches each of the criteria."""
    if len(terms.engagements) < FEWEST:
        raise InvalidInput(errors={"engagements": [_("Choose at least two cities.")]})
    areas = {one.area_id for one in terms.criteria}
    for engagement in terms.engagements:
        ready = engagement.partner_id == partner.pk and engagement.status == EngagementStatus.ACTIVE
        coached = set(engagement.areas.values_list("pk", flat=True))
        if not ready or not areas <= coached:
            text = _("%(city)s is not coached by you now on all of these criteria.")
            raise InvalidInput(errors={"engagements": [text % {"city": engagement.case.city.name}]})


def plan_meeting(
    *,
    sprint: Sprint,
    engagements: Sequence[Engagement],
    plan: Plan,
    people: Mapping[uuid.UUID, Sequence[User]],
    key: uuid.UUID,
    by: User,
    now: datetime,
) -> tuple[Meeting, list[Change]]:
    """Plan one session for these cities of a sprint: for each a session of its own, with its own `people`.

    The same key of the same person returns the first one. Raises NotAllowed, WrongState, InvalidInput.
    """
    require(by, Permission.RUN_SPRINTS, sprint)
    if planned := Meeting.objects.filter(planned_by=by, key=key).first():
        return planned, []
    if not engagements:
        raise WrongState(_("No city of the sprint is being coached now."))
    meeting = Meeting.objects.create(sprint=sprint, key=key, planned_at=now, planned_by=by)
    audit.record("coaching.meeting_planned", by=by, target=meeting, now=now)
    changes = [
        begin_plan(
            session=Session(engagement=engagement, meeting=meeting),
            plan=replace(plan, people=people.get(engagement.pk, [])),
            by=by,
            now=now,
        )
        for engagement in engagements
    ]
    return meeting, changes


def change_meeting(
    *, meeting: Meeting, sessions: Sequence[Session], plan: Plan, by: User, now: datetime
) -> list[Change]:
    """Move what is still planned of a meeting, or change it; each city keeps whom it has invited."""
    _require_planned(meeting, sessions, by=by)
    changes = []
    for session in sessions:
        invited = session.invitees.filter(taken_off_at__isnull=True).select_related("person")
        people = [one.person for one in invited if one.person]
        addresses = [one.address for one in invited if one.address]
        own = replace(plan, people=people, addresses=addresses)
        changes.append(change_plan(session=session, plan=own, by=by, now=now))
    return changes


def call_off_meeting(
    *, meeting: Meeting, sessions: Sequence[Session], reason: str, by: User, now: datetime
) -> list[Session]:
    _require_planned(meeting, sessions, by=by)
    sound_text(reason, longest=LONGEST_GOAL, may_be_empty=True)
    return [end_plan(session=session, reason=reason, by=by, now=now) for session in sessions]


def hold_meeting(
    *,
    meeting: Meeting,
    sessions: Sequence[Session],
    record: Record,
    took_part: Collection[uuid.UUID],
    by: User,
    now: datetime,
) -> None:
    """Log a meeting: held for the cities whose sessions are named, missed by the others.

    `record` holds what all cities read; `came` in it are rows of invited people of any of them.
    """
    _require_planned(meeting, sessions, by=by)
    if not set(took_part) <= {session.pk for session in sessions}:
        raise InvalidInput(errors={"took_part": [_("Choose among the cities of this session.")]})
    for session in sessions:
        if session.pk in took_part:
            end_as_held(session=session, record=record, by=by, now=now)
        else:
            end_as_missed(session=session, by=by, now=now)


def _require_planned(meeting: Meeting, sessions: Sequence[Session], *, by: User) -> None:
    require(by, Permission.RUN_SPRINTS, meeting.sprint)
    if not sessions:
        raise WrongState(_("The session is over, or has been called off."))
