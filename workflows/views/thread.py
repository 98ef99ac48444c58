"""The messages of a case: a page for the city and the program, and another for the program alone."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import program_calendar
from cases.enums import Thread
from cases.models import Message
from cases.new_messages import PAGES
from cases.rules import READING, WRITING
from cases.selectors import people_to_mention, read_up_to, unread_in
from cases.services import mark_thread_read
from core.errors import InvalidInput, NotAllowed, WrongState
from workflows import services
from workflows.forms.thread import MessageForm
from workflows.views.base import CasePage, show_errors
from workflows.views.frame import frame_of

PAGE_SIZE = 25


class CaseMessages(CasePage, View):
    """What city and program write to each other."""

    thread: ClassVar[Thread] = Thread.CITY
    template_name: ClassVar[str] = "workflows/messages/city.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.case = self.find_case(kwargs["case_id"])
        if not self.reader.has_perm(READING[self.thread], self.case):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        return self.show(MessageForm(people=self.people))

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        if not self.reader.has_perm(WRITING[self.thread], self.case):
            raise NotAllowed(_("You read along here; leads and contributors write."))
        form = MessageForm(request.POST, request.FILES, people=self.people)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            services.send_message(
                case_id=case_id, thread=self.thread, by=self.reader, now=timezone.now(), **form.written()
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, status=error.status)
        except WrongState as error:
            form.add_error(None, f"{error.title}: {error.detail}")
            return self.show(form, status=error.status)
        return HttpResponseRedirect(request.path)

    @cached_property
    def people(self) -> list[tuple[int, str]]:
        today = program_calendar().local_day(timezone.now())
        return people_to_mention(self.case, self.thread, reader=self.reader, today=today)

    def show(self, form: MessageForm, *, status: int = 200) -> HttpResponse:
        page, seen = self.read()
        context = frame_of(self.case, user=self.reader, tab="messages", now=timezone.now()) | {
            "form": form if self.reader.has_perm(WRITING[self.thread], self.case) else None,
            "page": page,
            "seen": seen,
            "threads": self.threads(),
            "action": self.request.path,
        }
        return render(self.request, self.template_name, context, status=status)

    def read(self) -> tuple["Page[Message]", int]:
        """One page of the thread, newest first, and how far it was read before; now it counts as read."""
        messages = Message.objects.visible_to(self.reader).filter(case=self.case, thread=self.thread)
        page = Paginator(messages.for_list(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        seen = read_up_to(self.case, self.thread, person=self.reader)
        if page.object_list:
            mark_thread_read(
                case=self.case,
                thread=self.thread,
                number=page.object_list[0].number,
                by=self.reader,
                now=timezone.now(),
            )
        return page, seen

    def threads(self) -> list[dict[str, Any]]:
        """The two threads as tabs, for those who read both."""
        if not self.reader.has_perm(READING[Thread.INTERNAL], self.case):
            return []
        unread = unread_in(self.case, user=self.reader)
        return [
            {
                "label": thread.label,
                "url": reverse(PAGES[thread], args=[self.case.pk]),
                "current": thread is self.thread,
                "count": unread.get(thread),
            }
            for thread in Thread
        ]


class CaseMessagesInternal(CaseMessages):
    """What the program keeps to itself."""

    thread = Thread.INTERNAL
    template_name = "workflows/messages/internal.html"
