from datetime import date
from fractions import Fraction

import pytest

from standards.enums import MinimumKind
from standards.fileformat import InvalidStandardFile, as_data, as_yaml, parse
from standards.fileformat.tree import MAX_BYTES
from tests.standards.factories import WWC_V3, small_source

NO_CODE = "must be a code of up to 20 letters, digits, dots, hyphens or underscores"
NO_MINIMUM = "must be a percentage such as 51%, or a number of points such as 150 points"
FULL = b"""
slug: example-v1
title: An example that uses every field
effective_on: 2022-08-03
validity_years: 3
eligibility: {countries: [US, CA, NO], min_population: 30000}
decision: {quorum: 3, majority: 1/2, gates: [{code: G1, statement: The budget is balanced}]}
areas:
  - code: DM
    name: Data Management
    criteria:
      - code: DM1
        statement: Responsibility is assigned.
        guidance: |
          Two lines
          of help.
        weight: 2
        evidence: [Minutes of the two latest meetings]
        checks:
          need: 1
          of:
            - {text: A leader or team is named in writing}
            - {text: The group met in each of the last four quarters, within_months: 12}
      - code: DM2
        statement: There is an inventory.
        requires: [DM1]
levels:
  - {slug: silver, name: Silver, minimum: 51%}
  - {slug: gold, name: Gold, minimum: 66.5%, mandatory: [DM2]}
  - {slug: platinum, name: Platinum, minimum: 3 points, area_minimums: {DM: 2}}
"""


def mistakes(source: bytes | str) -> list[str]:
    with pytest.raises(InvalidStandardFile) as refusal:
        parse(source.encode() if isinstance(source, str) else source)
    return [str(mistake) for mistake in refusal.value.mistakes]


def full_with(old: str, new: str) -> bytes:
    text = FULL.decode()
    assert text.count(old) == 1
    return text.replace(old, new).encode()


def test_every_field_is_read():
    spec = parse(FULL)

    assert (spec.slug, spec.effective_on, spec.validity_years) == ("example-v1", date(2022, 8, 3), 3)
    assert (spec.countries, spec.min_population) == (("US", "CA", "NO"), 30000)
    assert (spec.quorum, spec.majority, spec.gates[0].code) == (3, Fraction(1, 2), "G1")
    first, second = spec.criteria
    assert (first.weight, first.need, first.checks[1].within_months) == (2, 1, 12)
    assert (first.guidance, second.requires) == ("Two lines\nof help.", ("DM1",))
    assert [level.minimum for level in spec.levels] == [Fraction(51, 100), Fraction(133, 200), Fraction(3)]
    assert spec.levels[2].kind == MinimumKind.POINTS
    assert spec.levels[2].area_minimums == {"DM": 2}


def test_optional_fields_have_defaults():
    spec = parse(small_source())

    criterion = spec.criteria[0]
    assert (spec.validity_years, spec.gates) == (3, ())
    assert (criterion.weight, criterion.need, criterion.checks, criterion.guidance) == (1, None, (), "")


@pytest.mark.parametrize(
    "source", [FULL, WWC_V3.read_bytes(), small_source()], ids=["full", "wwc-v3", "small"]
)
def test_writing_and_reading_again_gives_the_same(source):
    spec = parse(source)

    assert parse(as_yaml(spec).encode()) == spec


def test_data_has_the_shape_of_the_file_without_defaults():
    data = as_data(parse(FULL))

    assert data["effective_on"] == "2022-08-03"
    assert data["decision"]["majority"] == "1/2"
    assert [level["minimum"] for level in data["levels"]] == ["51%", "66.5%", "3 points"]
    assert data["areas"][0]["criteria"][1] == {
        "code": "DM2",
        "statement": "There is an inventory.",
        "requires": ["DM1"],
    }


