"""What every tab of a case file shows above its own content."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.enums import PATH, Stage
from cases.models import Case
from cases.selectors import days_in_stage, typical_days, unread_in
from certification.models import Assessment
from people.models import User
from people.permissions import Permission
from workflows.ball import ball_of

TABS = (
    ("overview", gettext_lazy("Overview"), "workflows:case-detail"),
    ("assessment", gettext_lazy("Assessment"), "workflows:assessment"),
    ("coaching", gettext_lazy("Coaching"), "workflows:case-coaching"),
    ("messages", gettext_lazy("Messages"), "workflows:case-messages"),
    ("documents", gettext_lazy("Documents"), "workflows:case-documents"),
    ("people", gettext_lazy("People"), "workflows:case-people"),
    ("deadlines", gettext_lazy("Deadlines"), "workflows:case-deadlines"),
    ("decision", gettext_lazy("Decision"), "workflows:case-decision"),
)


def frame_of(case: Case, *, user: User, tab: str, now: datetime) -> dict[str, Any]:
    """What every tab shows above its own content: where the case stands and who has the ball."""
    return {
        "case": case,
        "now": now,
        "steps": _stages(case, now=now),
        "ball": ball_of(case, user=user),
        "tabs": _tabs(case, user=user, current=tab),
        "hold": case.open_hold,
        "may_hold": user.has_perm(Permission.HOLD_CASE, case) and case.closed_at is None,
        "may_end": user.has_perm(Permission.END_CASE, case) and case.closed_at is None,
        "may_withdraw": user.has_perm(Permission.WITHDRAW_CASE, case) and case.closed_at is None,
    }


def _stages(case: Case, *, now: datetime) -> list[dict[str, object]]:
    """The stages of the path; what lies before the present one in their order is shown as done."""
    stage = Stage(case.stage)
    if stage not in PATH:
        return [{"label": stage.label, "state": "now", "note": ""}]
    position = PATH.index(stage)
    return [_stage(case, step, number - position, now) for number, step in enumerate(PATH)]


def _stage(case: Case, stage: Stage, distance: int, now: datetime) -> dict[str, object]:
    if distance:
        return {"label": stage.label, "state": "done" if distance < 0 else "todo", "note": ""}
    return {"label": stage.label, "state": "now", "note": _note(case, stage, now)}


def _note(case: Case, stage: Stage, now: datetime) -> str:
    if case.closed_at is not None:
        return ""
    days = _("day %(days)s") % {"days": days_in_stage(case, now=now) + 1}
    typical = typical_days(stage)
    return f"{days} · " + _("typically %(days)s") % {"days": typical} if typical is not None else days


def _tabs(case: Case, *, user: User, current: str) -> list[dict[str, object]]:
    """Plain links; what a person may not see is absent."""
    hidden = set()
    if not Assessment.objects.visible_to(user).filter(case=case).exists():
        hidden.add("assessment")
    if not user.has_perm(Permission.VIEW_OUTCOME, case) and not user.has_perm(Permission.VIEW_PACKET, case):
        hidden.add("decision")
    counts = {}
    if user.has_perm(Permission.READ_MESSAGES, case):
        counts["messages"] = sum(unread_in(case, user=user).values())
    else:
        hidden.add("messages")
    return [
        {
            "label": label,
            "url": reverse(name, args=[case.pk]),
            "current": tab == current,
            "count": counts.get(tab),
        }
        for tab, label, name in TABS
        if tab not in hidden
    ]
