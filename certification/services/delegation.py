"""Who of a city answers what: given to a contributor, done, taken back. The caller locks the case."""

import uuid
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.deadlines import due_before
from cases.enums import WorkKind
from cases.models import WorkItem
from cases.services import close_work_item, hand_over_work_item, open_work_item
from cases.steps import DELEGATION
from certification.enums import DelegationStatus
from certification.models import Assessment, Delegation, Response
from certification.querysets import WITH_THE_CITY
from certification.transitions import TABLE, Action
from core.errors import InvalidInput
from core.transitions import advance, authorize
from people.enums import Role
from people.models import Affiliation, Invitation, User
from standards.models import PracticeArea

STEPS = ("self_assess", "reassess")


def delegate(
    *,
    assessment: Assessment,
    criterion: str,
    area: PracticeArea | None,
    person: User | None,
    invitation: Invitation | None,
    today: date,
    by: User,
    now: datetime,
) -> tuple[Delegation, list[Delegation]]:
    """Give a criterion, or what lies with the city of an area, to a contributor or to whoever is invited.

    Returns the delegation, and those of others that ended because nothing of them was left.
    """
    row = TABLE[Action.DELEGATE]
    authorize(row, assessment, by=by)
    if person is not None:
        _require_contributor(person, assessment, today=today)
    chosen = _answers(assessment, criterion=criterion, area=area)
    _require_new(chosen, person, invitation)
    delegation = Delegation.objects.create(
        assessment=assessment,
        area=area,
        status=DelegationStatus.OPEN if person else DelegationStatus.INVITED,
        person=person,
        invitation=invitation,
        delegated_at=now,
        delegated_by=by,
    )
    ended = _take_from_others(chosen, delegation, by=by, now=now)
    if person is not None:
        _open_work(delegation, by=by, now=now)
    new = {"what": topic_of(delegation), "to": delegation.holder}
    advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new=new)
    return delegation, ended


def _require_contributor(person: User, assessment: Assessment, *, today: date) -> None:
    held = Affiliation.objects.active(today).filter(person=person, person__is_active=True)
    city = assessment.case.city
    if not held.filter(organization=city.organization_id, role=Role.CITY_CONTRIBUTOR).exists():
        raise InvalidInput(errors={"person": [_("Choose a contributor of your city.")]})


def _answers(assessment: Assessment, *, criterion: str, area: PracticeArea | None) -> list[Response]:
    """Locked after the case, as when the round is submitted."""
    waiting = assessment.responses.filter(status__in=WITH_THE_CITY)
    chosen = waiting.filter(criterion__area=area) if area else waiting.filter(criterion__code=criterion)
    locked = chosen.select_for_update(no_key=True, of=("self",)).select_related("criterion")
    found = list(locked.order_by("criterion__position"))
    if not found:
        text = _("Nothing of this lies with your city now. Choose something that is open.")
        raise InvalidInput(errors={"what": [text]})
    return found


def _require_new(chosen: list[Response], person: User | None, invitation: Invitation | None) -> None:
    """Asking the same person for the same twice would only tell them twice."""
    waiting = (DelegationStatus.INVITED, DelegationStatus.OPEN)
    same = Delegation.objects.filter(person=person, status__in=waiting)
    if invitation is not None:
        same = same.filter(invitation=invitation)
    keys = set(same.values_list("pk", flat=True))
    if all(response.delegation_id in keys for response in chosen):
        raise InvalidInput(errors={"what": [_("This is delegated to them already.")]})


def _take_from_others(
    chosen: list[Response], delegation: Delegation, *, by: User, now: datetime
) -> list[Delegation]:
    """A criterion lies with one person at a time. Returns the delegations of which nothing is left."""
    earlier = {response.delegation_id for response in chosen if response.delegation_id}
    Response.objects.filter(pk__in=[one.pk for one in chosen]).update(delegation=delegation)
    ended = []
    for other in Delegation.objects.filter(pk__in=earlier).for_list().order_by("pk"):
        if other.responses.exists():
            _work_of(other).update(topic=topic_of(other))
        else:
            ended.append(end_delegation(delegation=other, by=by, now=now))
    return ended


