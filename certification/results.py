"""Validated results of many cases at once, as far as one reader may read them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from certification.enums import AssessmentStatus, Rating
from certification.models import Assessment, Settlement
from people.models import User
from standards.levels import Score, score
from standards.rulebooks import rules_by_standard


@dataclass(frozen=True)
class Result:
    """The newest validated result of a case, with the round that it comes from."""

    round: int
    score: Score


def codes_met(assessment: Assessment) -> frozenset[str]:
    """The criteria validated as met in a round; what is not settled is not met."""
    settled = Settlement.objects.filter(response__assessment=assessment, outcome=Rating.MET)
    return frozenset(settled.values_list("response__criterion__code", flat=True))


def rounds_with_result_for(user: User) -> QuerySet[Assessment]:
    """The rounds whose validated result is complete and open to this person."""
    validated = Settlement.objects.visible_to(user).filter(response__assessment=OuterRef("pk"))
    done = (AssessmentStatus.RECONCILED, AssessmentStatus.RELEASED)
    return Assessment.objects.filter(Exists(validated), status__in=done)


def last_results_for(case_ids: Collection[uuid.UUID], *, user: User) -> dict[uuid.UUID, Result]:
    """By case, without those that have no result for this person; four queries for any number."""
    newest = rounds_with_result_for(user).filter(case__in=case_ids).order_by("case_id", "-round")
    rounds = list(newest.distinct("case_id").select_related("case"))
    met = _codes_met(rounds)
    rules = rules_by_standard({one.case.standard_id for one in rounds})
    return {
        one.case_id: Result(one.round, score(rules[one.case.standard_id], met.get(one.pk, ())))
        for one in rounds
    }


def _codes_met(rounds: list[Assessment]) -> dict[uuid.UUID, list[str]]:
    settled = Settlement.objects.filter(response__assessment__in=rounds, outcome=Rating.MET)
    codes: dict[uuid.UUID, list[str]] = {}
    for assessment, code in settled.values_list("response__assessment_id", "response__criterion__code"):
        codes.setdefault(assessment, []).append(code)
    return codes
