"""What partners and their coaches bring, as they or the program tell it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from cases.services.case import require
from coaching.languages import LANGUAGES
from coaching.models import CoachProfile, PartnerProfile
from coaching.places import as_kept, unknown_codes
from coaching.selectors import practice_areas
from core import audit
from core.errors import InvalidInput, NotAllowed
from people.enums import Role
from people.models import Organization, User
from people.permissions import Permission

MOST_AT_ONCE = 999


@dataclass(frozen=True)
class PartnerFacts:
    """What a partner coaches (codes of areas), where (`coaching.places`), and how much at once."""

    area_codes: Sequence[str]
    region: str
    note: str = ""
    capacity: int | None = None


@dataclass(frozen=True)
class CoachFacts:
    """What a coach knows and speaks, and where their clock stands; `capacity` is for the lead to set."""

    area_codes: Sequence[str]
    languages: Sequence[str]
    time_zone: str = ""
    capacity: int | None = None


@transaction.atomic
def change_partner_profile(
    *, profile: PartnerProfile, facts: PartnerFacts, by: User, now: datetime
) -> PartnerProfile:
    """Raises NotAllowed, InvalidInput."""
    require(by, Permission.EDIT_PARTNER_PROFILE, profile)
    if not facts.area_codes:
        raise InvalidInput(errors={"area_codes": [_("Choose at least one practice area.")]})
    if not as_kept(facts.region):
        raise InvalidInput(errors={"region": [_("Say where; * is anywhere.")]})
    if unknown := unknown_codes(facts.region):
        text = _("%(codes)s names no country, state or group of countries.")
        raise InvalidInput(errors={"region": [text % {"codes": ", ".join(unknown)}]})
    _require_areas(facts.area_codes, had=profile.area_codes)
    _require_capacity(facts.capacity)
    values = asdict(facts) | {"region": as_kept(facts.region), "area_codes": list(facts.area_codes)}
    _change(profile, values, "coaching.partner_profile_changed", by=by, now=now)
    return profile


@transaction.atomic
def change_coach_profile(
    *, partner: Organization, person: User, facts: CoachFacts, by: User, now: datetime
) -> CoachProfile:
    """Their lead, or the coach; only the lead sets the capacity. Raises NotAllowed, InvalidInput."""
    if partner.pk not in person.organizations_as(Role.COACH):
        raise NotAllowed(_("%(name)s is not a coach of %(partner)s.") % {"name": person, "partner": partner})
    CoachProfile.objects.get_or_create(partner=partner, person=person)
    profile = CoachProfile.objects.select_for_update().get(partner=partner, person=person)
    require(by, Permission.EDIT_COACH_PROFILE, profile)
    _require_areas(facts.area_codes, had=[*profile.area_codes, *partner.partner_profile.area_codes])
    if unknown := sorted(set(facts.languages) - set(LANGUAGES)):
        raise InvalidInput(errors={"languages": [_("Unknown: %(codes)s") % {"codes": ", ".join(unknown)}]})
    if facts.time_zone and facts.time_zone not in available_timezones():
        raise InvalidInput(errors={"time_zone": [_("Choose one of the time zones.")]})
    _require_capacity(facts.capacity)
    values = asdict(facts) | {"area_codes": list(facts.area_codes), "languages": list(facts.languages)}
    if not by.has_perm(Permission.SET_CAPACITY, profile):
        del values["capacity"]
    _change(profile, values, "coaching.coach_profile_changed", by=by, now=now)
    return profile


def _require_areas(codes: Sequence[str], *, had: Sequence[str]) -> None:
    if unknown := sorted(set(codes) - set(practice_areas()) - set(had)):
        raise InvalidInput(errors={"area_codes": [_("Unknown: %(codes)s") % {"codes": ", ".join(unknown)}]})


def _require_capacity(capacity: int | None) -> None:
    if capacity is not None and not 0 <= capacity <= MOST_AT_ONCE:
        raise InvalidInput(errors={"capacity": [_("From 0 to %(most)s.") % {"most": MOST_AT_ONCE}]})


def _change(
    profile: PartnerProfile | CoachProfile, values: dict[str, Any], event: str, *, by: User, now: datetime
) -> None:
    """Only what differs is kept, and told to the audit trail; nothing new leaves no event."""
    new = {name: value for name, value in values.items() if getattr(profile, name) != value}
    if not new:
        return
    old = {name: getattr(profile, name) for name in new}
    for name, value in new.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(new))
    audit.record(event, by=by, target=profile, now=now, old=old, new=new)
