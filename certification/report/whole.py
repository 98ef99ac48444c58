from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certification.enums import AppealStatus
from certification.models import Appeal, Assessment
from certification.report.changes import Changes, changes_in
from certification.report.path import PathToLevel, path_of
from certification.report.peers import Peers, peers_of
from certification.report.result import Report, report_of
from people.models import User
from standards.models import Criterion


@dataclass(frozen=True)
class AreaRow:
    """One area: met now, met before, and the median of cities of its size, where these are known."""

    code: str
    name: str
    met: int
    of: int
    before: int | None
    median: int | None


@dataclass(frozen=True)
class WholeReport:
    """Everything the report of a round says; the page and the PDF are both made of this."""

    result: Report
    changes: Changes | None
    peers: Peers
    path: PathToLevel | None
    statements: dict[str, str]
    appeals: list[Appeal]

    @property
    def granted(self) -> list[Appeal]:
        """What was changed after the release."""
        return [one for one in self.appeals if one.status == AppealStatus.GRANTED]

    @property
    def contested(self) -> list[str]:
        """The criteria of appeals that wait for an answer."""
        return [one.response.criterion.code for one in self.appeals if one.status == AppealStatus.OPEN]

    @cached_property
    def areas(self) -> list[AreaRow]:
        before = {one.code: one.met for one in self.changes.before.by_area} if self.changes else {}
        medians = {one.code: one.met for one in self.peers.areas}
        return [
            AreaRow(one.code, one.name, one.met, one.of, before.get(one.code), medians.get(one.code))
            for one in self.result.areas
        ]

    def named(self, codes: Iterable[str]) -> list[tuple[str, str]]:
        """The criteria with their statements."""
        return [(code, self.statements[code]) for code in codes]


def whole_report(assessment: Assessment, *, user: User, now: datetime) -> WholeReport:
    """The report of a settled round for a reader who may know its result."""
    result = report_of(assessment, user=user)
    criteria = Criterion.objects.filter(standard=assessment.case.standard_id)
    return WholeReport(
        result=result,
        changes=changes_in(result, user=user),
        peers=peers_of(result, user=user, now=now),
        path=path_of(result, user=user),
        statements=dict(criteria.values_list("code", "statement")),
        appeals=list(
            Appeal.objects.filter(response__assessment=assessment)
            .select_related("response__criterion")
            .order_by("response__criterion__position")
        ),
    )
