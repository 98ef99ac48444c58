import hashlib
import json
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from core.models import AuditEvent
from people.models import User
from people.services import system_user
from standards.fileformat import InvalidStandardFile, as_data, parse
from standards.levels import UnknownCriteria
from standards.models import Check, Criterion, Level, PracticeArea, PublishedStandardNeverChanges, Standard
from standards.selectors import rules_of, score_of, spec_of
from standards.services import load_standard
from tests.standards.factories import NOW, WWC_V3, same_again, small_source, small_standard, wwc_v3

pytestmark = pytest.mark.django_db


def call(name: str, *args: object) -> str:
    out = StringIO()
    call_command(name, *map(str, args), stdout=out)
    return out.getvalue()


def test_loading_publishes_the_whole_standard():
    system = system_user()

    loaded = load_standard(source=WWC_V3.read_bytes(), by=system, now=NOW)

    standard = loaded.standard
    assert loaded.published
    assert (standard.published_at, standard.published_by) == (NOW, system)
    assert standard.source_sha256 == hashlib.sha256(WWC_V3.read_bytes()).hexdigest()
    assert [area.criteria.count() for area in standard.areas.all()] == [9, 7, 4, 5, 3, 8, 3, 4]
    assert as_data(spec_of(standard)) == as_data(parse(WWC_V3.read_bytes()))


def test_loading_leaves_one_audit_event():
    standard = small_standard()

    event = AuditEvent.objects.get(action="standards.standard_published")

    assert (event.target_id, event.at, event.new["slug"]) == (str(standard.pk), NOW, "small-v1")


def test_loading_the_same_again_changes_nothing():
    source = small_source()
    first = small_standard()

    again = load_standard(source=source, by=system_user(), now=NOW)
    other_layout = load_standard(source=same_again(source), by=system_user(), now=NOW)

    assert (again.published, other_layout.published) == (False, False)
    assert again.standard == other_layout.standard == first
    assert AuditEvent.objects.count() == 1


def test_changed_file_for_a_published_slug_is_refused():
    small_standard()

    with pytest.raises(PublishedStandardNeverChanges, match="small-v1"):
        load_standard(source=small_source(areas={"DM": 3}), by=system_user(), now=NOW)

    assert Criterion.objects.count() == 3


def test_file_with_mistakes_leaves_nothing_behind():
    with pytest.raises(InvalidStandardFile):
        load_standard(source=small_source(title="2022"), by=system_user(), now=NOW)

    assert not Standard.objects.exists()


def test_points_and_conditions_survive_the_database():
    source = small_source(
        levels="[{slug: a, name: A, minimum: 66.5%, mandatory: [DM1]}, "
        "{slug: b, name: B, minimum: 3 points, area_minimums: {OD: 1}}]",
    )

    standard = load_standard(source=source, by=system_user(), now=NOW).standard

    assert spec_of(standard) == parse(source)
    assert [level.minimum_text for level in standard.levels.all()] == ["66.5%", "3 points"]
    assert score_of(standard, ["DM1", "DM2", "OD1"]).level == "b"


@pytest.mark.parametrize("model", [Standard, PracticeArea, Criterion, Check, Level])
def test_database_refuses_to_change_or_delete_what_is_published(model):
    wwc_v3()
    column = {Standard: "title", PracticeArea: "name", Criterion: "statement", Check: "text", Level: "name"}[
        model
    ]
    row = model.objects.first()
    rows = model.objects.filter(pk=row.pk)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        rows.update(**{column: "Something else"})
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        rows._raw_delete(rows.db)

    assert getattr(model.objects.get(pk=row.pk), column) != "Something else"


