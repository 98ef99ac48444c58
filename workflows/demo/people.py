"""The people of the demonstration: roles with addresses, no invented persons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from core.errors import NotAllowed, NotFound
from people.enums import OrganizationKind, Role
from people.models import Organization, User
from people.services import affiliate, create_person, system_user

CITIES = ("paterson-nj", "newark-nj", "trenton-nj", "hamilton-nj-township", "hoboken-nj", "princeton-nj")
COMMITTEE = 5
COACHES = 2
SINCE = date(2020, 1, 1)


@dataclass(frozen=True)
class Account:
    """`label` is the key in `demo.json`."""

    label: str
    email: str
    name: str
    role: Role
    organization: Organization


def require_demonstration() -> None:
    """Raise NotAllowed on a real installation: accounts with a shared password have no place there."""
    if settings.PRODUCTION:
        raise NotAllowed(_("Demonstration people exist only with MILEPOST_DEMO or DEBUG."))


def program_office() -> Organization:
    office, _created = Organization.objects.get_or_create(
        slug="program",
        defaults={
            "kind": OrganizationKind.PROGRAM,
            "name": "Program office",
            "country": "US",
            "time_zone": "America/New_York",
        },
    )
    return office


def accounts(*more: str) -> Iterator[Account]:
    """Everyone of the demonstration, with the people of further cities."""
    yield from _program_accounts(program_office())
    for partner in Organization.objects.filter(kind=OrganizationKind.PARTNER).order_by("slug"):
        yield from _partner_accounts(partner)
    for slug in dict.fromkeys([*CITIES, *more]):
        city = Organization.objects.filter(kind=OrganizationKind.CITY, slug=slug).first()
        if city is not None:
            yield from city_accounts(city)


def _program_accounts(office: Organization) -> Iterator[Account]:
    yield Account("director", "director@program.example", "Program director", Role.PROGRAM_DIRECTOR, office)
    yield Account("manager", "manager@program.example", "Program manager", Role.PROGRAM_MANAGER, office)
    for number in (1, 2):
        email = f"assessor{number}@program.example"
        yield Account(f"assessor{number}", email, f"Assessor {number}", Role.ASSESSOR, office)
    for number in range(1, COMMITTEE + 1):
        email = f"committee{number}@program.example"
        yield Account(
            f"committee{number}", email, f"Committee member {number}", Role.COMMITTEE_MEMBER, office
        )


def _partner_accounts(partner: Organization) -> Iterator[Account]:
    yield Account(
        f"{partner.slug}_lead",
        f"lead@{partner.slug}.example",
        f"{partner.name}, lead",
        Role.PARTNER_LEAD,
        partner,
    )
    for number in range(1, COACHES + 1):
        yield Account(
            f"{partner.slug}_coach{number}",
            f"coach{number}@{partner.slug}.example",
            f"{partner.name}, coach {number}",
            Role.COACH,
            partner,
        )


def city_accounts(city: Organization) -> Iterator[Account]:
    where = f"{city.name}, {city.state}" if city.state else city.name
    yield Account(
        f"{city.slug}_lead", f"lead@{city.slug}.example", f"{where}, city lead", Role.CITY_LEAD, city
    )
    yield Account(
        f"{city.slug}_contributor",
        f"contributor@{city.slug}.example",
        f"{where}, contributor",
        Role.CITY_CONTRIBUTOR,
        city,
    )


def seal(password: str) -> str:
    """The password, hashed once for all, since hashing is slow on purpose; the old hash while it fits."""
    known = User.objects.filter(email="director@program.example").first()
    if known is not None and known.check_password(password):
        return known.password
    return make_password(password)


def ensure(account: Account, *, sealed: str | None, now: datetime) -> User:
    """The person of an account, made when missing. Without a sealed password nobody can sign in as them."""
    require_demonstration()
    system = system_user()
    person = User.objects.filter(email=account.email).first()
    if person is None:
        person = create_person(email=account.email, name=account.name, password=None, by=system, now=now)
    if sealed is not None and person.password != sealed:
        person.password = sealed
        person.save(update_fields=["password"])
    affiliate(
        person=person, organization=account.organization, role=account.role, since=SINCE, by=system, now=now
    )
    return person


def ensure_city(slug: str, *, now: datetime) -> Organization:
    """The organization of a city with its demonstration people. Raises NotFound."""
    city = Organization.objects.filter(kind=OrganizationKind.CITY, slug=slug).first()
    if city is None:
        raise NotFound(_("There is no city with the slug %(slug)s. Import it first.") % {"slug": slug})
    for account in city_accounts(city):
        ensure(account, sealed=None, now=now)
    return city
