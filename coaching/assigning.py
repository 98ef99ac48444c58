"""Which coach fits which engagement, and why, as a partner's lead reads it."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.deadlines import calendar_of, program_calendar
from cases.models import Hold
from cases.rules import worked_for
from cities.models import City
from coaching.enums import RUNNING
from coaching.languages import language_name, spoken_in
from coaching.models import CoachProfile, Engagement
from coaching.selectors import coaches_of
from core.pagekit_dates import day_in_words
from people.models import Absence, Organization, User

# The time that a kick-off usually has: an absence that begins later says little about who should coach.
SOON = timedelta(weeks=2)


@dataclass(frozen=True)
class Coach:
    """A coach of a partner with what they told of themselves, and how many engagements they coach now."""

    person: User
    profile: CoachProfile
    running: int

    @property
    def free(self) -> int | None:
        """Engagements they could take besides; below zero is over capacity, None is not told."""
        return None if self.profile.capacity is None else self.profile.capacity - self.running


def coaches_with_profiles(partner: Organization, *, today: date) -> list[Coach]:
    told = {one.person_id: one for one in CoachProfile.objects.filter(partner=partner)}
    return [
        Coach(person, told.get(person.pk) or CoachProfile(partner=partner, person=person), person.running)
        for person in coaches_of(partner, today=today)
    ]


def may_not_coach(
    people: Collection[User], engagements: Collection[Engagement], *, now: datetime
) -> set[tuple[int, uuid.UUID]]:
    """Who of the people can't coach which of the engagements, since they work for its city or did lately.

    Pairs of the person's and the engagement's key, in one query.
    """
    cities = {one.pk: one.case.city.organization_id for one in engagements}
    today = program_calendar().local_day(now)
    bound = worked_for([one.pk for one in people], set(cities.values()), today=today)
    return {(person, key) for person, city in bound for key, its_city in cities.items() if its_city == city}


def waiting_for_a_coach(partner: Organization) -> QuerySet[Engagement]:
    """Accepted or running without a coach, where nothing rests; who has waited longest first."""
    held = Hold.objects.filter(case=OuterRef("case"), lifted_at__isnull=True)
    moving = Engagement.objects.filter(~Exists(held), paused_at__isnull=True, case__closed_at__isnull=True)
    waiting = moving.filter(partner=partner, status__in=RUNNING, coach__isnull=True)
    return waiting.for_list().order_by("responded_at", "pk")


@dataclass
class CoachFit:
    """One coach for one engagement: what speaks for them, what against, and whether a rule forbids it."""

    coach: Coach
    # With what the same batch would give them already; None is not told.
    free: int | None
    is_barred: bool = False
    unknown_areas: int = 0
    is_understood: bool = True
    is_away: bool = False
    hours_apart: float = 0
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return self.free is not None and self.free <= 0

    @property
    def rank(self) -> tuple[Any, ...]:
        """Allowed and with room before the rest; then expertise, language, being there, hours apart, room."""
        return (
            self.is_barred,
            self.is_full,
            self.unknown_areas,
            not self.is_understood,
            self.is_away,
            round(self.hours_apart),
            -(self.free or 0),
            self.coach.person.name,
            self.coach.person.pk,
        )


@dataclass(frozen=True)
class Suggestion:
    """The partner's coaches for one engagement, the best first; `best` is allowed and has room."""

    engagement: Engagement
    fits: list[CoachFit]
    best: CoachFit | None


def suggest_coaches(
    partner: Organization, engagements: Sequence[Engagement], *, now: datetime
) -> list[Suggestion]:
    """For each engagement in turn; what is suggested for one takes room from the next.

    Five queries for any number of engagements and coaches, whose `case.city` and `areas` are at hand.
    """
    coaches = coaches_with_profiles(partner, today=calendar_of(partner).local_day(now))
    absences = _absences_soon([one.person for one in coaches], now=now)
    barred = may_not_coach([one.person for one in coaches], engagements, now=now)
    given: Counter[int] = Counter()
    found = []
    for engagement in engagements:
        fits = [
            _fit(
                coach,
                engagement,
                given=given[coach.person.pk],
                is_barred=(coach.person.pk, engagement.pk) in barred,
                absences=absences.get(coach.person.pk, ()),
                now=now,
            )
            for coach in coaches
            if coach.person.pk != engagement.coach_id
        ]
        fits.sort(key=lambda fit: fit.rank)
        best = fits[0] if fits and not fits[0].is_barred and not fits[0].is_full else None
        if best is not None:
            given[best.coach.person.pk] += 1
        found.append(Suggestion(engagement, fits, best))
    return found


