"""The open history of a case: what everyone who sees its status may read, oldest first."""

from dataclasses import dataclass
from datetime import datetime

from cases.enums import Stage
from cases.models import Case, StageChange
from core import audit
from core.audit import Audience
from core.errors import Text
from core.models import AuditEvent

STAGE_ENTERED = "cases.stage_entered"


@dataclass(frozen=True)
class Happening:
    """`stage` is the one entered when the event is a change of stage; `partner` the slug of one concerned."""

    at: datetime
    type: str
    title: Text
    stage: str | None = None
    from_stage: str | None = None
    partner: str | None = None


def happenings_of(case: Case) -> list[Happening]:
    """Stage changes, which are rows of their own, and the events that belong to the status."""
    names = [name for name in audit.names_for({Audience.STATUS}) if name != STAGE_ENTERED]
    events = AuditEvent.objects.filter(dossier=case.pk, action__in=names).order_by("at", "id")
    found = [_happening(event) for event in events]
    found += [_stage_change(change) for change in StageChange.objects.filter(case=case)]
    return sorted(found, key=lambda one: one.at)


def _happening(event: AuditEvent) -> Happening:
    sentence = audit.registered(event.action).sentence
    return Happening(event.at, event.action, sentence, partner=event.new.get("partner"))


def _stage_change(change: StageChange) -> Happening:
    return Happening(
        change.at,
        STAGE_ENTERED,
        Stage(change.to_stage).label,
        stage=change.to_stage,
        from_stage=change.from_stage or None,
    )
