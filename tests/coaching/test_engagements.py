"""Planning and coaching: one partner, one city, from the offer to the close and the feedback."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.errors import ReasonNeeded
from cases.models import Participation
from certification.models import Response
from coaching.enums import EngagementStatus
from coaching.models import Engagement, Feedback, PartnerProfile, Session
from coaching.selectors import (
    area_codes_with_gaps,
    coaches_of,
    engagements_for,
    gaps_of,
    partners_for,
    shared_coaching,
    with_running,
)
from coaching.services import Offer, give_feedback, mend_plan
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from people.models import User
from tests.scenes import Scene
from workflows import services


@pytest.fixture
def single(scene: Scene) -> Scene:
    """A scene whose plans offer one engagement."""
    scene.engagements = 1
    return scene


def plan(scene: Scene, *offers: Offer, reason: str = "", by: User | None = None) -> None:
    services.plan_coaching_and_route(
        work_item_id=scene.one("plan_coaching").pk,
        offers=offers,
        reason_for_none=reason,
        by=by or scene.manager,
        now=scene.tick(),
    )


def areas(scene: Scene, *codes: str) -> list[Any]:
    return list(scene.standard.areas.filter(code__in=codes))


def test_plan_offers_engagements_to_partners(scene: Scene) -> None:
    scene.walk_to("respond")

    first, second = Engagement.objects.order_by("pk")
    assert {one.partner for one in (first, second)} == {
        scene.partner.organization,
        scene.other_partner.organization,
    }
    items = scene.open_items("respond")
    assert {(item.organization, item.owner) for item in items} == {
        (scene.partner.organization, scene.partner.lead),
        (scene.other_partner.organization, scene.other_partner.lead),
    }
    assert str(scene.engagement()) == "First partner · Paterson"
    assert str(scene.engagement().plan) == "Coaching plan of Paterson · 2025"


def test_plan_without_engagements_needs_a_reason(scene: Scene) -> None:
    with pytest.raises(ReasonNeeded):
        plan(scene)


def test_plan_without_engagements_leads_to_the_reassessment(scene: Scene) -> None:
    plan(scene, reason=" No partner is free. ")

    assert scene.stage == "reassessment"
    assert scene.case.coaching_plans.get().reason_for_none == "No partner is free."
    assert scene.assessment.round == 2


def test_plan_offers_only_what_a_partner_coaches(scene: Scene) -> None:
    PartnerProfile.objects.filter(organization=scene.partner.organization).update(area_codes=["OD"])

    for offer, field in (
        (Offer(scene.city.organization, areas(scene, "DM")), "partner"),
        (Offer(scene.partner.organization, []), "areas"),
        (Offer(scene.partner.organization, areas(scene, "DM", "OD")), "areas"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            plan(scene, offer)
        assert list(refusal.value.errors) == [field]

    assert not Engagement.objects.exists()


def test_plan_is_the_programs(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        plan(scene, reason="x", by=scene.partner.lead)


def test_accepting_opens_the_partners_part(single: Scene) -> None:
    single.respond(single.one("respond"))

    part = Participation.objects.get(case=single.case, role="coach")
    assert (part.organization, part.person) == (single.partner.organization, None)
    assert [area.code for area in part.areas.all()] == ["DM"]
    assert single.item("assign_coach").owner == single.partner.lead


def test_answer_to_an_offer_is_the_partner_leads(single: Scene) -> None:
    item = single.one("respond")

    for person in (single.partner.coach, single.other_partner.lead, single.manager):
        with pytest.raises(NotAllowed):
            services.accept_engagement_and_route(work_item_id=item.pk, by=person, now=single.tick())
    with pytest.raises(NotFound):
        services.accept_engagement_and_route(work_item_id=item.pk, by=single.other_lead, now=single.tick())


def test_declining_needs_a_reason_and_leads_to_mending(single: Scene) -> None:
    item = single.one("respond")
    with pytest.raises(ReasonNeeded):
        services.decline_engagement_and_route(
            work_item_id=item.pk, reason="", by=single.partner.lead, now=single.tick()
        )

    single.decline(item)

    engagement = single.engagement()
    assert (engagement.status, engagement.decline_reason) == (EngagementStatus.DECLINED, "No room.")
    assert single.item("mend_plan").owner == single.manager
    assert single.stage == "coaching"


def mend(scene: Scene, partner: Any = None, note: str = "") -> None:
    offer = Offer(partner.organization, areas(scene, "DM")) if partner else None
    services.mend_plan_and_route(
        work_item_id=scene.item("mend_plan").pk, offer=offer, note=note, by=scene.manager, now=scene.tick()
    )


def test_declined_engagement_is_offered_to_another_partner(single: Scene) -> None:
    single.decline(single.one("respond"))
    with pytest.raises(InvalidInput):
        mend(single, single.partner)

    mend(single, single.other_partner)

    new = single.engagement(single.other_partner)
    assert new.status == EngagementStatus.OFFERED
    assert single.item("respond").owner == single.other_partner.lead
    assert single.engagement().mended_by == single.manager
    with pytest.raises(WrongState):
        mend_plan(engagement=single.engagement(), offer=None, note="x", by=single.manager, now=single.tick())


def test_declined_engagement_is_dropped_with_a_reason_and_the_case_goes_on(single: Scene) -> None:
    single.decline(single.one("respond"))
    with pytest.raises(ReasonNeeded):
        mend(single)

    mend(single, note="Nobody is left.")

    assert single.stage == "reassessment"
    assert single.engagement().mend_note == "Nobody is left."


def test_decline_by_every_partner_leads_to_the_reassessment(scene: Scene) -> None:
    for item in scene.walk_to("respond"):
        scene.decline(item)
    first, second = scene.open_items("mend_plan")
    scene.mend_plan(first, offer=Offer(scene.other_partner.organization, areas(scene, "DM")))
    scene.mend_plan(second)
    assert scene.stage == "coaching"
    scene.decline(scene.item("respond"))

    scene.do_step("mend_plan")

    assert scene.stage == "reassessment"
    assert scene.item("reassess").owner == scene.lead
    assert Engagement.objects.unsettled().count() == 0


def test_case_waits_for_the_last_engagement(scene: Scene) -> None:
    scene.walk_to("close")
    assert len(scene.open_items("close")) == 1
    scene.do_step("close")
    assert scene.stage == "coaching"

    scene.walk_to("reassess")

    assert scene.stage == "reassessment"


def test_coach_is_somebody_of_the_partner(single: Scene) -> None:
    item = single.one("assign_coach")

    for person in (single.other_partner.coach, single.assessor, single.partner.lead):
        with pytest.raises(InvalidInput):
            services.assign_coach_and_route(
                work_item_id=item.pk, coach=person, by=single.partner.lead, now=single.tick()
            )
    single.do_step("assign_coach")
    assert single.item("kick_off").owner == single.partner.coach
    assert Participation.objects.filter(case=single.case, person=single.partner.coach, until=None).exists()


def test_coach_who_left_or_was_deactivated_is_not_assigned(single: Scene) -> None:
    item = single.one("assign_coach")
    User.objects.filter(pk=single.partner.coach.pk).update(is_active=False)

    with pytest.raises(InvalidInput):
        services.assign_coach_and_route(
            work_item_id=item.pk,
            coach=single.fresh(single.partner.coach),
            by=single.partner.lead,
            now=single.tick(),
        )


def test_kick_off_is_the_coachs_and_on_a_day_that_has_come(single: Scene) -> None:
    item = single.one("kick_off")
    with pytest.raises(NotAllowed):
        services.kick_off_and_route(
            work_item_id=item.pk, held_on=single.today, by=single.partner.second_coach, now=single.tick()
        )
    with pytest.raises(InvalidInput):
        services.kick_off_and_route(
            work_item_id=item.pk,
            held_on=single.today + timedelta(days=1),
            by=single.partner.coach,
            now=single.tick(),
        )

    single.do_step("kick_off")

    assert (single.engagement().status, single.engagement().kicked_off_on) == ("active", single.today)


def log(scene: Scene, *, by: User | None = None, **fields: Any) -> Session:
    values = {
        "kind": "coaching",
        "held_on": scene.today,
        "minutes": 60,
        "participants": " All ",
        "notes": " Notes. ",
    }
    return services.log_session(
        engagement_id=scene.engagement().pk, by=by or scene.partner.coach, now=scene.tick(), **values | fields
    )


def test_session_is_logged_and_the_step_stays_open(single: Scene) -> None:
    single.walk_to("work")

    session = log(single)

    assert (session.notes, session.participants, session.logged_by) == ("Notes.", "All", single.partner.coach)
    assert single.item("work").closed_at is None
    assert str(session) == f"Coaching on {single.today}"
    (told,) = shared_coaching(single.case)
    assert told["sessions"][0]["notes"] == "Notes."


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "party"), ("minutes", 0), ("minutes", 1441), ("held_on", None)]
)
def test_session_that_can_not_have_been_is_refused(single: Scene, field: str, value: Any) -> None:
    single.walk_to("work")
    wrong = value if field != "held_on" else single.today + timedelta(days=1)

    with pytest.raises(InvalidInput) as refusal:
        log(single, **{field: wrong})

    assert list(refusal.value.errors) == [field]


def test_session_is_logged_by_the_coach_between_kick_off_and_close(single: Scene) -> None:
    single.walk_to("kick_off")
    with pytest.raises(WrongState):
        log(single)
    single.walk_to("work")
    for person in (single.partner.lead, single.lead, single.manager):
        with pytest.raises(NotAllowed):
            log(single, by=person)
    with pytest.raises(NotFound):
        log(single, by=single.other_partner.coach)
    single.walk_to("close")
    log(single)
    single.walk_to("reassess")

    with pytest.raises((WrongState, NotAllowed)):
        log(single)


def test_closing_needs_a_summary_and_ends_the_partners_part(single: Scene) -> None:
    item = single.one("close")
    with pytest.raises(ReasonNeeded):
        services.close_engagement_and_route(
            work_item_id=item.pk, summary=" ", by=single.partner.coach, now=single.tick()
        )

    single.close(item)

    assert not Participation.objects.filter(case=single.case, role="coach", until=None).exists()
    assert single.engagement().summary == "Done."


def twice_the_same_partner(scene: Scene) -> None:
    """Two engagements of one partner: DM is ready to be closed, OD only offered."""
    plan(scene, *(Offer(scene.partner.organization, areas(scene, code)) for code in ("DM", "OD")))
    first = Engagement.objects.get(areas__code="DM")
    for step in ("respond", "assign_coach", "kick_off", "work"):
        scene.do(next(item for item in scene.open_items(step) if item.subject == first.pk))


def readable_areas(scene: Scene) -> set[str]:
    coach = scene.fresh(scene.partner.coach)
    return set(Response.objects.visible_to(coach).values_list("criterion__area__code", flat=True))


def test_closing_one_of_two_engagements_ends_the_reading_of_its_areas(scene: Scene) -> None:
    twice_the_same_partner(scene)
    scene.do_step("respond")
    assert readable_areas(scene) == {"DM", "OD"}

    scene.do_step("close")

    assert readable_areas(scene) == {"OD"}


def test_offer_that_nobody_answered_keeps_no_rights(scene: Scene) -> None:
    twice_the_same_partner(scene)

    scene.do_step("close")

    assert readable_areas(scene) == set()


def test_area_of_another_running_engagement_is_still_read(scene: Scene) -> None:
    offers = [Offer(scene.partner.organization, areas(scene, *codes)) for codes in (("DM",), ("DM", "OD"))]
    plan(scene, *offers)
    for step in ("respond", "assign_coach", "kick_off", "work"):
        scene.do_step(step)

    scene.do(scene.open_items("close")[0])

    assert "DM" in readable_areas(scene)


def give(scene: Scene, **fields: Any) -> None:
    values = {"satisfaction": "3", "comment": " Good. ", "by": scene.lead} | fields
    services.give_feedback_and_close(
        work_item_id=scene.open_items("feedback")[0].pk, now=scene.tick(), **values
    )


def test_feedback_is_asked_for_and_blocks_nothing(single: Scene) -> None:
    single.walk_to("reassess")
    (item,) = single.open_items("feedback")
    assert (item.kind, item.party, item.organization) == ("feedback", "city", single.city.organization)

    single.walk_to_end()

    assert single.stage == "certified"
    give(single)
    feedback = Feedback.objects.get()
    assert (feedback.comment, feedback.given_by) == ("Good.", single.lead)
    assert str(feedback) == "Feedback on First partner · Paterson"
    assert single.open_items() == []


def test_feedback_is_the_leads_with_a_satisfaction(single: Scene) -> None:
    single.walk_to("feedback")

    with pytest.raises(InvalidInput):
        give(single, satisfaction="5")
    for person in (single.contributor, single.partner.lead, single.manager):
        with pytest.raises(NotAllowed):
            give(single, by=person)


def test_feedback_is_given_once_and_after_the_close(single: Scene) -> None:
    words = {"satisfaction": "3", "comment": "", "by": single.lead}
    single.walk_to("close")
    with pytest.raises(WrongState):
        give_feedback(engagement=single.engagement(), now=single.tick(), **words)
    single.do_step("close")
    give(single)

    with pytest.raises(WrongState):
        give_feedback(engagement=single.engagement(), now=single.tick(), **words)


def test_withdrawal_calls_off_what_is_not_closed(scene: Scene) -> None:
    scene.walk_to("close")
    scene.do_step("close")
    closed = Engagement.objects.get(status=EngagementStatus.CLOSED)

    services.withdraw_case(case_id=scene.case.pk, reason="x", by=scene.lead, now=scene.tick())

    assert Engagement.objects.exclude(pk=closed.pk).get().status == EngagementStatus.CANCELLED
    assert scene.stage == "withdrawn"
    assert [item.step for item in scene.open_items()] == ["feedback"]


def test_database_refuses_a_closed_engagement_without_a_coach(single: Scene) -> None:
    single.walk_to("close")
    single.do_step("close")

    with pytest.raises(IntegrityError, match="engagement_closed_by_a_coach"), transaction.atomic():
        Engagement.objects.update(coach=None, coach_assigned_at=None, coach_assigned_by=None)


def test_gaps_name_the_criteria_left(single: Scene) -> None:
    single.walk_to("plan_coaching")

    gaps = gaps_of(single.assessment)

    assert [(gap.area.code, gap.met, gap.of) for gap in gaps] == [("DM", 1, 2), ("OD", 0, 2), ("WW", 0, 2)]
    assert [one.code for one in gaps[0].missing] == ["DM2"]
    assert area_codes_with_gaps(single.assessment) == ["DM", "OD", "WW"]


def test_partners_are_found_by_area_with_their_load(single: Scene) -> None:
    PartnerProfile.objects.filter(organization=single.other_partner.organization).update(area_codes=["RDC"])
    single.walk_to("work")

    (found,) = with_running(partners_for(["DM", "OD"]))

    assert (found.organization, found.running) == (single.partner.organization, 1)
    assert str(found) == "First partner"


def test_coaches_are_those_who_serve_now_with_their_load(single: Scene) -> None:
    single.walk_to("work")

    found = coaches_of(single.partner.organization, today=single.today)

    assert [(coach, coach.running) for coach in found] == [
        (single.partner.coach, 1),
        (single.partner.second_coach, 0),
    ]


def test_engagements_for_a_coach_put_their_own_first(scene: Scene) -> None:
    scene.walk_to("work")
    log(scene)

    (mine,) = engagements_for(scene.partner.coach)

    assert (mine.own, mine.held, mine.last_held_on) == (0, 1, scene.today)
    assert engagements_for(scene.manager).count() == 2
    assert engagements_for(scene.lead).count() == 2
    assert engagements_for(scene.assessor).count() == 0
