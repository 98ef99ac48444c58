"""The steps of the path, each as the person who owes it does it: from the desk, by clicking."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import FilePayload

from tests.journeys.people import Visitor

PAPER: FilePayload = {
    "name": "commitment.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.7\nWe commit to governing with data.\n",
}
LAST_MONTH = timezone.localdate() - timedelta(days=30)
CODES = ("DM1", "DM2", "OD1", "OD2", "WW1", "WW2")


def begin_application(lead: Visitor) -> None:
    lead.desk()
    lead.press("Begin the application of Paterson")


def apply(lead: Visitor) -> None:
    lead.take_up("Complete the application")
    lead.fill("Who signs the commitment", "The sponsor")
    lead.fill("Their office", "Mayor")
    lead.fill("Signed on", LAST_MONTH.isoformat())
    lead.attach("The signed paper", PAPER)
    lead.fill("What the city wants to reach", "To know where we stand.")
    lead.press("Submit application")


def confirm(manager: Visitor) -> None:
    manager.take_up("Confirm the application")
    manager.press("Accept the application")


def answer(lead: Visitor, title: str, *, met: Collection[str], button: str) -> None:
    """Every criterion that is open, one after the other, then the end of the round."""
    lead.take_up(title)
    lead.follow("Go on with", exact=False)
    here = lead.page.get_by_role("navigation", name="Criteria of").locator("[aria-current]")
    while "✓" not in here.inner_text():
        code = lead.page.title().split(" ·")[0]
        answer_one(lead, code, met=code in met)
        lead.press("Save and go on")
    lead.follow("Overview and submit")
    for summary in (f"{len(met)} with evidence", f"{len(met)} rated met"):
        assert summary in lead.text
    lead.press(button)


def answer_one(lead: Visitor, code: str, *, met: bool) -> None:
    lead.fill("How you do it", f"How we do {code}.")
    lead.choose("Met" if met else "Not met")
    if not met:
        return
    lead.choose_all("What holds in your city")
    lead.unfold("Add a file or a link")
    lead.fill("Title", f"Proof of {code}")
    lead.fill("Or a link", "https://city.example/proof")
    lead.fill("The day it speaks for", LAST_MONTH.isoformat())


def assign_assessors(manager: Visitor, first: str, second: str) -> None:
    manager.take_up("Assign two assessors")
    manager.choose(first, group="First assessor")
    manager.choose(second, group="Second assessor, who also reconciles")
    manager.press("Assign both")


def review(assessor: Visitor, *, met: Collection[str]) -> None:
    assessor.take_up("Review the assessment")
    assessor.follow("Go on with", exact=False)
    while assessor.page.get_by_role("heading", name="Your finding on").count():
        code = assessor.page.get_by_role("heading", name="Your finding on").inner_text().split()[-1]
        assessor.choose("Met" if code in met else "Not met", group="Your finding")
        assessor.fill("Comment", f"What I saw on {code}.")
        assessor.press("Save and go on")
    assessor.press("Submit review")


def settle(reconciler: Visitor, code: str, ruling: str) -> None:
    reconciler.take_up("Reconcile the two reviews")
    reconciler.choose(ruling, group=f"Ruling on {code}")
    reconciler.fill(f"How {code} was settled", "We looked at the proof together.")
    reconciler.press("Reconcile the reviews")


def agree(reconciler: Visitor) -> None:
    reconciler.take_up("Reconcile the two reviews")
    reconciler.press("Reconcile the reviews")


def release(manager: Visitor) -> None:
    manager.take_up("Release the report")
    manager.follow("Read the whole report as the city will")
    manager.take_up("Release the report")
    manager.press("Release the report")


def choose_path(lead: Visitor, words: str) -> None:
    lead.take_up("Choose decision or coaching")
    lead.choose(words)
    lead.press("Choose this path")


def plan_coaching(manager: Visitor, *partners: str) -> None:
    """The gaps are shared out among the partners, each to one."""
    manager.take_up("Plan the coaching")
    for place, name in enumerate(partners):
        card = manager.page.get_by_role("group", name=name, exact=True)
        manager.choose(f"Offer to {name}")
        gaps = card.get_by_role("group", name="Criteria").locator("label").all()
        for label in (gap for number, gap in enumerate(gaps) if number % len(partners) != place):
            manager.untick(label)
        manager.fill("Goal", f"Close the gaps with {name}.", within=card)
    manager.press("Offer the engagements")


def accept(partner_lead: Visitor) -> None:
    partner_lead.take_up("Answer the offered engagement")
    partner_lead.press("Accept the engagement")


def assign_coach(partner_lead: Visitor, coach: str) -> None:
    partner_lead.take_up("Assign a coach")
    partner_lead.choose(coach)
    partner_lead.press("Assign the coach")


def coach(coach: Visitor) -> None:
    kick_off(coach)
    log_and_close(coach)


def kick_off(coach: Visitor) -> None:
    coach.take_up("Hold the kick-off")
    coach.press("Begin the coaching")


def log_and_close(coach: Visitor) -> None:
    coach.take_up("Coach the city")
    coach.fill("Who took part", "City lead, coach")
    coach.fill("Notes", "Agreed who keeps the inventory.")
    coach.press("Log the session")
    coach.take_up("Coach the city")
    coach.unfold("Finish the work")
    coach.press("Finish the work — moves on to closing")
    coach.take_up("Close the engagement")
    coach.fill("What was achieved?", "The inventory is kept by a named person.")
    coach.press("Close the engagement")


def give_feedback(lead: Visitor) -> None:
    lead.take_up("Give feedback on the coaching")
    lead.choose("Helpful")
    lead.press("Give the feedback")


def open_packet(manager: Visitor) -> None:
    manager.take_up("Open the decision packet")
    manager.press("Open the packet and the vote")


def vote(member: Visitor) -> None:
    member.take_up("Vote on the certification")
    member.choose("Certify")
    member.press("Cast my vote")


def announce_today(manager: Visitor) -> None:
    manager.take_up("Set the announcement")
    manager.press("Approve the publication")
