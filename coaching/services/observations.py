"""Figures of a measure, entered one by one or read from a list. A correction keeps what it corrects."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.services import require_not_ended
from coaching.enums import TAKEN_UP, Bound
from coaching.figures import Figure, read_figure
from coaching.models import Engagement, Measure, MeasuredGroup, Observation
from coaching.periods import Period, read_period
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.imports import ImportReport, Row, UnreadableFile, read_rows
from core.words import plain_line
from people.models import User
from people.permissions import Permission

REQUIRED = ("when", "value")
COLUMNS = (*REQUIRED, "group", "source", "change", "since")
MOST_LINES = 2000
LONGEST_SOURCE = 300


@dataclass(frozen=True)
class Sighting:
    """What somebody has seen: a figure, when, of whom, and who says so; or how much it changed since when."""

    period: Period
    figure: Figure
    source: str
    group: str = ""
    change: Figure | None = None
    since: Period | None = None


@transaction.atomic
def record_observation(
    *, measure_id: uuid.UUID, seen: Sighting, by: User, now: datetime, replace: bool = False
) -> Observation:
    """Keep a figure. The same figure again is the one that is there; another one for the same day or period
    is refused unless it is to replace that, which then stays on record.

    Raises NotFound, NotAllowed, CaseClosed, WrongState, InvalidInput.
    """
    book = open_book(measure_id, by=by, now=now)
    earlier = book.standing(seen)
    observation = book.enter(seen, replace=replace)
    if earlier == observation:
        return observation
    audit.record(
        "coaching.observation_corrected" if earlier else "coaching.observation_recorded",
        by=by,
        target=observation,
        now=now,
        dossier=book.measure.engagement.case_id,
        old={"value": earlier.figure.code} if earlier else {},
        new={"value": seen.figure.code, "when": seen.period.code, "group": seen.group},
    )
    return observation


@transaction.atomic
def withdraw_observation(*, observation_id: uuid.UUID, by: User, now: datetime) -> Observation:
    """Take back a figure that was entered by mistake. It stays on record as one that no longer stands.

    Withdrawing it again changes nothing. Raises NotFound, NotAllowed, CaseClosed, WrongState.
    """
    found = Observation.objects.visible_to(by).filter(pk=observation_id).first()
    if found is None:
        raise NotFound(_("There is no such figure for you."))
    book = open_book(found.measure_id, by=by, now=now)
    found.refresh_from_db()
    if found.superseded_at is not None:
        return found
    found.superseded_at, found.superseded_by = now, by
    found.save(update_fields=["superseded_at", "superseded_by"])
    audit.record(
        "coaching.observation_withdrawn",
        by=by,
        target=found,
        now=now,
        dossier=book.measure.engagement.case_id,
        old={"value": found.figure.code, "when": found.period.code},
    )
    return found


@transaction.atomic
def import_observations(
    *, measure_id: uuid.UUID, text: bytes, source: str, by: User, now: datetime, replace: bool = False
) -> ImportReport:
    """Keep the figures of a CSV list whose lines are good; the report names the others, and why.

    `source` stands for lines that name none. Raises as `record_observation`, and UnreadableFile.
    """
    book, report = open_book(measure_id, by=by, now=now), ImportReport()
    for number, row in enumerate(read_rows(text, REQUIRED, report), start=1):
        if number > MOST_LINES:
            raise UnreadableFile(_("Up to %(most)s lines at a time.") % {"most": MOST_LINES})
        _take(row, source, book, report, replace=replace)
    if report.added or report.changed:
        new = {"added": report.added, "corrected": report.changed}
        dossier = book.measure.engagement.case_id
        audit.record(
            "coaching.observations_imported", by=by, target=book.measure, now=now, dossier=dossier, new=new
        )
    return report


def may_record(engagement: Engagement, *, by: User) -> bool:
    """Whether the forms are to be offered."""
    running = engagement.status in TAKEN_UP and engagement.case.closed_at is None
    return running and by.has_perm(Permission.RECORD_OBSERVATIONS, engagement)


def _take(row: Row, source: str, book: "Book", report: ImportReport, *, replace: bool) -> None:
    try:
        seen = read_sighting(row.values, source)
        earlier = book.standing(seen)
        entered = book.enter(seen, replace=replace)
    except InvalidInput as refused:
        told = [f"{name}: {text}" for name, texts in refused.errors.items() for text in texts]
        report.refuse(row.line, "; ".join(told))
        return
    if earlier is None:
        report.added += 1
    elif earlier == entered:
        report.unchanged += 1
    else:
        report.changed += 1


def read_sighting(values: Mapping[str, str], source: str) -> Sighting:
    """What the columns of one line say. Raises InvalidInput."""
    return Sighting(
        period=_when("when", values["when"]),
        figure=_how_much("value", values["value"]),
        source=values.get("source") or source,
        group=values.get("group", ""),
        change=_how_much("change", values["change"]) if values.get("change") else None,
        since=_when("since", values["since"]) if values.get("since") else None,
    )


def _when(name: str, text: str) -> Period:
    try:
        return read_period(text)
    except ValueError as error:
        words = _("“%(text)s” is no day or period. Write 2018-03-15, 2018-03, 2018-Q1 or 2018.")
        raise InvalidInput(errors={name: [words % {"text": text}]}) from error


def _how_much(name: str, text: str) -> Figure:
    try:
        return read_figure(text)
    except ValueError as error:
        words = _("“%(text)s” is no number. Write 3000, 91.5 or >3000.")
        raise InvalidInput(errors={name: [words % {"text": text}]}) from error


class Book:
    """The standing figures of one measure, looked up once however many are entered."""

    def __init__(self, measure: Measure, *, by: User, now: datetime) -> None:
        self.measure, self.by, self.now = measure, by, now
        self.today = calendar_of(measure.engagement.case.city.organization).local_day(now)
        self.groups = {group.name: group for group in measure.groups.all()}
        self.entries = {(one.period, one.group_id): one for one in measure.observations.standing()}

    def standing(self, seen: Sighting) -> Observation | None:
        return self.entries.get((seen.period, self._group_id(seen)))

    def enter(self, seen: Sighting, *, replace: bool) -> Observation:
        self._require_sense(seen)
        earlier = self.standing(seen)
        if earlier and self._says_the_same(earlier, seen):
            return earlier
        if earlier and not replace:
            told = {"value": earlier.figure, "when": seen.period}
            text = _("There is a figure for %(when)s: %(value)s. Tick that yours replaces it.")
            raise InvalidInput(errors={"when": [text % told]})
        if earlier:
            earlier.superseded_at, earlier.superseded_by = self.now, self.by
            earlier.save(update_fields=["superseded_at", "superseded_by"])
        entered = self._write(seen)
        self.entries[seen.period, entered.group_id] = entered
        return entered

    def _write(self, seen: Sighting) -> Observation:
        return Observation.objects.create(
            measure=self.measure,
            group=self._group(seen),
            begins_on=seen.period.begins_on,
            ends_on=seen.period.ends_on,
            value=seen.figure.value,
            bound=seen.figure.bound,
            change=seen.change.value if seen.change else None,
            change_bound=seen.change.bound if seen.change else Bound.EXACT,
            since_begins_on=seen.since.begins_on if seen.since else None,
            since_ends_on=seen.since.ends_on if seen.since else None,
            source=seen.source.strip(),
            entered_at=self.now,
            entered_by=self.by,
        )

    def _says_the_same(self, earlier: Observation, seen: Sighting) -> bool:
        told = (earlier.figure, earlier.changed, earlier.since, earlier.source)
        return told == (seen.figure, seen.change, seen.since, seen.source.strip())

    def _group(self, seen: Sighting) -> MeasuredGroup | None:
        return self.groups.get(seen.group.strip())

    def _group_id(self, seen: Sighting) -> uuid.UUID | None:
        group = self._group(seen)
        return group.pk if group else None

    def _require_sense(self, seen: Sighting) -> None:
        wrong = {field: [text] for field, is_wrong, text in self._mistakes(seen) if is_wrong}
        if wrong:
            raise InvalidInput(errors=wrong)

    def _mistakes(self, seen: Sighting) -> Iterator[tuple[str, bool, str]]:
        """What could be wrong with which field, and whether it is."""
        period, since, group = seen.period, seen.since, seen.group.strip()
        names = {"name": group, "names": ", ".join(self.groups) or _("none")}
        unknown = _("“%(name)s” is no group of this measure. It has: %(names)s.") % names
        yield "group", bool(group) and group not in self.groups, unknown
        future = _("This lies in the future. Enter what has been observed.")
        yield "when", period.begins_on > self.today, future
        unsound = _unsound(seen.source)
        yield "source", bool(unsound), unsound
        half = (seen.change is None) != (since is None)
        yield "since", half, _("Say both how much it changed and since when.")
        later = since is not None and since.ends_on >= period.begins_on
        yield "since", later, _("Compare with an earlier day or period.")


def _unsound(source: str) -> str:
    if not source.strip():
        return _("Say where the figure comes from.")
    if len(source) > LONGEST_SOURCE:
        return _("Up to %(limit)s characters.") % {"limit": LONGEST_SOURCE}
    try:
        plain_line(source)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def open_book(measure_id: uuid.UUID, *, by: User, now: datetime) -> Book:
    """The measure's figures, locked: of two for the same day the second sees the first."""
    seen = Measure.objects.visible_to(by).select_related("engagement__case__city__organization")
    found = seen.filter(pk=measure_id).select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise NotFound(_("There is no such measure for you."))
    if not by.has_perm(Permission.RECORD_OBSERVATIONS, found.engagement):
        raise NotAllowed(_("Figures are entered by the city's leads and by the partner that coaches."))
    require_not_ended(found.engagement.case)
    if found.engagement.status not in TAKEN_UP:
        raise WrongState(_("Figures are entered once the engagement is accepted."))
    return Book(found, by=by, now=now)
