"""Site visits. They move nothing, so the published status stays as it is; the city is told of the day."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import ParticipationRole
from cases.models import Case
from cases.services import lock_case, require_running
from certification.models import SiteVisit, VisitNote
from certification.selectors import current_assessment
from certification.services import visits as domain
from core.errors import NotFound
from core.pagekit_dates import day_in_words
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Wording
from people.models import User
from workflows.selectors import leads_of
from workflows.wordings import happening

TOLD = "certification.site_visit"


@transaction.atomic
def plan_visit(*, case_id: uuid.UUID, visit_on: date, people: str, by: User, now: datetime) -> SiteVisit:
    """Plan a visit in the review of the newest round. Raises NotFound, and what the domain does."""
    if not Case.objects.visible_to(by).filter(pk=case_id).exists():
        raise NotFound(_("There is no such case for you."))
    case = lock_case(case_id)
    require_running(case)
    assessment = current_assessment(case)
    if assessment is None:
        raise NotFound(_("This case has no assessment yet."))
    assessment.case = case
    visit = domain.plan_visit(assessment=assessment, visit_on=visit_on, people=people, by=by, now=now)
    _tell(visit, happening.VISIT_PLANNED, by=by, now=now)
    return visit


@contextmanager
def _locked(visit_id: uuid.UUID, *, by: User) -> Iterator[SiteVisit]:
    with transaction.atomic():
        seen = SiteVisit.objects.visible_to(by).filter(pk=visit_id)
        case_id = seen.values_list("assessment__case", flat=True).first()
        if case_id is None:
            raise NotFound(_("There is no such visit for you."))
        case = lock_case(case_id)
        require_running(case)
        visit = SiteVisit.objects.select_related("assessment").get(pk=visit_id)
        visit.assessment.case = case
        yield visit


def conclude_visit(*, visit_id: uuid.UUID, held: bool, by: User, now: datetime) -> SiteVisit:
    """Record a visit as held, or call it off and tell the city. Raises NotFound."""
    with _locked(visit_id, by=by) as visit:
        if held:
            return domain.hold_visit(visit=visit, by=by, now=now)
        called_off = domain.call_off_visit(visit=visit, by=by, now=now)
        _tell(called_off, happening.VISIT_CALLED_OFF, by=by, now=now)
        return called_off


def note_visit(*, visit_id: uuid.UUID, text: str, by: User, now: datetime) -> VisitNote:
    """Keep one's own note on a visit. Raises NotFound."""
    with _locked(visit_id, by=by) as visit:
        return domain.note_visit(visit=visit, text=text, by=by, now=now)


def _tell(visit: SiteVisit, wording: Wording, *, by: User, now: datetime) -> None:
    """The city's leads and the assessors of the case, but for who did it."""
    case = visit.assessment.case
    parts = case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
    people = [held.person for held in leads_of(case.city, on=program_calendar().local_day(now))]
    people += [part.person for part in parts.select_related("person") if part.person]
    values = {"city": case.city.name, "day": day_in_words(visit.visit_on), "who": visit.people}
    words = say(wording, values)
    for person in people:
        if person != by:
            notify(
                kind=TOLD,
                subject=words.subject,
                text=words.text,
                url=reverse("workflows:visits", args=[case.pk]),
                now=now,
                person=person,
                obligation=visit.pk,
            )
