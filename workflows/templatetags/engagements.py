from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.enums import EngagementStatus, HealthLevel
from coaching.health import Health
from coaching.languages import language_name
from coaching.models import Engagement

register = template.Library()

TONES = {
    EngagementStatus.OFFERED: "soon",
    EngagementStatus.ACCEPTED: "stage",
    EngagementStatus.ACTIVE: "ok",
    EngagementStatus.CLOSING: "stage",
    EngagementStatus.DECLINED: "late",
}


HEALTH_TONES = {
    HealthLevel.ON_TRACK: "ok",
    HealthLevel.ATTENTION: "soon",
    HealthLevel.STALLED: "late",
}


@register.inclusion_tag("pagekit/tag.html")
def health_level(health: Health) -> dict[str, Any]:
    """How an engagement fares, in word and color."""
    return {"text": health.level.label, "tone": HEALTH_TONES.get(health.level, "neutral"), "stage": ""}


@register.inclusion_tag("pagekit/tag.html")
def engagement_status(engagement: Engagement) -> dict[str, Any]:
    """How far an engagement is, in word and color."""
    tone = TONES.get(EngagementStatus(engagement.status), "neutral")
    return {"text": engagement.get_status_display(), "tone": tone, "stage": ""}


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: str) -> str:
    """The page's own address with some of its query changed; an empty value leaves out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return f"?{query.urlencode()}"


@register.simple_tag
def area_names(codes: Sequence[str], names: Mapping[str, str]) -> str:
    """Practice areas by name; a code that no standard knows any more stands for itself."""
    return ", ".join(names.get(code, code) for code in codes) or "–"


@register.simple_tag
def language_names(codes: Sequence[str]) -> str:
    return ", ".join(language_name(code) for code in codes) or "–"


@register.simple_tag
def load_of(running: int, capacity: int | None) -> str:
    """How much somebody coaches against what they could, with a word where it is too much."""
    if capacity is None:
        return ngettext("%(count)s, capacity not told", "%(count)s, capacity not told", running) % {
            "count": running
        }
    text = _("%(running)s of %(capacity)s") % {"running": running, "capacity": capacity}
    if running > capacity:
        return format_html('{} <span class="mp-tag mp-tag--late">{}</span>', text, _("over capacity"))
    return text
