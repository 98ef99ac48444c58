"""What the lines of a spreadsheet are held against, read once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.text import slugify

from cases.models import Case
from cities.models import City
from core.imports import Row
from people.enums import Role
from people.models import Affiliation, User
from people.roles import OFFICE_ROLES
from standards.levels import Rules
from standards.models import Standard
from standards.selectors import rules_of


@dataclass
class Ground:
    """`invite`: unknown owners of a city's step are asked in as its lead."""

    standard: Standard
    today: date
    invite: bool
    rows: Sequence[Row]

    @cached_property
    def rules(self) -> Rules:
        return rules_of(self.standard)

    @cached_property
    def codes(self) -> dict[str, str]:
        return {code.upper(): code for code in self.standard.criteria.values_list("code", flat=True)}

    @cached_property
    def cities(self) -> dict[str, City]:
        slugs = {row["slug"] for row in self.rows} | {slugify(row["slug"]) for row in self.rows}
        found = City.objects.filter(organization__slug__in=slugs).select_related("organization")
        return {city.slug: city for city in found}

    @cached_property
    def open_cases(self) -> dict[object, Case]:
        running = Case.objects.running().filter(city__in=self.cities.values())
        return {case.city_id: case for case in running}

    @cached_property
    def closed_cases(self) -> dict[object, Case]:
        """The last closed case of each city."""
        closed = Case.objects.filter(city__in=self.cities.values(), closed_at__isnull=False)
        return {case.city_id: case for case in closed.order_by("closed_at")}

    @cached_property
    def people(self) -> dict[str, User]:
        emails = {row["owner_email"].lower() for row in self.rows}
        return {person.email: person for person in User.objects.filter(email__in=emails)}

    @cached_property
    def held(self) -> set[tuple[object, str, object]]:
        """Person, role and organization of everyone who could owe a step."""
        active = Affiliation.objects.active(self.today).filter(role__in={Role.CITY_LEAD, *OFFICE_ROLES})
        return set(active.values_list("person_id", "role", "organization_id"))

    @cached_property
    def led(self) -> set[object]:
        return {organization for _person, role, organization in self.held if role == Role.CITY_LEAD}
