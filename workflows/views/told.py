"""What one person is and was told: for the program, and for themselves."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from notifications.models import Notice
from notifications.querysets import NoticeQuerySet
from people.enums import UserKind
from people.models import User
from people.roles import PROGRAM_ROLES
from workflows.forms.told import ToldFilter
from workflows.person_ledger import lines_of_notices, notices_to, planned_for, silenced_for
from workflows.views.base import SignedInPage

PAGE_SIZE = 50


class MessagesOf(SignedInPage, View):
    """Planned, written and silenced; for anybody else there is no such page."""

    def get(self, request: HttpRequest, address: str) -> HttpResponse:
        person = get_object_or_404(User, email=address, kind=UserKind.PERSON)
        if person != self.reader and not self.reader.has_role(*PROGRAM_ROLES):
            raise Http404
        form = ToldFilter(request.GET)
        rows = form.narrow(notices_to(person, reader=self.reader), reader=self.reader)
        mark = request.GET.get("after", "")
        notices = list(follow(rows, mark)[: PAGE_SIZE + 1])
        context = {
            "person": person,
            "is_own": person == self.reader,
            "form": form,
            "lines": lines_of_notices(notices[:PAGE_SIZE]),
            "older": self.address_after(notices[PAGE_SIZE - 1]) if len(notices) > PAGE_SIZE else "",
            "is_first": not mark,
        }
        if not mark:
            now = timezone.now()
            context["planned"] = planned_for(person, reader=self.reader, now=now)
            context["silenced"] = silenced_for(person)
        return render(request, "workflows/people/messages.html", context)

    def address_after(self, last: Notice) -> str:
        query = self.request.GET.copy()
        query["after"] = f"{last.created_at.isoformat()}~{last.pk}"
        return f"?{query.urlencode()}"


def follow(rows: NoticeQuerySet, mark: str) -> NoticeQuerySet:
    """The rows after the one that a link names; a mark that is none begins anew."""
    moment, _tilde, key = mark.partition("~")
    try:
        return rows.after(datetime.fromisoformat(moment), UUID(key))
    except ValueError:
        return rows
