import pytest
from django.test import Client
from django.urls import reverse

from coaching.enums import EngagementStatus
from coaching.models import Engagement, Session
from people.enums import Role
from people.models import User
from tests.scenes import Partner, Scene, make_cities, make_person
from tests.workflows.pages import SESSION, first_partners, page_for, page_of, statuses

LIST = "/engagements/"
SECRETS = ("Goal of First partner", "We mapped the data.", "Budget office", "Coach of First partner")
READERS = {"lead", "contributor", "sponsor", "partner_lead", "coach", "manager", "director"}
STATUS_ONLY = {"other_partner_lead", "other_coach", "assessor", "other_assessor", "member"}


@pytest.fixture
def coached(scene: Scene) -> Scene:
    """An engagement under way, with a session whose notes could leak."""
    item = first_partners(scene, "work")
    Session.objects.create(
        engagement_id=item.subject,
        kind="training",
        held_on="2025-04-01",
        minutes=90,
        participants="Budget office",
        notes="We mapped the data.",
        logged_at=scene.now,
        logged_by=scene.partner.coach,
    )
    return scene


def test_engagement_is_read_by_city_program_and_its_partner(coached: Scene, client: Client) -> None:
    url = page_of(coached.engagement())

    pages = {name: page_for(coached, client, coached.everyone[name], url) for name in READERS}

    lacking = {name: [secret for secret in SECRETS if secret not in page] for name, page in pages.items()}
    assert lacking == {name: [] for name in READERS}


def test_engagement_shows_others_no_more_than_its_status(coached: Scene, client: Client) -> None:
    tab = reverse("workflows:case-coaching", args=[coached.case.pk])

    pages = {
        (name, url): page_for(coached, client, coached.everyone[name], url)
        for name in STATUS_ONLY
        for url in (page_of(coached.engagement()), tab)
    }

    for page in pages.values():
        assert "First partner" in page
        assert "Active" in page
        assert [secret for secret in SECRETS if secret in page] == []


def test_engagement_of_another_city_does_not_exist(coached: Scene, client: Client) -> None:
    tab = reverse("workflows:case-coaching", args=[coached.case.pk])

    for url in (page_of(coached.engagement()), tab):
        found = statuses(coached, client, url, "other_lead", "other_contributor")
        assert found == {"other_lead": 404, "other_contributor": 404}


def test_why_it_was_declined_is_for_program_and_partner(scene: Scene, client: Client) -> None:
    scene.engagements = 1
    scene.decline(scene.one("respond"))

    told = {
        name
        for name, person in scene.everyone.items()
        if person.is_active
        and person != scene.system
        and "No room." in scene.sign_in(client, person).get(page_of(scene.engagement())).content.decode()
    }

    assert told == {"manager", "director", "partner_lead"}


def test_coach_logs_a_session_on_the_engagements_page(coached: Scene, client: Client) -> None:
    coached.sign_in(client, coached.partner.coach)
    url = page_of(coached.engagement())

    wrong = client.post(url, SESSION | {"minutes": "5000"})
    right = client.post(url, SESSION)

    assert wrong.status_code == 400
    assert "We mapped the data." in wrong.content.decode()
    assert right["Location"] == url
    assert coached.engagement().sessions.count() == 2


def test_nobody_else_logs_a_session(coached: Scene, client: Client) -> None:
    url = page_of(coached.engagement())

    found = {
        name: coached.sign_in(client, coached.everyone[name]).post(url, SESSION).status_code
        for name in ("partner_lead", "lead", "manager", "other_coach", "other_lead")
    }

    assert found == {
        "partner_lead": 403,
        "lead": 403,
        "manager": 403,
        "other_coach": 403,
        "other_lead": 404,
    }
    assert coached.engagement().sessions.count() == 1


