"""The days on which an organization is closed, and what they do to its open due dates."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from cases.deadlines import calendar_of
from core.errors import InvalidInput
from people.models import Closure, Organization
from people.permissions import Permission
from people.roles import PROGRAM_ROLES
from people.services import require_keeper, require_sound
from workflows import services
from workflows.foretelling import moved_by_closing
from workflows.forms.closing import ClosureForm, KeepsTimeForm
from workflows.views.base import SignedInPage, show_errors
from workflows.views.choosing import OrganizationPage

SHOWN = 50


def say(request: HttpRequest, moved: int) -> None:
    words = ngettext(
        "Saved. %(count)s due date moved; reminders follow.",
        "Saved. %(count)s due dates moved; reminders follow.",
        moved,
    )
    messages.success(request, words % {"count": moved})


def page_of(organization: Organization) -> str:
    return f"{reverse('workflows:closed-days')}?organization={organization.slug}"


class ClosedDays(OrganizationPage, View):
    """An organization's closed days: its people read them, its lead and the program add some."""

    title = gettext_lazy("Closed days")
    question = gettext_lazy("Of which organization?")

    def get(self, request: HttpRequest) -> HttpResponse:
        organization = self.organization(request.GET)
        return self.show(organization, ClosureForm()) if organization else self.choose(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        organization = self.organization(request.GET)
        if organization is None:
            return self.choose(request)
        require_keeper(organization, self.reader)
        form, now = ClosureForm(request.POST), timezone.now()
        if not form.is_valid():
            return self.show(organization, form, status=400)
        try:
            if "preview" in request.POST:
                return self.show(organization, form, **self.foretold(organization, form, now))
            moved = services.close_days(
                organization=organization, by=self.reader, now=now, **form.cleaned_data
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(organization, form, status=400)
        say(request, moved)
        return HttpResponseRedirect(page_of(organization))

    def organizations(self) -> Any:
        if self.reader.has_role(*PROGRAM_ROLES):
            return Organization.objects.all()
        own = {held.organization_id for held in self.reader.active_affiliations}
        return Organization.objects.filter(pk__in=own)

    def foretold(self, organization: Organization, form: ClosureForm, now: datetime) -> dict[str, Any]:
        closure = form.closure_of(organization)
        require_sound(closure, today=calendar_of(organization).local_day(now))
        return moved_of(
            organization,
            [*organization.closed_days, *closure.days],
            keeps_time=form.cleaned_data["keeps_time"],
            page=self,
            now=now,
        )

    def show(
        self, organization: Organization, form: ClosureForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        today = calendar_of(organization).local_day(timezone.now())
        closures = Closure.objects.visible_to(self.reader).filter(organization=organization)
        context = {
            "organization": organization,
            "form": form,
            "closures": closures.filter(ends_on__gte=today).select_related("set_by"),
            "may_set": self.reader.has_perm(Permission.SET_CLOSED_DAYS, organization),
            "has_choice": self.organizations().count() > 1,
        } | more
        return render(self.request, "workflows/people/closed_days.html", context, status=status)


def moved_of(
    organization: Organization, closed: Any, *, keeps_time: bool, page: SignedInPage, now: datetime
) -> dict[str, Any]:
    """What the preview shows."""
    moved = moved_by_closing(organization, closed, keeps_time=keeps_time, reader=page.reader, now=now)
    return {"is_preview": True, "moved": moved[:SHOWN], "count": len(moved)}


class ClosureRemove(SignedInPage, View):
    """Open on these days after all: what would move, and the button."""

    def get(self, request: HttpRequest, closure_id: UUID) -> HttpResponse:
        closure = self.find(closure_id)
        organization = closure.organization
        left = set(organization.closed_days) - set(closure.days)
        context = {"closure": closure, "organization": organization, "form": KeepsTimeForm()}
        context |= moved_of(organization, left, keeps_time=True, page=self, now=timezone.now())
        context["back_url"] = page_of(organization)
        return render(request, "workflows/people/closure_remove.html", context)

    def post(self, request: HttpRequest, closure_id: UUID) -> HttpResponse:
        closure, form = self.find(closure_id), KeepsTimeForm(request.POST)
        form.is_valid()
        moved = services.open_days(
            closure_id=closure.pk, by=self.reader, now=timezone.now(), **form.cleaned_data
        )
        say(request, moved)
        return HttpResponseRedirect(page_of(closure.organization))

    def find(self, closure_id: UUID) -> Closure:
        found = Closure.objects.visible_to(self.reader).select_related("organization")
        closure = get_object_or_404(found, pk=closure_id)
        require_keeper(closure.organization, self.reader)
        return closure
