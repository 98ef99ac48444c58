"""API keys: made and told once, looked up by their hash, revoked."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound
from people.enums import Scope, UserKind
from people.models import Affiliation, ApiKey, Organization, User
from people.permissions import Permission
from people.roles import PROGRAM_ROLES, SYSTEM_ROLE_OF_KIND, roles_with

USE_RECORDED_EVERY = timedelta(minutes=1)


def organizations_with_keys_of(user: User) -> QuerySet[Organization]:
    """The organizations whose keys this person keeps."""
    found = Organization.objects.filter(kind__in=SYSTEM_ROLE_OF_KIND)
    if user.has_role(*PROGRAM_ROLES):
        return found
    return found.filter(pk__in=user.keeps_organizations_as(*roles_with(Permission.MANAGE_KEYS)))


def create_key(
    *, organization: Organization, name: str, scopes: Sequence[str], by: User, now: datetime
) -> tuple[ApiKey, str]:
    """A key for a system of the organization, and the token that is told this once and kept nowhere."""
    if not by.has_perm(Permission.MANAGE_KEYS, organization):
        raise NotAllowed(_("Keys are kept by the leads of the organization and by the program."))
    return issue_key(organization=organization, name=name, scopes=scopes, by=by, now=now)


@transaction.atomic
def issue_key(
    *, organization: Organization, name: str, scopes: Sequence[str], by: User, now: datetime
) -> tuple[ApiKey, str]:
    """The same for whoever runs the site's commands, without asking for a right."""
    _require_sense(organization, name, scopes)
    prefix = f"mp_{secrets.token_hex(4)}"
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        user=_service_user(organization, name, prefix, now),
        organization=organization,
        name=name.strip(),
        prefix=prefix,
        digest=digest_of(token),
        scopes=sorted(set(scopes)),
        created_at=now,
        created_by=by,
    )
    new = {"organization": organization.slug, "key": prefix, "scopes": key.scopes}
    audit.record("people.key_created", by=by, target=key, now=now, new=new)
    return key, token


def _require_sense(organization: Organization, name: str, scopes: Sequence[str]) -> None:
    errors = {}
    if organization.kind not in SYSTEM_ROLE_OF_KIND:
        errors["organization"] = [_("Keys are for partners and cities.")]
    if not name.strip():
        errors["name"] = [_("Say which system will use the key.")]
    if not scopes or set(scopes) - set(Scope.values):
        errors["scopes"] = [_("Choose from: %(scopes)s.") % {"scopes": ", ".join(Scope.values)}]
    if errors:
        raise InvalidInput(errors=errors)


def _service_user(organization: Organization, name: str, prefix: str, now: datetime) -> User:
    """Who acts when the key is used: it can't sign in, and its role reads what the organization reads."""
    user = User(
        email=f"{prefix}@service.milepost.invalid",
        name=f"{organization.name} · {name.strip()}",
        kind=UserKind.SERVICE,
        joined_at=now,
    )
    user.name = user.name[: User._meta.get_field("name").max_length]
    user.set_unusable_password()
    user.save(force_insert=True)
    Affiliation.objects.create(
        person=user,
        organization=organization,
        role=SYSTEM_ROLE_OF_KIND[organization.kind],
        since=timezone.localdate(now),
    )
    return user


def digest_of(token: str) -> str:
    """A plain hash is enough: a token carries 256 random bits, which nobody guesses."""
    return sha256(token.encode()).hexdigest()


def key_behind(token: str) -> ApiKey | None:
    """The live key with this token whose user still belongs to its organization."""
    key = ApiKey.objects.live().filter(digest=digest_of(token)).select_related("user").first()
    if key is None or not key.user.organizations_as(*SYSTEM_ROLE_OF_KIND.values()) & {key.organization_id}:
        return None
    key.user.key_prefix = key.prefix
    return key


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Keep when the key was last used, to the minute."""
    stale = now - USE_RECORDED_EVERY
    if key.last_used_at is None or key.last_used_at <= stale:
        old = Q(last_used_at__isnull=True) | Q(last_used_at__lte=stale)
        ApiKey.objects.filter(old, pk=key.pk).update(last_used_at=now)


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User, now: datetime) -> ApiKey:
    """Refuse the key from its next request on; a second time changes nothing."""
    locked = ApiKey.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=key.pk).first()
    if locked is None:
        raise NotFound(_("There is no such key for you."))
    if not by.has_perm(Permission.MANAGE_KEYS, locked.organization):
        raise NotAllowed(_("Keys are kept by the leads of the organization and by the program."))
    if locked.revoked_at is None:
        locked.revoked_at, locked.revoked_by = now, by
        locked.save(update_fields=["revoked_at", "revoked_by"])
        User.objects.filter(pk=locked.user_id).update(is_active=False)
        audit.record("people.key_revoked", by=by, target=locked, now=now, new={"key": locked.prefix})
    return locked
