"""The agenda before a session and the follow-up after it: written for you, changed, looked at, sent."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.services import require_running
from cases.services.case import require
from coaching.enums import SessionMailKind
from coaching.models import Session
from coaching.services.mails import kind_for
from core.errors import InvalidInput, WrongState
from people.permissions import Permission
from workflows import services
from workflows.forms.sessions import SessionMailForm
from workflows.services.session_mails import draft_of
from workflows.views.base import CasePage, show_errors


class SessionMailWrite(CasePage, View):
    """One page, two buttons: look at it, send it. Which of the two mails it is follows from the session."""

    session: Session

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            seen = Session.objects.visible_to(self.reader).for_list()
            self.session = get_object_or_404(seen, pk=kwargs["session_id"])
            require(self.reader, Permission.COACH_ENGAGEMENT, self.session.engagement)
        return super().dispatch(request, *args, **kwargs)

    @property
    def kind(self) -> SessionMailKind:
        kind = kind_for(self.session)
        if kind is None:
            raise WrongState(_("There is nothing to send about this session."))
        return kind

    def get(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        require_running(self.session.engagement.case)
        draft = draft_of(self.session, self.kind, now=timezone.now())
        return self.show(self.form(initial={"subject": draft.subject, "text": draft.text}))

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        if request.POST.get("deed") != "send":
            return self.show(form, preview=True)
        try:
            services.send_session_mail(
                session_id=session_id, kind=self.kind, by=self.reader, now=timezone.now(), **form.cleaned_data
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, status=400)
        messages.success(request, _("It is on its way."))
        return HttpResponseRedirect(self.session.get_absolute_url())

    def form(self, data: Any = None, **options: Any) -> SessionMailForm:
        return SessionMailForm(data, session=self.session, **options)

    def show(self, form: SessionMailForm, *, preview: bool = False, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "session": self.session,
            "engagement": self.session.engagement,
            "kind": self.kind,
            "preview": form.cleaned_data if preview else None,
        }
        return render(self.request, "workflows/coaching/session_mail.html", context, status=status)
