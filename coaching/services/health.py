"""What a coach adds to the facts about how an engagement fares. It moves no case and locks none."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.services import require_not_ended
from cases.services.case import require
from coaching.enums import RUNNING, HealthLevel
from coaching.models import Engagement, HealthJudgment
from core import audit
from core.errors import InvalidInput, NotFound, WrongState
from core.words import sound_text
from people.models import User
from people.permissions import Permission

LONGEST = 1000


@transaction.atomic
def judge_health(
    *, engagement_id: uuid.UUID, level: str, text: str, by: User, now: datetime
) -> HealthJudgment:
    """Say how it fares; the level shown stays the worse of this and the facts.

    Raises NotFound, NotAllowed, CaseClosed, WrongState, InvalidInput.
    """
    seen = (
        Engagement.objects.readable_by(by).select_related("case", "partner").filter(pk=engagement_id).first()
    )
    if seen is None:
        raise NotFound(_("There is no such engagement for you."))
    require(by, Permission.COACH_ENGAGEMENT, seen)
    require_not_ended(seen.case)
    if seen.status not in RUNNING:
        raise WrongState(_("The engagement is not running."))
    if level not in HealthLevel.values or level == HealthLevel.PAUSED:
        raise InvalidInput(errors={"level": [_("Choose one.")]})
    words = sound_text(text, longest=LONGEST)
    judgment = HealthJudgment.objects.create(
        engagement=seen, partner=seen.partner, level=level, text=words, judged_at=now, judged_by=by
    )
    audit.record(
        "coaching.health_judged", by=by, target=judgment, now=now, dossier=seen.case_id, new={"level": level}
    )
    return judgment
