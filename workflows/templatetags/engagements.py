from typing import Any

from django import template

from coaching.enums import EngagementStatus
from coaching.models import Engagement

register = template.Library()

TONES = {
    EngagementStatus.OFFERED: "soon",
    EngagementStatus.ACCEPTED: "stage",
    EngagementStatus.ACTIVE: "ok",
    EngagementStatus.CLOSING: "stage",
    EngagementStatus.DECLINED: "late",
}


@register.inclusion_tag("pagekit/tag.html")
def engagement_status(engagement: Engagement) -> dict[str, Any]:
    """How far an engagement is, in word and color."""
    tone = TONES.get(EngagementStatus(engagement.status), "neutral")
    return {"text": engagement.get_status_display(), "tone": tone, "stage": ""}
