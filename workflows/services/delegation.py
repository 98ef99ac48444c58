"""Delegations within a city: given, done, taken back, taken up by who was invited, and those told of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.models import Case
from cases.services import lock_case, require_not_ended
from certification.enums import DelegationStatus
from certification.models import Assessment, Delegation
from certification.selectors import current_assessment, responses_for
from certification.services import delegation as domain
from certification.transitions import TABLE, Action
from certification.worksheet import worksheet_of
from core.errors import InvalidInput, NotFound
from core.transitions import authorize
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Words
from people.enums import Role
from people.models import Affiliation, Invitation, Organization, User
from people.querysets import AffiliationQuerySet
from people.services import revoke_invitation
from standards.models import PracticeArea
from workflows.selectors import leads_of
from workflows.services.invitations import invite_again, invite_by_mail
from workflows.services.moves import changing, moving, publish_status
from workflows.wordings import handing

TOLD = "certification.delegation"


@dataclass(frozen=True)
class Part:
    """What is given out: one criterion by its code, or a practice area."""

    criterion: str = ""
    area: PracticeArea | None = None


def delegate(
    *, case_id: uuid.UUID, part: Part, person: User | None, address: str, by: User, now: datetime
) -> Delegation:
    """Give a part of the open round to a contributor, or invite one for it by mail.

    Raises NotFound, NotAllowed, WrongState when the round is not with the city, InvalidInput.
    """
    with changing(case_id, by=by, now=now) as case:
        require_not_ended(case)
        assessment = _round_of(case)
        authorize(TABLE[Action.DELEGATE], assessment, by=by)
        if bool(person) == bool(address):
            raise InvalidInput(errors={"person": [_("Choose a contributor or give an address.")]})
        invitation = None
        if address:
            person = _contributor_at(case, address.strip().lower(), now=now)
            invitation = None if person else _invite(case, address.strip().lower(), by=by, now=now)
        delegation, ended = domain.delegate(
            assessment=assessment,
            criterion=part.criterion,
            area=part.area,
            person=person,
            invitation=invitation,
            today=program_calendar().local_day(now),
            by=by,
            now=now,
        )
        _tell_of_ends(ended, now=now)
        _tell_the_contributor(delegation, now=now)
        return delegation


def _round_of(case: Case) -> Assessment:
    assessment = current_assessment(case)
    if assessment is None:
        raise NotFound(_("This case has no assessment yet."))
    assessment.case = case
    return assessment


def contributors_of(case: Case, *, now: datetime) -> AffiliationQuerySet:
    """To whom a lead of the city can delegate."""
    active = Affiliation.objects.active(program_calendar().local_day(now))
    held = active.filter(organization=case.city.organization_id, role=Role.CITY_CONTRIBUTOR)
    return held.filter(person__is_active=True).select_related("person").order_by("person__name", "pk")


def _contributor_at(case: Case, address: str, *, now: datetime) -> User | None:
    """Whoever belongs to the city with this address needs no invitation."""
    held = contributors_of(case, now=now).filter(person__email=address).first()
    return held.person if held else None


def _invite(case: Case, address: str, *, by: User, now: datetime) -> Invitation:
    """The invitation that is open already, with a new link if the one sent has run out, else a new one."""
    organization, role = case.city.organization, Role.CITY_CONTRIBUTOR
    if leads_of(case.city, on=program_calendar().local_day(now)).filter(person__email=address).exists():
        text = _("This is a lead of your city, who answers every criterion already. Choose somebody else.")
        raise InvalidInput(errors={"address": [text]})
    unanswered = Invitation.objects.unanswered().filter(organization=organization, role=role, address=address)
    found = unanswered.select_related("organization").first()
    if found is None:
        return invite_by_mail(
            organization=organization, role=role, address=address, until=None, by=by, now=now
        )
    return found if now < found.expires_at else invite_again(invitation=found, by=by, now=now)


def take_back_delegation(*, delegation_id: uuid.UUID, by: User, now: datetime) -> Delegation:
    """The lead takes criteria back; what was written stays. Raises NotFound, NotAllowed, WrongState."""
    seen = Delegation.objects.visible_to(by).for_list().filter(pk=delegation_id).first()
    if seen is None:
        raise NotFound(_("There is no such delegation for you."))
    with changing(seen.assessment.case_id, by=by, now=now):
        delegation = Delegation.objects.for_list().get(pk=delegation_id)
        ended = domain.take_back_delegation(delegation=delegation, by=by, now=now)
        _tell_of_ends([ended], now=now)
        return ended


def finish_delegation(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Delegation:
    """The contributor is done. It is no step of the flow, and possible while the case is on hold."""
    with moving(work_item_id, "delegation", by=by, now=now, running=False) as move:
        move.ends = False
        delegation = Delegation.objects.for_list().get(pk=move.subject)
        done = domain.finish_delegation(delegation=delegation, by=by, now=now)
        _tell_the_leads(done, now=now)
        return done


def finish_answered_delegation(*, response_id: uuid.UUID, by: User, now: datetime) -> Delegation | None:
    """Close the writer's delegation when the answer was the last one open in it."""
    found = Delegation.objects.for_list().filter(responses=response_id, person=by)
    delegation = found.first()
    if delegation is None or not _is_answered(delegation, by):
        return None
    with changing(delegation.assessment.case_id, by=by, now=now):
        delegation = found.first()
        if delegation is None or not _is_answered(delegation, by):
            return None
        done = domain.finish_delegation(delegation=delegation, by=by, now=now)
        _tell_the_leads(done, now=now)
        return done


