"""The city's word on a closed engagement."""

from datetime import datetime

from django.utils.translation import gettext as _

from cases.services.case import require
from coaching.enums import Agreement, EngagementStatus, Satisfaction
from coaching.models import Engagement, Feedback
from core import audit
from core.errors import InvalidInput, WrongState
from people.models import User
from people.permissions import Permission


def give_feedback(
    *,
    engagement: Engagement,
    satisfaction: str,
    comment: str,
    by: User,
    now: datetime,
    fitted: str = "",
    changed: str = "",
) -> Feedback:
    """Keep the answers to the short survey; the last two may be left out. It blocks nothing.

    Raises NotAllowed, WrongState before the close and when it has been given, InvalidInput.
    """
    require(by, Permission.GIVE_FEEDBACK, engagement)
    if engagement.status != EngagementStatus.CLOSED:
        raise WrongState(_("Feedback is given once the engagement is closed."))
    _require_answers(satisfaction, fitted=fitted, changed=changed)
    feedback, created = Feedback.objects.get_or_create(
        engagement=engagement,
        defaults={
            "satisfaction": satisfaction,
            "fitted": fitted,
            "changed": changed,
            "comment": comment.strip(),
            "given_at": now,
            "given_by": by,
        },
    )
    if not created:
        raise WrongState(_("Feedback has been given already."))
    audit.record("coaching.feedback_given", by=by, target=feedback, now=now, dossier=engagement.case_id)
    return feedback


def _require_answers(satisfaction: str, **others: str) -> None:
    if satisfaction not in Satisfaction.values:
        raise InvalidInput(errors={"satisfaction": [_("Choose how helpful the coaching was.")]})
    for field, answer in others.items():
        if answer and answer not in Agreement.values:
            raise InvalidInput(errors={field: [_("Choose one of the answers.")]})
