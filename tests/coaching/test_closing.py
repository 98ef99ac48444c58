"""The close of an engagement, the city's survey, and what a partner learns of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, WorkItem
from certification.models import Assessment
from cities.models import City
from coaching.enums import EngagementStatus
from coaching.models import CoachingPlan, Engagement, Feedback
from coaching.selectors import shared_coaching
from coaching.voices import voices_on
from core.errors import InvalidInput
from people.models import Organization
from tests.coaching.actions import agree
from tests.scenes import Scene, make_cities
from tests.workflows.pages import page_for, page_of
from workflows import services


def bring_to_the_close(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("close")


@pytest.fixture
def closing(scene: Scene) -> Scene:
    """The work of the only engagement is finished."""
    scene.arrange(bring_to_the_close)
    return scene


def close(scene: Scene, *codes: str) -> None:
    criteria = scene.standard.areas.first().criteria.model.objects.filter(code__in=codes)  # type: ignore[union-attr]  # -- a standard has areas
    services.close_engagement_and_route(
        work_item_id=scene.item("close").pk,
        summary="Eight of nine are met.",
        ready=list(criteria),
        by=scene.partner.coach,
        now=scene.tick(),
    )


def test_criteria_believed_ready_are_told_to_city_and_packet_and_to_no_other_partner(
    closing: Scene, client: Client
) -> None:
    close(closing, "DM1")

    engagement = closing.engagement()
    assert [one.code for one in engagement.ready.all()] == ["DM1"]
    assert shared_coaching(closing.case)[0]["believed_ready"] == ["DM1"]
    assert "Believed to be met now:" in page_for(closing, client, closing.lead, page_of(engagement))
    other = page_for(closing, client, closing.other_partner.lead, page_of(engagement))
    assert "Believed to be met now:" not in other


def test_only_criteria_of_the_areas_coached_can_be_ready(closing: Scene) -> None:
    coached = set(closing.engagement().areas.values_list("code", flat=True))
    foreign = closing.standard.areas.exclude(code__in=coached).first()
    assert foreign is not None

    with pytest.raises(InvalidInput) as refused:
        close(closing, *(one.code for one in foreign.criteria.all()))

    assert set(refused.value.errors) == {"ready"}


def test_page_of_the_close_shows_what_is_left_and_keeps_what_was_ticked(
    closing: Scene, client: Client
) -> None:
    agree(closing)
    closing.sign_in(client, closing.partner.coach)
    url = closing.item("close").get_absolute_url()
    ready = closing.engagement().criteria.earliest("pk")

    shown = client.get(url).content.decode()
    refused = client.post(url, {"summary": "", "ready": [ready.pk]})
    client.post(url, {"summary": "Well done.", "ready": [ready.pk]})

    assert "Still to be done" in shown
    assert "List the data sets" in shown
    assert refused.status_code == 400
    assert "checked" in refused.content.decode()
    assert list(closing.engagement().ready.all()) == [ready]


def test_survey_may_leave_two_questions_out_and_takes_no_other_answer(closing: Scene, client: Client) -> None:
    close(closing)
    item = closing.item("feedback")
    for field in ("satisfaction", "fitted", "changed"):
        with pytest.raises(InvalidInput) as refused:
            services.give_feedback_and_close(
                work_item_id=item.pk,
                by=closing.lead,
                now=closing.tick(),
                **({"satisfaction": "4", "comment": ""} | {field: "9"}),
            )
        assert set(refused.value.errors) == {field}
    closing.sign_in(client, closing.lead)

    client.post(
        item.get_absolute_url(), {"satisfaction": "4", "fitted": "3", "changed": "", "comment": "Good."}
    )

    feedback = Feedback.objects.get()
    assert (feedback.satisfaction, feedback.fitted, feedback.changed) == ("4", "3", "")
    page = page_for(closing, client, closing.manager, page_of(closing.engagement()))
    assert "Rather agree" in page
    assert "Rather agree" not in page_for(
        closing, client, closing.partner.lead, page_of(closing.engagement())
    )


def heard(scene: Scene, cities: int, *, satisfaction: str = "4", comment: str = "A secret.") -> None:
    """So many more cities have closed an engagement of the first partner and answered."""
    pattern = scene.engagement()
    taken = set(Case.objects.values_list("city", flat=True))
    for city in City.objects.exclude(pk__in=taken).order_by("pk")[:cities]:
        case = Case.objects.create(
            city=city,
            standard=scene.standard,
            kind="first",
            cohort_year=2025,
            stage="withdrawn",
            stage_entered_at=scene.now,
            opened_at=scene.now,
            opened_by=scene.lead,
            closed_at=scene.now,
            closed_by=scene.lead,
        )
        assessment = Assessment.objects.create(case=case, round=1, opened_at=scene.now)
        plan = CoachingPlan.objects.create(
            case=case, assessment=assessment, made_at=scene.now, made_by=scene.manager
        )
        engagement = Engagement.objects.create(
            case=case,
            plan=plan,
            partner=pattern.partner,
            coach=scene.partner.coach,
            status=EngagementStatus.CLOSED,
            offered_at=scene.now,
            offered_by=scene.manager,
        )
        Feedback.objects.create(
            engagement=engagement,
            satisfaction=satisfaction,
            fitted="4",
            comment=comment,
            given_at=scene.now + timedelta(minutes=len(taken)),
            given_by=scene.lead,
        )
        taken.add(city.pk)


def counts(partner: Organization) -> dict[str, int]:
    found = voices_on(partner)
    return {str(label): count for label, count in found.answers[0].counts} if found.answers else {}


def test_partner_hears_sums_of_five_cities_at_a_time_and_never_a_comment(
    closing: Scene, client: Client
) -> None:
    make_cities(12)
    partner = closing.partner.organization
    url = reverse("workflows:partner-detail", args=[partner.slug])

    heard(closing, 4)
    too_few = page_for(closing, client, closing.partner.lead, url)
    heard(closing, 1)
    five = page_for(closing, client, closing.partner.lead, url)
    after_five = counts(partner)
    heard(closing, 1, satisfaction="1")
    after_six = counts(partner)
    heard(closing, 4)

    assert "Not enough cities have given feedback yet." in too_few
    assert "Very helpful: 5" in five
    assert "A secret." not in five
    assert after_six == after_five
    assert counts(partner) == {"Very helpful": 9, "Helpful": 0, "A little helpful": 0, "Not helpful": 1}
    assert (voices_on(partner).cities, voices_on(partner).engagements) == (10, 10)


def test_two_partners_side_by_side_one_declines_the_plan_is_mended_and_the_case_moves_once(
    scene: Scene,
) -> None:
    first, second = scene.walk_to("respond")
    scene.decline(second)
    scene.mend_plan(scene.item("mend_plan"))
    scene.do(first)
    for step in ("assign_coach", "kick_off", "work", "close"):
        scene.do_step(step)

    assert scene.stage == "reassessment"
    assert WorkItem.objects.filter(case=scene.case, step="reassess").count() == 1
    moved: Any = scene.case.stage_changes.filter(to_stage="reassessment")
    assert moved.count() == 1