def test_byte_order_mark_and_windows_line_ends_are_no_content():
    assert parse(b"\xef\xbb\xbf" + FULL.replace(b"\n", b"\r\n")) == parse(FULL)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            "slug: example-v1",
            "slug: Example",
            "line 2, slug: must be lower-case letters, digits and single hyphens",
        ),
        ("slug: example-v1", f"slug: {'a' * 61}", "line 2, slug: is longer than 60 characters"),
        (
            "title: An example that uses every field",
            "title: 2022",
            "line 3, title: must be text; put quotes around it if it looks like a number or a date",
        ),
        ("title: An example that uses every field", "title: ' '", "line 3, title: is empty"),
        ("title: An example that uses every field", "title:", "line 3, title: is missing"),
        (
            "title: An example that uses every field",
            'title: "a\\u0007"',
            "line 3, title: has control characters",
        ),
        ("2022-08-03", "03.08.2022", "line 4, effective_on: must be a day, written as 2022-08-03"),
        ("2022-08-03", "[1]", "line 4, effective_on: must be a day, written as 2022-08-03"),
        ("validity_years: 3", "validity_years: 0", "line 5, validity_years: must lie between 1 and 50"),
        ("validity_years: 3", "validity_years: '3'", "line 5, validity_years: must be a whole number"),
        ("validity_years: 3", "validity_years: 0x10", "line 5, validity_years: must be a whole number"),
        (
            "validity_years: 3",
            "validty_years: 3",
            "line 5, validty_years: is not a known field; did you mean “validity_years”?",
        ),
        ("validity_years: 3", "color: red", "line 5, color: is not a known field"),
        ("validity_years: 3", "slug: other", "line 5, slug: appears twice; first on line 2"),
        ("validity_years: 3", "[a]: 3", "line 5: a field's name must be plain text"),
        (
            "CA, NO]",
            "usa]",
            "line 6, eligibility.countries[1]: must be a country's two-letter code, such as US",
        ),
        ("CA, NO]", "UK]", "line 6, eligibility.countries[1]: there is no country “UK”"),
        ("CA, NO]", "US]", "line 6, eligibility.countries[1]: “US” is used already on line 6"),
        ("[US, CA, NO]", "[]", "line 6, eligibility.countries: must have at least one entry"),
        ("[US, CA, NO]", "US", "line 6, eligibility.countries: must be a list"),
        ("30000", "-1", "line 6, eligibility.min_population: must lie between 0 and 100000000"),
        ("quorum: 3, ", "", "line 7, decision.quorum: is missing"),
        ("1/2", "1", "line 7, decision.majority: must be a fraction below one, such as 1/2"),
        ("1/2", "2/2", "line 7, decision.majority: must be a fraction below one, such as 1/2"),
        ("1/2", "[1]", "line 7, decision.majority: must be a fraction below one, such as 1/2"),
        (
            "majority: 1/2, gates: [{code: G1, statement: The budget is balanced}]",
            "majority: 1/2, gates: [G1]",
            "line 7, decision.gates[0]: must be a group of named fields",
        ),
        ("weight: 2", "weight: 1.5", "line 17, areas[0].criteria[0].weight: must be a whole number"),
        (
            "need: 1",
            "need: 3",
            "line 20, areas[0].criteria[0].checks.need: asks for 3 checks, and there are only 2",
        ),
        ("need: 1", "need: 0", "line 20, areas[0].criteria[0].checks.need: must lie between 1 and 1000"),
        (
            "within_months: 12",
            "within_months: soon",
            "line 23, areas[0].criteria[0].checks.of[1].within_months: must be a whole number",
        ),
        (
            "code: DM2",
            "code: dm1",
            "line 24, areas[0].criteria[1].code: “dm1” is used already on line 12",
        ),
        (
            "code: DM2",
            "code: D M",
            f"line 24, areas[0].criteria[1].code: {NO_CODE}",
        ),
        (
            "requires: [DM1]",
            "requires: [DM9]",
            "line 26, areas[0].criteria[1].requires[0]: there is no criterion “DM9”",
        ),
        (
            "requires: [DM1]",
            "requires: [DM2]",
            "line 26, areas[0].criteria[1].requires[0]: goes round in a circle: DM2 → DM2",
        ),
        (
            "requires: [DM1]",
            "requires: [DM1, DM1]",
            "line 26, areas[0].criteria[1].requires[1]: “DM1” is used already on line 26",
        ),
        ("minimum: 51%", "minimum: 151%", "line 28, levels[0].minimum: must lie between 0% and 100%"),
        (
            "minimum: 51%",
            "minimum: 51",
            f"line 28, levels[0].minimum: {NO_MINIMUM}",
        ),
        (
            "minimum: 51%",
            "minimum: 67%",
            "line 29, levels[1].minimum: is below that of “silver”; list the lowest first",
        ),
        ("slug: gold", "slug: silver", "line 29, levels[1].slug: “silver” is used already on line 28"),
        (
            "mandatory: [DM2]",
            "mandatory: [XX]",
            "line 29, levels[1].mandatory[0]: there is no criterion “XX”",
        ),
        (
            "minimum: 3 points",
            "minimum: 4 points",
            "line 30, levels[2].minimum: asks for more than all criteria weigh, which is 3",
        ),
        ("{DM: 2}", "{OD: 2}", "line 30, levels[2].area_minimums.OD: there is no area “OD”"),
        (
            "{DM: 2}",
            "{DM: 3}",
            "line 30, levels[2].area_minimums.DM: asks for more criteria than the area has, which is 2",
        ),
        ("{DM: 2}", "{DM: 0}", "line 30, levels[2].area_minimums.DM: must lie between 1 and 1000"),
    ],
)
def test_mistake_is_named_with_line_field_and_reason(old, new, mistake):
    found = mistakes(full_with(old, new))

    assert mistake in found


