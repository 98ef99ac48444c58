"""A city's people write at once, one of them offline for a while: nothing that was acknowledged is lost."""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Dialog, Page, Response, expect

from certification import models
from certification.enums import DelegationStatus
from people.enums import Role
from people.models import User
from tests.cast import make_person
from tests.journeys.people import Cast
from tests.scenes import Scene
from tests.workflows.test_pages_assessment import answer_address, real_round, sheet
from workflows import services
from workflows.services.delegation import Part

pytestmark = pytest.mark.journey

NARRATIVE = re.compile(rb'name="narrative"\r\n\r\n(.*?)\r\n--', re.DOTALL)


@dataclass
class Ledger:
    """Every text that the site has acknowledged, by address, in the order of the acknowledgements."""

    saved: dict[str, list[str]] = field(default_factory=dict)

    def listen(self, page: Page) -> None:
        page.on("response", self._hear)

    def _hear(self, response: Response) -> None:
        request = response.request
        autosave = request.method == "POST" and "hx-request" in request.headers
        found = NARRATIVE.search(request.post_data_buffer or b"")
        if autosave and response.status == 200 and found:
            text = found.group(1).decode().replace("\r\n", "\n")
            self.saved.setdefault(request.url.split("?")[0], []).append(text)


@dataclass
class Writer:
    """One person at their browser, on one criterion at a time."""

    page: Page
    scene: Scene
    person: User
    ledger: Ledger
    code: str = ""

    def open(self, code: str) -> None:
        self.code = code
        self.page.goto(sheet(self.scene, code))

    def type(self, text: str) -> None:
        narrative = self.page.get_by_label("How you do it")
        narrative.press("End")
        narrative.press_sequentially(text)

    def until_saved(self, text: str) -> None:
        """Wait for the acknowledgement of a text that ends like this."""
        address = answer_address(self.scene, self.code)
        for _n in range(150):
            saved = [texts for url, texts in self.ledger.saved.items() if url.endswith(address)]
            if saved and saved[0][-1].endswith(text):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.code} was not acknowledged: {text}")

    def says(self, words: str) -> None:
        expect(self.page.locator("#saved")).to_contain_text(words)


def writer(cast: Cast, scene: Scene, person: User, ledger: Ledger) -> Writer:
    visitor = cast.signed_in(person)
    visitor.page.on("dialog", Dialog.accept)
    ledger.listen(visitor.page)
    return Writer(visitor.page, scene, person, ledger)


def delegate(scene: Scene, code: str) -> None:
    area = scene.response(code).criterion.area
    services.delegate(
        case_id=scene.case.pk,
        part=Part(area=area),
        person=scene.contributor,
        address="",
        by=scene.lead,
        now=scene.tick(),
    )


def meet(one: Writer, other: Writer, code: str) -> None:
    """Both write on one criterion; the second finds both texts and keeps both."""
    one.open(code)
    other.open(code)
    one.type(" First of two.")
    one.until_saved("First of two.")
    other.type(" Second of two.")
    other.says("Press Save to compare both texts")
    other.page.get_by_role("button", name="Save", exact=True).click()
    expect(other.page.get_by_role("heading", name="What you wrote")).to_be_visible()
    expect(other.page.locator("main")).to_contain_text("First of two.")
    field = other.page.get_by_label("How you do it")
    assert field.input_value().endswith("Second of two.")
    field.fill("First of two. Second of two.")
    other.page.get_by_role("button", name="Save this text").click()
    expect(other.page.locator("main")).to_contain_text("saved")


def lose_the_connection(one: Writer, code: str, *, minute: bool = False) -> None:
    """What is typed without a connection is kept, over a reload too, and saved when it is back."""
    one.open(code)
    one.page.context.set_offline(True)
    one.type(f" Typed offline on {code}.")
    one.says("no connection")
    if minute:
        one.page.wait_for_timeout(60_000)
    one.page.context.set_offline(False)
    one.until_saved(f"Typed offline on {code}.")
    one.page.context.set_offline(True)
    one.type(" And before a reload.")
    one.says("no connection")
    one.page.context.set_offline(False)
    one.page.reload()
    one.until_saved("And before a reload.")
    one.says("Saved")
    left = "Object.keys(sessionStorage).filter(key => key.startsWith('milepost'))"
    assert one.page.evaluate(left) == []


