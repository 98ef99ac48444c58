"""A round as somebody works on it: the state of each criterion, progress, and the way on."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from cases.rules import belongs_to_this_city
from certification.enums import Rating, ResponseStatus
from certification.grounds import stands
from certification.models import Assessment, Evidence, Finding, Response
from certification.querysets import WITH_THE_CITY
from core.errors import Text
from people.enums import Role
from people.models import User
from standards.levels import CriterionRule, LevelRule, Rules, score
from standards.models import Criterion

FROM_BEFORE = (ResponseStatus.CARRIED, ResponseStatus.SETTLED)


@dataclass(frozen=True)
class Row:
    """One criterion: `done` when nothing is left to do about it, in `words` and a tone for the eye."""

    response: Response
    done: bool
    words: Text
    tone: str

    @property
    def code(self) -> str:
        return self.response.criterion.code

    @property
    def is_answered(self) -> bool:
        """Nothing is missing that would count as not met; of a sealed rating, that something is written."""
        if self.response.status in FROM_BEFORE:
            return True
        return bool(self.response.narrative if is_sealed(self.response) else self.response.self_rating)

    @property
    def has_evidence(self) -> bool:
        return bool(self.response.evidence.all())

    def lies_with(self, person: User) -> bool:
        """What is delegated to a contributor is theirs; what is delegated to nobody is the leads'."""
        delegation = self.response.delegation
        if person.organizations_as(Role.CITY_LEAD):
            return delegation is None or delegation.person_id == person.pk
        return delegation is not None and delegation.person_id == person.pk


@dataclass(frozen=True)
class Area:
    code: str
    name: str
    rows: tuple[Row, ...]

    @property
    def of(self) -> int:
        return len(self.rows)

    @property
    def done(self) -> int:
        return sum(row.done for row in self.rows)

    @property
    def with_evidence(self) -> int:
        return sum(row.has_evidence for row in self.rows)

    @property
    def first(self) -> Row:
        """Where to go on in this area: the first open criterion, else the first of all."""
        return next((row for row in self.rows if not row.done), self.rows[0])


@dataclass(frozen=True)
class Goal:
    """`needed` is weight, which is the number of criteria where each weighs one."""

    level: Text
    needed: int


@dataclass(frozen=True)
class Worksheet:
    """The rows that one reader sees, in the order of the standard."""

    assessment: Assessment
    areas: tuple[Area, ...]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for area in self.areas for row in area.rows)

    @property
    def of(self) -> int:
        return len(self.rows)

    @property
    def done(self) -> int:
        return sum(row.done for row in self.rows)

    @property
    def with_evidence(self) -> int:
        return sum(row.has_evidence for row in self.rows)

    @property
    def waiting(self) -> list[Row]:
        return [row for row in self.rows if not row.done]

    @property
    def unanswered(self) -> list[Row]:
        """What would count as not met for want of an answer."""
        return [row for row in self.rows if not row.is_answered]

    @property
    def answered(self) -> int:
        return self.of - len(self.unanswered)

    @property
    def returned(self) -> list[Row]:
        return [row for row in self.rows if row.response.status == ResponseStatus.RETURNED]

    @property
    def carried(self) -> list[Row]:
        return [row for row in self.rows if row.response.status in FROM_BEFORE]

    @property
    def rated_met(self) -> list[str]:
        """The codes that the city holds for met, those carried over included."""
        return [
            row.code
            for row in self.rows
            if row.response.self_rating == Rating.MET or row.response.status == ResponseStatus.CARRIED
        ]

    def narrowed(self, keep: Callable[[Row], bool]) -> "Worksheet":
        """Only the rows that are wanted, under the areas that have some."""
        areas = [replace(area, rows=tuple(filter(keep, area.rows))) for area in self.areas]
        return Worksheet(self.assessment, tuple(area for area in areas if area.rows))

    def with_row(self, row: Row, sheet: "Worksheet") -> "Worksheet":
        """These rows of a sheet and, at its place, the one that is looked at."""
        return self if row in self.rows else sheet.narrowed(lambda one: one == row or one in self.rows)

    @cached_property
    def serving(self) -> dict[uuid.UUID, list[str]]:
        """The codes of the criteria that each piece of evidence serves, as far as the reader sees them."""
        codes: dict[uuid.UUID, list[str]] = {}
        for row in self.rows:
            for piece in row.response.evidence.all():
                codes.setdefault(piece.pk, []).append(row.code)
        return codes

    def elsewhere(self, row: Row) -> list[tuple[Evidence, list[str]]]:
        """The newest version of each piece that other rows have and this one has not, with their codes."""
        here = {piece.chain for piece in row.response.evidence.all()}
        newest: dict[uuid.UUID, Evidence] = {}
        for other in self.rows:
            for piece in other.response.evidence.all():
                known = newest.get(piece.chain)
                if piece.chain not in here and (known is None or known.version < piece.version):
                    newest[piece.chain] = piece
        return [(piece, self.serving[piece.pk]) for piece in newest.values()]

    def find(self, code: str) -> Row | None:
        return next((row for row in self.rows if row.code == code), None)

    def beside(self, row: Row) -> tuple[Row | None, Row | None]:
        """The criteria before and after this one."""
        at = self.rows.index(row)
        before = self.rows[at - 1] if at else None
        return before, self.rows[at + 1] if at + 1 < self.of else None

    def next_waiting(self, row: Row | None = None) -> Row | None:
        """The next open criterion after this one, from the top again at the end."""
        at = self.rows.index(row) + 1 if row else 0
        around = (*self.rows[at:], *self.rows[:at])
        return next((other for other in around if not other.done and other != row), None)