def test_one_mistake_is_named_once():
    assert len(mistakes(full_with("weight: 2", "weight: none"))) == 1
    assert len(mistakes(full_with("minimum: 51%", "minimum: half"))) == 1
    assert len(mistakes(full_with("requires: [DM1]", "requires: [DM9]"))) == 1


def test_every_mistake_is_named_at_once_in_the_order_of_lines():
    source = (
        full_with("weight: 2", "weight: heavy")
        .replace(b"quorum: 3", b"quorum: 0")
        .replace(b"[DM2]", b"[DM7]")
    )

    assert [mistake.split(":")[0] for mistake in mistakes(source)] == [
        "line 7, decision.quorum",
        "line 17, areas[0].criteria[0].weight",
        "line 29, levels[1].mandatory[0]",
    ]


EVERY_KIND = b"""\
slug: Broken
title: Broken in every way
effective_on: 2022-08-03
eligibility: {countries: [US], min_population: 30000}
decision: {quorum: 3, majority: 1/2}
areas:
  - code: DM
    name: Data Management
    criteria:
      - {code: DM1, statement: First, requires: [DM2]}
      - {code: DM2, statement: Second, requires: [DM1, XX9]}
      - code: DM3
        statement: Third
        weight: 0
        checks: {need: 3, of: [{text: One}, {text: Two, within_months: 0}]}
      - {code: DM1, statement: A duplicate}
  - {code: dm, name: A duplicate area, criteria: [{code: OD1, statment: Misspelt}]}
levels:
  - {slug: gold, name: Gold, minimum: 68%, mandatory: [XX8]}
  - {slug: silver, name: Gold, minimum: 51%, area_minimums: {DM: 9, ZZ: 1}}
  - {slug: gold, name: Top, minimum: most}
"""


def test_one_file_with_every_kind_of_mistake_names_them_all():
    assert mistakes(EVERY_KIND) == [
        "line 1, slug: must be lower-case letters, digits and single hyphens",
        "line 10, areas[0].criteria[0].requires[0]: goes round in a circle: DM1 → DM2 → DM1",
        "line 11, areas[0].criteria[1].requires[1]: there is no criterion “XX9”",
        "line 14, areas[0].criteria[2].weight: must lie between 1 and 10000",
        "line 15, areas[0].criteria[2].checks.need: asks for 3 checks, and there are only 2",
        "line 15, areas[0].criteria[2].checks.of[1].within_months: must lie between 1 and 600",
        "line 16, areas[0].criteria[3].code: “DM1” is used already on line 10",
        "line 17, areas[1].code: “dm” is used already on line 7",
        "line 17, areas[1].criteria[0].statement: is missing",
        "line 17, areas[1].criteria[0].statment: is not a known field; did you mean “statement”?",
        "line 19, levels[0].mandatory[0]: there is no criterion “XX8”",
        "line 20, levels[1].area_minimums.DM: asks for more criteria than the area has, which is 4",
        "line 20, levels[1].area_minimums.ZZ: there is no area “ZZ”",
        "line 20, levels[1].minimum: is below that of “gold”; list the lowest first",
        "line 20, levels[1].name: “Gold” is used already on line 19",
        f"line 21, levels[2].minimum: {NO_MINIMUM}",
        "line 21, levels[2].slug: “gold” is used already on line 19",
    ]