def stored(scene: Scene) -> dict[str, str]:
    answers = models.Response.objects.filter(assessment=scene.assessment)
    return dict(answers.values_list("criterion__code", "narrative"))


def all_acknowledged_is_there(scene: Scene, ledger: Ledger, *, but: str) -> None:
    """What was acknowledged last on each criterion is what stands there; of `but` a person chose."""
    texts = stored(scene)
    for code, text in texts.items():
        acknowledged = [
            said for url, said in ledger.saved.items() if url.endswith(answer_address(scene, code))
        ]
        if acknowledged and code != but:
            assert text == acknowledged[0][-1]
    assert texts[but] == "First of two. Second of two."


@pytest.mark.slow
def test_two_write_at_once_and_one_loses_the_connection(cast: Cast, scene: Scene):
    scene.one("self_assess")
    delegate(scene, "OD1")
    ledger = Ledger()
    lead = writer(cast, scene, scene.lead, ledger)
    contributor = writer(cast, scene, scene.contributor, ledger)

    lead.open("DM1")
    contributor.open("OD1")
    lead.type("We answer DM1.")
    contributor.type("We answer OD1.")
    lead.until_saved("We answer DM1.")
    contributor.until_saved("We answer OD1.")
    meet(contributor, lead, "OD2")
    lose_the_connection(contributor, "OD1")

    all_acknowledged_is_there(scene, ledger, but="OD2")
    assert stored(scene)["OD1"] == "We answer OD1. Typed offline on OD1. And before a reload."


@pytest.mark.slow
def test_team_of_three_fills_all_criteria_in_two_browsers(cast: Cast, scene: Scene):
    scene.one("self_assess")
    real_round(scene, pieces=20)
    second = make_person("Second lead", scene.city.organization, Role.CITY_LEAD)
    first = scene.assessment.responses.order_by("criterion__position")[0].criterion
    delegate(scene, first.code)
    ledger = Ledger()
    lead = writer(cast, scene, scene.lead, ledger)
    others = [writer(cast, scene, person, ledger) for person in (scene.contributor, second)]
    answers = scene.assessment.responses.select_related("criterion__area").order_by("criterion__position")
    codes = [one.criterion.code for one in answers]
    delegated = [one.criterion.code for one in answers if one.criterion.area == first.area]
    halves = [*delegated, *codes[len(delegated) : 22]], codes[22:]

    for pair in zip(*halves, strict=False):
        busy = (others[0] if pair[0] in delegated else others[1], lead)
        for person, code in zip(busy, pair, strict=True):
            person.open(code)
        for person in busy:
            person.type(f"We answer {person.code}, says {person.person.name}.")
        for person in busy:
            person.until_saved(f"says {person.person.name}.")
    for code in halves[0][len(halves[1]) :]:
        others[1].open(code)
        others[1].type(f"We answer {code}.")
        others[1].until_saved(f"We answer {code}.")
    meet(others[1], lead, codes[-1])
    lose_the_connection(lead, codes[-2], minute=True)

    texts = stored(scene)
    assert len(texts) == 43
    assert [code for code, text in texts.items() if not text] == []
    all_acknowledged_is_there(scene, ledger, but=codes[-1])
    assert models.Delegation.objects.get().status == DelegationStatus.OPEN


@pytest.mark.slow
def test_words_go_along_when_the_page_is_left_by_a_link(cast: Cast, scene: Scene):
    scene.one("self_assess")
    visitor = cast.signed_in(scene.lead)
    writer = Writer(visitor.page, scene, scene.lead, Ledger())
    writer.open("DM1")
    writer.type("Typed to the last moment")
    writer.says("Not saved yet")

    visitor.page.get_by_role("link", name="Who answers what").click()
    visitor.page.wait_for_load_state()
    writer.open("DM1")

    for _n in range(50):
        if scene.response("DM1").narrative == "Typed to the last moment":
            break
        visitor.page.wait_for_timeout(100)
    assert scene.response("DM1").narrative == "Typed to the last moment"
