"""The frame of every service that moves a case: one transaction, the case row locked first."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.models import Case, WorkItem
from cases.services import lock_case, require_open, require_running
from core.errors import NotFound
from people.models import User
from workflows import engine
from workflows.models import CityStatus
from workflows.status import standing_of


@dataclass
class Move:
    """One step about to be done. A service that does not end the step yet clears `ends`.

    One that nobody may notice from outside clears `tells`.
    """

    case: Case
    item: WorkItem
    ends: bool = True
    tells: bool = True

    @property
    def subject(self) -> uuid.UUID:
        """The engagement or review that the step is about."""
        if self.item.subject is None:
            raise NotFound(_("This step has no engagement or review."))
        return self.item.subject


@contextmanager
def moving(
    work_item_id: uuid.UUID, *steps: str, by: User, now: datetime, running: bool = True
) -> Iterator[Move]:
    """Lock the case of a work item, let the caller do the domain's part, then advance and publish.

    Raises NotFound for work the person does not see or of another kind of step, WorkItemClosed, and, unless
    `running` is False, CaseClosed and CaseOnHold.
    """
    with transaction.atomic():
        case = _locked_case_of(work_item_id, steps, by)
        item = WorkItem.objects.select_related("closed_by").get(pk=work_item_id)
        require_open(item)
        if running:
            require_running(case)
        move = Move(case, item)
        yield move
        if move.ends:
            engine.complete(item, by=by, now=now)
        publish_status(case, now=now, tells=move.tells)


def _locked_case_of(work_item_id: uuid.UUID, steps: tuple[str, ...], by: User) -> Case:
    item = WorkItem.objects.visible_to(by).filter(pk=work_item_id, step__in=steps).first()
    if item is None or item.case_id is None:
        raise NotFound(_("There is no such work for you."))
    return lock_case(item.case_id)


@contextmanager
def changing(case_id: uuid.UUID, *, by: User, now: datetime) -> Iterator[Case]:
    """Lock a case for a change that is no step, and publish its status afterwards. Raises NotFound."""
    with transaction.atomic():
        if not Case.objects.visible_to(by).filter(pk=case_id).exists():
            raise NotFound(_("There is no such case for you."))
        case = lock_case(case_id)
        yield case
        publish_status(case, now=now)


def publish_status(case: Case, *, now: datetime, tells: bool = True) -> Case:
    """Write where the city stands now, for every list and reader. Ends every change of a case.

    What must not be told leaves the moment of the last change as it was.
    """
    case.refresh_from_db(fields=["stage", "stage_entered_at", "closed_at", "closed_by"])
    # Two cases of one city may change at once, an ended and an open one: the second computes after the first.
    published = CityStatus.objects.select_for_update(no_key=True).filter(city=case.city).exists()
    standing = standing_of(case.city, today=program_calendar().local_day(now))
    columns = asdict(standing) | ({"updated_at": now} if tells or not published else {})
    if published:
        CityStatus.objects.filter(city=case.city).update(**columns)
    else:
        CityStatus.objects.create(city=case.city, **columns)
    return case
