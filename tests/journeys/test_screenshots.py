"""The README's pictures, taken from the running product when MILEPOST_SCREENSHOTS=1 says so."""

import os

import pytest
from pytest_django.fixtures import Settings

from config.local import BASE_DIR
from tests.journeys.new_jersey import CITIES, Clock, load_everything, person, walk
from tests.journeys.people import DESKTOP, PHONE, Cast, Visitor

FOLDER = BASE_DIR / "docs" / "screenshots"
WANTED = os.environ.get("MILEPOST_SCREENSHOTS") == "1"
NAMES = (
    "home",
    "desk",
    "desk-phone",
    "case",
    "case-phone",
    "criterion",
    "review",
    "reconcile",
    "report",
    "engagement",
    "vote",
)
NARRATIVE = (
    "The chief data officer chairs the data governance board. It met in January, April, July and October;"
    " minutes and decisions are published within two weeks."
)
NOTE = "Ask the budget office for the **inventory of contracts** before the next call."
SESSION = (
    "Chose the twelve data sets that the mayor's goals need. The inventory gets an owner in each department."
)


@pytest.mark.skipif(WANTED, reason="they are being taken anew")
def test_readme_shows_every_screenshot():
    readme = (BASE_DIR / "README.md").read_text()

    assert sorted(path.stem for path in FOLDER.glob("*.png")) == sorted(NAMES)
    assert [name for name in NAMES if f"docs/screenshots/{name}.png" not in readme] == []


def take(visitor: Visitor, name: str, *, whole: bool = False) -> None:
    FOLDER.mkdir(exist_ok=True)
    visitor.page.wait_for_load_state()
    visitor.page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", full_page=whole)


def take_on_a_phone(visitor: Visitor, name: str) -> None:
    visitor.page.set_viewport_size(PHONE)
    take(visitor, name)
    visitor.page.set_viewport_size(DESKTOP)


@pytest.fixture
def new_jersey(transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.DEMO = True
    load_everything()
    clock = Clock(monkeypatch)
    for slug in CITIES:
        walk(slug, clock)


@pytest.mark.journey
@pytest.mark.skipif(not WANTED, reason="MILEPOST_SCREENSHOTS=1 takes the pictures")
def test_screenshots_are_taken(cast: Cast, new_jersey: None):
    home = cast.enter(person("manager@program.example"))
    home.page.goto("/")
    take(home, "home")

    manager = cast.signed_in(person("manager@program.example"))
    take(manager, "desk")
    take_on_a_phone(manager, "desk-phone")
    manager.follow("Cases")
    manager.follow("Paterson, NJ")
    take(manager, "case")
    take_on_a_phone(manager, "case-phone")

    lead = cast.signed_in(person("lead@jersey-city-nj.example"))
    lead.take_up("Answer the self-assessment")
    lead.follow("Go on with", exact=False)
    for label in lead.page.get_by_role("group", name="What holds in your city").locator("label").all()[:3]:
        label.click()
    lead.fill("How you do it", NARRATIVE)
    lead.choose("Met")
    lead.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    take(lead, "criterion")

    assessor = cast.signed_in(person("assessor1@program.example"))
    assessor.take_up("Review the assessment")
    assessor.follow("Go on with", exact=False)
    take(assessor, "review")

    reconciler = cast.signed_in(person("assessor2@program.example"))
    reconciler.take_up("Reconcile the two reviews")
    take(reconciler, "reconcile")

    reviewed = cast.signed_in(person("lead@clifton-nj.example"))
    reviewed.follow("Cases")
    reviewed.follow("Clifton, NJ")
    reviewed.follow("Report", exact=False)
    take(reviewed, "report")

    partner = cast.signed_in(person("coach1@govex.example"))
    partner.follow("My cities")
    partner.follow("Paterson, NJ")
    partner.fill("Who took part", "City lead, chief data officer")
    partner.fill("Notes", SESSION)
    partner.press("Log the session")
    partner.unfold("Write a note")
    partner.fill("Note", NOTE, within=partner.page.locator("form", has_text="Who reads it?"))
    partner.choose("My organization")
    partner.press("Keep the note")
    take(partner, "engagement", whole=True)

    member = cast.signed_in(person("committee1@program.example"))
    member.take_up("Vote on the certification")
    take(member, "vote")
