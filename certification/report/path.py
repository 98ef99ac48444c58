"""The way to the next level: what is missing, and the nearest set of criteria with a time for each."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from certification.models import Response
from certification.report.result import Report
from core.errors import Text
from people.models import User
from standards.levels import Missing
from standards.models import Check, Criterion
from standards.planner import nearest

SOON, LATER, LONG = 3, 6, 12
MANY_CHECKS = 3
# A check that asks for something kept up over time, which no single paper can show.
KEPT_UP = re.compile(r"\b(quarters?|quarterly|monthly|twice|trimestres?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Pace:
    """In how many months a criterion can be met, and why."""

    months: int
    reason: Text


UNKNOWN = Pace(LATER, _("Which checks are missing is not on record"))


@dataclass(frozen=True)
class PathStep:
    """One criterion of the nearest set; the reason is empty for who may not read the city's answer."""

    code: str
    statement: str
    area: str
    weight: int
    because: tuple[Text, ...]
    pace: Pace


@dataclass(frozen=True)
class PathToLevel:
    """What is missing to the next level; `steps` is the smallest set of criteria that reaches it."""

    level: str
    missing: Missing
    steps: tuple[PathStep, ...]

    @property
    def months(self) -> int:
        return max((step.pace.months for step in self.steps), default=0)


def path_of(report: Report, *, user: User) -> PathToLevel | None:
    """None when the highest level is reached."""
    slug = report.score.next_level
    if slug is None:
        return None
    answers = _answers(report)
    is_known = report.assessment.taken_over_at is None
    paces = {code: _pace_of(answer) if is_known else UNKNOWN for code, answer in answers.items()}
    effort = {code: pace.months // SOON for code, pace in paces.items()}
    codes = nearest(report.rules, report.met, slug, effort=effort) or ()
    readable = Response.objects.visible_to(user).filter(pk__in=[answers[code].pk for code in codes])
    told = set(readable.values_list("criterion__code", flat=True))
    paces = _not_before_prerequisites(report, codes, paces)
    steps = [_step(report, slug, answers[code].criterion, paces[code], codes) for code in codes]
    return PathToLevel(
        level=next(line.name for line in report.lines if not line.reached),
        missing=report.score.missing,
        steps=tuple(step if step.code in told else _without_reason(step) for step in steps),
    )


def pace_of(checks: Collection[Check], ticked: Collection[int], need: int | None) -> Pace:
    """Three, six or twelve months, by the easiest checks that would be enough.

    Twelve when one of them asks for something kept up over quarters or done twice; six when one has to be
    recent, when three or more are missing, or when the criterion has no list of checks; else three.
    """
    if need is None:
        return Pace(LATER, _("No list of checks says how much is missing"))
    count = max(0, need - len(ticked))
    if not count:
        return Pace(SOON, _("Enough checks are ticked: what is missing is the proof"))
    left = sorted((one for one in checks if one.pk not in ticked), key=_hardness)[:count]
    missing = ngettext("%(count)s check is missing", "%(count)s checks are missing", count) % {"count": count}
    hardest = max(map(_hardness, left), default=0)
    if hardest == 2:
        return Pace(LONG, _("%(missing)s, one of them kept up over time") % {"missing": missing})
    if hardest == 1:
        return Pace(LATER, _("%(missing)s, one of them with recent proof") % {"missing": missing})
    return Pace(LATER if count >= MANY_CHECKS else SOON, missing)


def _hardness(check: Check) -> int:
    if check.within_months is None:
        return 0
    return 2 if KEPT_UP.search(check.text) else 1


def _answers(report: Report) -> Mapping[str, Response]:
    """The answers to what is not met, by code, with their checks."""
    open_codes = [one.code for one in report.rules.criteria if one.code not in report.met]
    found = Response.objects.filter(assessment=report.assessment, criterion__code__in=open_codes)
    return {one.criterion.code: one for one in found.for_list()}


def _pace_of(answer: Response) -> Pace:
    return pace_of(answer.criterion.checks.all(), answer.ticks, answer.criterion.need)


def _not_before_prerequisites(
    report: Report, codes: Collection[str], paces: Mapping[str, Pace]
) -> dict[str, Pace]:
    """No criterion of the set before those of the set that it requires."""
    timed: dict[str, Pace] = {}

    def time(code: str) -> Pace:
        if code not in timed:
            before = [time(one) for one in report.rules.by_code[code].requires if one in codes]
            latest = max([paces[code], *before], key=lambda pace: pace.months)
            timed[code] = replace(paces[code], months=latest.months)
        return timed[code]

    return {code: time(code) for code in codes}


def _step(report: Report, slug: str, criterion: Criterion, pace: Pace, codes: Collection[str]) -> PathStep:
    return PathStep(
        code=criterion.code,
        statement=criterion.statement,
        area=criterion.area.name,
        weight=criterion.weight,
        because=tuple(_because(report, slug, criterion, codes)),
        pace=pace,
    )


def _because(report: Report, slug: str, criterion: Criterion, codes: Collection[str]) -> list[Text]:
    """Why this one: needed in any case, for its area, or as a prerequisite; otherwise for the minimum."""
    missing = report.score.missing
    found: list[Text] = []
    if criterion.code in missing.mandatory:
        found.append(_("needed in any case"))
    waiting = [
        one.code
        for one in report.rules.criteria
        if criterion.code in one.requires and (one.code in codes or one.code in report.blocked)
    ]
    if waiting:
        found.append(_("%(codes)s can't count without it") % {"codes": ", ".join(waiting)})
    if criterion.area.code in missing.areas:
        found.append(_("its area needs more"))
    return found or [_("counts towards the minimum")]


def _without_reason(step: PathStep) -> PathStep:
    return replace(step, pace=replace(step.pace, reason=""))
