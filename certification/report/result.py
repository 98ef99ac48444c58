"""The validated result of a round: by area, against each level, strengths and gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from certification.enums import Rating
from certification.models import Assessment, Finding, Settlement
from certification.results import codes_met
from core.errors import Text
from people.models import User
from standards.arithmetic import LevelArithmetic, MinimumLine, arithmetic
from standards.enums import MinimumKind
from standards.levels import Rules, Score, score
from standards.models import Level
from standards.selectors import rules_of


@dataclass(frozen=True)
class Gap:
    """A criterion that is not met, with what the assessors say about it."""

    code: str
    statement: str
    reason: str
    comments: tuple[str, ...]


@dataclass(frozen=True)
class ReportArea:
    code: str
    name: str
    met: int
    of: int
    gaps: tuple[Gap, ...]

    @property
    def is_strength(self) -> bool:
        return self.met == self.of


@dataclass(frozen=True)
class Condition:
    """One thing that a level asks for, in words, and whether it holds."""

    text: Text
    holds: bool


@dataclass(frozen=True)
class LevelLine:
    """One level's arithmetic: `needed` whole units (criteria, or points where weights differ) of `of`."""

    name: str
    minimum: str
    exact: str
    compared: str
    needed: int
    met: int
    of: int
    in_points: bool
    reached: bool
    conditions: tuple[Condition, ...]

    @property
    def short(self) -> int:
        return max(0, self.needed - self.met)

    @property
    def is_met(self) -> bool:
        """The minimum alone, whatever else the level asks for."""
        return not self.short

    @property
    def sentence(self) -> str:
        """51% of 43 = 21.93, so 22 criteria; 20 met (20/43 < 51/100)."""
        if self.exact and self.in_points:
            text = _("%(minimum)s of %(of)s points = %(exact)s, so %(needed)s points; %(met)s met")
        elif self.exact:
            text = _("%(minimum)s of %(of)s = %(exact)s, so %(needed)s criteria; %(met)s met")
        elif self.in_points:
            text = _("%(needed)s of %(of)s points; %(met)s met")
        else:
            text = _("%(needed)s of %(of)s criteria; %(met)s met")
        told = str(text % asdict(self))
        return f"{told} ({self.compared})." if self.compared else f"{told}."

    @property
    def shortage(self) -> str:
        """How much is missing, or nothing."""
        if not self.short:
            return ""
        if self.in_points:
            text = ngettext("One point is missing.", "%(count)s points are missing.", self.short)
        else:
            text = ngettext("One criterion is missing.", "%(count)s criteria are missing.", self.short)
        return text % {"count": self.short}


@dataclass(frozen=True)
class Report:
    """`blocked` are criteria that are met and don't count yet, each with what it waits for."""

    assessment: Assessment
    rules: Rules
    met: frozenset[str]
    score: Score
    level: str
    areas: tuple[ReportArea, ...]
    lines: tuple[LevelLine, ...]

    @property
    def blocked(self) -> Mapping[str, tuple[str, ...]]:
        return self.score.missing.prerequisites

    @property
    def strengths(self) -> list[ReportArea]:
        return [area for area in self.areas if area.is_strength]

    @property
    def opportunities(self) -> list[ReportArea]:
        return [area for area in self.areas if area.gaps]


def report_of(assessment: Assessment, *, user: User) -> Report:
    """The result of a settled round; comments and reasons as far as this reader may read them."""
    standard = assessment.case.standard
    rules, met = rules_of(standard), codes_met(assessment)
    result = score(rules, met)
    levels = list(standard.levels.order_by("position"))
    names = {level.slug: level.name for level in levels}
    return Report(
        assessment=assessment,
        rules=rules,
        met=met,
        score=result,
        level=names.get(result.level or "", ""),
        areas=_areas(assessment, result, user),
        lines=_lines(levels, rules, result),
    )


def rounds_reported(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """The rounds with a settled result, newest first."""
    return assessments.filter(reconciled_at__isnull=False).order_by("-round")


def _areas(assessment: Assessment, score: Score, user: User) -> tuple[ReportArea, ...]:
    settled = Settlement.objects.visible_to(user).filter(response__assessment=assessment)
    rows = settled.select_related("response__criterion__area").order_by("response__criterion__position")
    comments = _comments(assessment, user)
    gaps: dict[str, list[Gap]] = {}
    names: dict[str, str] = {}
    for row in rows:
        criterion = row.response.criterion
        names[criterion.area.code] = criterion.area.name
        if row.outcome != Rating.MET:
            said = tuple(comments.get(row.response_id, ()))
            gap = Gap(criterion.code, criterion.statement, row.reason, said)
            gaps.setdefault(criterion.area.code, []).append(gap)
    return tuple(
        ReportArea(area.code, names[area.code], area.met, area.of, tuple(gaps.get(area.code, ())))
        for area in score.by_area
        if area.code in names
    )


def _comments(assessment: Assessment, user: User) -> dict[object, list[str]]:
    findings = Finding.objects.visible_to(user).current().filter(review__assessment=assessment)
    said: dict[object, list[str]] = {}
    for response_id, comment in findings.exclude(comment="").values_list("response_id", "comment"):
        said.setdefault(response_id, []).append(comment)
    return said


def _lines(levels: list[Level], rules: Rules, result: Score) -> tuple[LevelLine, ...]:
    worked_out = arithmetic(rules, result.counted)
    lines: list[LevelLine] = []
    for level, worked in zip(levels, worked_out, strict=True):
        lines.append(_line(level, worked, result, below=lines))
    return tuple(lines)


def _line(level: Level, worked: LevelArithmetic, result: Score, *, below: list[LevelLine]) -> LevelLine:
    line = worked.minimum
    is_share = line.kind == MinimumKind.PERCENT
    return LevelLine(
        name=level.name,
        minimum=level.minimum_text,
        exact=_decimal(line.exact) if is_share else "",
        compared=_compared(line) if is_share else "",
        needed=line.needed,
        met=line.met,
        of=line.total,
        in_points=line.total != result.of,
        reached=worked.reached,
        conditions=tuple(_conditions(worked, below)),
    )


def _compared(line: MinimumLine) -> str:
    """The comparison as it is made, in exact fractions: 20/43 < 51/100."""
    sign = "≥" if line.holds else "<"
    percent = line.minimum * 100
    least = f"{percent}/100" if percent.denominator == 1 else str(line.minimum)
    return f"{line.met}/{line.total} {sign} {least}"


def _decimal(value: Fraction) -> str:
    """For reading only; the comparison is exact."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _conditions(worked: LevelArithmetic, below: list[LevelLine]) -> Iterable[Condition]:
    for one in worked.mandatory:
        yield Condition(_("%(code)s counts: needed in any case") % {"code": one.code}, one.holds)
    for area in worked.areas:
        text = _("%(area)s: at least %(least)s of %(of)s criteria; %(met)s met")
        names = {"area": area.code, "least": area.least, "of": area.of, "met": area.met}
        yield Condition(text % names, area.holds)
    if below:
        yield Condition(_("all that %(level)s asks for") % {"level": below[-1].name}, below[-1].reached)
