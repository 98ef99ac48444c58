from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest

from cases.enums import Party
from cases.models import Hold, WorkItem
from certification.models import Decision
from certification.selectors import SEALED
from cities.models import City
from cities.querysets import ROLES_THAT_SEE_EVERY_CITY
from people.models import User
from people.roles import CITY_ROLES, PROGRAM_ROLES

if TYPE_CHECKING:
    from workflows.models import (  # noqa: F401 -- ruff does not see names in QuerySet[...]
        ApplyLink,
        CalendarLink,
        CityStatus,
        Claim,
    )


def _last_open_change() -> Greatest:
    """When a sealed case last changed for everybody: the vote was opened, a hold placed or lifted."""
    opened = Decision.objects.filter(case=OuterRef("case"), status__in=SEALED).order_by("-opened_at")
    holds = Hold.objects.filter(case=OuterRef("case"))
    return Greatest(
        Subquery(opened.values("opened_at")[:1]),
        Subquery(holds.order_by("-placed_at").values("placed_at")[:1]),
        Subquery(holds.filter(lifted_at__isnull=False).order_by("-lifted_at").values("lifted_at")[:1]),
        F("stage_entered_at"),
    )


class CityStatusQuerySet(models.QuerySet["CityStatus"]):
    def visible_to(self, user: User | None) -> Self:
        """The status of each city a person sees, with `seen_*` columns that tell no more than they may know.

        Between the opening of a vote and the announcement, readers other than program and city find the
        committee as the only party at work, no deadline, and no trace of a vote in the moment of change.
        """
        if user is None or not user.is_active:
            return self.none()
        rows = (
            self
            if user.has_role(*ROLES_THAT_SEE_EVERY_CITY)
            else self.filter(city__in=City.objects.visible_to(user))
        )
        told = Q(sealed=False)
        if user.has_role(*PROGRAM_ROLES):
            told = ~Q(pk__in=[])  # an empty Q() is no condition to When
        else:
            told |= Q(city__organization__in=user.organizations_as(*CITY_ROLES))
        return rows.annotate(
            seen_waiting_on=models.Case(
                When(told, then=F("waiting_on")), default=Value(Party.COMMITTEE.value)
            ),
            seen_waiting_on_all=models.Case(
                When(told, then=F("waiting_on_all")),
                default=Value([Party.COMMITTEE.value], rows.waiting_on_all_field),
            ),
            seen_next_step=models.Case(When(told, then=F("next_step")), default=Value("")),
            seen_next_party=models.Case(When(told, then=F("next_party")), default=Value("")),
            seen_due_at=models.Case(When(told, then=F("next_due_at"))),
            seen_overdue=models.Case(When(told, then=F("overdue")), default=Value(False)),
            seen_updated_at=models.Case(When(told, then=F("updated_at")), default=_last_open_change()),
        )

    @property
    def waiting_on_all_field(self) -> "models.Field[Any, Any]":
        return self.model._meta.get_field("waiting_on_all")

    def for_list(self) -> Self:
        return self.select_related("city__organization", "case__standard")


class ApplyLinkQuerySet(models.QuerySet["ApplyLink"]):
    def usable(self, now: datetime) -> Self:
        return self.filter(used_at__isnull=True, expires_at__gt=now)


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    def in_use(self) -> Self:
        """Not revoked, and of somebody whose account is open."""
        return self.filter(revoked_at__isnull=True, person__is_active=True)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: User | None) -> Self:
        """One's own; all of them for the program."""
        if user is None or not user.is_active:
            return self.none()
        return self if user.has_role(*PROGRAM_ROLES) else self.filter(person=user)

    def for_detail(self) -> Self:
        """With `due_at`, by when the program answers."""
        due = WorkItem.objects.filter(subject=OuterRef("pk")).values("due_at")[:1]
        people = "person", "city__organization", "answered_by"
        return self.select_related(*people).annotate(due_at=Subquery(due))
