"""A spreadsheet of running cases, read line by line; nothing here writes."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from core.imports import ImportReport, Row, UnreadableFile, read_rows
from standards.models import Standard
from workflows.running_cases.ground import Ground
from workflows.running_cases.reading import ENTRIES, WITH_RESULT, Line, Reading

__all__ = ["COLUMNS", "ENTRIES", "WITH_RESULT", "Line", "read_running_cases"]

COLUMNS = ("slug", "step", "since", "owner_email", "due_on", "met")
MAX_BYTES, MAX_LINES = 300_000, 300


def read_running_cases(source: bytes, *, standard: Standard, today: date, invite: bool) -> list[Line]:
    """Every line of the file, in its order. Raises UnreadableFile when nothing can be made of it at all."""
    if len(source) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than %(kb)s KB. Divide it.") % {"kb": MAX_BYTES // 1000})
    if not source.strip():
        raise UnreadableFile(
            _("The file is empty. Its first line names the columns: %s.") % ", ".join(COLUMNS)
        )
    broken = ImportReport()
    rows = list(read_rows(source, COLUMNS, broken))
    count = len(rows) + len(broken.refused)
    if not count:
        raise UnreadableFile(_("The file names its columns, and has no case below them."))
    if count > MAX_LINES:
        values = {"count": count, "most": MAX_LINES}
        raise UnreadableFile(_("The file has %(count)s lines; divide it into files of %(most)s.") % values)
    ground = Ground(standard, today, invite, rows)
    lines = [_unread(refusal.line, refusal.reason) for refusal in broken.refused]
    return sorted([*lines, *_read(rows, ground)], key=lambda line: line.number)


def _unread(number: int, reason: str) -> Line:
    text = _("The line %(reason)s. Write one value for each column.") % {"reason": reason}
    return Line(number, dict.fromkeys(COLUMNS, ""), problems=[("", text)])


def _read(rows: Iterable[Row], ground: Ground) -> list[Line]:
    """Each line for itself; of two about one city the first sound one counts."""
    lines: list[Line] = []
    taken: dict[object, int] = {}
    for row in rows:
        line = Reading(row, ground).line
        if line.running:
            earlier = taken.setdefault(line.running.city.pk, row.line)
            if earlier != row.line:
                text = _("This city is on line %(line)s already. Keep one of the two lines.")
                line.refuse("slug", text % {"line": earlier})
        lines.append(line)
    return lines
