from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.enums import Role
from people.permissions import Permission
from people.roles import PROGRAM_ROLES, roles_with

if TYPE_CHECKING:
    from people.models import Absence, Affiliation, ApiKey, Closure, Invitation, User  # noqa: F401 -- ruff does not see names in QuerySet[...]


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def visible_to(self, user: "User | None") -> "AffiliationQuerySet":
        """The people of one's own organizations; the program sees everybody."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(organization__in=[held.organization_id for held in user.active_affiliations])

    def active(self, on: date) -> "AffiliationQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)

    def ended_after(self, day: date) -> "AffiliationQuerySet":
        """Still running, or ended later than that day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day))


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, user: "User | None") -> Self:
        """The keys of the organizations whose keys this person keeps; all of them for the program."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(organization__in=user.keeps_organizations_as(*roles_with(Permission.MANAGE_KEYS)))

    def live(self) -> Self:
        return self.filter(revoked_at__isnull=True, user__is_active=True)

    def for_list(self) -> Self:
        return self.select_related("organization", "created_by", "revoked_by")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: "User | None") -> Self:
        """Those into an organization whose members one keeps; the program sees all."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(
            organization__in=user.keeps_organizations_as(*roles_with(Permission.INVITE_PEOPLE))
        )

    def unanswered(self) -> Self:
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def usable(self, now: datetime) -> Self:
        return self.unanswered().filter(expires_at__gt=now)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: "User | None") -> Self:
        """Who is away and who stands in; the program all, a partner's lead those of its people."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        from people.models import Affiliation

        people = Affiliation.objects.active(timezone.localdate()).filter(
            organization__in=user.organizations_as(Role.PARTNER_LEAD),
            role__in=(Role.PARTNER_LEAD, Role.COACH),
        )
        return self.filter(Q(person=user) | Q(substitute=user) | Q(person__in=people.values("person")))

    def running(self, now: datetime) -> Self:
        return self.filter(since__lte=now, until__gt=now)

    def overlapping(self, since: datetime, until: datetime) -> Self:
        return self.filter(since__lt=until, until__gt=since)

    def for_list(self) -> Self:
        return self.select_related("person", "substitute", "set_by", "ended_by")


class ClosureQuerySet(models.QuerySet["Closure"]):
    def visible_to(self, user: "User | None") -> Self:
        """Those of one's own organizations; all of them for the program."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(organization__in=[held.organization_id for held in user.active_affiliations])
