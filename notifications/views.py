from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from notifications.enums import Mode
from notifications.explaining import explain
from notifications.forms import PreferenceForm
from notifications.links import behind
from notifications.models import Notice, Preference
from notifications.naming import message_id
from notifications.services import mark_all_read, mark_read, set_preferences
from notifications.topics import Topic, topic_named

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


class NoticeWhy(View):
    """Why a notice came to somebody, and what became of it; for them, and for the program."""

    def get(self, request: HttpRequest, notice_id: UUID) -> HttpResponse:
        user: Any = request.user
        notices = Notice.objects.explained_to(user).select_related("reminder", "person")
        notice = get_object_or_404(notices, pk=notice_id)
        context = {
            "notice": notice,
            "topic": topic_named(notice.topic),
            "facts": explain(notice.reminder, reader=user) if notice.reminder else [],
            "deliveries": [(one, message_id([one])) for one in notice.deliveries.order_by("pk")],
            "is_own": notice.person_id == user.pk,
        }
        return render(request, "notifications/why.html", context)


class Settings(View):
    """How one wants one's mails."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, PreferenceForm(modes=self.modes(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        form = PreferenceForm(request.POST, modes=self.modes(request))
        if not form.is_valid():
            return self.show(request, form, status=400)
        set_preferences(modes=form.cleaned_data, by=user, now=timezone.now())
        messages.success(request, _("Your choices hold from now on."))
        return HttpResponseRedirect(reverse("notifications:settings"))

    @staticmethod
    def modes(request: HttpRequest) -> dict[str, str]:
        return dict(Preference.objects.filter(person=request.user.pk).values_list("topic", "mode"))

    def show(self, request: HttpRequest, form: PreferenceForm, status: int = 200) -> HttpResponse:
        return render(request, "notifications/settings.html", {"form": form}, status=status)


@method_decorator([login_not_required, never_cache, csrf_exempt], name="dispatch")
class Unsubscribe(View):
    """Behind the link in a mail: looking changes nothing, for mail systems follow links; one click does.

    The signed link is the permission, so that a mail program's own button works without a session.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = behind(token)
        return self.show(request, found[1] if found else None)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = behind(token)
        if found is None or not found[1].may_change:
            return self.show(request, None)
        person, topic = found
        set_preferences(modes={topic.code: Mode.OFF}, by=person, now=timezone.now())
        return self.show(request, topic, is_done=True)

    def show(self, request: HttpRequest, topic: Topic | None, *, is_done: bool = False) -> HttpResponse:
        context = {"topic": topic, "is_done": is_done}
        return render(request, "notifications/unsubscribe.html", context, status=200 if topic else 404)


class NoticesRead(View):
    """Marks everything read."""

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        mark_all_read(by=user, now=timezone.now())
        return HttpResponseRedirect(reverse("notifications:notice-list"))