def topic_of(delegation: Delegation) -> str:
    """What is delegated, in words: the area, and the codes where it is not the whole of it."""
    codes = list(
        delegation.responses.order_by("criterion__position").values_list("criterion__code", flat=True)
    )
    if delegation.area is None:
        return ", ".join(codes)
    responses = delegation.assessment.responses.filter(status__in=WITH_THE_CITY)
    if len(codes) == responses.filter(criterion__area=delegation.area).count():
        return delegation.area.name
    return f"{delegation.area.name} ({', '.join(codes)})"[:200]


def _open_work(delegation: Delegation, *, by: User, now: datetime) -> WorkItem:
    case = delegation.assessment.case
    step = WorkItem.objects.open().filter(case=case, step__in=STEPS).first()
    organization = case.city.organization
    due_at = due_before(step, DELEGATION.code, organization=organization, opened_at=now)
    return open_work_item(
        case=case,
        step=DELEGATION.code,
        kind=WorkKind.DELEGATION,
        organization=organization,
        owner=delegation.person,
        subject=delegation.pk,
        topic=topic_of(delegation),
        due_at=due_at,
        by=by,
        now=now,
    )


def _work_of(delegation: Delegation) -> QuerySet[WorkItem]:
    return WorkItem.objects.open().filter(subject=delegation.pk, kind=WorkKind.DELEGATION)


def take_up_delegation(*, delegation: Delegation, person: User, now: datetime) -> Delegation:
    """Whoever was invited has joined the city: the delegation is theirs from now on."""
    delegation.person = person
    row = TABLE[Action.TAKE_UP]
    taken_up = advance(row, delegation, by=person, now=now, dossier=delegation.assessment.case_id)
    _open_work(taken_up, by=person, now=now)
    return taken_up


def pass_on_delegation(*, delegation: Delegation, to: User, by: User, now: datetime) -> Delegation:
    """A colleague takes over what the person owes; the due date stays."""
    delegation.person = to
    delegation.save(update_fields=["person"])
    for item in _work_of(delegation):
        hand_over_work_item(item=item, owner=to, by=by, now=now)
    return delegation


def finish_delegation(*, delegation: Delegation, by: User, now: datetime) -> Delegation:
    """The contributor has done what was delegated; they may still write until it ends."""
    row = TABLE[Action.FINISH_DELEGATION]
    authorize(row, delegation, by=by)
    delegation.done_at, delegation.done_by = now, by
    _close_work(delegation, by=by, now=now)
    return advance(row, delegation, by=by, now=now, dossier=delegation.assessment.case_id)


def take_back_delegation(*, delegation: Delegation, by: User, now: datetime) -> Delegation:
    """The lead answers the criteria again themselves; what was written stays."""
    authorize(TABLE[Action.END_DELEGATION], delegation, by=by)
    return end_delegation(delegation=delegation, by=by, now=now)


def end_delegation(*, delegation: Delegation, by: User, now: datetime) -> Delegation:
    """End it for whatever reason: taken back, submitted, the person gone, the case over."""
    delegation.responses.update(delegation=None)
    delegation.ended_at, delegation.ended_by = now, by
    _close_work(delegation, by=by, now=now)
    row = TABLE[Action.END_DELEGATION]
    return advance(row, delegation, by=by, now=now, dossier=delegation.assessment.case_id)


def end_delegations(*, case_id: uuid.UUID, by: User, now: datetime) -> list[Delegation]:
    """End every delegation of a case: its round is submitted, or the case is over."""
    standing = Delegation.objects.standing().filter(assessment__case=case_id).for_list()
    return [end_delegation(delegation=one, by=by, now=now) for one in standing.order_by("pk")]


def _close_work(delegation: Delegation, *, by: User, now: datetime) -> None:
    for item in _work_of(delegation):
        close_work_item(item=item, by=by, now=now)
