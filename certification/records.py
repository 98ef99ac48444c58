"""What was found on one criterion over the rounds of a case, as far as the reader may know."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value

from cases.models import Case
from certification.enums import Outcome
from certification.models import EarlierSettlement, Finding, Settlement
from core.errors import Text
from people.models import User
from standards.models import Criterion

COLUMNS = ("round", "outcome", "text", "at", "validated", "superseded")


@dataclass(frozen=True)
class Record:
    """One finding, or the validated result of a round; `superseded` by a revision or a granted appeal."""

    round: int
    outcome: str
    text: str
    at: datetime
    validated: bool
    superseded: bool

    @property
    def words(self) -> Text:
        return Outcome(self.outcome).label


def record_on(criterion: Criterion, case: Case, *, user: User, but: Finding | None = None) -> list[Record]:
    """Validated results, then findings, the newest first of each; in one query."""
    on_it = {"response__criterion": criterion, "response__assessment__case": case}
    in_round = F("response__assessment__round")
    settled = Settlement.objects.visible_to(user).filter(**on_it).order_by()
    before = EarlierSettlement.objects.filter(**on_it, response__settlement__in=settled).order_by()
    found = Finding.objects.visible_to(user).filter(**on_it).exclude(outcome="").order_by()
    if but is not None:
        found = found.exclude(pk=but.pk)
    superseded = ExpressionWrapper(Q(superseded_at__isnull=False), output_field=BooleanField())
    result = {"round": in_round, "text": F("reason"), "at": F("settled_at"), "validated": Value(True)}
    rows = settled.annotate(**result, superseded=Value(False)).values_list(*COLUMNS)
    old = before.annotate(**result, superseded=Value(True)).values_list(*COLUMNS)
    more = found.annotate(
        round=in_round, text=F("comment"), at=F("saved_at"), validated=Value(False), superseded=superseded
    ).values_list(*COLUMNS)
    records = [Record(*row) for row in rows.union(old, more, all=True)]
    return sorted(records, key=lambda one: (one.validated, one.at), reverse=True)
