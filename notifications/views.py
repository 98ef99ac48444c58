from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from notifications.models import Notice
from notifications.services import mark_all_read, mark_read

PAGE_SIZE = 50


class NoticeList(View):
    """What Milepost has told this person, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        notices = Notice.objects.visible_to(request.user)  # type: ignore[arg-type]  # -- signed in, as everywhere
        page = Paginator(notices, PAGE_SIZE).get_page(request.GET.get("page"))
        unread = notices.unread().count()
        return render(request, "notifications/notice_list.html", {"page": page, "unread": unread})


class NoticeOpen(View):
    """Leads from a notice to what it is about, and marks it read."""

    def get(self, request: HttpRequest, notice_id: UUID) -> HttpResponse:
        user: Any = request.user
        notice = get_object_or_404(Notice.objects.visible_to(user), pk=notice_id)
        mark_read(notice=notice, by=user, now=timezone.now())
        return HttpResponseRedirect(notice.url or reverse("notifications:notice-list"))


class NoticesRead(View):
    """Marks everything read."""

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        mark_all_read(by=user, now=timezone.now())
        return HttpResponseRedirect(reverse("notifications:notice-list"))
