"""Rows of a CSV file, and what became of each: shared by every import, so that all report alike."""

import csv
import json
import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.errors import InvalidInput, Text

BYTE_ORDER_MARK, WORKBOOK = b"\xef\xbb\xbf", b"PK\x03\x04"
DELIMITERS = (",", ";", "\t")
UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class ImportCommand(BaseCommand):
    """A management command around an import: reads the file, prints the report as text or JSON."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            report = self.run(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        except UnreadableFile as error:
            raise CommandError(f"{path}: {error.detail}") from error
        self.stdout.write(json.dumps(report.as_data()) if options["json"] else report.as_text())

    @abstractmethod
    def run(self, source: bytes) -> "ImportReport":
        """Call the service."""


class UnreadableFile(InvalidInput):
    """The file as a whole can't be imported; nothing was taken from it."""


class RowRefused(Exception):
    """One line can't be imported, and why."""


@dataclass(frozen=True)
class Row:
    """One line of the file; `line` counts from 1, the header included."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


@dataclass(frozen=True, order=True)
class Refusal:
    line: int
    reason: str


@dataclass
class ImportReport:
    """How many rows were added, changed and left alone, and which were refused."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, line: int, reason: Text) -> None:
        self.refused.append(Refusal(line, str(reason)))

    def as_data(self) -> dict[str, object]:
        refused = [{"line": refusal.line, "reason": refusal.reason} for refusal in sorted(self.refused)]
        return {"added": self.added, "changed": self.changed, "unchanged": self.unchanged, "refused": refused}

    def as_text(self) -> str:
        counts = f"added {self.added}, changed {self.changed}, unchanged {self.unchanged}"
        lines = [f"line {refusal.line}: {refusal.reason}" for refusal in sorted(self.refused)]
        return "\n".join([f"{counts}, refused {len(self.refused)}", *lines])


def read_rows(source: bytes, required: Sequence[str], report: ImportReport) -> Iterator[Row]:
    """The rows of a UTF-8 CSV file with a header; blank lines are skipped, broken ones refused in the report.

    Values are divided by commas, semicolons or tabs, as the header shows: spreadsheets write all three. Each
    line stands for itself: a value may not run over several lines, so that a quote left open on one line
    can't swallow the next. Raises UnreadableFile when a required column is missing.
    """
    if source.startswith(WORKBOOK):
        raise UnreadableFile(_("This is a workbook. Save the sheet as “CSV UTF-8” and take that file."))
    lines = source.removeprefix(BYTE_ORDER_MARK).splitlines()
    first = lines[0] if lines else b""
    delimiter = max(DELIMITERS, key=lambda sign: first.count(sign.encode()))
    header = _header(first, delimiter, required)
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            try:
                yield Row(number, dict(zip(header, _values(line, delimiter, len(header)), strict=True)))
            except RowRefused as refusal:
                report.refuse(number, str(refusal))


def _header(line: bytes, delimiter: str, required: Sequence[str]) -> list[str]:
    try:
        header = [name.strip() for name in _fields(line, delimiter)]
    except RowRefused as refusal:
        raise UnreadableFile(_("The header can't be read: %(reason)s.") % {"reason": refusal}) from refusal
    if missing := [name for name in required if name not in header]:
        names = {"missing": ", ".join(missing), "found": ", ".join(header) or "–"}
        raise UnreadableFile(_("The file lacks the columns %(missing)s. It has: %(found)s.") % names)
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise UnreadableFile(_("The file has these columns twice: %(names)s.") % {"names": ", ".join(twice)})
    return header


def _values(line: bytes, delimiter: str, expected: int) -> list[str]:
    values = [value.strip() for value in _fields(line, delimiter)]
    if len(values) != expected:
        counts = {"found": len(values), "expected": expected}
        raise RowRefused(_("has %(found)s values, and the header has %(expected)s") % counts)
    if any(UNWANTED.search(value) for value in values):
        raise RowRefused(_("has control characters"))
    return values


def _fields(line: bytes, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.decode("utf-8")], delimiter=delimiter, strict=True), [])
    except UnicodeDecodeError as error:
        raise RowRefused(_("is not UTF-8 text")) from error
    except csv.Error as error:
        raise RowRefused(_("is no valid CSV: %(problem)s") % {"problem": error}) from error
