"""What the tests of the public side share."""

import re
from datetime import date, datetime, timedelta

from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from cases.enums import CaseKind, Stage
from cases.models import Case
from certification.models import Certificate, Decision
from cities.models import City
from people.services import system_user
from standards.models import Standard
from tests.scenes import START

TODAY = timezone.localdate
YEAR = timedelta(days=365)


def words(client: Client, address: str, status: int = 200) -> str:
    """The page as read, without markup."""
    response = client.get(address)
    assert response.status_code == status
    return re.sub(r"\s+", " ", strip_tags(response.content.decode().replace("<dd", " <dd")))


def certify(
    city: City, standard: Standard, level: str = "gold", *, on: date | None = None, years: int = 3
) -> Certificate:
    """A certificate by itself, as it stands after its announcement."""
    day = on or TODAY()
    number = f"MP-{day.year}-{Certificate.objects.count() + 1:04d}"
    system = system_user()
    case = Case.objects.create(
        city=city,
        standard=standard,
        kind=CaseKind.FIRST,
        cohort_year=day.year,
        stage=Stage.CERTIFIED,
        stage_entered_at=START,
        opened_at=START,
        opened_by=system,
        closed_at=START,
        closed_by=system,
    )
    award = standard.levels.get(slug=level)
    assessment = case.assessments.create(round=1, opened_at=START)
    decision = Decision.objects.create(
        case=case,
        assessment=assessment,
        level=award,
        packet={},
        packet_sha256="0" * 64,
        opened_at=START,
        opened_by=system,
    )
    return Certificate.objects.create(
        number=number,
        decision=decision,
        case=case,
        level=award,
        cohort_year=day.year,
        issued_on=day,
        announced_on=day,
        expires_on=day + years * YEAR,
    )


def revoke(certificate: Certificate, at: datetime | None = None) -> None:
    certificate.revoked_at, certificate.revoked_by = at or timezone.now(), system_user()
    certificate.revocation_reason = "A secret reason"
    certificate.save()
