"""The audit trail: each action is registered once, with its sentence and who may read it in a history."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from core.errors import Text
from core.models import AuditEvent


class Audience(models.TextChoices):
    """Who finds an event in a history. The app that shows the history maps people to audiences."""

    STATUS = "status"
    COACHING = "coaching"
    CITY = "city"
    ASSESSMENT = "assessment"
    PROGRAM = "program"


@dataclass(frozen=True)
class Action:
    name: str
    sentence: Text
    audience: Audience


class UnknownAction(Exception):
    """An action was recorded that no app registered."""


_registry: dict[str, Action] = {}


def register(name: str, sentence: Text, *, audience: Audience) -> None:
    _registry[name] = Action(name, sentence, audience)


def registered(name: str) -> Action:
    try:
        return _registry[name]
    except KeyError:
        raise UnknownAction(name) from None


def names_for(audiences: set[Audience]) -> list[str]:
    """The actions that readers of these audiences may find."""
    return sorted(action.name for action in _registry.values() if action.audience in audiences)


def record(
    action: str,
    *,
    by: models.Model,
    target: models.Model,
    now: datetime,
    dossier: uuid.UUID | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> AuditEvent:
    """Keep one event in the caller's transaction. `dossier` is the id of the case it belongs to, if any."""
    registered(action)
    return AuditEvent.objects.create(
        at=now,
        actor_id=by.pk,
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        dossier=dossier,
        old=old or {},
        new=new or {},
        key=getattr(by, "key_prefix", ""),
    )
