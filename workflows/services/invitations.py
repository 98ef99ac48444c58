from datetime import date, datetime
from urllib.parse import quote

from django.db import transaction
from django.urls import reverse

from notifications.selectors import say
from notifications.services import notify
from people import services as people
from people.enums import Role
from people.models import Invitation, Organization, User
from workflows.wordings import access

INVITED = "people.invited"


@transaction.atomic
def invite_by_mail(
    *, organization: Organization, role: Role, address: str, until: date | None, by: User, now: datetime
) -> Invitation:
    """Ask somebody into an organization; the link goes to the address and nowhere else."""
    invitation, token = people.invite(
        organization=organization, role=role, address=address, until=until, by=by, now=now
    )
    _mail(invitation, token, by=by, now=now)
    return invitation


@transaction.atomic
def invite_again(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    """A new link by mail; the one sent before ends."""
    renewed, token = people.renew_invitation(invitation=invitation, by=by, now=now)
    _mail(renewed, token, by=by, now=now)
    return renewed


def _mail(invitation: Invitation, token: str, *, by: User, now: datetime) -> None:
    values = {
        "who": by.name,
        "organization": invitation.organization.name,
        "role": invitation.get_role_display(),
    }
    words = say(access.INVITED, values)
    notify(
        kind=INVITED,
        subject=words.subject,
        text=words.text,
        url=reverse("workflows:invitation-accept", args=[quote(token)]),
        now=now,
        address=invitation.address,
    )
