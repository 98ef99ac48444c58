"""The report as a page and as a PDF: the same numbers, for the same readers."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from certification.models import Finding, Settlement
from certification.report.pictures import area_chart, level_chart
from cities.models import City
from people.models import Organization
from standards.services import load_standard
from tests.cast import CODES, START, make_cities
from tests.certification.test_report_changes import settle_second_round
from tests.certification.test_report_peers import released
from tests.core.test_pdf import MARKUP, tags
from tests.scenes import Scene
from tests.standards.factories import WWC_V3
from workflows import services


class Words(HTMLParser):
    """The words of a page's main part, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.found = 0, []

    def handle_starttag(self, tag, attrs):
        self.depth += tag == "main"

    def handle_endtag(self, tag):
        self.depth -= tag == "main"

    def handle_data(self, data):
        if self.depth:
            self.found.append(data)


def words_of_page(html: str) -> str:
    parser = Words()
    parser.feed(html)
    return " ".join(" ".join(parser.found).split())


def words_of_pdf(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def sentences(text: str) -> Iterator[str]:
    """What carries the numbers: the arithmetic of levels, what is missing, the comparison."""
    for pattern in (
        r"\d+% of \d+ = [\d.]+, so \d+ criteria; \d+ met \(\d+/\d+ [<≥] \d+/\d+\)",
        r"\d+ criteria are missing",
        r"These \d+ criteria together reach \w+",
        r"\d+ of \d+ met",
        r"\d+ months",
    ):
        yield from re.findall(pattern, text)


@pytest.fixture
def reported(scene: Scene) -> Scene:
    """The real standard with 18 of its 43 criteria met, and comments."""
    scene.standard = load_standard(source=WWC_V3.read_bytes(), by=scene.system, now=START).standard
    codes = list(scene.standard.criteria.values_list("code", flat=True))
    scene.start_at("open_packet", met=codes[::2][:18])
    return scene


def test_pdf_has_the_numbers_of_the_page(reported: Scene, client: Client) -> None:
    reported.sign_in(client, reported.lead)
    address = f"/cases/{reported.case.pk}/report"

    page, pdf = client.get(f"{address}/"), client.get(f"{address}.pdf")

    on_page, in_pdf = words_of_page(page.content.decode()), words_of_pdf(pdf.content)
    assert "51% of 43 = 21.93, so 22 criteria; 18 met (18/43 < 51/100)" in on_page
    assert "These 4 criteria together reach Silver" in on_page
    assert sorted(sentences(on_page)) == sorted(sentences(in_pdf))
    for area in page.context["whole"].areas:
        assert f"{area.name} {area.met} {area.of}" in on_page
        assert f"{area.name} {area.met} {area.of}" in in_pdf
    for step in page.context["whole"].path.steps:
        assert step.code in in_pdf
    root = PdfReader(BytesIO(pdf.content)).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-US", True)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert tags(root["/StructTreeRoot"])[1] == {
        area_chart(page.context["whole"]).alt,
        level_chart(page.context["whole"]).alt,
    }
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == 'attachment; filename="report-paterson-nj-round-1.pdf"'
    assert pdf["Cache-Control"] == "private, no-store"
    assert f'href="{address}.pdf?round=1"' in page.content.decode()


def test_later_round_tells_page_and_pdf_what_changed_and_how_others_fare(
    scene: Scene, client: Client
) -> None:
    scene.start_at("reassess", met=("DM1", "DM2"))
    cities = make_cities(5, start=100)
    City.objects.filter(pk__in=[city.pk for city in cities]).update(population=150_000)
    for count, city in enumerate(cities, start=1):
        released(scene, city, CODES[:count], scene.now - timedelta(days=30))
    settle_second_round(scene, ("DM2", "OD1", "OD2"))
    scene.sign_in(client, scene.lead)

    page = words_of_page(client.get(f"/cases/{scene.case.pk}/report/").content.decode())
    pdf = words_of_pdf(client.get(f"/cases/{scene.case.pk}/report.pdf").content)

    for text in (page, pdf):
        assert "This reaches Silver" in text
        assert "2 of 6 before, 3 of 6 now." in text
        assert "Median: 3 of 6 criteria. This city: 3 of 6." in text
        assert "n = 5: cities of 100,000 to 249,999 people other than this one" in text
        assert "Area Met Of Round before Median Data management 1 2 2 2 Open data 2 2 0 1" in text
        assert "Open data (2)" in text
    assert "newly met OD1" in page
    assert "Newly met: OD1" in pdf
    assert "lost DM1" in page
    assert "Lost: DM1" in pdf