def test_missing_parts_are_all_named():
    assert mistakes("title: Only a title") == [
        f"line 1, {name}: is missing"
        for name in ("areas", "decision", "effective_on", "eligibility", "levels", "slug")
    ]


def test_missing_parts_of_entries_are_named_on_their_line():
    source = "slug: a\nareas:\n  - {code: A}\nlevels:\n  - {slug: silver}\n"

    found = mistakes(source)

    assert "line 3, areas[0].criteria: is missing" in found
    assert "line 5, levels[0].minimum: is missing" in found


def test_missing_code_is_named_and_nothing_else():
    assert mistakes(small_source().replace(b"{code: DM1, ", b"{")) == [
        "line 11, areas[0].criteria[0].code: is missing"
    ]
    assert mistakes(small_source().replace(b"{slug: silver, ", b"{")) == [
        "line 6, levels[0].slug: is missing"
    ]


def test_circle_of_prerequisites_is_named_once_with_the_way_round():
    source = small_source(areas={"A": 4}).decode()
    for code, needed in {"A1": "A3", "A2": "A1", "A3": "A2", "A4": "A1"}.items():
        source = source.replace(f"code: {code},", f"code: {code}, requires: [{needed}],")

    assert mistakes(source) == [
        "line 11, areas[0].criteria[0].requires[0]: goes round in a circle: A1 → A3 → A2 → A1"
    ]


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        (b"", "line 1: the file is empty"),
        (b"- a\n", "line 1: must be a group of named fields"),
        (b"slug: a\ntitle: \xff\n", "line 2: the file is not UTF-8 text"),
        (b"slug: a\ntitle: a\x00\n", "line 2: has control characters"),
        (b"slug: [a\ntitle: b\n", "line 2: is no valid YAML: expected ',' or ']', but got ':'"),
        (b"slug: a\n---\nslug: b\n", "line 2: is no valid YAML: but found another document"),
        (b"a: &x 1\n", "line 1: anchors and aliases (& and *) are not used in this format"),
        (b"a: 1\nb: !!python/object:os.system x\n", "line 2: tags (!) are not used in this format"),
        (b"a:\n " + b"[" * 40, "line 2: is nested too deeply"),
        (
            "a: \ufffe".encode(),
            "line 1: is no valid YAML: unacceptable character #xfffe: special characters are not allowed",
        ),
        (b"#" * (MAX_BYTES + 1), "line 1: the file is larger than 512 KB"),
        (b"\xff\xfes\x00l\x00", "line 1: the file is not UTF-8 text"),
        (
            b"%FOO\n%YAML 3\n---\na: 1",
            "line 2: is no valid YAML: expected a digit or '.', but found '\\n'",
        ),
    ],
)
def test_unreadable_file_is_refused_with_its_line(source, mistake):
    assert mistake in mistakes(source)


def test_laughing_aliases_are_refused_before_they_grow():
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]

    assert (
        mistakes("\n".join(lines))[0] == "line 1: anchors and aliases (& and *) are not used in this format"
    )


def test_long_chain_of_prerequisites_is_read_quickly():
    criteria = ["  - code: A", "    name: A", "    criteria:", "      - {code: A0, statement: s}"]
    criteria += [f"      - {{code: A{n}, statement: s, requires: [A{n - 1}]}}" for n in range(1, 2000)]
    head = small_source().split(b"areas:")[0].decode()

    spec = parse(f"{head}areas:\n{chr(10).join(criteria)}".encode())

    assert len(spec.criteria) == 2000


def test_refusal_carries_every_mistake_by_field():
    with pytest.raises(InvalidStandardFile) as refusal:
        parse(full_with("weight: 2", "weight: heavy"))

    assert refusal.value.errors == {
        "areas[0].criteria[0].weight": ["line 17, areas[0].criteria[0].weight: must be a whole number"]
    }
