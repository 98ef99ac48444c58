"""What strangers may know: announced awards, and nothing of the way there."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from certification.models import Certificate
from certification.selectors import announced_certificates, certified_cities
from cities.awards import LEVELS_LOWEST_FIRST
from cities.models import City, HistoricAward
from cities.querysets import CityQuerySet
from public.places import country_name, place_in_words
from public.seals import Seal, seal_for
from standards.models import Level
from standards.selectors import levels_in_force

LATEST = 5


def program_today() -> date:
    """The day in the program's zone, on which announcements turn."""
    return program_calendar().local_day(timezone.now())


def level_names() -> dict[str, str]:
    """The name of every level that was ever awarded, by slug, lowest first."""
    known = Level.objects.filter(standard__published_at__isnull=False).order_by(
        "standard__effective_on", "position"
    )
    return {slug: slug.capitalize() for slug in LEVELS_LOWEST_FIRST} | dict(known.values_list("slug", "name"))


@dataclass(frozen=True)
class Listed:
    """A certified city as strangers see it; `level` is empty and `year` None where not on record."""

    slug: str
    name: str
    place: str
    level: str
    level_name: str
    year: int | None
    number: str
    announced_on: date | None
    expires_on: date | None

    @property
    def title(self) -> str:
        return _("Certified %(level)s") % {"level": self.level_name} if self.level else _("Certified")

    @property
    def seal(self) -> Seal:
        return seal_for(self.level, self.level_name or _("Certified"), self.title)


def listed(city: City, names: dict[str, str]) -> Listed:
    """One of `certified_cities`, with its organization."""
    award: dict[str, object] = vars(city)
    level = str(award["award_level"])
    return Listed(
        slug=city.slug,
        name=city.name,
        place=place_in_words(city.state, city.country),
        level=level,
        level_name=names.get(level, level.capitalize()),
        year=award["award_year"],  # type: ignore[arg-type]  # -- an annotation
        number=str(award["award_number"]),
        announced_on=award["announced_on"],  # type: ignore[arg-type]  # -- an annotation
        expires_on=award["expires_on"],  # type: ignore[arg-type]  # -- an annotation
    )


def certified(*, today: date) -> CityQuerySet:
    return certified_cities(today=today).select_related("organization")


def certified_city(slug: str, *, today: date) -> City | None:
    return certified(today=today).filter(organization__slug=slug).first()


def latest_announcements(*, today: date) -> list[Listed]:
    """The cities announced last; before Milepost only the year is known."""
    newest = certified(today=today).order_by(
        F("announced_on").desc(nulls_last=True),
        F("award_year").desc(nulls_last=True),
        "organization__name",
        "organization__slug",
    )
    names = level_names()
    return [listed(city, names) for city in newest[:LATEST]]


@dataclass(frozen=True)
class Places:
    """Where certified cities lie: states by code, countries by code and name."""

    states: list[tuple[str, str]]
    countries: list[tuple[str, str]]


def places(*, today: date) -> Places:
    found = certified_cities(today=today).order_by()
    pairs = list(found.values_list("organization__state", "organization__country").distinct())
    states = sorted({state for state, _country in pairs if state})
    countries = sorted({(code, country_name(code)) for _state, code in pairs if code}, key=lambda one: one[1])
    return Places([(state, state) for state in states], countries)


@dataclass(frozen=True)
class Held:
    """One award of a city's history: a certificate, or what is documented from before Milepost."""

    level_name: str
    year: int | None
    source: str = ""
    certificate: Certificate | None = None

    @property
    def source_site(self) -> str:
        """The site of a source that can be opened, else nothing."""
        parts = urlsplit(self.source)
        return (parts.hostname or "").removeprefix("www.") if parts.scheme in {"http", "https"} else ""


def history_of(city: City, names: dict[str, str], *, today: date) -> list[Held]:
    """Every award of a city, newest first, those without a year last; revoked and expired ones too."""
    certificates = announced_certificates(today=today).filter(case__city=city)
    issued = [Held(one.level.name, one.announced_on.year, certificate=one) for one in certificates]
    on_record = HistoricAward.objects.filter(city=city).order_by(F("year").desc(nulls_last=True), "-id")
    return issued + [Held(names.get(one.level, one.level), one.year, one.source) for one in on_record]


def certificate_numbered(number: str, *, today: date) -> Certificate | None:
    if not number.isprintable():
        return None
    found = announced_certificates(today=today).filter(number=number.upper())
    return found.select_related("level__standard", "case__city__organization").first()


def successor_of(certificate: Certificate, *, today: date) -> Certificate | None:
    """The city's newest certificate that counts, where that is another one."""
    theirs = announced_certificates(today=today).filter(case__city=certificate.case.city_id)
    newest = theirs.filter(revoked_at__isnull=True).first()
    return newest if newest and newest != certificate else None


def levels_behind(city: Listed, *, today: date) -> list[Level]:
    """The levels of the standard behind a certificate, or of the one in force for an award from before."""
    if not city.number:
        return levels_in_force(today)
    held = Certificate.objects.filter(number=city.number).values("level")
    return list(Level.objects.filter(standard__levels__in=held).order_by("position"))