def _absences_soon(people: Collection[User], *, now: datetime) -> dict[int, list[Absence]]:
    found: dict[int, list[Absence]] = {}
    soon = Absence.objects.filter(person__in=people).overlapping(now, now + SOON)
    for one in soon.select_related("substitute").order_by("since"):
        found.setdefault(one.person_id, []).append(one)
    return found


def _fit(
    coach: Coach,
    engagement: Engagement,
    *,
    given: int,
    is_barred: bool,
    absences: Sequence[Absence],
    now: datetime,
) -> CoachFit:
    fit = CoachFit(coach, None if coach.free is None else coach.free - given, is_barred)
    city = engagement.case.city
    if is_barred:
        fit.warnings.append(_("works for %(city)s, or did within three years: not possible") % {"city": city})
    _say_absences(fit, absences, now)
    _say_areas(fit, engagement)
    _say_room(fit, given)
    _say_language(fit, city)
    _say_hours(fit, city, now)
    return fit


def _say_absences(fit: CoachFit, absences: Sequence[Absence], now: datetime) -> None:
    for one in absences:
        values = {
            "first": day_in_words(one.begins_on),
            "last": day_in_words(one.ends_on),
            "substitute": one.substitute.name,
        }
        if one.is_running(now):
            fit.is_away = True
            fit.warnings.append(_("away until %(last)s, %(substitute)s stands in") % values)
        else:
            fit.warnings.append(_("away from %(first)s to %(last)s, %(substitute)s stands in") % values)


def _say_areas(fit: CoachFit, engagement: Engagement) -> None:
    codes, areas = fit.coach.profile.area_codes, engagement.areas.all()
    known = [area.name for area in areas if area.code in codes]
    unknown = [area.name for area in areas if area.code not in codes]
    fit.unknown_areas = len(unknown)
    if known:
        fit.reasons.append(_("knows %(areas)s") % {"areas": get_text_list(known, _("and"))})
    if not codes:
        fit.reasons.append(_("expertise not told"))
    elif unknown:
        fit.warnings.append(_("does not know %(areas)s") % {"areas": get_text_list(unknown, _("and"))})


def _say_room(fit: CoachFit, given: int) -> None:
    coach = fit.coach
    if fit.free is None:
        text = ngettext("coaches %(count)s now", "coaches %(count)s now", coach.running)
        fit.reasons.append(text % {"count": coach.running})
        return
    values = {"capacity": coach.profile.capacity, "free": fit.free, "running": coach.running}
    if fit.is_full:
        fit.warnings.append(_("no room: coaches %(running)s of %(capacity)s") % values)
    else:
        fit.reasons.append(_("%(free)s of %(capacity)s free") % values)
    if given:
        fit.reasons.append(_("with %(count)s suggested above") % {"count": given})


def _say_language(fit: CoachFit, city: City) -> None:
    told, wanted = fit.coach.profile.languages, spoken_in(city.country)
    if not told or not wanted:
        return
    shared = [language_name(code) for code in wanted if code in told]
    fit.is_understood = bool(shared)
    if shared:
        fit.reasons.append(_("speaks %(languages)s") % {"languages": get_text_list(shared, _("and"))})
    else:
        missing = get_text_list([language_name(code) for code in wanted], _("or"))
        fit.warnings.append(_("does not speak %(languages)s") % {"languages": missing})


def _say_hours(fit: CoachFit, city: City, now: datetime) -> None:
    zone = fit.coach.profile.time_zone
    if not zone or not city.time_zone:
        return
    offsets = [now.astimezone(ZoneInfo(name)).utcoffset() for name in (zone, city.time_zone)]
    fit.hours_apart = abs((offsets[0] - offsets[1]).total_seconds()) / 3600  # type: ignore[operator]  # -- an aware moment has an offset
    if not fit.hours_apart:
        fit.reasons.append(_("same time of day"))
        return
    text = ngettext("%(count)s hour apart", "%(count)s hours apart", round(fit.hours_apart) or 1)
    fit.reasons.append(text % {"count": f"{fit.hours_apart:g}"})
