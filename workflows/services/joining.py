import uuid
from datetime import datetime

from django.db import transaction

from cases.enums import Party, WorkKind
from cases.models import Case, WorkItem
from cases.services import hand_over_work_item, lock_case
from people import services as people
from people.enums import Role
from people.models import Affiliation, Invitation, User
from people.services.invitations import digest_of
from workflows.services.delegation import awaiting, take_up_delegations
from workflows.services.moves import publish_status


@transaction.atomic
def join_by_invitation(
    *, token: str, by: User | None, now: datetime, name: str = "", password: str = ""
) -> Affiliation:
    """Join an organization, as `people.services.accept_invitation`, and take up what waits for it there."""
    invitation = Invitation.objects.filter(token_hash=digest_of(token)).first()
    waiting = {one.assessment.case_id for one in awaiting(invitation)} if invitation else set()
    cases = _cases_to_lead(invitation) if invitation else []
    for case_id in sorted({*waiting, *cases}):
        lock_case(case_id)
    joined = people.accept_invitation(token=token, by=by, name=name, password=password, now=now)
    if invitation is not None:
        take_up_delegations(invitation=invitation, person=joined.person, now=now)
    for case_id in cases:
        take_up_city_work(lock_case(case_id), joined.person, now=now)
    return joined


def _cases_to_lead(invitation: Invitation) -> list[uuid.UUID]:
    """The open cases of a city to which a lead is invited."""
    if invitation.role != Role.CITY_LEAD:
        return []
    running = Case.objects.running().filter(city__organization=invitation.organization_id)
    return list(running.values_list("pk", flat=True))


def take_up_city_work(case: Case, lead: User, *, now: datetime) -> None:
    """The city's step that waited for somebody to lead the city is theirs. The case is locked."""
    items = WorkItem.objects.open().filter(
        case=case, party=Party.CITY, kind=WorkKind.STEP, owner__isnull=True
    )
    for item in items:
        hand_over_work_item(item=item, owner=lead, by=lead, now=now)
        publish_status(case, now=now)
