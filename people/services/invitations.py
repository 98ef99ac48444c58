import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from people.enums import Role, UserKind
from people.models import Affiliation, Invitation, Organization, User
from people.permissions import Permission
from people.roles import PROGRAM_ROLES, ROLES_FOR_A_TERM
from people.selectors import account_of, roles_to_invite
from people.services.accounts import (
    RolesOppose,
    affiliate,
    create_person,
    require_no_opposing,
    system_user,
)

VALID_FOR = timedelta(days=14)


class InvitationGone(NotFound):
    """Unknown, expired, used or revoked: nobody is told which."""


def digest_of(token: str) -> str:
    """What is kept of a token; the token itself stands in the mail only."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *,
    organization: Organization,
    role: Role,
    address: str,
    until: date | None,
    by: User,
    now: datetime,
) -> tuple[Invitation, str]:
    """Ask somebody into an organization. Returns the invitation and its token, which is kept nowhere."""
    _require(by, organization)
    if role not in roles_to_invite(by, organization):
        raise InvalidInput(errors={"role": [_("You can't invite anybody in this role.")]})
    if (until is not None) != (role in ROLES_FOR_A_TERM):
        raise InvalidInput(errors={"until": [_("Committee members need the end of a term, others none.")]})
    if until is not None and until <= now.date():
        raise InvalidInput(errors={"until": [_("The term must end in the future.")]})
    address = address.strip().lower()
    _require_new(organization, role, address, now=now)
    _require_fitting(role, address, by=by, now=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organization=organization,
        role=role,
        address=address,
        until=until,
        token_hash=digest_of(token),
        invited_at=now,
        invited_by=by,
        expires_at=now + VALID_FOR,
    )
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise InvalidInput(errors={"address": [_("This address has an open invitation already.")]}) from error
    new = {"address": address, "role": role, "organization": organization.slug}
    audit.record("people.person_invited", by=by, target=invitation, now=now, new=new)
    return invitation, token


def _require(by: User, organization: Organization) -> None:
    if not by.has_perm(Permission.INVITE_PEOPLE, organization):
        raise NotAllowed(_("Only leads of the organization and the program invite people."))


def _require_fitting(role: Role, address: str, *, by: User, now: datetime) -> None:
    """Only the program is told why: what somebody does there is nothing for a city's lead to find out."""
    person = account_of(address)
    if person is None:
        return
    try:
        require_no_opposing(person, role, on=now.date())
    except RolesOppose as error:
        told = by.has_role(*PROGRAM_ROLES) or by.kind == UserKind.SYSTEM
        text = error.detail if told else _("This address can't be invited here. Ask the program office.")
        raise InvalidInput(errors={"address": [text]}) from error


def _require_new(organization: Organization, role: Role, address: str, *, now: datetime) -> None:
    """An invitation that has run out makes room for another; a membership that runs needs none."""
    members = Affiliation.objects.active(now.date()).filter(organization=organization, role=role)
    if members.filter(person__email=address).exists():
        raise InvalidInput(errors={"address": [_("This person belongs to the organization in this role.")]})
    same = Invitation.objects.unanswered().filter(organization=organization, role=role, address=address)
    for expired in same.filter(expires_at__lte=now):
        _revoke(expired, by=system_user(), now=now)


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: User, now: datetime) -> tuple[Invitation, str]:
    """A new link for another fourteen days; the one sent before ends."""
    locked = _locked(invitation, by=by)
    token = secrets.token_urlsafe(32)
    locked.token_hash, locked.expires_at = digest_of(token), now + VALID_FOR
    locked.save(update_fields=["token_hash", "expires_at"])
    audit.record("people.invitation_renewed", by=by, target=locked, now=now)
    return locked, token


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    return _revoke(_locked(invitation, by=by), by=by, now=now)


def _locked(invitation: Invitation, *, by: User) -> Invitation:
    _require(by, invitation.organization)
    locked = Invitation.objects.select_for_update().unanswered().filter(pk=invitation.pk).first()
    if locked is None:
        raise WrongState(_("This invitation has been accepted or revoked already."))
    return locked


def _revoke(invitation: Invitation, *, by: User, now: datetime) -> Invitation:
    invitation.revoked_at, invitation.revoked_by = now, by
    invitation.save(update_fields=["revoked_at", "revoked_by"])
    audit.record("people.invitation_revoked", by=by, target=invitation, now=now)
    return invitation


@transaction.atomic
def accept_invitation(
    *, token: str, by: User | None, name: str = "", password: str = "", now: datetime
) -> Affiliation:
    """Join the organization, as the person signed in or as a new one. Of two at once one gets in.

    Raises InvitationGone for a token that does not work, NotAllowed for somebody else's.
    """
    found = Invitation.objects.select_for_update().usable(now).filter(token_hash=digest_of(token))
    invitation = found.select_related("organization").first()
    if invitation is None:
        raise InvitationGone(_("This link does not work, or not any more."))
    if by is not None and not invitation.is_for(by):
        raise NotAllowed(_("The invitation was sent to another address than yours."))
    person = by or create_person(
        email=invitation.address, name=name, password=password, by=system_user(), now=now
    )
    invitation.accepted_at, invitation.accepted_by = now, person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    audit.record("people.invitation_accepted", by=person, target=invitation, now=now)
    return affiliate(
        person=person,
        organization=invitation.organization,
        role=Role(invitation.role),
        since=now.date(),
        until=invitation.until,
        by=invitation.invited_by,
        now=now,
    )
