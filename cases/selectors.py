import uuid
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Exists, F, OuterRef, Subquery

from cases.enums import CaseKind, Stage
from cases.models import Case, Hold, Participation, SignatureRequest, StageChange, WorkItem
from people.enums import Role
from people.models import Affiliation, User
from people.services.invitations import digest_of

SMALLEST_SAMPLE = 5
LAST_STAYS = 50
LEVEL_UP_DAYS = 180


def typical_days(stage: str) -> int | None:
    """Median days that the last 50 finished stays in this stage took; None below five stays."""
    entered = (
        StageChange.objects.filter(case=OuterRef("case"), to_stage=stage, at__lte=OuterRef("at"))
        .exclude(pk=OuterRef("pk"))
        .order_by("-at", "-pk")
        .values("at")[:1]
    )
    left = StageChange.objects.filter(from_stage=stage).annotate(entered_at=Subquery(entered)).order_by("-at")
    stays = (
        left.exclude(entered_at=None).annotate(stay=F("at") - F("entered_at")).values_list("stay", flat=True)
    )
    lengths: list[timedelta] = list(stays[:LAST_STAYS])
    if len(lengths) < SMALLEST_SAMPLE:
        return None
    return round(median(length.total_seconds() for length in lengths) / 86400)


def kind_of_next_case(
    *, holds_award: bool, certificate_expires_on: date | None, at_highest: bool, today: date
) -> CaseKind:
    """`first` without an award, `level_up` with a certificate below the top and over 180 days to run."""
    if not holds_award:
        return CaseKind.FIRST
    long_to_run = certificate_expires_on is not None and (certificate_expires_on - today).days > LEVEL_UP_DAYS
    return CaseKind.LEVEL_UP if long_to_run and not at_highest else CaseKind.RECERTIFICATION


def participations_of(case: Case) -> list[Participation]:
    """Who takes part, then who did: a case that has ended still says by whom it was carried."""
    rows = case.participations.select_related("organization", "person").prefetch_related("areas")
    return list(rows.order_by(F("until").desc(nulls_first=True), "since", "id"))


def days_in_stage(case: Case, *, now: datetime) -> int:
    end = case.closed_at if case.stage in (Stage.CERTIFIED, Stage.DECLINED, Stage.WITHDRAWN) else now
    return ((end or now) - case.stage_entered_at).days


def cases_with_work_newly_late(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """Cases with work that is late but not marked so; those on hold are left out."""
    held = Hold.objects.filter(case=OuterRef("case"), lifted_at__isnull=True)
    late = WorkItem.objects.overdue(now).filter(~Exists(held), overdue_at__isnull=True, case__isnull=False)
    return sorted(set(late.order_by("due_at").values_list("case_id", flat=True)[:limit]))


def request_behind(token: str, *, now: datetime) -> SignatureRequest | None:
    """What the link with this token asks to be signed; None for every token that does not work."""
    found = SignatureRequest.objects.usable(now).filter(token_hash=digest_of(token))
    return found.select_related("application__case__city__organization", "asked_by").first()


def leads_of(case: Case, *, today: date) -> list[User]:
    """Who leads the city of a case today."""
    held = Affiliation.objects.active(today).filter(
        organization=case.city.organization_id, role=Role.CITY_LEAD, person__is_active=True
    )
    return list(User.objects.filter(affiliations__in=held).distinct())