def _is_answered(delegation: Delegation, by: User) -> bool:
    if delegation.status != DelegationStatus.OPEN:
        return False
    responses = responses_for(delegation.assessment, user=by).filter(delegation=delegation)
    rows = worksheet_of(delegation.assessment, responses, reader=by).rows
    return bool(rows) and all(row.done for row in rows)


def take_up_delegations(*, invitation: Invitation, person: User, now: datetime) -> None:
    """Whoever has joined the city finds on their desk what they were invited for; the cases are locked."""
    for delegation in awaiting(invitation):
        taken_up = domain.take_up_delegation(delegation=delegation, person=person, now=now)
        _tell_the_contributor(taken_up, now=now)
        publish_status(taken_up.case, now=now)


def awaiting(invitation: Invitation) -> QuerySet[Delegation]:
    """What waits for somebody to join; a later invitation to the same address counts as well."""
    waiting = Delegation.objects.filter(status=DelegationStatus.INVITED).for_list()
    return waiting.filter(
        invitation__organization=invitation.organization_id,
        invitation__address=invitation.address,
        invitation__role=invitation.role,
    ).order_by("assessment__case", "pk")


def withdraw_invitation(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    """Revoke an invitation; what waited for it goes back to the lead."""
    with_cases = {one.assessment.case_id for one in awaiting(invitation)}
    return _withdraw(sorted(with_cases), invitation, by=by, now=now)


def _withdraw(case_ids: list[uuid.UUID], invitation: Invitation, *, by: User, now: datetime) -> Invitation:
    if not case_ids:
        return revoke_invitation(invitation=invitation, by=by, now=now)
    with changing(case_ids[0], by=by, now=now) as case:
        for delegation in awaiting(invitation).filter(assessment__case=case):
            domain.end_delegation(delegation=delegation, by=by, now=now)
        return _withdraw(case_ids[1:], invitation, by=by, now=now)


def leave_delegations(
    person: User, organization: Organization | None, successor: User | None, *, by: User, now: datetime
) -> None:
    """Who leaves a city, or every one, passes on what was delegated to them, or it goes back to the lead."""
    standing = Delegation.objects.standing().filter(person=person)
    if organization is not None:
        standing = standing.filter(assessment__case__city__organization=organization)
    for case_id in sorted(set(standing.values_list("assessment__case", flat=True))):
        case = lock_case(case_id)
        for delegation in standing.filter(assessment__case=case).for_list():
            _leave(delegation, successor, by=by, now=now)
        publish_status(case, now=now)


def _leave(delegation: Delegation, successor: User | None, *, by: User, now: datetime) -> None:
    if successor and contributors_of(delegation.case, now=now).filter(person=successor).exists():
        passed = domain.pass_on_delegation(delegation=delegation, to=successor, by=by, now=now)
        _tell_the_contributor(passed, now=now)
    else:
        domain.end_delegation(delegation=delegation, by=by, now=now)


def _tell_the_contributor(delegation: Delegation, *, now: datetime) -> None:
    if delegation.person is None:
        return
    what = domain.topic_of(delegation)
    values = {"what": what, "city": delegation.case.city.name, "who": delegation.delegated_by.name}
    _tell(delegation.person, delegation, say(handing.DELEGATED, values), now=now)


def _tell_the_leads(delegation: Delegation, *, now: datetime) -> None:
    words = say(handing.DELEGATION_DONE, {"who": delegation.holder, "what": domain.topic_of(delegation)})
    for held in leads_of(delegation.case.city, on=program_calendar().local_day(now)):
        _tell(held.person, delegation, words, now=now)


def _tell_of_ends(ended: Iterable[Delegation], *, now: datetime) -> None:
    for delegation in ended:
        if delegation.person is not None and delegation.ended_by is not None:
            values = {"who": delegation.ended_by.name, "city": delegation.case.city.name}
            _tell(delegation.person, delegation, say(handing.DELEGATION_ENDED, values), now=now)


def _tell(person: User, delegation: Delegation, words: Words, *, now: datetime) -> None:
    url = reverse("workflows:delegations", args=[delegation.assessment.case_id])
    notify(
        kind=TOLD,
        subject=words.subject,
        text=words.text,
        url=url,
        now=now,
        person=person,
        obligation=delegation.pk,
    )
