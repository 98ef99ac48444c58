"""Somebody is named in another's place: the manager of a case, an engagement's coach, an assessor."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.enums import ParticipationRole, Party
from cases.models import Case, Participation, WorkItem
from cases.querysets import WorkItemQuerySet
from cases.services import hand_over_work_item, require_not_ended
from cases.services.case import require
from certification.models import Review
from certification.services import replace_assessor
from coaching.enums import RUNNING
from coaching.models import Engagement
from core.errors import DomainError, NotFound, WrongState
from notifications.selectors import say
from notifications.services import notify
from people.models import User
from people.permissions import Permission
from workflows.services.coaching import assign_coach_and_route
from workflows.services.handover import TAKEN_OVER, change_manager, move_engagement
from workflows.services.moves import changing
from workflows.wordings import handing


def take_over_management(*, case_id: uuid.UUID, by: User, now: datetime) -> Case:
    """Become the manager of a case; its open work of the program comes along, and who had it is told."""
    with changing(case_id, by=by, now=now) as case:
        require(by, Permission.MANAGE_CASE, case)
        require_not_ended(case)
        former = change_manager(case, by, by=by, now=now)
        _give(WorkItem.objects.open().filter(case=case, party=Party.PROGRAM), by, by=by, now=now)
        for person in former:
            if person != by:
                _tell_former(person, case, by=by, now=now)
    return case


def _give(items: WorkItemQuerySet, owner: User, *, by: User, now: datetime) -> None:
    for item in items.exclude(owner=owner).order_by("due_at", "pk"):
        hand_over_work_item(item=item, owner=owner, by=by, now=now)


def _tell_former(person: User, case: Case, *, by: User, now: datetime) -> None:
    values = {"who": by.name, "city": case.city.name}
    words = say(handing.MANAGER_CHANGED, values)
    url = reverse("workflows:case-detail", args=[case.pk])
    notify(kind=TAKEN_OVER, subject=words.subject, text=words.text, url=url, now=now, person=person)


def name_coach(*, engagement_id: uuid.UUID, coach: User, by: User, now: datetime) -> Engagement:
    """Give a running engagement to another coach of the partner, also where it has none. Raises NotFound."""
    seen = Engagement.objects.visible_to(by).select_related("partner").filter(pk=engagement_id).first()
    if seen is None:
        raise NotFound(_("There is no such engagement for you."))
    with changing(seen.case_id, by=by, now=now) as case:
        engagement = Engagement.objects.select_related("partner").get(pk=engagement_id)
        engagement.case = case
        require(by, Permission.ASSIGN_COACH, engagement)
        if not may_change_coach(engagement):
            raise WrongState(_("A coach can be named from the first assignment until the engagement ends."))
        move_engagement(engagement, coach, by=by, now=now)
        url = reverse("workflows:engagement-detail", args=[engagement_id])
        _tell(coach, _("coach of the city"), case, url, by=by, now=now)
    return engagement


def may_change_coach(engagement: Engagement) -> bool:
    return engagement.status in RUNNING and engagement.coach_assigned_at is not None


def assign_coaches(
    *, chosen: Mapping[uuid.UUID, User], by: User, now: datetime
) -> dict[uuid.UUID, DomainError]:
    """Assign a coach to each engagement, a transaction each; what is refused comes back with its reason."""
    refused: dict[uuid.UUID, DomainError] = {}
    for key, coach in chosen.items():
        try:
            _assign(key, coach, by=by, now=now)
        except DomainError as error:
            refused[key] = error
    return refused


def _assign(engagement_id: uuid.UUID, coach: User, *, by: User, now: datetime) -> None:
    """The step of the flow where it is open; else the place of a coach who left is filled."""
    step = WorkItem.objects.visible_to(by).open().filter(subject=engagement_id, step="assign_coach").first()
    if step is None:
        name_coach(engagement_id=engagement_id, coach=coach, by=by, now=now)
    else:
        assign_coach_and_route(work_item_id=step.pk, coach=coach, by=by, now=now)


def name_assessor(
    *, case_id: uuid.UUID, leaving: User, successor: User, by: User, now: datetime
) -> Participation:
    """Another assessor takes the part of one who can't go on, with the open work. Raises NotFound."""
    with changing(case_id, by=by, now=now) as case:
        require(by, Permission.ASSIGN_ASSESSORS, case)
        require_not_ended(case)
        parts = case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
        part = parts.filter(person=leaving).select_related("person").first()
        if part is None:
            raise NotFound(_("This person does not assess the case."))
        return replace_on_case(part, case, successor, by=by, now=now)


def replace_on_case(
    part: Participation, case: Case, successor: User, *, by: User, now: datetime
) -> Participation:
    """Another assessor has the seat, with the open reviews and their work. The case is locked."""
    reviews = Review.objects.filter(assessment__case=case, assessor=part.person)
    owed = Q(subject__in=list(reviews.values_list("pk", flat=True)))
    if part.reconciles:
        owed |= Q(step="reconcile")
    open_work = WorkItem.objects.open().filter(owed, case=case, party=Party.ASSESSOR)
    items = list(open_work.values_list("pk", flat=True))
    renewed = replace_assessor(case=case, leaving=part, to=successor, by=by, now=now)
    _give(WorkItem.objects.filter(pk__in=items), successor, by=by, now=now)
    _tell(successor, _("assessor"), case, reverse("workflows:case-detail", args=[case.pk]), by=by, now=now)
    return renewed


def _tell(person: User, what: str, case: Case, url: str, *, by: User, now: datetime) -> None:
    values = {"city": case.city.name, "what": what, "who": by.name}
    words = say(handing.NAMED, values)
    notify(kind=TAKEN_OVER, subject=words.subject, text=words.text, url=url, now=now, person=person)