def test_highest_level_leaves_no_way_to_tell(scene: Scene, client: Client) -> None:
    scene.start_at("open_packet", met=CODES)
    scene.sign_in(client, scene.lead)

    page = words_of_page(client.get(f"/cases/{scene.case.pk}/report/").content.decode())
    pdf = words_of_pdf(client.get(f"/cases/{scene.case.pk}/report.pdf").content)

    for text in (page, pdf):
        assert "The highest level is reached." in text
        assert "Every criterion is met." in text
        assert "Does not hold" not in text


def test_pdf_shows_markup_in_names_and_comments_as_text(
    reported: Scene, client: Client, settings: Settings
) -> None:
    settings.DEMO = True
    Organization.objects.filter(pk=reported.city.organization_id).update(name=MARKUP[:60])
    Settlement.objects.filter(outcome="not_met").update(
        reason=f"{MARKUP} <script>alert(1)</script> 漢字 👩‍💻"
    )
    reported.sign_in(client, reported.lead)

    pdf = client.get(f"/cases/{reported.case.pk}/report.pdf")

    text = "".join(words_of_pdf(pdf.content).split())
    assert "".join(MARKUP[:60].split()) in text
    assert "Demonstration:realcities,inventedprogress." in text
    assert text.count("<script>alert(1)</script>") == 25


def test_report_costs_few_queries_as_page_and_as_pdf(reported: Scene, client: Client) -> None:
    reported.sign_in(client, reported.lead)
    counts = []
    for address in ("report/", "report.pdf"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/cases/{reported.case.pk}/{address}")
        counts.append(len(queries))

    assert counts == [23, 21]


def test_four_cities_of_its_size_are_compared_for_the_program_only(reported: Scene, client: Client) -> None:
    cities = make_cities(4, start=100)
    City.objects.filter(pk__in=[city.pk for city in cities]).update(population=150_000)
    for city in cities:
        released(reported, city, ["DM1"], reported.now - timedelta(days=30))
    told = {}
    for reader in (reported.manager, reported.lead):
        reported.sign_in(client, reader)
        page = client.get(f"/cases/{reported.case.pk}/report/").content.decode()
        pdf = words_of_pdf(client.get(f"/cases/{reported.case.pk}/report.pdf").content)
        told[reader] = [words_of_page(page), page, pdf]

    seen = told[reported.manager][0]
    assert "n = 4: cities of 100,000 to 249,999 people" in seen
    assert "Fewer than 5 cities: only the program sees these figures." in seen
    for text in (*told[reported.lead], told[reported.manager][2]):
        assert "Not shown: there are fewer than 5 cities of 100,000" in text
        assert "edian" not in text
        assert "n = " not in text


def test_rounds_that_are_not_there_have_no_pdf(reported: Scene, client: Client) -> None:
    reported.sign_in(client, reported.lead)

    assert client.get(f"/cases/{reported.case.pk}/report.pdf?round=2").status_code == 404
    assert client.get(f"/cases/{reported.case.pk}/report.pdf?round=1").status_code == 200


def test_unreleased_report_says_so_in_the_pdf(scene: Scene, client: Client) -> None:
    scene.one("release_report")
    address = f"/cases/{scene.case.pk}/report.pdf"

    told = scene.sign_in(client, scene.manager).get(address)
    refused = scene.sign_in(Client(), scene.lead).get(address)

    assert "Not released yet" in words_of_pdf(told.content)
    assert refused.status_code == 404
    comments = Finding.objects.exclude(comment="").values_list("comment", flat=True)
    assert any(comment.split()[0] in words_of_pdf(told.content) for comment in comments)


def test_appeal_that_changed_the_report_is_told_in_it(reported: Scene, client: Client) -> None:
    reported.sign_in(client, reported.lead)
    address = f"/cases/{reported.case.pk}/report"
    contested = reported.response("DM2").pk
    services.file_appeal(
        response_id=contested, reasons="It is met.", by=reported.fresh(reported.lead), now=reported.tick()
    )
    waiting = client.get(f"{address}/").content.decode()

    services.answer_appeal(
        work_item_id=reported.item("appeal").pk,
        grant=True,
        answer="So it is.",
        by=reported.manager,
        now=reported.tick(),
    )

    assert "Under appeal:" in waiting
    told = [client.get(f"{address}/").content.decode(), words_of_pdf(client.get(f"{address}.pdf").content)]
    for text in told:
        assert "Changed after the release: on appeal these criteria were found to be met: DM2" in text
        assert "Under appeal:" not in text
