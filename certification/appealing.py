"""What of a report a city may appeal, and until when."""

from datetime import datetime

from django.db.models import QuerySet

from cases.deadlines import calendar_of, due_at_for
from cases.models import Case, Hold
from cases.steps import TO_APPEAL
from certification.enums import Rating
from certification.models import Appeal, Assessment, Response


def round_to_appeal(case: Case) -> Assessment | None:
    """The newest round, or the one before while the newest is still with the city, once its report is out.

    None when the committee has its packet, and for a round of which no findings are on record.
    """
    submitted = case.assessments.filter(submitted_at__isnull=False).order_by("-round").first()
    if submitted is None or submitted.released_at is None or submitted.taken_over_at is not None:
        return None
    if case.decisions.filter(assessment=submitted).exists():
        return None
    submitted.case = case
    return submitted


def closes_at(assessment: Assessment, *, now: datetime) -> datetime | None:
    """The end of the time to appeal, by the city's working days; those of a hold do not count."""
    if assessment.released_at is None:
        return None
    organization, released = assessment.case.city.organization, assessment.released_at
    end = due_at_for(TO_APPEAL.code, organization=organization, opened_at=released)
    calendar = calendar_of(organization)
    for hold in Hold.objects.filter(case=assessment.case_id, placed_at__lt=end).order_by("placed_at"):
        begun, over = max(hold.placed_at, released), hold.lifted_at or now
        held = calendar.between(calendar.local_day(begun), calendar.local_day(over))
        end = calendar.shift(end, max(0, held))
    return end


def open_to_appeal(assessment: Assessment) -> QuerySet[Response]:
    """The criteria found not met in the round that were not appealed yet."""
    found = assessment.responses.filter(settlement__outcome=Rating.NOT_MET, appeal__isnull=True)
    return found.select_related("criterion__area", "settlement").order_by("criterion__position")


def open_appeals(case: Case) -> list[str]:
    """The codes of the criteria about which the city waits for an answer."""
    waiting = Appeal.objects.open().of_case(case).order_by("response__criterion__position")
    return list(waiting.values_list("response__criterion__code", flat=True))
