"""What a round's validated result says, for one reader: by area, against each level, strengths and gaps."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from certification.enums import Rating
from certification.models import Assessment, Finding, Settlement
from certification.selectors import result_of
from core.errors import Text
from people.models import User
from standards.enums import MinimumKind
from standards.levels import Missing, Rules, Score, missing_to
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
class LevelLine:
    """One level's arithmetic: `needed` whole units (criteria, or points where weights differ) of `of`."""

    name: str
    minimum: str
    exact: str
    needed: int
    met: int
    of: int
    in_points: bool
    reached: bool
    conditions: tuple[Text, ...]

    @property
    def short(self) -> int:
        return max(0, self.needed - self.met)


@dataclass(frozen=True)
class Report:
    assessment: Assessment
    score: Score
    level: str
    areas: tuple[ReportArea, ...]
    lines: tuple[LevelLine, ...]

    @property
    def strengths(self) -> list[ReportArea]:
        return [area for area in self.areas if area.is_strength]

    @property
    def opportunities(self) -> list[ReportArea]:
        return [area for area in self.areas if area.gaps]


def report_of(assessment: Assessment, *, user: User) -> Report:
    """The result of a settled round; comments and reasons as far as this reader may read them."""
    score = result_of(assessment)
    levels = list(assessment.case.standard.levels.order_by("position"))
    names = {level.slug: level.name for level in levels}
    return Report(
        assessment=assessment,
        score=score,
        level=names.get(score.level or "", ""),
        areas=_areas(assessment, score, user),
        lines=_lines(assessment, levels, score),
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


def _lines(assessment: Assessment, levels: list[Level], score: Score) -> tuple[LevelLine, ...]:
    rules = rules_of(assessment.case.standard)
    slugs = [level.slug for level in levels]
    reached = slugs[: slugs.index(score.level) + 1] if score.level else []
    return tuple(_line(level, rules, score, reached=level.slug in reached) for level in levels)


def _line(level: Level, rules: Rules, score: Score, *, reached: bool) -> LevelLine:
    rule = next(one for one in rules.levels if one.slug == level.slug)
    is_share = rule.kind == MinimumKind.PERCENT
    return LevelLine(
        name=level.name,
        minimum=level.minimum_text,
        exact=_decimal(rule.minimum * score.weight_total) if is_share else "",
        needed=rule.points(score.weight_total),
        met=score.weight_met,
        of=score.weight_total,
        in_points=score.weight_total != score.of,
        reached=reached,
        conditions=tuple(_conditions(missing_to(rules, level.slug, score.counted))),
    )


def _decimal(value: Fraction) -> str:
    """For reading only; the comparison is exact."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _conditions(missing: Missing) -> Iterable[Text]:
    if missing.mandatory:
        yield _("Needed in any case: %(codes)s.") % {"codes": ", ".join(missing.mandatory)}
    for area, gap in missing.areas.items():
        text = ngettext(
            "%(area)s needs %(gap)s more criterion.", "%(area)s needs %(gap)s more criteria.", gap
        )
        yield text % {"area": area, "gap": gap}