def test_session_can_not_be_logged_after_the_close(coached: Scene, client: Client) -> None:
    coached.walk_to("feedback")
    engagement = Engagement.objects.get(status=EngagementStatus.CLOSED)
    coached.sign_in(client, User.objects.get(pk=engagement.coach_id))

    page = client.get(page_of(engagement)).content.decode()
    answer = client.post(page_of(engagement), SESSION)

    assert "Log the session" not in page
    assert answer.status_code == 409


def test_case_tab_lists_each_plan_with_its_engagements(coached: Scene, client: Client) -> None:
    coached.sign_in(client, coached.lead)

    page = client.get(reverse("workflows:case-coaching", args=[coached.case.pk])).content.decode()

    assert "Coaching after round 1" in page
    assert "Goal of First partner" in page
    assert "Goal of Other partner" in page


def test_case_tab_tells_why_nobody_coaches_to_city_and_program_only(scene: Scene, client: Client) -> None:
    scene.plan_coaching(scene.one("plan_coaching"), offers=[])
    tab = reverse("workflows:case-coaching", args=[scene.case.pk])

    told = {
        name
        for name in ("lead", "contributor", "manager", "partner_lead", "assessor", "member")
        if "Nobody is free." in scene.sign_in(client, scene.everyone[name]).get(tab).content.decode()
    }

    assert told == {"lead", "contributor", "manager"}


# The list


def many_engagements(scene: Scene, count: int, partner: Partner) -> None:
    """Engagements with cities of their own, spread over both coaches."""
    plan = scene.engagement().plan
    for number, city in enumerate(make_cities(count, start=100 + Engagement.objects.count())):
        case = type(scene.case).objects.create(
            city=city,
            standard=scene.standard,
            kind="first",
            cohort_year=2025,
            stage="coaching",
            stage_entered_at=scene.now,
            opened_at=scene.now,
            opened_by=scene.manager,
        )
        Engagement.objects.create(
            case=case,
            plan=plan,
            partner=partner.organization,
            status=EngagementStatus.ACTIVE,
            coach=(partner.coach, partner.second_coach)[number % 2],
            offered_at=scene.now,
            offered_by=scene.manager,
        ).areas.set(plan.case.standard.areas.all()[:2])


def cities_in(client: Client, query: str = "") -> list[str]:
    return [engagement.case.city.name for engagement, _step in client.get(LIST + query).context["rows"]]


def test_list_shows_a_coachs_own_first(coached: Scene, client: Client) -> None:
    many_engagements(coached, 3, coached.partner)
    coached.sign_in(client, coached.partner.second_coach)

    assert cities_in(client)[0] == "Town 103"
    assert len(cities_in(client)) == 4
    assert cities_in(client, "?whose=mine") == ["Town 103"]


def test_list_filters_and_sorts(coached: Scene, client: Client) -> None:
    many_engagements(coached, 3, coached.partner)
    coached.sign_in(client, coached.partner.lead)

    assert cities_in(client, "?q=paterson") == ["Paterson"]
    assert cities_in(client, "?status=declined") == []
    assert cities_in(client, "?sort=-city") == ["Town 104", "Town 103", "Town 102", "Paterson"]
    assert cities_in(client, "?sort=nonsense&status=nonsense") == cities_in(client)


def test_list_shows_nothing_of_another_partner(coached: Scene, client: Client) -> None:
    many_engagements(coached, 2, coached.other_partner)
    coached.sign_in(client, coached.partner.lead)

    assert cities_in(client) == ["Paterson"]


def test_list_links_the_readers_own_step(coached: Scene, client: Client) -> None:
    coached.sign_in(client, coached.partner.coach)
    item = next(one for one in coached.open_items("work") if one.subject == coached.engagement().pk)

    page = client.get(LIST).content.decode()

    assert item.get_absolute_url() in page


def test_list_without_engagements_says_what_will_come(scene: Scene, client: Client) -> None:
    scene.sign_in(client, make_person("New coach", scene.partner.organization, Role.COACH))

    page = client.get(LIST).content.decode()

    assert "No city yet." in page
