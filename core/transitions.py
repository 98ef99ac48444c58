"""What an action needs and does, as one row of a table that each app keeps in its `transitions` module."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import NotAllowed, Text, WrongState


class Actor(Protocol):
    pk: Any

    def has_perm(self, perm: str, obj: object | None = None) -> bool: ...


MOVED_ON = _("It has moved on meanwhile. Reload the page to see where it stands.")


@dataclass(frozen=True)
class Transition:
    """One action on a thing with a status. `target` None leaves the status as it is."""

    sources: AbstractSet[str]
    target: str | None
    permission: str
    event: str
    refusal: Text = MOVED_ON


M = TypeVar("M", bound=models.Model)


def authorize(row: Transition, thing: models.Model, *, by: Actor, part: models.Model | None = None) -> None:
    """Refuse with NotAllowed who may never, and with WrongState what is not possible now.

    `part` is what the action is about where that is narrower than the thing with the status.
    """
    if not by.has_perm(row.permission, part or thing):
        raise NotAllowed(_("Your role does not include this step. Ask whoever owns it."))
    if thing.status not in row.sources:  # type: ignore[attr-defined]  # -- every table is about a model with a status
        raise WrongState(row.refusal)


def is_possible(row: Transition, thing: models.Model, *, by: Actor, part: models.Model | None = None) -> bool:
    """Whether a button for this action should be offered."""
    try:
        authorize(row, thing, by=by, part=part)
    except (NotAllowed, WrongState):
        return False
    return True


def advance(
    row: Transition,
    thing: M,
    *,
    by: models.Model,
    now: datetime,
    dossier: Any,
    new: dict[str, Any] | None = None,
) -> M:
    """Set the status from the table, save the thing and leave the audit event."""
    old_status = thing.status  # type: ignore[attr-defined]  # -- as above
    target = row.target if row.target is not None else old_status
    thing.status = target  # type: ignore[attr-defined]  # -- as above
    thing.save()
    change = {"status": str(target)} | (new or {})
    audit.record(
        row.event, by=by, target=thing, now=now, dossier=dossier, old={"status": old_status}, new=change
    )
    return thing
