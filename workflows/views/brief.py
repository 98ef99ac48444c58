"""The brief of an engagement: one page to read before a call, or to print."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from cases.enums import Party
from certification.results import last_results_for
from coaching.faring import health_of
from coaching.models import ActionItem, Engagement, Note, Session
from coaching.selectors import hands_of
from workflows.ball import ball_of
from workflows.measuring import shown_measures
from workflows.models import CityStatus
from workflows.views.base import CasePage
from workflows.views.mycities import knows_health

NEWEST_NOTES = 3


class EngagementBrief(CasePage, View):
    """What a coach has to know of a city, without anything that must not be left on a table.

    Notes are those shared with the city; the partner's own and private ones are not on it.
    """

    def get(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        found = Engagement.objects.readable_by(self.reader).for_list().for_health()
        engagement = get_object_or_404(found, pk=engagement_id)
        if not knows_health(self.reader, engagement):
            raise Http404
        return render(request, "workflows/coaching/brief.html", self._context(engagement))

    def _context(self, engagement: Engagement) -> dict[str, Any]:
        now, case = timezone.now(), engagement.case
        sessions = Session.objects.visible_to(self.reader).filter(engagement=engagement)
        actions = ActionItem.objects.visible_to(self.reader).open().filter(engagement=engagement)
        notes = Note.objects.visible_to(self.reader).shared().filter(engagement=engagement)
        return {
            "engagement": engagement,
            "case": case,
            "now": now,
            "status": CityStatus.objects.visible_to(self.reader).filter(city=case.city).first(),
            "ball": ball_of(case, user=self.reader),
            "health": health_of([engagement], now=now)[engagement.pk],
            "areas": self._result(engagement),
            "criteria": engagement.criteria.order_by("area__position", "position"),
            "next_session": sessions.upcoming(now).first(),
            "last_session": sessions.held().order_by("-held_on", "-logged_at").first(),
            "actions": list(actions.for_list()),
            "measured": shown_measures(engagement, self.reader),
            "notes": notes.select_related("written_by").order_by("-written_at")[:NEWEST_NOTES],
            "people": [hand.person for hand in hands_of(engagement, now=now) if hand.party == Party.CITY],
        }

    def _result(self, engagement: Engagement) -> list[tuple[str, int, int]]:
        """The last validated result in the areas coached: name, met, of."""
        result = last_results_for([engagement.case_id], user=self.reader).get(engagement.case_id)
        names = {area.code: area.name for area in engagement.areas.all()}
        by_area = result.score.by_area if result else ()
        return [(names[area.code], area.met, area.of) for area in by_area if area.code in names]
