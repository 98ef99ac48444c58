import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import rules
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from core.models import UUIDModel, paired
from people.enums import InvitationState, OrganizationKind, Role, Scope, UserKind
from people.querysets import (
    AbsenceQuerySet,
    AffiliationQuerySet,
    ApiKeyQuerySet,
    ClosureQuerySet,
    InvitationQuerySet,
    UserManager,
)


class UnknownPermission(Exception):
    """Somebody asked for a permission that no app registered: a mistake in the code."""


class User(AbstractBaseUser):
    """Someone or something that acts: a person, a partner's or city's system, or Milepost itself."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=UserKind, default=UserKind.PERSON)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    # Set for the length of a request that came with an API key; the audit trail names it.
    key_prefix = ""

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=UserKind.SYSTEM), name="user_one_system"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        if not rules.perm_exists(perm):
            raise UnknownPermission(perm)
        return self.is_active and rules.has_perm(perm, self, obj)

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    @cached_property
    def active_affiliations(self) -> list["Affiliation"]:
        """Who this is today. Read once for the life of the object, which is one request or one task."""
        today = timezone.localdate()
        return list(self.affiliations.active(today).select_related("organization").order_by("id"))

    def has_role(self, *roles: str) -> bool:
        return any(affiliation.role in roles for affiliation in self.active_affiliations)

    def organizations_as(self, *roles: str) -> set[uuid.UUID]:
        """The organizations in which this person holds one of the roles today."""
        return {held.organization_id for held in self.active_affiliations if held.role in roles}

    def keeps_organizations_as(self, *roles: str) -> set[uuid.UUID]:
        """The same but for roles that are only lent: who stands in decides nothing about people and keys."""
        held = [one for one in self.active_affiliations if one.role in roles and not one.is_lent]
        return {one.organization_id for one in held}


class Organization(UUIDModel):
    """The program office, a partner, or the government of a city."""

    kind = models.CharField(max_length=10, choices=OrganizationKind)
    name = models.CharField(max_length=160)
    slug = models.SlugField(max_length=80, unique=True)
    country = models.CharField(max_length=2, default="US")
    state = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    # Every day of its closures, so that due dates need no further query; `people.services` keeps it.
    closed_days = ArrayField(models.DateField(), default=list, blank=True, editable=False)

    class Meta:
        ordering = ["name", "state", "slug"]
        indexes = [models.Index(fields=["kind", "name"], name="organization_by_name")]

    def __str__(self) -> str:
        return self.name


class Closure(UUIDModel):
    """Days on which an organization is closed, beside the public holidays of its country and state."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="closures")
    begins_on = models.DateField()
    ends_on = models.DateField()
    name = models.CharField(max_length=80)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["begins_on", "id"]
        constraints = [
            paired("set"),
            models.UniqueConstraint(fields=["organization", "begins_on"], name="closure_one_per_first_day"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("begins_on")), name="closure_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} from {self.begins_on} to {self.ends_on}"

    @property
    def days(self) -> list[date]:
        length = (self.ends_on - self.begins_on).days + 1
        return [self.begins_on + timedelta(days=number) for number in range(length)]


class Affiliation(models.Model):
    """Who belongs to which organization, in which role, from when to when: the only record of membership."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="affiliations")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="affiliations")
    role = models.CharField(max_length=20, choices=Role)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization", "role"],
                condition=Q(until__isnull=True),
                name="affiliation_one_running_per_role",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="affiliation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()} · {self.organization}"

    @cached_property
    def is_lent(self) -> bool:
        """Held for the days of somebody's absence, and no longer."""
        return self.until is not None and self.lent_for.exists()


class ApiKey(UUIDModel):
    """What a partner's or a city's system signs in with. Only its hash is kept; `prefix` tells keys apart."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="api_key")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [paired("created"), paired("revoked")]

    def __str__(self) -> str:
        return f"{self.prefix} · {self.organization}"

    @property
    def scope_labels(self) -> str:
        return ", ".join(str(Scope(scope).label) for scope in self.scopes)


class Invitation(UUIDModel):
    """Somebody is asked into an organization by mail; the link works once and for fourteen days."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role)
    address = models.EmailField()
    until = models.DateField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "id"]
        constraints = [
            paired("invited"),
            paired("accepted"),
            paired("revoked"),
            models.UniqueConstraint(
                fields=["address", "organization", "role"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="invitation_lower_case"),
        ]

    def __str__(self) -> str:
        return f"{self.address} · {self.get_role_display()} · {self.organization}"

    def is_for(self, person: User) -> bool:
        """Whether it was sent to an address that this person has confirmed."""
        return person.emailaddress_set.filter(email__iexact=self.address, verified=True).exists()  # type: ignore[attr-defined]  # -- allauth's relation

    def state(self, now: datetime) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED


class Absence(UUIDModel):
    """Somebody is away from one day to another; what is routed to them meanwhile goes to the substitute."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stands_in")
    begins_on = models.DateField()
    ends_on = models.DateField()
    # The same as moments, by the calendar of the person's organization; `until` moves when it ends early.
    since = models.DateTimeField()
    until = models.DateTimeField()
    note = models.TextField(blank=True)
    # A role that the substitute holds only for these days.
    lent = models.ManyToManyField(Affiliation, blank=True, related_name="lent_for")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # When both were asked what becomes of the work that is still with the substitute.
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            paired("set"),
            paired("ended"),
            paired("asked"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("begins_on")), name="absence_days_in_order"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="absence_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(substitute=F("person")), name="absence_of_two_people"),
        ]
        indexes = [
            models.Index(fields=["person", "until"], name="absence_by_person"),
            models.Index(fields=["substitute", "until"], name="absence_by_substitute"),
            models.Index(fields=["until"], condition=Q(asked_at__isnull=True), name="absence_to_ask"),
        ]

    def __str__(self) -> str:
        return f"{self.person} from {self.begins_on} to {self.ends_on}"

    def is_running(self, now: datetime) -> bool:
        return self.since <= now < self.until
