"""Asking for more time, and answering; both pages show every date that would move."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import policy_of
from cases.models import Extension, WorkItem
from cases.services import extended_due, require_sound_request
from core.errors import InvalidInput, NotAllowed
from people.permissions import Permission
from workflows import services
from workflows.foretelling import moved_to
from workflows.forms.extensions import AnswerForm, ExtensionForm
from workflows.selectors import may_do
from workflows.views.base import SignedInPage, show_errors


def foretold(item: WorkItem, until: date) -> dict[str, Any]:
    """Every date of the work as it is, and as it would be."""
    later = extended_due(item, until)
    return {"change": moved_to(item, later, policy_of(item.step), now=timezone.now())}


class ExtensionAsk(SignedInPage, View):
    """Whoever owes a piece of work asks for a later date."""

    def get(self, request: HttpRequest, item_id: UUID) -> HttpResponse:
        item = self.find(item_id)
        if asked := Extension.objects.visible_to(self.reader).open().filter(item=item).first():
            return redirect("workflows:extension", asked.pk)
        return self.show(item, ExtensionForm())

    def post(self, request: HttpRequest, item_id: UUID) -> HttpResponse:
        item, form = self.find(item_id), ExtensionForm(request.POST)
        if not form.is_valid():
            return self.show(item, form, status=400)
        try:
            if "preview" in request.POST:
                require_sound_request(item, now=timezone.now(), **form.cleaned_data)
                return self.show(item, form, **foretold(item, form.cleaned_data["until"]))
            services.ask_for_time(
                work_item_id=item.pk, by=self.reader, now=timezone.now(), **form.cleaned_data
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(item, form, status=400)
        messages.success(request, _("You asked for more time. The date stays as it is until it is granted."))
        return HttpResponseRedirect(item.get_absolute_url())

    def find(self, item_id: UUID) -> WorkItem:
        items = WorkItem.objects.visible_to(self.reader).open().filter(case__isnull=False)
        item = get_object_or_404(items.for_list(), pk=item_id)
        if not may_do(self.reader, item):
            raise NotAllowed(_("Whoever owes the work asks for more time."))
        return item

    def show(self, item: WorkItem, form: ExtensionForm, status: int = 200, **more: Any) -> HttpResponse:
        context = {"item": item, "case": item.case, "form": form, "now": timezone.now()} | more
        return render(self.request, "workflows/deadlines/ask.html", context, status=status)


class ExtensionDetail(SignedInPage, View):
    """One request: what would move, and the answer of whoever may give it."""

    def get(self, request: HttpRequest, extension_id: UUID) -> HttpResponse:
        return self.show(self.find(extension_id), AnswerForm())

    def post(self, request: HttpRequest, extension_id: UUID) -> HttpResponse:
        extension, form = self.find(extension_id), AnswerForm(request.POST)
        if not self.may_answer(extension):
            raise NotAllowed(
                _("More time is granted by the program, for action items by the partner's lead.")
            )
        if not form.is_valid():
            return self.show(extension, form, status=400)
        try:
            services.answer_time(
                extension_id=extension.pk,
                grant=request.POST.get("deed") == "grant",
                by=self.reader,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(extension, form, status=400)
        messages.success(request, _("Answered; whoever asked is told."))
        return HttpResponseRedirect(request.path)

    def find(self, extension_id: UUID) -> Extension:
        found = Extension.objects.visible_to(self.reader).select_related("requested_by", "decided_by")
        extension = get_object_or_404(found, pk=extension_id)
        extension.item = WorkItem.objects.for_list().get(pk=extension.item_id)
        return extension

    def may_answer(self, extension: Extension) -> bool:
        return self.reader.has_perm(Permission.GRANT_EXTENSION, extension.item)

    def show(self, extension: Extension, form: AnswerForm, status: int = 200) -> HttpResponse:
        is_open = extension.status == "open" and extension.item.closed_at is None
        context = {
            "extension": extension,
            "item": extension.item,
            "case": extension.item.case,
            "form": form,
            "may_answer": is_open and self.may_answer(extension),
            "now": timezone.now(),
        } | (foretold(extension.item, extension.until) if is_open else {})
        return render(self.request, "workflows/deadlines/extension.html", context, status=status)
