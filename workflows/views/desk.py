from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import program_calendar
from cases.enums import Thread
from cases.models import Extension, WorkItem
from cases.new_messages import PAGES
from cases.selectors import threads_with_news
from core.errors import Text
from people.models import User
from workflows.forms.desk import DeskFilter
from workflows.selectors import cities_to_invite, last_claim_of, open_work_for, waiting_on_others_for
from workflows.substitutes import covers_of, deadlines_covered_by

PAGE_SIZE = 50
OTHERS = 25
NEWS = 10
SOON_DAYS = 5


class Desk(LoginRequiredMixin, View):
    """What do I owe? Everything, over all stages, the most pressing first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            raise Http404
        now = timezone.now()
        form = DeskFilter(request.GET)
        items = form.narrow(open_work_for(request.user).for_list(), user=request.user)
        page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
        others = waiting_on_others_for(request.user).for_list()[:OTHERS]
        context: dict[str, Any] = {
            "form": form,
            "page": page,
            "groups": _grouped(list(page.object_list), now),
            "others": list(others),
            "deadlines": deadlines_covered_by(request.user, now=now),
            "asked": list(Extension.objects.to_answer_by(request.user).for_list()[:OTHERS]),
            "returned": covers_of(request.user).count(),
            "news": _news(request.user),
            "claim": last_claim_of(request.user),
            "cities_to_open": cities_to_invite(request.user, today=now.date()),
            "now": now,
        }
        return render(request, "workflows/desk.html", context)


def _news(user: User) -> dict[str, Any]:
    """How many cases have new messages for the reader, and where the newest are."""
    threads = list(threads_with_news(user))
    links = [
        {
            "city": one["city"],
            "inside": one["thread"] == Thread.INTERNAL,
            "url": reverse(PAGES[Thread(one["thread"])], args=[one["case"]]),
        }
        for one in threads[:NEWS]
    ]
    return {"cases": len({one["case"] for one in threads}), "links": links, "more": len(threads) - len(links)}


def _grouped(items: list[WorkItem], now: datetime) -> list[tuple[Text, list[WorkItem]]]:
    """The items of one page under their headings; empty groups are left out."""
    calendar = program_calendar()
    soon = calendar.end_of(calendar.add(calendar.local_day(now), SOON_DAYS))
    running = [item for item in items if item.paused_at is None]
    groups: list[tuple[Text, list[WorkItem]]] = [
        (_("Overdue"), [item for item in running if item.due_at < now]),
        (_("Due in five working days"), [item for item in running if now <= item.due_at <= soon]),
        (_("Later"), [item for item in running if item.due_at > soon]),
        (_("Paused"), [item for item in items if item.paused_at is not None]),
    ]
    return [(heading, members) for heading, members in groups if members]
