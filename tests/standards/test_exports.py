import csv
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.models import User
from people.services import system_user
from standards.exports import KINDS, export
from standards.fileformat import as_data, as_yaml, parse
from standards.fileformat.tree import UNWANTED
from standards.services import load_standard
from tests.core.test_tables import cells_of
from tests.standards.factories import NOW, WWC_V3, small_standard, wwc_v3
from tests.standards.test_fileformat import FULL

TEXTS = (
    st.one_of(
        st.text(min_size=1, max_size=60),
        st.sampled_from(
            ["yes", "null", "~", "2022-08-03", "0x10", "1_000", "- a", "a: b", "# a", "%a", "@a", "*a", "|"]
        ),
        st.sampled_from(
            ["a\nb", "a\n\n b", "\ta\n", "a \n b", "“ü” 👩‍💻", "a\u2028b", "a\x85b", "a\rb", "a\ufeffb"]
        ),
    )
    .filter(lambda text: not UNWANTED.search(text))
    .map(str.strip)
    .filter(bool)
)


@given(TEXTS, TEXTS)
@settings(max_examples=50, deadline=None)
def test_any_text_comes_back_from_the_file(statement, guidance):
    spec = parse(FULL)
    area = spec.areas[0]
    changed = replace(area.criteria[0], statement=statement, guidance=guidance, evidence=(statement[:500],))
    spec = replace(spec, areas=(replace(area, criteria=(changed, *area.criteria[1:])),))

    assert parse(as_yaml(spec).encode()) == spec


@pytest.mark.django_db
def test_downloaded_file_loads_again_as_the_same_standard(client):
    standard = wwc_v3()
    client.force_login(User.objects.create(email="reader@city.example", name="Reader"))

    answer = client.get("/standards/wwc-v3.yaml")
    again = load_standard(source=answer.content, by=system_user(), now=NOW)

    assert answer["Content-Disposition"] == 'attachment; filename="wwc-v3.yaml"'
    assert (again.standard, again.published) == (standard, False)
    renamed = answer.content.replace(b"slug: wwc-v3", b"slug: wwc-copy", 1)
    assert load_standard(source=renamed, by=system_user(), now=NOW).published


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_standard_page_offers_every_kind_of_file(client, kind):
    small_standard()
    stranger = client.get(f"/standards/small-v1.{kind}")
    client.force_login(User.objects.create(email="reader@city.example", name="Reader"))

    page = client.get("/standards/small-v1/").content.decode()
    answer = client.get(f"/standards/small-v1.{kind}")

    assert stranger.status_code == 302
    assert f'href="/standards/small-v1.{kind}"' in page
    assert (answer.status_code, answer["Content-Type"]) == (200, KINDS[kind][0])
    assert answer["Content-Disposition"] == f'attachment; filename="small-v1.{kind}"'
    assert client.get(f"/standards/nothing.{kind}").status_code == 404


def test_json_is_the_load_format():
    spec = parse(WWC_V3.read_bytes())

    assert json.loads(export(spec, "json").content) == as_data(spec)


def test_csv_has_a_row_for_each_criterion():
    spec = parse(FULL.replace(b"Responsibility is assigned.", b"=Responsibility is assigned."))

    text = export(spec, "csv").content.decode("utf-8-sig")

    first, second = csv.DictReader(text.splitlines(keepends=True))
    assert first["Statement"] == "'=Responsibility is assigned."
    assert (first["Area"], first["Weight"], first["Checks that must hold"]) == ("DM", "2", "1 of 2")
    assert first["Checks"].splitlines()[1].endswith("in each of the last four quarters (within 12 months)")
    assert (second["Criterion"], second["Requires"]) == ("DM2", "DM1")


def test_xlsx_has_criteria_checks_levels_and_rules():
    content = export(parse(FULL), "xlsx").content

    assert [row[2] for row in cells_of(content, 1)] == ["Criterion", "DM1", "DM2"]
    assert [row[3] for row in cells_of(content, 2)] == ["Within months", "", "12"]
    assert [row[2] for row in cells_of(content, 3)] == ["Minimum", "51%", "66.5%", "3 points"]
    assert cells_of(content, 4)[1] == ["Standard", "example-v1"]
