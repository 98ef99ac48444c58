"""What stops to count on a day, told in time by the ladder of its policy.

Planned in the transaction that sets the day: a certificate is issued, a report is released, a round is
opened, an appeal is granted. The caller holds the lock of the case.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from cases.deadlines import Policy, calendar_of, policy_of, program_calendar
from cases.models import Case
from cases.reminders import plan_ladder
from cases.steps import CERTIFICATE, EVIDENCE, VALIDITIES
from certification.enums import Rating, ResponseStatus
from certification.models import Certificate, Expiry, Response
from certification.recency import good_until
from certification.selectors import certificates_in_force, current_assessment
from notifications.services import supersede_reminders
from people.models import Organization

EXPIRY = "certification.expiry"
RENEWED = "it was renewed"
SHOWN_ANEW = "it is asked for anew, or counts longer now"
CASE_ENDED = "the case has ended"
DAY = timedelta(days=1)


def plan_certificate(*, certificate: Certificate, now: datetime) -> None:
    """Tell in time that a certificate expires; of those that the city held before nobody is told any more."""
    of_city = Expiry.objects.filter(step=CERTIFICATE.code, case__city=certificate.case.city_id)
    _end(of_city.exclude(certificate=certificate), RENEWED, now=now)
    expiry = of_city.filter(certificate=certificate).first() or Expiry(
        step=CERTIFICATE.code, certificate=certificate, topic=certificate.number, opened_at=now
    )
    expiry.case, expiry.ends_on = certificate.case, certificate.expires_on
    _plan(expiry, policy_of(CERTIFICATE.code), now=now)


def plan_evidence(*, case: Case, now: datetime) -> None:
    """Tell the city in time which of its criteria will not count as met any more; by day, not by piece."""
    ends = _ends_of(case)
    of_case = Expiry.objects.open().filter(case=case, step=EVIDENCE.code)
    _end(of_case.exclude(ends_on__in=ends), SHOWN_ANEW, now=now)
    known = {expiry.ends_on: expiry for expiry in of_case.select_for_update()}
    policy = policy_of(EVIDENCE.code)
    for day, codes in sorted(ends.items()):
        expiry = known.get(day) or Expiry(step=EVIDENCE.code, ends_on=day, opened_at=now)
        expiry.case, expiry.topic = case, ", ".join(codes)[:300]
        _plan(expiry, policy, now=now)


def _ends_of(case: Case) -> dict[date, list[str]]:
    """The codes of criteria found met, by the last day on which enough of what was ticked holds.

    Of a round that is under way only what was carried into it: the rest is asked for anew, and what was
    found of it is not told yet.
    """
    assessment = current_assessment(case)
    if assessment is None:
        return {}
    counting: Sequence[str] = [ResponseStatus.CARRIED]
    if assessment.released_at is not None:
        counting = [ResponseStatus.CARRIED, ResponseStatus.SETTLED]
    met = Response.objects.filter(
        assessment=assessment, status__in=counting, settlement__outcome=Rating.MET
    ).order_by("criterion__position")
    found: dict[date, list[str]] = defaultdict(list)
    for response in met.for_list().select_related("assessment").prefetch_related("evidence"):
        last = good_until(response)
        if last is not None:
            found[last].append(response.criterion.code)
    return found


def end_evidence(*, case: Case, now: datetime) -> None:
    """The case ends: what was shown in it counts for nothing that is still to come."""
    _end(Expiry.objects.filter(case=case, step=EVIDENCE.code), CASE_ENDED, now=now)


def _end(expiries: QuerySet[Expiry], reason: str, *, now: datetime) -> None:
    """Nobody need be told of these any more; what is planned or on its way is silenced."""
    for expiry in expiries.filter(closed_at__isnull=True).select_for_update(of=("self",)):
        expiry.closed_at = now
        expiry.save(update_fields=["closed_at"])
        supersede_reminders(kind=EXPIRY, obligation=expiry.pk, now=now, reason=reason)


def _plan(expiry: Expiry, policy: Policy, *, now: datetime) -> None:
    """With its due moment, which follows from the days on which the city is open."""
    calendar = calendar_of(expiry.organization)
    expiry.due_at = calendar.end_of(calendar.add(expiry.ends_on + DAY, -1))
    expiry.save()
    plan_ladder(
        kind=EXPIRY,
        obligation=expiry.pk,
        ladder=policy.ladder,
        due_at=expiry.due_at,
        calendar=calendar,
        now=now,
    )


@transaction.atomic
def plan_expiries_again(
    *, now: datetime, step: str | None = None, organization: Organization | None = None
) -> int:
    """Plan all that is known to run out anew: a policy or the closed days of a city are others now."""
    wanted = Expiry.objects.open().select_for_update(of=("self",)).select_related("case__city__organization")
    if step is not None:
        wanted = wanted.filter(step=step)
    if organization is not None:
        wanted = wanted.filter(case__city__organization=organization)
    held = {code: policy_of(code) for code in VALIDITIES}
    found = list(wanted.order_by("pk"))
    for expiry in found:
        _plan(expiry, held[expiry.step], now=now)
    return len(found)


def find_expiries(*, now: datetime) -> None:
    """Plan what no change has planned yet, for what was issued and released by an earlier Milepost."""
    unknown = certificates_in_force(today=program_calendar().local_day(now)).filter(expiry__isnull=True)
    for certificate in unknown.select_related("case__city__organization"):
        with transaction.atomic():
            plan_certificate(certificate=certificate, now=now)
    for case in Case.objects.running().filter(assessments__released_at__isnull=False).distinct():
        with transaction.atomic():
            plan_evidence(case=case, now=now)
