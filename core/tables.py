"""Rows as files that a spreadsheet opens."""

import csv
from collections.abc import Iterable, Iterator, Sequence

# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"


class _Passing:
    """A file that keeps nothing: what is written to it is handed back at once."""

    def write(self, text: str) -> str:
        return text


def harmless(cell: object) -> object:
    """The cell, with an apostrophe in front where a spreadsheet would run its text as a formula."""
    if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS):
        return f"'{cell}"
    return cell


def csv_lines(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file in UTF-8, one by one, so that a long list never stands in memory whole."""
    writer = csv.writer(_Passing())
    yield BYTE_ORDER_MARK
    yield writer.writerow([str(cell) for cell in head])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])
