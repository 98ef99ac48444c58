"""The first day: from outside to a city's open application, and from an invitation to a first engagement.

Every mail is the file that the demonstration's own delivery writes.
"""

import pytest

from cases.models import Case
from people.enums import Role
from tests.claims import ADDRESS, PASSWORD
from tests.journeys import deeds
from tests.journeys.mail import MailFolder
from tests.journeys.people import Cast
from tests.scenes import Scene
from tests.workflows.pages import first_partners

pytestmark = pytest.mark.journey


@pytest.mark.slow
def test_outsider_comes_to_lead_a_city_with_an_open_application(cast: Cast, scene: Scene, mails: MailFolder):
    scene.lead.affiliations.update(until=scene.today)
    outsider, manager = cast.stranger(), cast.signed_in(scene.manager)

    outsider.open("/")
    outsider.follow("Apply")
    outsider.fill("Your e-mail address at work", ADDRESS)
    outsider.press("Send me the link")
    outsider.open(mails.link_to(ADDRESS))
    outsider.fill("Name of the city", "paters")
    outsider.press("Search")
    outsider.follow("Paterson, NJ")
    outsider.fill("Your job title", "Chief data officer")
    outsider.fill("Your name", "Ada New")
    outsider.fill("Password", PASSWORD)
    outsider.press("Ask the program to confirm it")
    assert "We are finding out whether you speak for Paterson" in outsider.text

    manager.take_up("Confirm who speaks for a city")
    assert "Chief data officer" in manager.text
    manager.press("Confirm: Ada New speaks for Paterson")

    assert "you speak for Paterson" in mails.to(ADDRESS)[-1]
    outsider.open(mails.link_to(ADDRESS))
    outsider.take_up("Complete the application")
    outsider.fill("Who signs the commitment", "The mayor")
    outsider.press("Save draft")
    lead = Case.objects.get().city.organization.affiliations.get(role=Role.CITY_LEAD, until=None).person
    assert lead.email == ADDRESS
    assert Case.objects.get().application.signer_name == "The mayor"


@pytest.mark.slow
def test_person_without_script_names_a_city_that_is_not_on_record_and_is_declined(
    cast: Cast, scene: Scene, mails: MailFolder
):
    outsider, manager = cast.stranger(script=False), cast.signed_in(scene.manager)

    outsider.open("/apply/")
    outsider.fill("Your e-mail address at work", ADDRESS)
    outsider.press("Send me the link")
    outsider.open(mails.link_to(ADDRESS))
    outsider.fill("Name of the city", "Atlantis")
    outsider.press("Search")
    outsider.follow("My city is not on the list")
    outsider.fill("City, state and country", "Atlantis, at sea")
    outsider.fill("Your job title", "Harbor master")
    outsider.fill("Your name", "Ada New")
    outsider.fill("Password", PASSWORD)
    outsider.press("Ask the program to confirm it")

    manager.take_up("Confirm who speaks for a city")
    manager.unfold("Decline")
    manager.fill("Reason", "There is no such city.")
    manager.press("Decline")

    outsider.open(mails.link_to(ADDRESS))
    assert "There is no such city." in outsider.text


@pytest.mark.slow
def test_coach_comes_by_invitation_to_a_first_engagement(cast: Cast, scene: Scene, mails: MailFolder):
    first_partners(scene, "assign_coach")
    address = "ada@first-partner.example"
    partner_lead, coach = cast.signed_in(scene.partner.lead), cast.stranger()

    partner_lead.follow("People", within=partner_lead.page.get_by_role("navigation", name="Main"))
    partner_lead.follow("Invite somebody")
    partner_lead.fill("E-mail address", address)
    partner_lead.page.get_by_label("Role").select_option("coach")
    partner_lead.press("Send the invitation")

    coach.open(mails.link_to(address))
    coach.fill("Your name", "Ada New")
    coach.fill("Password", PASSWORD)
    coach.press("Join")
    assert "Nothing is waiting on you" in coach.text

    deeds.assign_coach(partner_lead, "Ada New")
    coach.take_up("Hold the kick-off")
    assert "Paterson" in coach.text


@pytest.mark.slow
def test_sponsor_signs_by_mail_and_city_and_program_write_to_each_other(
    cast: Cast, scene: Scene, mails: MailFolder
):
    scene.open_case()
    lead, manager, mayor = cast.signed_in(scene.lead), cast.signed_in(scene.manager), cast.stranger()

    lead.take_up("Complete the application")
    lead.fill("Who signs the commitment", "The mayor")
    lead.fill("Their office", "Mayor")
    lead.fill("Their e-mail address", "mayor@paterson.example")
    lead.press("Save and ask for the signature")
    assert "Awaited" in lead.text
    mayor.open(mails.link_to("mayor@paterson.example"))
    mayor.fill("Your full name", "Mayor of Paterson")
    mayor.fill("Your office", "Mayor")
    mayor.choose("I have read the commitment")
    mayor.press("Sign the commitment")
    assert "Thank you, it is signed" in mayor.text
    lead.open(mails.link_to(scene.lead.email))
    assert "by Mayor of Paterson, Mayor" in lead.text

    lead.follow("Messages")
    lead.fill("Message", "May we have another week?")
    lead.unfold("Mention somebody")
    lead.choose("Manager of Program office")
    lead.press("Send to city and program")
    manager.open(mails.link_to(scene.manager.email))
    assert "May we have another week?" in manager.text
    manager.follow("Program only")
    manager.fill("Message", "They have had two already.")
    manager.press("Send within the program")
    assert "They have had two already." in manager.text
    lead.follow("Messages")
    assert "May we have another week?" in lead.text
    assert "They have had two already." not in lead.text
