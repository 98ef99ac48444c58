"""The whole path by hand: Paterson goes from applying to certified, over the pages alone."""

import pytest

from tests.journeys import deeds
from tests.journeys.keyboard import KeyboardVisitor
from tests.journeys.people import Cast, Visitor
from tests.scenes import Scene

pytestmark = [pytest.mark.journey, pytest.mark.long]

CLAIMED = ("DM1", "DM2")
REACHED = ("DM1", "DM2", "OD1", "OD2")


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", [pytest.param(Visitor, id="mouse"), pytest.param(KeyboardVisitor, id="keyboard")]
)
def test_city_goes_from_applying_to_a_certificate(cast: Cast, scene: Scene, kind: type[Visitor]):
    cast.kind = kind
    lead, manager = cast.enter(scene.lead), cast.enter(scene.manager)
    assessor, reconciler = cast.enter(scene.assessor), cast.signed_in(scene.reconciler)
    lead.sign_in()
    manager.sign_in()
    assessor.sign_in()

    deeds.begin_application(lead)
    deeds.apply(lead)
    deeds.confirm(manager)

    deeds.answer(lead, "Answer the self-assessment", met=CLAIMED, button="Submit self-assessment")
    deeds.assign_assessors(manager, scene.assessor.name, scene.reconciler.name)
    deeds.review(assessor, met=CLAIMED)
    deeds.review(reconciler, met=["DM1"])
    deeds.settle(reconciler, "DM2", "Not met")
    deeds.release(manager)

    deeds.choose_path(lead, "Ask for coaching")
    deeds.plan_coaching(manager, "First partner", "Other partner")
    for number, partner in enumerate((scene.partner, scene.other_partner)):
        partner_lead, coach = cast.enter(partner.lead), cast.enter(partner.coach)
        for one in (partner_lead, coach):
            one.arrive() if number else one.sign_in()
        deeds.accept(partner_lead)
        deeds.assign_coach(partner_lead, partner.coach.name)
        deeds.coach(coach)
        deeds.give_feedback(lead)

    deeds.answer(lead, "Answer the re-assessment", met=REACHED, button="Submit re-assessment")
    for one in (assessor, reconciler):
        deeds.review(one, met=REACHED)
    deeds.agree(reconciler)
    deeds.release(manager)
    deeds.choose_path(lead, "Ask for the decision")

    deeds.open_packet(manager)
    for number, member in enumerate(scene.committee):
        voter = cast.enter(member)
        voter.arrive() if number else voter.sign_in()
        deeds.vote(voter)
    deeds.announce_today(manager)

    lead.follow("Desk")
    lead.follow("Cases")
    lead.follow("Paterson, NJ")
    lead.follow("Decision")
    lead.follow("See the certificate")
    assert "is certified Silver" in lead.text
