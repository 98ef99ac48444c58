"""What the partners of the demonstration and their coaches bring; what a visitor has told stays."""

from datetime import datetime

from coaching.models import CoachProfile, PartnerProfile
from coaching.places import codes_of
from coaching.services import (
    CoachFacts,
    PartnerFacts,
    change_coach_profile,
    change_partner_profile,
)
from people.models import User

AT_ONCE = {"govex": 20, "r4a": 15, "gpl": 15, "bit": 10, "ril": 8}
AT_ONCE_OTHERWISE = 6
OF_COACH = {1: 8, 2: 5}
# The second coach of a partner works elsewhere, and knows some of the areas.
ZONES = {1: "America/New_York", 2: "America/Los_Angeles"}
ZONES_IN_LATIN_AMERICA = {1: "America/Argentina/Buenos_Aires", 2: "America/Sao_Paulo"}
LANGUAGES = {1: ["en"], 2: ["en", "es"]}
LANGUAGES_IN_LATIN_AMERICA = {1: ["es", "en"], 2: ["pt", "es"]}


def tell_profiles(*, now: datetime) -> None:
    for profile in PartnerProfile.objects.select_related("organization").order_by("organization__slug"):
        slug = profile.organization.slug
        lead = User.objects.get(email=f"lead@{slug}.example")
        if profile.capacity is None:
            facts = PartnerFacts(
                area_codes=profile.area_codes,
                region=profile.region,
                note=profile.note,
                capacity=AT_ONCE.get(slug, AT_ONCE_OTHERWISE),
            )
            change_partner_profile(profile=profile, facts=facts, by=lead, now=now)
        for number in OF_COACH:
            coach = User.objects.get(email=f"coach{number}@{slug}.example")
            if not CoachProfile.objects.filter(partner=profile.organization, person=coach).exists():
                _tell_coach(profile, coach, number, by=lead, now=now)


def _tell_coach(profile: PartnerProfile, coach: User, number: int, *, by: User, now: datetime) -> None:
    southern = "LATAM" in codes_of(profile.region)
    known = profile.area_codes if number == 1 else profile.area_codes[: 1 + len(profile.area_codes) // 2]
    facts = CoachFacts(
        area_codes=known,
        languages=(LANGUAGES_IN_LATIN_AMERICA if southern else LANGUAGES)[number],
        time_zone=(ZONES_IN_LATIN_AMERICA if southern else ZONES)[number],
        capacity=OF_COACH[number],
    )
    change_coach_profile(partner=profile.organization, person=coach, facts=facts, by=by, now=now)
