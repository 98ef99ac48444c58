from datetime import datetime

from django.db import transaction

from cases.services import lock_case
from people import services as people
from people.models import Affiliation, Invitation, User
from people.services.invitations import digest_of
from workflows.services.delegation import awaiting, take_up_delegations


@transaction.atomic
def join_by_invitation(
    *, token: str, by: User | None, now: datetime, name: str = "", password: str = ""
) -> Affiliation:
    """Join an organization, as `people.services.accept_invitation`, and take up what waits for it there."""
    invitation = Invitation.objects.filter(token_hash=digest_of(token)).first()
    for delegation in awaiting(invitation) if invitation else []:
        lock_case(delegation.assessment.case_id)
    joined = people.accept_invitation(token=token, by=by, name=name, password=password, now=now)
    if invitation is not None:
        take_up_delegations(invitation=invitation, person=joined.person, now=now)
    return joined
