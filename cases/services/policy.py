"""The program's own deadlines and ladders, and what they do to work that is open."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from cases.deadlines import Policy, calendar_of, policy_of
from cases.enums import RecipientRule, WorkKind
from cases.ladders import DEFAULTS, Rung
from cases.models import DeadlinePolicy, PolicyRung, WorkItem
from cases.reminders import plan_reminders_of
from cases.services.case import require
from cases.steps import PERIODS, VALIDITIES
from core import audit
from core.errors import EditConflict, InvalidInput, NotFound
from people.models import User
from people.permissions import Permission

MOST_DAYS = 250
# Their dates were agreed upon by people, or follow from other work.
KEEP_THEIR_DATE = frozenset({WorkKind.DELEGATION, WorkKind.ACTION_ITEM})


def fingerprint(policy: Policy) -> str:
    """Tells one state of a policy from another; a form carries that of the one its writer saw."""
    return sha256(json.dumps(_as_data(policy)).encode()).hexdigest()[:16]


def set_policy(
    *, step: str, working_days: int, ladder: Sequence[Rung], by: User, now: datetime, seen: str = ""
) -> Policy:
    """Put the program's own number of days and ladder in the place of what held, and return that.

    `seen` is the fingerprint of what the writer saw. Raises EditConflict when something else holds meanwhile.
    """
    if step not in PERIODS:
        raise NotFound(_("There is no such step."))
    row = DeadlinePolicy.objects.select_for_update().filter(step=step).first() or DeadlinePolicy(step=step)
    require(by, Permission.SET_DEADLINES, row)
    _require_sound(step, working_days, ladder)
    old = policy_of(step)
    if seen and seen != fingerprint(old):
        raise EditConflict(stored=old, tried={"working_days": working_days, "ladder": ladder})
    row.working_days = working_days
    row.save()
    row.rungs.all().delete()
    PolicyRung.objects.bulk_create(
        PolicyRung(policy=row, days=rung.days, rule=rung.rule, may_wait=rung.may_wait) for rung in ladder
    )
    _record(row, old=old, by=by, now=now)
    return old


def reset_policy(*, step: str, by: User, now: datetime) -> None:
    """Back to the days and the ladder that Milepost brings; nothing happens where they hold already."""
    row = DeadlinePolicy.objects.select_for_update().filter(step=step).first()
    require(by, Permission.SET_DEADLINES, row or DeadlinePolicy(step=step))
    if row is None:
        return
    old, key = policy_of(step), row.pk
    row.delete()
    row.pk = key
    _record(row, old=old, by=by, now=now)


def _record(row: DeadlinePolicy, *, old: Policy, by: User, now: datetime) -> None:
    new = policy_of(row.step)
    audit.record("cases.policy_set", by=by, target=row, now=now, old=_as_data(old), new=_as_data(new))


def _as_data(policy: Policy) -> dict[str, object]:
    ladder = [f"{rung.step} {rung.rule}{' may wait' * rung.may_wait}" for rung in policy.ladder]
    return {"step": policy.step, "working_days": policy.working_days, "ladder": ladder}


def _require_sound(step: str, working_days: int, ladder: Sequence[Rung]) -> None:
    if step not in VALIDITIES and not 1 <= working_days <= MOST_DAYS:
        raise InvalidInput(errors={"working_days": [_("Between 1 and %(most)s.") % {"most": MOST_DAYS}]})
    if len({(rung.days, rung.rule) for rung in ladder}) < len(ladder):
        raise InvalidInput(_("Two lines tell the same people on the same day. Leave one of them."))
    owner = {rung.days for rung in ladder if rung.rule is RecipientRule.OWNER}
    if step in DEFAULTS and not (any(days <= 0 for days in owner) and any(days > 0 for days in owner)):
        raise InvalidInput(
            _("Whoever owes the work is reminded at least once before it is late, and once after.")
        )


def moved_due(item: WorkItem, by_days: int, *, now: datetime) -> datetime:
    """The due date so many working days later or earlier, yet never before the next working day."""
    if not by_days or item.kind in KEEP_THEIR_DATE:
        return item.due_at
    calendar = calendar_of(item.organization)
    moved = calendar.shift(item.due_at, by_days)
    return moved if by_days > 0 else min(item.due_at, max(moved, calendar.due_at(now, 1)))


def move_due_date(*, item: WorkItem, due_at: datetime, by: User, now: datetime, why: str = "") -> WorkItem:
    """Another due date, and every reminder that follows from it, in the caller's transaction."""
    if due_at != item.due_at:
        old, item.due_at = item.due_at, due_at
        item.overdue_at = item.overdue_at if due_at < now else None
        item.save(update_fields=["due_at", "overdue_at"])
        audit.record(
            "cases.due_date_moved",
            by=by,
            target=item,
            now=now,
            dossier=item.case_id,
            old={"due_at": old.isoformat()},
            new={"due_at": due_at.isoformat(), "why": why},
        )
    plan_reminders_of(item, now=now)
    return item
