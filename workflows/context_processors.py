from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.roles import PARTNER_ROLES, PROGRAM_ROLES

DESK = (_("Desk"), "workflows:desk")
CASES = (_("Cases"), "workflows:case-list")
ENGAGEMENTS = (_("My cities"), "workflows:my-cities")
PIPELINE = (_("Pipeline"), "reports:pipeline")
OPERATIONS = (_("Operations"), "reports:operations")
PEOPLE = (_("People"), "workflows:people-list")
PARTNER = (_("Partner"), "workflows:partner-list")
SPRINTS = (_("Sprints"), "workflows:sprint-list")
STANDARDS = (_("Standards"), "standards:standard-list")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The left navigation by role. Anonymous pages have none, and never touch the session for it."""
    if not hasattr(request, "user"):
        return {}
    return {"navigation": _Navigation(request)}


class _Navigation:
    """Built only when a template asks for it, so that public pages stay free of the session."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __iter__(self) -> Any:
        return iter(_entries(self.request))

    def __bool__(self) -> bool:
        return self.request.user.is_authenticated


def _entries(request: HttpRequest) -> list[dict[str, object]]:
    user = request.user
    links = [DESK]
    coaches = isinstance(user, User) and user.has_role(*PARTNER_ROLES)
    links += [ENGAGEMENTS, SPRINTS, CASES, PARTNER] if coaches else [CASES]
    if isinstance(user, User) and user.has_role(*PROGRAM_ROLES):
        links += [PIPELINE, OPERATIONS]
    # Six at most: coaches find their standard from each city's assessment.
    links += [PEOPLE] if coaches else [PEOPLE, STANDARDS]
    return [_entry(request, label, reverse(name)) for label, name in links]


def _entry(request: HttpRequest, label: Any, url: str) -> dict[str, object]:
    return {"label": label, "url": url, "current": request.path.startswith(url)}
