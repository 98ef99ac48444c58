"""Two partners coach one city side by side, after a third has declined and the plan was mended."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import WorkItem
from tests.cast import Partner
from tests.journeys import deeds
from tests.journeys.people import Cast, Visitor
from tests.scenes import Scene

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_two_partners_coach_side_by_side_and_the_case_moves_on_once(cast: Cast, scene: Scene) -> None:
    third = Partner.make("third-partner", "Third partner")
    scene.walk_to("plan_coaching")
    lead, manager = cast.signed_in(scene.lead), cast.signed_in(scene.manager)

    deeds.plan_coaching(manager, "First partner", "Other partner")
    _decline(cast.signed_in(scene.other_partner.lead))
    deeds.accept(first_lead := cast.signed_in(scene.partner.lead))
    _offer_elsewhere(manager, "Third partner")
    deeds.accept(third_lead := cast.signed_in(third.lead))

    coaches = []
    for partner_lead, partner in ((first_lead, scene.partner), (third_lead, third)):
        deeds.assign_coach(partner_lead, partner.coach.name)
        coaches.append(cast.signed_in(partner.coach))
    for coach in coaches:
        deeds.kick_off(coach)
    _agree(coaches[0], lead, scene)
    _rest(coaches[1])
    deeds.log_and_close(coaches[0])
    scene.case.refresh_from_db()
    assert scene.case.stage == "coaching"
    deeds.log_and_close(coaches[1])

    lead.desk()
    assert "Answer the re-assessment" in lead.text
    assert scene.case.stage_changes.filter(to_stage="reassessment").count() == 1
    assert WorkItem.objects.filter(case=scene.case, step="reassess").count() == 1
    for _n in coaches:
        deeds.give_feedback(lead)


def _decline(partner_lead: Visitor) -> None:
    partner_lead.take_up("Answer the offered engagement")
    partner_lead.unfold("Decline the engagement")
    partner_lead.fill("Why do you decline?", "Nobody is free until fall.")
    partner_lead.press("Decline the engagement")


def _offer_elsewhere(manager: Visitor, partner: str) -> None:
    manager.take_up("Mend the coaching plan")
    manager.choose(partner)
    manager.press("Offer the engagement")


def _agree(coach: Visitor, lead: Visitor, scene: Scene) -> None:
    """The coach puts something on the lead's desk, who does it."""
    coach.take_up("Coach the city")
    coach.follow("Open the engagement")
    coach.follow("All action items, and agree upon one")
    coach.fill("What is to be done?", "Publish the inventory")
    coach.page.get_by_label("Who does it?").select_option(label=scene.lead.name)
    coach.fill("By when?", (timezone.localdate() + timedelta(days=7)).isoformat())
    coach.press("Put it on their desk")
    lead.take_up("Action item: Publish the inventory")
    lead.fill("What came of it?", "41 data sets.")
    lead.press("It is done")


def _rest(coach: Visitor) -> None:
    """Paused in one browser while the other partner goes on, and resumed."""
    coach.take_up("Coach the city")
    coach.follow("Open the engagement")
    coach.follow("Pause")
    coach.fill("Why does it rest, and until when?", "Elections until June.")
    coach.press("Pause the engagement")
    assert "Elections until June." in coach.text
    coach.follow("Brief")
    assert re.search(r"before the call", coach.text)
    coach.page.go_back()
    coach.press("Resume the engagement")
