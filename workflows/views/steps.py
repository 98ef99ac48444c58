"""Which page stands for which step."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase

from cases.models import WorkItem
from workflows.views import (
    actions,
    appeals,
    application,
    assessment,
    claims,
    coaching,
    decision,
    delegation,
    passing,
    planning,
    review,
)
from workflows.views.base import WorkPage

PAGES: dict[str, type[WorkPage]] = {
    "apply": application.ApplicationSubmit,
    "confirm": application.ApplicationConfirm,
    "self_assess": assessment.AssessmentSubmit,
    "reassess": assessment.AssessmentSubmit,
    "assign_assessors": review.AssessorsAssign,
    "review": review.ReviewStep,
    "reconcile": review.ReviewsReconcile,
    "release_report": review.ReportRelease,
    "choose_path": review.PathChoose,
    "plan_coaching": planning.CoachingPlanning,
    "respond": coaching.EngagementResponse,
    "assign_coach": coaching.CoachAssignment,
    "kick_off": coaching.KickOff,
    "work": coaching.EngagementWork,
    "close": coaching.EngagementClosing,
    "mend_plan": planning.PlanMending,
    "feedback": coaching.FeedbackGiving,
    "open_packet": decision.PacketOpening,
    "vote": decision.VoteCasting,
    "announce": decision.Announcement,
    "claim": claims.ClaimAnswer,
    "delegation": delegation.DelegationWork,
    "appeal": appeals.AppealAnswer,
    "action_item": actions.ActionWork,
    "transfer": passing.TransferAnswer,
}


def work(request: HttpRequest, item_id: UUID, **kwargs: Any) -> HttpResponseBase:
    """The page of a piece of work, whatever its step; the page itself checks whose it is."""
    step = WorkItem.objects.filter(pk=item_id).values_list("step", flat=True).first()
    if step is None and request.user.is_authenticated:
        raise Http404
    page = PAGES.get(step or "", WorkPage)
    return page.as_view()(request, item_id=item_id, **kwargs)
