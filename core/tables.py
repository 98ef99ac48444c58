"""Rows as files that a spreadsheet opens: the one writer of CSV and XLSX."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import chain

from django.utils.functional import Promise
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet runs a cell that begins with one of these as a formula; some take the wide forms as well.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"
# What a cell of XLSX can hold; more would be dropped without a word.
LONGEST_CELL = 32_767
WIDEST = 60
Row = Sequence[object]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name, the head of its columns, and the rows."""

    name: str
    head: Row
    rows: Iterable[Row]


class _Passing:
    """A file that keeps nothing: what is written to it is handed back at once."""

    def write(self, text: str) -> str:
        return text


def harmless(cell: object) -> object:
    """The cell, with an apostrophe in front where a spreadsheet would run its text as a formula."""
    if isinstance(cell, Promise):
        cell = str(cell)
    if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS):
        return f"'{cell}"
    return cell


def csv_lines(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a CSV file in UTF-8, one by one, so that a long list never stands in memory whole."""
    writer = csv.writer(_Passing())
    yield BYTE_ORDER_MARK
    for row in chain([head], rows):
        yield writer.writerow([harmless(cell) for cell in row])


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one XLSX file. Text stays text: nothing in it becomes a formula, a number or a link."""
    file = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with Workbook(file, options) as book:
        formats = _Formats(
            head=book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            text=book.add_format({"text_wrap": True, "valign": "top"}),
            day=book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        )
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, formats)
    return file.getvalue()


@dataclass(frozen=True)
class _Formats:
    head: Format
    text: Format
    day: Format


def _fill(page: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    widths = [0] * len(sheet.head)
    for place, row in enumerate(chain([sheet.head], sheet.rows)):
        for column, cell in enumerate(row):
            _write(page, place, column, cell, formats, is_head=place == 0)
            widths[column] = max(widths[column], _width(cell))
    for column, width in enumerate(widths):
        page.set_column(column, column, width + 2)
    page.freeze_panes(1, 0)


def _write(page: Worksheet, row: int, column: int, cell: object, formats: _Formats, *, is_head: bool) -> None:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        page.write_datetime(row, column, cell, formats.day)
    elif isinstance(cell, int | float | Decimal):
        page.write_number(row, column, cell, formats.text)
    else:
        text = str(harmless("" if cell is None else cell))[:LONGEST_CELL]
        page.write_string(row, column, text, formats.head if is_head else formats.text)


def _width(cell: object) -> int:
    return min(WIDEST, max((len(line) for line in str(cell).splitlines()), default=0))
