"""What became of each criterion since the round before, as far as this reader may read that one."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from certification.models import Assessment, Response
from certification.recency import has_expired
from certification.report.result import Report
from certification.results import codes_met, rounds_with_result_for
from people.models import User
from standards.levels import Score, score


@dataclass(frozen=True)
class Changes:
    """Codes in the order of the standard. Expired: met before, and its recency window had run out."""

    since: Assessment
    before: Score
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    expired: tuple[str, ...]


def changes_in(report: Report, *, user: User) -> Changes | None:
    """Against the city's round before under the same standard; None without one that this reader may read."""
    earlier = _round_before(report.assessment, user=user)
    if earlier is None:
        return None
    met_before = codes_met(earlier)
    gone = met_before - report.met
    opened_on = timezone.localdate(report.assessment.opened_at)
    expired = _expired(earlier, gone, on=opened_on)
    order = [one.code for one in report.rules.criteria]
    return Changes(
        since=earlier,
        before=score(report.rules, met_before),
        gained=tuple(code for code in order if code in report.met - met_before),
        lost=tuple(code for code in order if code in gone - expired),
        expired=tuple(code for code in order if code in expired),
    )


def _round_before(assessment: Assessment, *, user: User) -> Assessment | None:
    """In the same case, else the last one of the case before."""
    case, readable = assessment.case, rounds_with_result_for(user)
    here = readable.filter(case=case, round__lt=assessment.round).order_by("-round").first()
    if here is not None:
        return here
    elsewhere = readable.filter(case__city=case.city_id, case__standard=case.standard_id)
    elsewhere = elsewhere.filter(case__opened_at__lt=case.opened_at)
    return elsewhere.order_by("-case__opened_at", "-round").first()


def _expired(earlier: Assessment, gone: frozenset[str], *, on: date) -> frozenset[str]:
    if not gone:
        return frozenset()
    answers = Response.objects.filter(assessment=earlier, criterion__code__in=gone)
    answers = answers.select_related("criterion", "assessment").prefetch_related("ticked", "evidence")
    return frozenset(one.criterion.code for one in answers if has_expired(one, on=on))
