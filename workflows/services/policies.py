"""Changing a deadline or a ladder, and the open work of its step with it, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cases.ladders import Rung
from cases.models import WorkItem
from cases.services import lock_case, move_due_date, moved_due, reset_policy, set_policy
from cases.steps import VALIDITIES
from certification.services import plan_expiries_again
from people.models import User
from workflows.services.moves import publish_status


@transaction.atomic
def change_policy(
    *,
    step: str,
    working_days: int,
    ladder: Sequence[Rung],
    move_open: bool,
    by: User,
    now: datetime,
    seen: str = "",
) -> int:
    """Set a step's policy. Open work gets its reminders by it, and with `move_open` its due dates as well.

    `seen` is the fingerprint of the policy that the writer saw. Returns how much work was open. Raises
    EditConflict, InvalidInput.
    """
    before = set_policy(step=step, working_days=working_days, ladder=ladder, by=by, now=now, seen=seen)
    return _apply(step, working_days - before.working_days if move_open else 0, by=by, now=now)


@transaction.atomic
def reset_policy_of(*, step: str, by: User, now: datetime) -> int:
    """Back to what Milepost brings; due dates of open work stay as they are."""
    reset_policy(step=step, by=by, now=now)
    return _apply(step, 0, by=by, now=now)


def _apply(step: str, by_days: int, *, by: User, now: datetime) -> int:
    """Case by case in the order of their keys, each locked first; what runs out moves no case."""
    if step in VALIDITIES:
        return plan_expiries_again(step=step, now=now)
    open_items = WorkItem.objects.open().filter(step=step)
    cases = sorted(set(open_items.filter(case__isnull=False).values_list("case", flat=True)))
    locked = [lock_case(case_id) for case_id in cases]
    found = 0
    for item in open_items.select_for_update(of=("self",)).select_related("organization"):
        move_due_date(item=item, due_at=moved_due(item, by_days, now=now), by=by, now=now, why="policy")
        found += 1
    if by_days:
        for case in locked:
            publish_status(case, now=now)
    return found
