from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cities.awards import rank_of
from people.enums import Role
from people.roles import CITY_ROLES, PARTNER_ROLES, PROGRAM_ROLES

if TYPE_CHECKING:
    from cities.models import City, HistoricAward  # noqa: F401 -- named as type arguments below
    from people.models import User

ROLES_THAT_SEE_EVERY_CITY = PROGRAM_ROLES | PARTNER_ROLES | {Role.ASSESSOR, Role.COMMITTEE_MEMBER}


class CityQuerySet(models.QuerySet["City"]):
    def visible_to(self, user: "User | AnonymousUser | None") -> "CityQuerySet":
        """Every city for program, partners, assessors and committee; their own for people of a city."""
        if user is None or isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        if user.has_role(*ROLES_THAT_SEE_EVERY_CITY):
            return self.all()
        return self.filter(organization__in=user.organizations_as(*CITY_ROLES))

    def matching(self, words: str) -> "CityQuerySet":
        """Cities whose name or slug holds every word."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(organization__name__icontains=word) | Q(organization__slug__icontains=word)
            )
        return found

    def for_list(self) -> "CityQuerySet":
        return self.select_related("organization").order_by("organization__name", "organization__slug")

    def for_detail(self) -> "CityQuerySet":
        return self.select_related("organization").prefetch_related("historic_awards")


class HistoricAwardQuerySet(models.QuerySet["HistoricAward"]):
    def current_first(self) -> "HistoricAwardQuerySet":
        """City by city, with the current award in front of the others: the newest one.

        An undated one counts only when it is alone or above every dated one. Where a dated award has no
        documented level, nothing can be said to be above it. Of several in one year the highest counts.
        """
        dated = self.model._default_manager.filter(city=OuterRef("city"), year__isnull=False)
        not_below = dated.annotate(rank=rank_of("level")).filter(Q(level="") | Q(rank__gte=OuterRef("rank")))
        on_top = Q(year__isnull=True) & ~Exists(not_below)
        ranked = self.annotate(rank=rank_of("level")).annotate(on_top=on_top)
        return ranked.order_by("city", "-on_top", F("year").desc(nulls_last=True), "-rank")
