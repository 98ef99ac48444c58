from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from cases.models import Hold
from certification.models import Expiry
from coaching.models import Session
from people.models import User
from people.services.invitations import digest_of
from workflows import services
from workflows.ics import calendar_of_work
from workflows.models import CalendarLink
from workflows.selectors import open_work_for

MOST = 1000
# How long sessions that are over stay in the calendar.
KEPT = timedelta(days=90)


@method_decorator(never_cache, name="dispatch")
class CalendarSettings(View):
    """One's own calendar address: made, made anew, ended. It is shown in the answer and never again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("deed") == "revoke":
            services.revoke_calendar_link(by=self.person, now=timezone.now())
            messages.success(request, _("The calendar address has ended."))
            return HttpResponseRedirect(reverse("workflows:calendar"))
        token = services.make_calendar_link(by=self.person, now=timezone.now())
        return self.show(
            request, address=settings.BASE_URL + reverse("workflows:calendar-feed", args=[token])
        )

    @property
    def person(self) -> User:
        if not isinstance(self.request.user, User):
            raise Http404
        return self.request.user

    def show(self, request: HttpRequest, address: str = "") -> HttpResponse:
        link = CalendarLink.objects.in_use().filter(person=self.person).first()
        return render(request, "workflows/calendar.html", {"link": link, "address": address})


@method_decorator(login_not_required, name="dispatch")
class CalendarFeed(View):
    """What its owner owes and the sessions they have, as a calendar; an ended address is not there."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = CalendarLink.objects.in_use().filter(token_hash=digest_of(token))
        link = found.select_related("person").first()
        if link is None:
            raise Http404
        services.note_calendar_read(link=link, now=timezone.now())
        items = list(open_work_for(link.person).for_list()[:MOST])
        since = timezone.now() - KEPT
        sessions = Session.objects.in_calendar_of(link.person).filter(starts_at__gte=since).for_calendar()
        meetings = list(sessions[:MOST])
        cases = [item.case_id for item in items] + [one.engagement.case_id for one in meetings]
        held = Hold.objects.filter(case__in=cases, lifted_at__isnull=True)
        on_hold = set(held.values_list("case_id", flat=True))
        ends = Expiry.objects.owed_by(link.person).filter(ends_on__gte=since.date()).for_list()
        document = calendar_of_work(items, meetings, ends[:MOST], on_hold=on_hold)
        answer = HttpResponse(document, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="milepost.ics"'
        patch_cache_control(answer, private=True, no_cache=True)
        set_response_etag(answer)
        return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer
