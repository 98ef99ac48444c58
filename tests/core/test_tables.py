import csv
from datetime import date
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.utils.translation import gettext_lazy

from core.tables import FORMULA_SIGNS, LONGEST_CELL, Sheet, csv_lines, workbook

NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells_of(content: bytes, sheet: int = 1) -> list[list[str]]:
    """The rows of a sheet as text, and nothing but text and numbers in them."""
    with ZipFile(BytesIO(content)) as file:
        shared = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))  # noqa: S314 -- written by us
        page = ElementTree.fromstring(file.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314 -- written by us
    texts = ["".join(item.itertext()) for item in shared.findall("m:si", NAMES)]
    assert page.findall(".//m:f", NAMES) == []
    return [
        [
            texts[int(cell.findtext("m:v", "", NAMES))]
            if cell.get("t") == "s"
            else cell.findtext("m:v", "", NAMES)
            for cell in row.findall("m:c", NAMES)
        ]
        for row in page.findall(".//m:row", NAMES)
    ]


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_text_that_a_spreadsheet_would_run_is_made_harmless(sign):
    text = f"{sign}HYPERLINK(1)"
    rows = [[text, gettext_lazy("plain"), -5]]

    (line,) = csv.reader([*csv_lines([text], rows)][2:])
    head, row = cells_of(workbook([Sheet("One", [text, "B", "C"], rows)]))

    assert line == [f"'{text}", "plain", "-5"]
    assert [cell.replace("_x000D_", "\r") for cell in (head[0], row[0])] == [f"'{text}"] * 2
    assert row[1:] == ["plain", "-5"]


def test_workbook_keeps_numbers_days_and_several_sheets():
    content = workbook(
        [Sheet("One", ["A", "B"], [[1, date(2026, 3, 2)], [2.5, None]]), Sheet("Two", ["C"], [["007"]])]
    )

    assert cells_of(content) == [["A", "B"], ["1", "46083"], ["2.5", ""]]
    assert cells_of(content, 2) == [["C"], ["007"]]


def test_text_longer_than_a_cell_is_cut_and_not_dropped():
    content = workbook([Sheet("One", ["A"], [["x" * (LONGEST_CELL + 5)]])])

    assert cells_of(content)[1] == ["x" * LONGEST_CELL]
