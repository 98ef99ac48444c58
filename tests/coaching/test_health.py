"""How an engagement fares: what the facts weigh, what a judgment can do, and who reads it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.enums import WorkKind
from cases.models import WorkItem
from coaching.enums import HealthLevel
from coaching.faring import health_of
from coaching.health import Facts, Judgment, health_by
from coaching.models import Engagement, HealthJudgment, Measure, Session
from coaching.services import judge_health
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from tests.coaching.many import coached_by, many_engagements
from tests.scenes import Scene

TODAY = date(2025, 6, 2)
SOON = datetime(2025, 6, 9, 15, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "status": "active",
    "today": TODAY,
    "standing_since": date(2025, 3, 1),
    "next_session_at": SOON,
    "contact_on": date(2025, 5, 28),
}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "level", "words"),
    [
        ({}, "on_track", "next session in 7 days"),
        ({"next_session_at": None}, "attention", "no session booked"),
        ({"contact_on": TODAY}, "on_track", "last contact today"),
        ({"contact_on": None}, "on_track", "next session in 7 days"),
        ({"contact_on": ago(20)}, "on_track", "last contact 20 days ago"),
        ({"contact_on": ago(21)}, "attention", "last contact 21 days ago"),
        ({"contact_on": ago(90)}, "attention", "last contact 90 days ago"),
        ({"contact_on": ago(44), "next_session_at": None}, "attention", "last contact 44 days ago"),
        ({"contact_on": ago(45), "next_session_at": None}, "stalled", "last contact 45 days ago"),
        ({"overdue_items": 2, "oldest_overdue_on": ago(1)}, "attention", "2 action items late"),
        ({"overdue_items": 1, "oldest_overdue_on": ago(30)}, "stalled", "1 action item late"),
        (
            {"measures": 2, "stale_measures": 1},
            "attention",
            "1 measure without a figure of the last 100 days",
        ),
        ({"status": "offered", "standing_since": ago(9)}, "on_track", "offered 9 days ago, not answered"),
        ({"status": "accepted", "standing_since": ago(10)}, "attention", "accepted 10 days ago, not begun"),
        (
            {"status": "closing", "standing_since": ago(30), "next_session_at": None},
            "stalled",
            "work finished 30 days ago, not closed",
        ),
        ({"contact_on": ago(90), "next_session_at": None, "is_paused": True}, "paused", "no session booked"),
    ],
)
def test_facts_weigh_and_stand_in_words(facts: dict[str, Any], level: str, words: str) -> None:
    health = health_by(Facts(**GOOD | facts))

    assert health.level == level
    assert words in [line.text for line in health.lines]


@pytest.mark.parametrize(
    ("facts", "judged", "days", "level"),
    [
        ({}, "stalled", 1, "stalled"),
        ({}, "stalled", 30, "stalled"),
        ({}, "stalled", 31, "on_track"),
        ({"next_session_at": None}, "on_track", 1, "attention"),
        ({"contact_on": ago(50), "next_session_at": None}, "attention", 1, "stalled"),
    ],
)
def test_judgment_makes_it_worse_for_a_while_and_never_better(
    facts: dict[str, Any], judged: str, days: int, level: str
) -> None:
    judgment = Judgment(judged, "The lead has left.", ago(days))

    health = health_by(Facts(**GOOD | facts), judgment)

    assert health.level == level
    assert health.lines == health_by(Facts(**GOOD | facts)).lines


def item(engagement: Engagement, scene: Scene, *, due: datetime) -> WorkItem:
    return WorkItem(
        kind=WorkKind.ACTION_ITEM,
        step="action_item",
        case=engagement.case,
        party="city",
        subject=engagement.pk,
        opened_at=scene.now,
        due_at=due,
    )


def busy(scene: Scene, engagements: list[Engagement]) -> None:
    """Each with a session held and one booked, two action items of which one is late, and an old measure."""
    at, coach = scene.now, scene.partner.coach
    held = {"status": "held", "held_on": at.date() - timedelta(days=3), "logged_at": at, "logged_by": coach}
    booked = {"status": "planned", "starts_at": at + timedelta(days=4), "zone": "UTC"}
    booked |= {"planned_at": at, "planned_by": coach}
    Session.objects.bulk_create(
        Session(engagement=one, minutes=60, **facts) for one in engagements for facts in (held, booked)
    )
    WorkItem.objects.bulk_create(
        item(one, scene, due=at + timedelta(days=days)) for one in engagements for days in (-2, 5)
    )
    terms = {"name": "Homes", "kind": "outcome", "unit": "households", "direction": "up"}
    Measure.objects.bulk_create(
        Measure(engagement=one, set_at=at - timedelta(days=200), set_by=coach, **terms) for one in engagements
    )
    mild = {"level": "attention", "partner": scene.partner.organization}
    HealthJudgment.objects.bulk_create(
        HealthJudgment(engagement=one, text="Slow.", judged_at=at, judged_by=coach, **mild)
        for one in engagements
        for _n in range(2)
    )


@pytest.mark.parametrize("count", [1, 3, 50])
def test_facts_are_gathered_in_four_queries(scene: Scene, django_assert_num_queries: Any, count: int) -> None:
    engagements = many_engagements(scene, count, **coached_by(scene.partner.coach, scene))
    busy(scene, engagements)
    engagements[0].case.holds.create(reason="A flood.", placed_at=scene.now, placed_by=scene.manager)

    rows = list(Engagement.objects.filter(pk__in=[one.pk for one in engagements]).for_health())

    with django_assert_num_queries(4):
        found = health_of(rows, now=scene.now)

    assert found[engagements[0].pk].level == HealthLevel.PAUSED
    health = found[engagements[-1].pk]
    assert [line.text for line in health.lines] == [
        "next session in 4 days",
        "last contact 3 days ago",
        "1 action item late",
        "1 measure without a figure of the last 100 days",
    ]
    assert (health.facts.open_items, health.facts.measures) == (2, 1)
    assert health.judgment is not None


def test_engagement_that_rests_is_paused_and_not_stalled(scene: Scene) -> None:
    engagement = running(scene)
    rest = {"paused_at": scene.now, "paused_by": scene.partner.lead, "pause_reason": "Elections."}
    Engagement.objects.filter(pk=engagement.pk).update(**rest)

    (row,) = Engagement.objects.for_health()
    health = health_of([row], now=scene.now + timedelta(days=90))[row.pk]

    assert health.level == HealthLevel.PAUSED
    assert [line.text for line in health.lines] == ["no session booked", "last contact 110 days ago"]


def running(scene: Scene) -> Engagement:
    return many_engagements(scene, 1, **coached_by(scene.partner.coach, scene))[0]


def judge(scene: Scene, engagement: Engagement, by: Any, **changes: Any) -> HealthJudgment:
    words = {"level": "stalled", "text": "The lead has left."} | changes
    return judge_health(engagement_id=engagement.pk, by=by, now=scene.now, **words)


def test_only_its_coach_judges_and_only_while_it_runs(scene: Scene) -> None:
    engagement = running(scene)

    judge(scene, engagement, scene.partner.coach)

    for by in (scene.partner.lead, scene.partner.second_coach, scene.manager):
        with pytest.raises(NotAllowed):
            judge(scene, engagement, by)
    with pytest.raises(NotFound):
        judge(scene, engagement, scene.other_partner.coach)
    for wrong in ({"level": "paused"}, {"level": "fine"}, {"text": " "}):
        with pytest.raises(InvalidInput):
            judge(scene, engagement, scene.partner.coach, **wrong)
    Engagement.objects.filter(pk=engagement.pk).update(status="cancelled")
    with pytest.raises(WrongState):
        judge(scene, engagement, scene.partner.coach)
    assert HealthJudgment.objects.count() == 1


def test_health_is_told_to_the_partner_and_the_program_and_never_to_the_city(
    scene: Scene, client: Client
) -> None:
    engagement = running(scene)
    scene.move_to(engagement.case.city)
    judge(scene, engagement, scene.partner.coach)
    pages = [f"/engagements/{engagement.pk}/", f"/engagements/{engagement.pk}/health/"]

    def told(person: Any) -> list[bool]:
        scene.sign_in(client, person)
        return ["The lead has left." in client.get(page).content.decode() for page in pages]

    knowing = {"partner_lead", "coach", "second_coach", "manager", "director"}
    everyone = scene.everyone
    assert {
        name for name in everyone if HealthJudgment.objects.visible_to(scene.fresh(everyone[name]))
    } == knowing
    assert told(scene.partner.lead) == told(scene.manager) == [True, True]
    for name in ("lead", "other_partner_lead", "assessor"):
        assert told(everyone[name]) == [False, False], name


def test_judgments_stay_with_the_partner_that_made_them(scene: Scene) -> None:
    engagement = running(scene)
    judge(scene, engagement, scene.partner.coach)
    Engagement.objects.filter(pk=engagement.pk).update(partner=scene.other_partner.organization)

    (row,) = Engagement.objects.for_health()

    assert health_of([row], now=scene.now)[row.pk].judgment is None
    for person in (scene.other_partner.lead, scene.partner.lead):
        assert not HealthJudgment.objects.visible_to(person).exists()
    assert HealthJudgment.objects.visible_to(scene.manager).exists()


def test_coach_adds_a_judgment_on_the_page(scene: Scene, client: Client) -> None:
    engagement = running(scene)
    scene.sign_in(client, scene.partner.coach)
    page = f"/engagements/{engagement.pk}/health/"

    refused = client.post(page, {"level": "", "text": "Nobody answers."})
    kept = client.post(page, {"level": "stalled", "text": "Nobody answers."}, follow=True)

    assert refused.status_code == 400
    assert "Nobody answers." in refused.content.decode()
    assert "the coach: Nobody answers." in kept.content.decode()
