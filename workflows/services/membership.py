"""Roles changed and ended, accounts closed: what somebody owes goes to a colleague or back to the party."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.deadlines import program_calendar
from cases.enums import Party, WorkKind
from cases.models import Case, WorkItem
from cases.querysets import WorkItemQuerySet
from cases.services import hand_over_work_item, lock_case
from coaching.enums import RUNNING
from coaching.models import Engagement
from coaching.querysets import EngagementQuerySet
from coaching.services import change_coach
from core.errors import InvalidInput, NotAllowed, WrongState
from notifications.services import notify
from people import services as people
from people.enums import Role
from people.models import Affiliation, Organization, User
from people.permissions import Permission
from people.querysets import AffiliationQuerySet
from people.roles import PROGRAM_ROLES
from people.selectors import roles_to_give
from workflows.services.delegation import leave_delegations
from workflows.services.moves import publish_status

LEFT = "people.membership_ended"
LEADS = {Role.CITY_LEAD, Role.PARTNER_LEAD}


class LastLead(WrongState):
    """An organization would be left without anybody who leads it."""

    title = gettext_lazy("Nobody else leads this organization")


@transaction.atomic
def end_membership(
    *, affiliation: Affiliation, successor: User | None, by: User, now: datetime
) -> Affiliation:
    """End a role today and hand over what the person owes in the organization.

    Open work goes to `successor`, or back to the party; engagements need a coach as successor. Reviews stay
    with the person, and the program is told. Raises NotAllowed, LastLead, InvalidInput.
    """
    _require(affiliation, by=by, now=now)
    _hand_over(affiliation, successor, by=by, now=now)
    today = program_calendar().local_day(now)
    return people.end_affiliation(affiliation=affiliation, until=today, by=by, now=now)


@transaction.atomic
def change_role(
    *, affiliation: Affiliation, role: Role, successor: User | None, by: User, now: datetime
) -> Affiliation:
    """Give a member another role from today, and hand over what belonged to the former one."""
    if role == affiliation.role:
        raise InvalidInput(errors={"role": [_("This is the role they have.")]})
    if role not in roles_to_give(by, affiliation.organization):
        raise InvalidInput(errors={"role": [_("You can't give this role.")]})
    ended = end_membership(affiliation=affiliation, successor=successor, by=by, now=now)
    today = program_calendar().local_day(now)
    return people.affiliate(
        person=ended.person, organization=ended.organization, role=role, since=today, by=by, now=now
    )


@transaction.atomic
def close_account(*, person: User, by: User, now: datetime) -> User:
    """Deactivate a person: sessions end, and open work goes back to the parties that owe it.

    Engagements and reviews wait for a successor; partner leads and program are told.
    """
    closed = people.deactivate_person(person=person, by=by, now=now)
    coached = Engagement.objects.filter(coach=person, status__in=RUNNING)
    leave_delegations(person, None, None, by=by, now=now)
    items = WorkItem.objects.open().filter(owner=person).exclude(party=Party.ASSESSOR)
    _move_items(items, None, by=by, now=now, keep=coached)
    for engagement in coached.select_related("partner", "case__city__organization"):
        _tell(_leads_of(engagement.partner, now=now) + _program(now), person, engagement.case, now=now)
    _tell_of_reviews(person, now=now)
    return closed


def coached_as(affiliation: Affiliation) -> EngagementQuerySet:
    """The running engagements that this membership coaches: those of a coach of the partner."""
    role_coaches = affiliation.role == Role.COACH
    running = Engagement.objects.filter(
        coach=affiliation.person_id, partner=affiliation.organization_id, status__in=RUNNING
    )
    return running if role_coaches else running.none()


def _require(affiliation: Affiliation, *, by: User, now: datetime) -> None:
    """Leads end what they may give; only the program may leave an organization without a lead."""
    role, organization = affiliation.role, affiliation.organization
    keeps = by.has_perm(Permission.MANAGE_MEMBERSHIP, affiliation)
    if not keeps or role not in roles_to_give(by, organization):
        raise NotAllowed(_("This membership is not yours to change. Ask the program office."))
    if by.has_role(*PROGRAM_ROLES) or role not in LEADS:
        return
    if not _members(organization, role, now=now).exclude(person=affiliation.person_id).exists():
        raise LastLead(_("Make somebody else the lead first, then end this role."))


def _members(organization: Organization, *roles: str, now: datetime) -> AffiliationQuerySet:
    active = Affiliation.objects.active(program_calendar().local_day(now)).filter(person__is_active=True)
    return (
        active.filter(organization=organization, role__in=roles)
        if roles
        else active.filter(organization=organization)
    )


def _hand_over(affiliation: Affiliation, successor: User | None, *, by: User, now: datetime) -> None:
    person, organization = affiliation.person, affiliation.organization
    if successor == person or (
        successor and not _members(organization, now=now).filter(person=successor).exists()
    ):
        raise InvalidInput(errors={"successor": [_("Choose a colleague of the same organization.")]})
    if affiliation.role == Role.ASSESSOR:
        _tell_of_reviews(person, now=now)
        return
    if affiliation.role == Role.CITY_CONTRIBUTOR:
        leave_delegations(person, organization, successor, by=by, now=now)
    if affiliation.role == Role.COACH:
        for engagement in coached_as(affiliation).select_related("partner").order_by("case_id"):
            _hand_over_engagement(engagement, successor, by=by, now=now)
        return
    others = Engagement.objects.filter(coach=person, status__in=RUNNING)
    items = WorkItem.objects.open().filter(owner=person, organization=organization)
    items = items.exclude(kind=WorkKind.DELEGATION)
    _move_items(items.exclude(party=Party.ASSESSOR), successor, by=by, now=now, keep=others)


def _hand_over_engagement(engagement: Engagement, successor: User | None, *, by: User, now: datetime) -> None:
    if successor is None:
        raise InvalidInput(errors={"successor": [_("Choose the coach who takes the engagements over.")]})
    engagement.case = lock_case(engagement.case_id)
    try:
        change_coach(engagement=engagement, coach=successor, by=by, now=now)
    except InvalidInput as error:
        raise InvalidInput(errors={"successor": error.errors["coach"]}) from error
    WorkItem.objects.open().filter(subject=engagement.pk, owner__isnull=False).update(owner=successor)
    publish_status(engagement.case, now=now)


def _move_items(
    items: WorkItemQuerySet,
    successor: User | None,
    *,
    by: User,
    now: datetime,
    keep: EngagementQuerySet,
) -> None:
    """Give open work to a colleague or to nobody; steps of engagements that are handed over stay."""
    subjects = set(keep.values_list("pk", flat=True))
    for item in items.order_by("case_id", "pk"):
        if item.subject in subjects:
            continue
        if item.case_id:
            lock_case(item.case_id)
        hand_over_work_item(item=item, owner=successor, by=by, now=now)


def _tell_of_reviews(person: User, *, now: datetime) -> None:
    """A review is one assessor's own: nobody takes it over, the program appoints another assessor."""
    owed = WorkItem.objects.open().filter(owner=person, party=Party.ASSESSOR)
    for item in owed.select_related("case__city__organization"):
        _tell(_program(now), person, item.case, now=now)


def _program(now: datetime) -> list[User]:
    active = Affiliation.objects.active(program_calendar().local_day(now))
    held = active.filter(role__in=PROGRAM_ROLES, person__is_active=True)
    return list(User.objects.filter(affiliations__in=held).distinct())


def _leads_of(partner: Organization, *, now: datetime) -> list[User]:
    held = _members(partner, Role.PARTNER_LEAD, now=now)
    return list(User.objects.filter(affiliations__in=held).distinct())


def _tell(readers: list[User], person: User, case: Case | None, *, now: datetime) -> None:
    """Say to each that the person has left work behind in a case."""
    if case is None:
        return
    values = {"name": person.name, "city": case.city.name}
    for reader in readers:
        notify(
            kind=LEFT,
            subject=_("%(name)s has left: work for %(city)s needs somebody else") % values,
            text=_("%(name)s has left, and work for %(city)s is open. Name somebody in their place.")
            % values,
            url=reverse("workflows:case-detail", args=[case.pk]),
            now=now,
            person=reader,
        )
