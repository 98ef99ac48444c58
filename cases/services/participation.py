import uuid
from collections.abc import Iterable
from datetime import datetime

from cases.enums import ParticipationRole
from cases.models import Case, Participation
from core import audit
from people.models import Organization, User
from standards.models import PracticeArea


def begin_participation(
    *,
    case: Case,
    role: ParticipationRole,
    by: User,
    now: datetime,
    person: User | None = None,
    organization: Organization | None = None,
    areas: Iterable[PracticeArea] = (),
    reconciles: bool = False,
) -> Participation:
    """Record that someone takes part from now on; what they may see follows from it."""
    participation = Participation.objects.create(
        case=case, role=role, person=person, organization=organization, reconciles=reconciles, since=now
    )
    participation.areas.set(areas)
    new = {
        "role": role,
        "person": person.email if person else None,
        "organization": organization.slug if organization else None,
    }
    audit.record("cases.participation_begun", by=by, target=participation, now=now, dossier=case.pk, new=new)
    return participation


def end_participations(*, participations: Iterable[Participation], by: User, now: datetime) -> None:
    """End what still runs among the given rows; the rows stay."""
    for participation in participations:
        if participation.until is None:
            _end(participation, by=by, now=now)


def _end(participation: Participation, *, by: User, now: datetime) -> None:
    participation.until = now
    participation.save(update_fields=["until"])
    dossier: uuid.UUID = participation.case_id
    audit.record("cases.participation_ended", by=by, target=participation, now=now, dossier=dossier)