def worksheet_of(assessment: Assessment, responses: Iterable[Response], *, reader: User) -> Worksheet:
    """The city's sheet. `responses` come from `responses_for`, so what a reader may not see is not in it.

    Of a draft that the city shares, others read how it is done and by what it is shown, and no rating; nor
    what is ticked, from which the rating follows.
    """
    rows = []
    of_the_city = belongs_to_this_city(reader, assessment)
    for response in responses:
        response.assessment = assessment  # with its case, which rules ask for
        if response.status in WITH_THE_CITY and not of_the_city:
            _seal(response)
        rows.append(_answer_row(response, assessment))
    return _sheet(assessment, rows)


def is_sealed(response: Response) -> bool:
    """Its rating is the city's own for now, and was kept back here."""
    return getattr(response, "rating_is_sealed", False)


def _seal(response: Response) -> None:
    response.self_rating = response.rating_reason = ""
    response.ticked_ids = []  # type: ignore[attr-defined]  # -- as `with_ticks` annotates it
    response.rating_is_sealed = True  # type: ignore[attr-defined]  # -- for the sheet alone


def review_sheet_of(
    assessment: Assessment, responses: Iterable[Response], findings: Iterable[Finding]
) -> Worksheet:
    """An assessor's sheet: what is under review, with their own findings so far."""
    found = {finding.response_id: finding for finding in findings}
    under_review = [one for one in responses if one.status == ResponseStatus.SUBMITTED]
    return _sheet(assessment, [_finding_row(one, found.get(one.pk)) for one in under_review])


def _sheet(assessment: Assessment, rows: list[Row]) -> Worksheet:
    names: dict[str, str] = {}
    members: dict[str, list[Row]] = {}
    for row in rows:
        area = row.response.criterion.area
        names[area.code] = area.name
        members.setdefault(area.code, []).append(row)
    areas = tuple(Area(code, names[code], tuple(found)) for code, found in members.items())
    sheet = Worksheet(assessment, areas)
    for row in rows:
        for piece in row.response.evidence.all():
            piece.serves = sheet.serving[piece.pk]  # type: ignore[attr-defined]  # -- for the pages
    return sheet


def _answer_row(response: Response, assessment: Assessment) -> Row:
    if response.status == ResponseStatus.CARRIED:
        return Row(response, True, _("carried over"), "ok")
    if response.status == ResponseStatus.SETTLED:
        return Row(response, True, _("settled"), "ok")
    if is_sealed(response):
        return _sealed_row(response)
    if response.status == ResponseStatus.RETURNED and not _saved_since(response, assessment):
        return Row(response, False, _("to revise"), "late")
    if response.status in WITH_THE_CITY and assessment.round > 1 and response.saved_at is None:
        words = _("out of date") if response.has_run_out else _("to look at again")
        return Row(response, False, words, "soon")
    if not response.self_rating:
        return Row(response, False, _("open"), "neutral")
    return Row(response, True, response.get_self_rating_display(), "stage")


def _sealed_row(response: Response) -> Row:
    if response.narrative:
        return Row(response, True, _("written"), "stage")
    return Row(response, False, _("open"), "neutral")


def _saved_since(response: Response, assessment: Assessment) -> bool:
    return bool(response.saved_at and assessment.returned_at and response.saved_at > assessment.returned_at)


def _finding_row(response: Response, finding: Finding | None) -> Row:
    if finding is None:
        return Row(response, False, _("open"), "neutral")
    if not stands(finding, response):
        return Row(response, False, _("begun"), "soon")
    return Row(response, True, finding.get_outcome_display(), "stage")


def goal_of(sheet: Worksheet, levels: Sequence[tuple[LevelRule, str]], *, of: int) -> Goal | None:
    """The next level above the self-ratings; None at the top, and for who does not read all of them.

    `levels` are those of the standard with their names, the lowest first; `of` its number of criteria.
    """
    if sheet.of != of or any(is_sealed(row.response) for row in sheet.rows):
        return None
    criteria = tuple(_rule(row.response.criterion) for row in sheet.rows)
    rules = Rules(criteria, tuple(level for level, _name in levels))
    above = score(rules, sheet.rated_met).next_level
    goals = (Goal(name, level.points(rules.total)) for level, name in levels if level.slug == above)
    return next(goals, None)


def _rule(criterion: Criterion) -> CriterionRule:
    return CriterionRule(criterion.code, criterion.area.code, criterion.weight, frozenset(criterion.requires))
