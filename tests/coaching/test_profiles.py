"""What partners and their coaches bring: who tells it, who reads it, and what is refused."""

import pytest
from django.test import Client

from coaching.imports import import_partners
from coaching.models import CoachProfile, PartnerProfile
from coaching.places import region_in_words, serves, unknown_codes
from coaching.services import CoachFacts, PartnerFacts, change_coach_profile, change_partner_profile
from core.errors import InvalidInput, NotAllowed
from core.models import AuditEvent
from people.permissions import Permission
from people.services import system_user
from tests.scenes import START, Scene

PARTNER = "/partners/first-partner/"
TOLD = {"area_codes": ["DM", "WW"], "region": "us-nj; BR", "note": "Small cities.", "capacity": "5"}
COACH = {"area_codes": ["DM"], "languages": ["en", "es"], "time_zone": "America/Chicago", "capacity": "3"}


@pytest.mark.parametrize(
    ("region", "country", "state", "expected"),
    [
        ("*", "BR", "", True),
        ("US", "US", "NJ", True),
        ("US-NJ;US-NY", "US", "NY", True),
        ("US-NJ", "US", "TX", False),
        ("LATAM", "CO", "", True),
        ("LATAM", "US", "NJ", False),
        ("US BR", "BR", "SP", True),
        ("", "US", "NJ", False),
    ],
)
def test_region_covers_countries_states_and_groups(region: str, country: str, state: str, expected: bool):
    assert serves(region, country=country, state=state) is expected


def test_region_is_told_in_words_and_names_what_is_unknown():
    assert region_in_words("US-NJ;LATAM;BR") == "New Jersey, Latin America, Brazil"
    assert region_in_words("US;*") == "anywhere"
    assert unknown_codes("US-NJ;US-ZZ;Jersey;CA-ON") == ["US-ZZ", "JERSEY"]


def test_import_refuses_a_region_that_names_no_place(db: None):
    source = b"slug,name,practice_areas,region,note\nnorth,North,DM,Mars,\nsouth,South,DM,US-TX;MX,\n"

    report = import_partners(source=source, by=system_user(), now=START)

    assert [(one.line, one.reason) for one in report.refused] == [
        (2, "region: MARS names no country, state or group of countries")
    ]
    assert PartnerProfile.objects.get().region == "US-TX;MX"


def test_lead_tells_what_the_partner_coaches(scene: Scene, client: Client):
    scene.sign_in(client, scene.partner.lead)

    answer = client.post(f"{PARTNER}edit/", TOLD, follow=True)

    profile = PartnerProfile.objects.get(organization=scene.partner.organization)
    assert (profile.area_codes, profile.region, profile.capacity) == (["DM", "WW"], "US-NJ;BR", 5)
    page = answer.content.decode()
    assert "New Jersey, Brazil" in page
    assert "0 of 5" in page
    event = AuditEvent.objects.get(action="coaching.partner_profile_changed")
    assert event.new["capacity"] == 5


def test_profile_that_is_wrong_is_refused_at_its_fields_and_keeps_what_was_typed(
    scene: Scene, client: Client
):
    scene.sign_in(client, scene.partner.lead)

    answer = client.post(f"{PARTNER}edit/", {"region": "Mars", "note": "Big cities.", "capacity": "5"})

    assert answer.status_code == 400
    assert "area_codes" in answer.context["form"].errors
    assert "Big cities." in answer.content.decode()
    unknown = PartnerFacts(area_codes=["DM"], region="Mars")
    with pytest.raises(InvalidInput) as refused:
        change_partner_profile(
            profile=scene.partner.organization.partner_profile,
            facts=unknown,
            by=scene.partner.lead,
            now=scene.now,
        )
    assert set(refused.value.errors) == {"region"}