def test_database_refuses_to_add_to_what_is_published():
    standard = small_standard()
    area = standard.areas.get(code="DM")
    criterion = standard.criteria.get(code="DM1")

    for row in (
        PracticeArea(standard=standard, code="NEW", name="New", position=9),
        Criterion(standard=standard, area=area, code="DM9", statement="New", position=9),
        Check(criterion=criterion, text="New", position=9),
        Level(
            standard=standard, slug="new", name="New", position=9, minimum_kind="points", minimum_numerator=1
        ),
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            row.save(force_insert=True)


def test_database_refuses_to_unpublish():
    standard = small_standard()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Standard.objects.filter(pk=standard.pk).update(published_at=None, published_by=None)


def test_model_refuses_to_save_or_delete_what_is_published():
    standard = small_standard()

    with pytest.raises(PublishedStandardNeverChanges):
        standard.save()
    with pytest.raises(PublishedStandardNeverChanges):
        standard.delete()


def test_unpublished_standard_may_be_changed_and_deleted():
    columns = {"countries": ["US"], "min_population": 1, "quorum": 1, "majority_numerator": 1}
    draft = Standard.objects.create(
        slug="draft",
        title="Draft",
        effective_on=NOW.date(),
        majority_denominator=2,
        source_sha256="-",
        **columns,
    )
    area = PracticeArea.objects.create(standard=draft, code="A", name="A", position=0)
    criterion = Criterion.objects.create(standard=draft, area=area, code="A1", statement="s", position=0)
    check = Check.objects.create(criterion=criterion, position=0, text="t")

    draft.title = check.text = "Better"
    draft.save()
    check.save()
    draft.delete()

    assert not Standard.objects.exists()


def test_published_moment_and_person_come_together():
    with pytest.raises(IntegrityError, match="published_pair"), transaction.atomic():
        Standard.objects.create(
            slug="half",
            title="Half",
            effective_on=NOW.date(),
            countries=["US"],
            min_population=1,
            quorum=1,
            majority_numerator=1,
            majority_denominator=2,
            published_by=system_user(),
        )


def test_standards_are_visible_to_anyone_signed_in():
    standard = small_standard()
    person = User(email="a@city.example", name="A", is_active=True)
    gone = User(email="b@city.example", name="B", is_active=False)

    assert list(Standard.objects.visible_to(person)) == [standard]
    for stranger in (None, AnonymousUser(), gone):
        assert not Standard.objects.visible_to(stranger).exists()


def test_detail_takes_the_same_queries_for_any_size(django_assert_num_queries):
    for slug, areas in {"one": {"A": 1}, "many": {"A": 9, "B": 9, "C": 9}}.items():
        small_standard(slug, areas)

        with django_assert_num_queries(5):
            spec_of(Standard.objects.for_detail().get(slug=slug))


def test_rows_are_called_by_what_people_know_them_by():
    standard = wwc_v3()
    criterion = standard.criteria.first()

    names = [standard, standard.areas.first(), criterion, criterion.checks.last(), standard.levels.last()]

    assert [str(name) for name in names] == [
        "What Works Cities Certification, 2022 standard",
        "Data Management",
        "DM1",
        "Minutes record decisions or assigned follow-up.",
        "Platinum",
    ]


def test_rules_take_two_queries_for_any_size(django_assert_num_queries):
    for slug, areas in {"one": {"A": 1}, "many": {"A": 9, "B": 9, "C": 9}}.items():
        standard = small_standard(slug, areas)

        with django_assert_num_queries(2):
            rules_of(standard)


def test_load_command_publishes_and_repeats(tmp_path):
    path = tmp_path / "standard.yaml"
    path.write_bytes(small_source())

    assert call("load_standard", path) == "Published small-v1, A small standard\n"
    assert call("load_standard", path) == "Unchanged: small-v1, A small standard\n"


def test_load_command_names_every_mistake(tmp_path):
    path = tmp_path / "standard.yaml"
    path.write_bytes(small_source(title="2022", slug="No slug"))

    with pytest.raises(CommandError) as refusal:
        call("load_standard", path)

    assert "2 mistakes" in str(refusal.value)
    assert "line 1, slug: must be lower-case" in str(refusal.value)
    assert "line 2, title: must be text" in str(refusal.value)


def test_load_command_refuses_a_changed_file(tmp_path):
    small_standard()
    path = tmp_path / "standard.yaml"
    path.write_bytes(small_source(title="Changed"))

    with pytest.raises(CommandError, match="published and never changes"):
        call("load_standard", path)


def test_load_command_says_that_a_file_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="can't be read"):
        call("load_standard", tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("count", "level", "next_level"),
    [
        (21, None, "silver"),
        (22, "silver", "gold"),
        (29, "silver", "gold"),
        (30, "gold", "platinum"),
        (36, "gold", "platinum"),
        (37, "platinum", None),
    ],
)
def test_score_command_on_the_real_standard(count, level, next_level):
    codes = [one.code for one in wwc_v3().criteria.order_by("-position")[:count]]

    result = json.loads(call("score_standard", "wwc-v3", "--met", ",".join(codes)))

    assert set(result) == {"met", "of", "share", "level", "next_level", "missing"}
    assert (result["met"], result["of"], result["share"]) == (count, 43, f"{count}/43")
    assert (result["level"], result["next_level"]) == (level, next_level)


def test_score_command_takes_an_empty_list():
    small_standard()

    assert json.loads(call("score_standard", "small-v1", "--met", ""))["share"] == "0/1"


def test_score_command_names_unknown_codes():
    standard = small_standard()

    with pytest.raises(CommandError, match="small-v1 has no criteria DM9, X1"):
        call("score_standard", "small-v1", "--met", "DM1, X1,DM9")
    with pytest.raises(UnknownCriteria):
        score_of(standard, ["X1"])


def test_score_command_names_an_unknown_standard():
    with pytest.raises(CommandError, match="no published standard 'nothing'"):
        call("score_standard", "nothing", "--met", "DM1")
