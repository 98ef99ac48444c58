"""The program of the tests: its office, two cities, two partners, a small standard, and everyone in them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from cities.models import City
from coaching.models import PartnerProfile
from people.enums import OrganizationKind, Role
from people.models import Affiliation, Organization, User
from people.services import system_user
from standards.models import Standard
from standards.services import load_standard

START = datetime(2025, 3, 3, 15, tzinfo=UTC)  # a Monday, 10 in the morning in New York
SINCE = date(2020, 1, 1)
PASSWORD = "a-password-of-the-tests"
CODES = ("DM1", "DM2", "OD1", "OD2", "WW1", "WW2")

STANDARD = b"""
slug: scene-v1
title: A small standard
effective_on: 2024-01-01
validity_years: 3
eligibility: {countries: [US], min_population: 30000}
decision: {quorum: 3, majority: 1/2}
levels:
  - {slug: silver, name: Silver, minimum: 50%}
  - {slug: gold, name: Gold, minimum: 80%}
  - {slug: platinum, name: Platinum, minimum: 100%}
areas:
  - code: DM
    name: Data management
    criteria:
      - code: DM1
        statement: Somebody answers for data.
        checks:
          need: 2
          of:
            - {text: There is a role.}
            - {text: It met this year., within_months: 12}
            - {text: It has a budget.}
      - {code: DM2, statement: There is an inventory.}
  - code: OD
    name: Open data
    criteria:
      - {code: OD1, statement: There is an open data policy.}
      - {code: OD2, statement: Data is published.}
  - code: WW
    name: What works
    criteria:
      - {code: WW1, statement: Programs are evaluated.}
      - {code: WW2, statement: Results change budgets.}
"""


def make_standard() -> Standard:
    return load_standard(source=STANDARD, by=system_user(), now=START).standard


def make_person(name: str, organization: Organization, *roles: Role, since: date = SINCE) -> User:
    """A person who can sign in by `force_login`; without roles somebody who belongs nowhere."""
    email = f"{name.lower().replace(' ', '.')}@{organization.slug}.example"
    person = User.objects.create(
        email=email, name=f"{name} of {organization.name}", password=make_password(PASSWORD)
    )
    person.emailaddress_set.create(email=email, verified=True, primary=True)
    Affiliation.objects.bulk_create(
        Affiliation(person=person, organization=organization, role=role, since=since) for role in roles
    )
    return person


def make_city(slug: str, name: str, **fields: Any) -> City:
    place = {"country": "US", "state": "NJ", "time_zone": "America/New_York"}
    place |= {key: fields.pop(key) for key in list(fields) if key in place}
    organization = Organization.objects.create(kind=OrganizationKind.CITY, slug=slug, name=name, **place)
    facts = {"kind": "City", "population": 159732, "population_year": 2020} | fields
    return City.objects.create(organization=organization, **facts)


def make_cities(count: int, *, start: int = 1) -> list[City]:
    """Many cities at once, `town-1` and so on."""
    organizations = Organization.objects.bulk_create(
        Organization(
            kind=OrganizationKind.CITY,
            slug=f"town-{n}",
            name=f"Town {n}",
            country="US",
            state="NJ",
            time_zone="America/New_York",
        )
        for n in range(start, start + count)
    )
    return City.objects.bulk_create(
        City(organization=one, kind="City", population=40000 + n, population_year=2020)
        for n, one in enumerate(organizations)
    )


@dataclass
class Partner:
    """A partner that coaches every area of the small standard."""

    organization: Organization
    lead: User
    coach: User
    second_coach: User

    @classmethod
    def make(cls, slug: str, name: str) -> "Partner":
        organization = Organization.objects.create(
            kind=OrganizationKind.PARTNER, slug=slug, name=name, country="US", time_zone="America/New_York"
        )
        PartnerProfile.objects.create(organization=organization, area_codes=["DM", "OD", "WW"], region="*")
        return cls(
            organization=organization,
            lead=make_person("Lead", organization, Role.PARTNER_LEAD),
            coach=make_person("Coach", organization, Role.COACH),
            second_coach=make_person("Second coach", organization, Role.COACH),
        )


class Cast:
    """Everyone there is, made once for a scene."""

    def __init__(self) -> None:
        self.system = system_user()
        self.standard = make_standard()
        self.office = Organization.objects.create(
            kind=OrganizationKind.PROGRAM, slug="program", name="Program office", time_zone="America/New_York"
        )
        self.director = make_person("Director", self.office, Role.PROGRAM_DIRECTOR)
        self.manager = make_person("Manager", self.office, Role.PROGRAM_MANAGER)
        self.assessor, self.reconciler, self.other_assessor = (
            make_person(name, self.office, Role.ASSESSOR)
            for name in ("Assessor", "Reconciler", "Other assessor")
        )
        self.committee = [make_person(f"Member {n}", self.office, Role.COMMITTEE_MEMBER) for n in range(1, 6)]
        self.partner = Partner.make("first-partner", "First partner")
        self.other_partner = Partner.make("other-partner", "Other partner")
        self.city = make_city("paterson-nj", "Paterson")
        self.lead = make_person("Lead", self.city.organization, Role.CITY_LEAD)
        self.contributor = make_person("Contributor", self.city.organization, Role.CITY_CONTRIBUTOR)
        self.sponsor = make_person("Sponsor", self.city.organization, Role.CITY_SPONSOR)
        self.other_city = make_city("newark-nj", "Newark")
        self.other_lead = make_person("Lead", self.other_city.organization, Role.CITY_LEAD)
        self.other_contributor = make_person(
            "Contributor", self.other_city.organization, Role.CITY_CONTRIBUTOR
        )
        self.nobody = make_person("Nobody", self.office)
        self.deactivated = make_person("Former manager", self.office, Role.PROGRAM_MANAGER)
        User.objects.filter(pk=self.deactivated.pk).update(is_active=False)
        self.deactivated.is_active = False

    @staticmethod
    def sign_in(client: Client, person: User) -> Client:
        """The client, from now on as this person."""
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def fresh(self, person: User) -> User:
        """The same person as the next request sees them, with affiliations read anew."""
        return User.objects.get(pk=person.pk)

    @property
    def everyone(self) -> dict[str, User]:
        """Every kind of person by name, for tables of who may and who sees what."""
        return {
            "lead": self.lead,
            "contributor": self.contributor,
            "sponsor": self.sponsor,
            "other_lead": self.other_lead,
            "other_contributor": self.other_contributor,
            "partner_lead": self.partner.lead,
            "coach": self.partner.coach,
            "second_coach": self.partner.second_coach,
            "other_partner_lead": self.other_partner.lead,
            "other_coach": self.other_partner.coach,
            "assessor": self.assessor,
            "reconciler": self.reconciler,
            "other_assessor": self.other_assessor,
            "member": self.committee[0],
            "nobody": self.nobody,
            "manager": self.manager,
            "director": self.director,
            "deactivated": self.deactivated,
            "system": self.system,
        }
