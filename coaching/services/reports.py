"""Figures of an engagement's measures, reported by a system line by line; good ones are kept."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.models import Engagement, Measure
from coaching.services.observations import COLUMNS, MOST_LINES, REQUIRED, Book, open_book, read_sighting
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound, Text
from people.models import User
from people.permissions import Permission

FIELDS = {"measure", *COLUMNS}
Errors = Mapping[str, Sequence[Text]]


@dataclass
class Outcome:
    """What became of the lines; `refused` names those that were not kept, by their number from 1."""

    added: int = 0
    corrected: int = 0
    unchanged: int = 0
    refused: dict[int, Errors] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        return self.added + self.corrected + self.unchanged


@transaction.atomic
def report_observations(
    *,
    engagement_id: uuid.UUID,
    lines: Sequence[Mapping[str, str]],
    by: User,
    now: datetime,
    replace: bool = False,
) -> Outcome:
    """Keep the figures of the good lines, each of which names its measure by id or by name.

    Raises NotFound, NotAllowed, CaseClosed, WrongState, and InvalidInput when not one line is good.
    """
    engagement = (
        Engagement.objects.measured_for(by).select_related("case__city").filter(pk=engagement_id).first()
    )
    if engagement is None:
        raise NotFound(_("There is no such engagement for you."))
    if not by.has_perm(Permission.RECORD_OBSERVATIONS, engagement):
        raise NotAllowed(_("Figures are entered by the city's leads and by the partner that coaches."))
    if len(lines) > MOST_LINES:
        text = _("Up to %(most)s lines at a time.") % {"most": MOST_LINES}
        raise InvalidInput(errors={"observations": [text]})
    shelf, outcome = _Shelf(engagement, by=by, now=now), Outcome()
    shelf.open({line.get("measure", "").strip() for line in lines})
    for number, line in enumerate(lines, start=1):
        try:
            shelf.take(line, outcome, replace=replace)
        except InvalidInput as refused:
            outcome.refused[number] = refused.errors
    if not outcome.kept:
        raise InvalidInput(errors=_by_line(outcome.refused))
    shelf.record()
    return outcome


def _by_line(refused: Mapping[int, Errors]) -> dict[str, Sequence[Text]]:
    return {
        f"observations.{number}.{name}": texts
        for number, errors in refused.items()
        for name, texts in errors.items()
    }


class _Shelf:
    """The books of an engagement's measures, by whatever the lines call them."""

    def __init__(self, engagement: Engagement, *, by: User, now: datetime) -> None:
        self.by, self.now, self.engagement = by, now, engagement
        self.measures: dict[str, Measure] = {}
        for measure in engagement.measures.all():
            self.measures |= {measure.name: measure, str(measure.pk): measure}
        self.books: dict[str, Book] = {}
        self.news: dict[Book, dict[str, int]] = {}

    def open(self, names: Iterable[str]) -> None:
        """Lock the measures named, in one order: two reports at once wait for each other."""
        found = {self.measures[name].pk for name in names if name in self.measures}
        books = {key: open_book(key, by=self.by, now=self.now) for key in sorted(found)}
        self.books = {name: books[self.measures[name].pk] for name in names if name in self.measures}

    def take(self, line: Mapping[str, str], outcome: Outcome, *, replace: bool) -> None:
        book = self._book_for(line)
        seen = read_sighting(line, line.get("source", ""))
        earlier = book.standing(seen)
        entered = book.enter(seen, replace=replace)
        if earlier == entered:
            outcome.unchanged += 1
            return
        news = self.news.setdefault(book, {"added": 0, "corrected": 0})
        kind = "corrected" if earlier else "added"
        news[kind] += 1
        setattr(outcome, kind, getattr(outcome, kind) + 1)

    def _book_for(self, line: Mapping[str, str]) -> Book:
        wrong = {name: [_("There is no such field.")] for name in line if name not in FIELDS}
        needed = (name for name in ("measure", *REQUIRED) if not line.get(name, "").strip())
        wrong |= {name: [_("Say this.")] for name in needed}
        name = line.get("measure", "").strip()
        if name and name not in self.books:
            wrong["measure"] = [_("“%(name)s” is no measure of this engagement.") % {"name": name}]
        if wrong:
            raise InvalidInput(errors=wrong)
        return self.books[name]

    def record(self) -> None:
        """One event for each measure, as for a list."""
        for book, news in self.news.items():
            audit.record(
                "coaching.observations_imported",
                by=self.by,
                target=book.measure,
                now=self.now,
                dossier=self.engagement.case_id,
                new=news,
            )
