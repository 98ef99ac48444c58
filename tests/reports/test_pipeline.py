"""The pipeline page: who may read it, whether its numbers are those of the lists behind them, its file."""

import csv
import io
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case
from cities.models import City
from core.tables import FORMULA_SIGNS
from people.enums import Role
from people.models import Organization
from tests.scenes import Scene, make_cities, make_city, make_person
from workflows import services
from workflows.models import CityStatus

PAGE, CSV_FILE = "/reports/pipeline/", "/reports/pipeline.csv"
LONG_AGO = timezone.now() - timedelta(days=150)
PROGRAM = {"manager", "director"}
STEPS = ("apply", "confirm", "review", "respond", "self_assess")
QUERIES = ("", "?state=AZ", "?stage=review", "?partner=first-partner", "?manager={manager}", "?stage=nowhere")


class Links(HTMLParser):
    """The links of a page that begin with an address, with the numbers in their words."""

    def __init__(self, page: str, *, to: str) -> None:
        super().__init__()
        self.to, self.found, self._url = to, [], None
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        url = dict(attributes).get("href") or ""
        if tag == "a" and url.startswith(self.to):
            self._url, self._words = url, ""

    def handle_data(self, words: str) -> None:
        if self._url:
            self._words += words

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._url:
            number = re.search(r"\d+", self._words)
            if number:
                self.found.append((self._url, int(number.group())))
            self._url = None


def content_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content_of(response))))


def begin_many_cases(scene: Scene) -> None:
    scene.now = LONG_AGO
    scene.walk_to_end()
    for city, step in zip(make_cities(len(STEPS)), STEPS, strict=True):
        walk(scene, city, step)
    services.hold_case(case_id=scene.case.pk, reason="Elections.", by=scene.manager, now=scene.tick())
    withdrawn = walk(scene, make_city("a-city", "A city", state="AZ"), "confirm")
    services.withdraw_case(case_id=withdrawn.pk, reason="Later.", by=scene.lead, now=scene.tick())
    scene.now = timezone.now()
    walk(scene, make_city("other-city", "Other city", state="AZ"), "confirm")
    services.mark_overdue_and_publish(now=scene.now)


@pytest.fixture
def busy(scene: Scene) -> Scene:
    """Cases at many stages: some overdue, one on hold, one certified, one withdrawn, one that began today."""
    scene.arrange(begin_many_cases)
    return scene


def walk(scene: Scene, city: City, step: str) -> Case:
    """A further case, of a city with a lead of its own, as far as the step."""
    scene.lead = make_person("Lead", city.organization, Role.CITY_LEAD)
    scene.open_case(city)
    scene.walk_to(step)
    return scene.case


def counted_in(page: str) -> int:
    """How many cases the list says it has."""
    found = re.search(r"(\d+) (?:city|cities)\b", page)
    assert found
    return int(found.group(1))


def figures_of(client: Client, query: str = "") -> list[tuple[str, int]]:
    return Links(client.get(f"{PAGE}{query}").content.decode(), to="/cases/?").found


def test_pipeline_is_for_the_program_only(client: Client, scene: Scene) -> None:
    for path in (PAGE, CSV_FILE, "/reports/operations/"):
        answers = {}
        for name, person in scene.everyone.items():
            client.logout()
            if person.is_active and name != "system":
                answers[name] = scene.sign_in(client, person).get(path).status_code

        assert {name for name, status in answers.items() if status == 200} == PROGRAM
        assert set(answers.values()) == {200, 403}


