"""Sessions for all cities of a sprint: their cases locked in one order, each city told of its own session."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Case
from cases.services import lock_case
from coaching.enums import RUNNING
from coaching.meetings import people_of
from coaching.models import Engagement, Meeting, Session, Sprint
from coaching.services import Plan, Record
from coaching.services import sprints as domain
from core.errors import NotFound
from people.models import User
from workflows.services.sessions import tell_it_is_off, tell_of, those_invited


def plan_meeting(
    *, sprint_id: uuid.UUID, plan: Plan, people: Collection[int], key: uuid.UUID, by: User, now: datetime
) -> Meeting:
    """Plan one session for all cities of a sprint that are coached now; `people` are those to invite.

    Cities on hold are left out, and paused engagements. Raises NotFound, and what the domain does.
    """
    sprint = Sprint.objects.whole_to(by).filter(pk=sprint_id).first()
    if sprint is None:
        raise NotFound(_("There is no such sprint for you."))
    with transaction.atomic():
        cases = _lock(sprint.engagements.values_list("case", flat=True))
        at_work = sprint.engagements.filter(status__in=RUNNING, paused_at__isnull=True)
        found = at_work.filter(case__in=cases, partner=sprint.partner_id).select_related("partner")
        engagements = list(found.select_related("case__city__organization").order_by("case"))
        meeting, changes = domain.plan_meeting(
            sprint=sprint,
            engagements=engagements,
            plan=plan,
            people={one.pk: _invited_of(one, people, now=now) for one in engagements},
            key=key,
            by=by,
            now=now,
        )
        for change in changes:
            tell_of(change, now=now)
    return meeting


def _invited_of(engagement: Engagement, people: Collection[int], *, now: datetime) -> list[User]:
    """Those of the chosen who belong to this city: a city is told of nobody else's people."""
    return list(people_of(engagement, now=now, of_the_city=True).filter(pk__in=people))


def change_meeting(*, meeting_id: uuid.UUID, plan: Plan, by: User, now: datetime) -> None:
    """Move a meeting for every city that still expects it. Raises NotFound, and what the domain does."""
    with _locked(meeting_id, by=by) as (meeting, sessions):
        for change in domain.change_meeting(meeting=meeting, sessions=sessions, plan=plan, by=by, now=now):
            if change.is_new:
                tell_of(change, now=now)


def call_off_meeting(*, meeting_id: uuid.UUID, reason: str, by: User, now: datetime) -> None:
    with _locked(meeting_id, by=by) as (meeting, sessions):
        called_off = domain.call_off_meeting(
            meeting=meeting, sessions=sessions, reason=reason, by=by, now=now
        )
        for session in called_off:
            tell_it_is_off(session, those_invited(session), now=now)


def hold_meeting(
    *, meeting_id: uuid.UUID, record: Record, took_part: Collection[uuid.UUID], by: User, now: datetime
) -> None:
    """Log a meeting for all of its cities at once. Raises NotFound, and what the domain does."""
    with _locked(meeting_id, by=by) as (meeting, sessions):
        domain.hold_meeting(
            meeting=meeting, sessions=sessions, record=record, took_part=took_part, by=by, now=now
        )


@contextmanager
def _locked(meeting_id: uuid.UUID, *, by: User) -> Iterator[tuple[Meeting, Sequence[Session]]]:
    """A meeting with the sessions that are still planned, of cases that run."""
    with transaction.atomic():
        meeting = Meeting.objects.visible_to(by).select_related("sprint").filter(pk=meeting_id).first()
        if meeting is None:
            raise NotFound(_("There is no such session for you."))
        cases = _lock(meeting.sessions.values_list("engagement__case", flat=True))
        planned = Session.objects.planned().of_meeting(meeting).filter(engagement__case__in=cases)
        yield meeting, list(planned.for_list().order_by("pk"))


def _lock(case_ids: Iterable[uuid.UUID]) -> list[Case]:
    """The cases that run, locked in the order of their keys, so that two sprints never wait in a circle."""
    locked = [lock_case(case_id) for case_id in sorted(set(case_ids))]
    return [case for case in locked if case.closed_at is None and case.open_hold is None]