def test_coach_tells_all_but_the_capacity_and_the_lead_that_too(scene: Scene, client: Client):
    url = f"{PARTNER}coaches/{scene.partner.coach.email}/"

    scene.sign_in(client, scene.partner.coach).post(url, COACH)
    by_the_coach = CoachProfile.objects.get()
    scene.sign_in(client, scene.partner.lead).post(url, COACH)
    by_the_lead = CoachProfile.objects.get()

    assert (by_the_coach.languages, by_the_coach.time_zone) == (["en", "es"], "America/Chicago")
    assert (by_the_coach.capacity, by_the_lead.capacity) == (None, 3)
    page = client.get(PARTNER).content.decode()
    assert "English, Spanish" in page
    assert "0 of 3" in page
    assert AuditEvent.objects.filter(action="coaching.coach_profile_changed").count() == 2


def test_profiles_are_nobody_elses(scene: Scene):
    facts = CoachFacts(area_codes=["DM"], languages=["en"])
    own, other = scene.partner.organization, scene.other_partner.organization

    for person, partner in ((scene.partner.coach, other), (scene.partner.lead, own)):
        with pytest.raises(NotAllowed):
            change_coach_profile(
                partner=partner, person=person, facts=facts, by=scene.partner.lead, now=scene.now
            )
    for by in (scene.partner.second_coach, scene.other_partner.lead, scene.manager, scene.lead):
        with pytest.raises(NotAllowed):
            change_coach_profile(partner=own, person=scene.partner.coach, facts=facts, by=by, now=scene.now)
    assert not CoachProfile.objects.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (CoachFacts(area_codes=["XX"], languages=[]), "area_codes"),
        (CoachFacts(area_codes=[], languages=["tlh"]), "languages"),
        (CoachFacts(area_codes=[], languages=[], time_zone="Mars/Olympus"), "time_zone"),
        (CoachFacts(area_codes=[], languages=[], capacity=-1), "capacity"),
    ],
)
def test_coach_profile_refuses_what_there_is_not(scene: Scene, facts: CoachFacts, field: str):
    with pytest.raises(InvalidInput) as refused:
        change_coach_profile(
            partner=scene.partner.organization,
            person=scene.partner.coach,
            facts=facts,
            by=scene.partner.lead,
            now=scene.now,
        )

    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (PartnerFacts(area_codes=[], region="*"), "area_codes"),
        (PartnerFacts(area_codes=["XX"], region="*"), "area_codes"),
        (PartnerFacts(area_codes=["DM"], region=" ; "), "region"),
        (PartnerFacts(area_codes=["DM"], region="*", capacity=1000), "capacity"),
    ],
)
def test_partner_profile_refuses_what_there_is_not(scene: Scene, facts: PartnerFacts, field: str):
    profile = scene.partner.organization.partner_profile

    with pytest.raises(InvalidInput) as refused:
        change_partner_profile(profile=profile, facts=facts, by=scene.partner.lead, now=scene.now)

    assert set(refused.value.errors) == {field}


def test_nothing_new_leaves_no_event(scene: Scene):
    profile = scene.partner.organization.partner_profile
    facts = PartnerFacts(area_codes=profile.area_codes, region=profile.region)

    change_partner_profile(profile=profile, facts=facts, by=scene.partner.lead, now=scene.now)

    assert not AuditEvent.objects.filter(action="coaching.partner_profile_changed").exists()


def test_permissions_over_profiles_say_no_to_other_things(scene: Scene):
    things = (scene.city, scene.partner.organization)

    for permission in (Permission.EDIT_COACH_PROFILE, Permission.EDIT_PARTNER_PROFILE):
        assert [one for one in things if scene.partner.lead.has_perm(permission, one)] == []


def test_profiles_are_read_by_the_partners_people_and_the_program(scene: Scene):
    CoachProfile.objects.create(partner=scene.partner.organization, person=scene.partner.coach, capacity=2)
    own = {"partner_lead", "coach", "second_coach", "manager", "director"}

    for model, rows in ((PartnerProfile, 2), (CoachProfile, 1)):
        sees = {
            name
            for name, person in scene.everyone.items()
            if model.objects.visible_to(scene.fresh(person)).filter(pk=model.objects.first().pk).exists()
        }
        assert sees == own, model
        assert model.objects.visible_to(scene.manager).count() == rows
        assert not model.objects.visible_to(None).exists()