@pytest.mark.parametrize("path", [PAGE, CSV_FILE, "/reports/operations/"])
def test_pipeline_asks_strangers_to_sign_in(client: Client, db: None, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.slow
def test_every_figure_is_the_length_of_the_list_it_opens(client: Client, busy: Scene) -> None:
    busy.sign_in(client, busy.director)
    lengths: dict[str, int] = {}
    for query in QUERIES:
        figures = figures_of(client, query.format(manager=busy.manager.pk))

        for url, number in figures:
            lengths.setdefault(url, counted_in(client.get(url).content.decode()))
            assert (url, number) == (url, lengths[url])
        assert len(figures) > 20


def test_figures_of_the_whole_program(client: Client, busy: Scene) -> None:
    page = busy.sign_in(client, busy.manager).get(PAGE)
    figures = dict(Links(page.content.decode(), to="/cases/?").found)
    by_stage = [n for url, n in figures.items() if re.fullmatch(r"/cases/\?stage=\w+", url)]
    by_party = [n for url, n in figures.items() if re.fullmatch(r"/cases/\?only=open&waiting_on=\w+", url)]
    stuck = [row.stage_entered_at for row, _asked in page.context["stuck"]]

    assert figures["/cases/?only=open"] == sum(by_stage) == sum(by_party) == len(STEPS) + 1
    assert figures["/cases/?only=open&waiting_on=city"] == 2
    assert figures["/cases/?only=open&waiting_on=partner"] == 1
    assert figures["/cases/?only=certified"] == int(busy.now.year == certified_year())
    assert figures["/cases/?only=overdue"] == CityStatus.objects.filter(overdue=True).count() > 0
    assert figures["/cases/?stage=self_assessment&only=on_hold"] == 1
    assert stuck == sorted(stuck)


def certified_year() -> int:
    closed = Case.objects.get(stage="certified").closed_at
    assert closed
    return closed.year


def test_csv_has_the_rows_of_the_page(client: Client, busy: Scene) -> None:
    busy.sign_in(client, busy.manager)
    for query in ("", "?state=AZ", "?stage=review"):
        response = client.get(f"{CSV_FILE}{query}")

        rows = rows_of(response)

        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert f'href="{CSV_FILE}{query}"' in client.get(f"{PAGE}{query}").content.decode()
        assert len(rows) == sum(n for url, n in figures_of(client, query) if is_open_count(url, query))
        assert (
            sum(row["Overdue"] == "yes" for row in rows)
            == client.get(f"{PAGE}{query}").context["figures"].overdue
        )


def is_open_count(url: str, query: str) -> bool:
    return url == f"/cases/?{query[1:] + '&' if query else ''}only=open"


def test_csv_names_the_step_the_due_date_and_the_case(client: Client, scene: Scene) -> None:
    item = scene.one("confirm")

    (row,) = rows_of(scene.sign_in(client, scene.manager).get(CSV_FILE))

    assert (row["City"], row["State"], row["Stage"]) == ("Paterson", "NJ", "Application")
    assert (row["Waiting on"], row["For"]) == ("Program", "Confirm the application")
    assert row["Due"] == timezone.localtime(item.due_at).isoformat()
    assert row["Address"].endswith(f"/cases/{scene.case.pk}/")


def test_csv_begins_with_a_mark_that_spreadsheets_read_as_utf_8(client: Client, scene: Scene) -> None:
    response = scene.sign_in(client, scene.manager).get(CSV_FILE)

    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbfCity,")


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_csv_runs_no_formula(client: Client, scene: Scene, sign: str) -> None:
    scene.open_case()
    Organization.objects.filter(pk=scene.city.organization_id).update(name=f"{sign}cmd|' /C calc'!A0")

    (row,) = rows_of(scene.sign_in(client, scene.manager).get(CSV_FILE))

    assert row["City"].startswith(f"'{sign}cmd")


@pytest.mark.parametrize("step", ["vote", "announce"])
def test_filter_by_party_tells_nothing_of_a_sealed_decision(client: Client, scene: Scene, step: str) -> None:
    scene.announce_on = (scene.now + timedelta(days=30)).date()
    scene.walk_to(step)

    for person in (scene.partner.coach, scene.assessor):
        scene.sign_in(client, person)
        found = {
            party: counted_in(client.get(f"/cases/?waiting_on={party}").content.decode())
            for party in ("program", "committee", "city", "nobody")
        }
        overdue = counted_in(client.get("/cases/?only=overdue").content.decode())

        assert found == {"program": 0, "committee": 1, "city": 0, "nobody": 0}
        assert overdue == 0


def test_filter_by_party_finds_the_truth_for_the_program(client: Client, scene: Scene) -> None:
    scene.announce_on = (scene.now + timedelta(days=30)).date()
    scene.walk_to("announce")

    page = scene.sign_in(client, scene.manager).get("/cases/?waiting_on=program").content.decode()

    assert counted_in(page) == 1


@pytest.mark.parametrize("name", ["lead", "coach", "assessor"])
def test_only_the_program_filters_by_partner_and_manager(client: Client, scene: Scene, name: str) -> None:
    scene.one("kick_off")

    page = scene.sign_in(client, scene.everyone[name]).get("/cases/?manager=1&partner=nobody")

    assert not {"partner", "manager"} & set(page.context["form"].fields)
    assert counted_in(page.content.decode()) == 1


def test_filter_by_partner_leaves_out_who_declined(client: Client, scene: Scene) -> None:
    scene.walk_to("respond")
    for item in scene.open_items("respond"):
        scene.decline(item) if scene.partner_of(item) is scene.partner else scene.respond(item)
    scene.sign_in(client, scene.manager)

    found = {
        slug: counted_in(client.get(f"/cases/?partner={slug}").content.decode())
        for slug in ("first-partner", "other-partner")
    }

    assert found == {"first-partner": 0, "other-partner": 1}


def test_filter_by_manager_finds_open_and_closed_cases(client: Client, scene: Scene) -> None:
    scene.walk_to_end()
    scene.sign_in(client, scene.manager)

    found = [
        counted_in(client.get(f"/cases/?manager={person.pk}").content.decode())
        for person in (scene.manager, scene.director)
    ]

    assert found == [1, 0]


def test_pipeline_stands_in_the_navigation_of_the_program(client: Client, scene: Scene) -> None:
    for name, person in (("manager", scene.manager), ("coach", scene.partner.coach), ("lead", scene.lead)):
        page = scene.sign_in(client, person).get("/desk/").content.decode()

        assert (f'href="{PAGE}"' in page) == (name == "manager")


def test_empty_program_has_a_pipeline_too(client: Client, scene: Scene) -> None:
    page = scene.sign_in(client, scene.manager).get(PAGE)

    assert page.status_code == 200
    assert "No case is open here." in page.content.decode()
