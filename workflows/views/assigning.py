"""A partner's lead assigns coaches to all engagements that wait for one."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.assigning import suggest_coaches, waiting_for_a_coach
from coaching.models import Engagement
from core.errors import DomainError, InvalidInput, NotAllowed
from workflows import services
from workflows.forms.assigning import CoachesForm
from workflows.views.partners import PartnerPage
from workflows.whereabouts import work_of_the_absent

AT_ONCE = 20


class CoachesAssign(PartnerPage):
    """The best coach is chosen beforehand, in the light of what the page gives them already."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now: datetime = timezone.now()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self) -> Page[Engagement]:
        if not self.assigns:
            raise NotAllowed(_("Coaches are assigned by the leads of the partner."))
        rows = waiting_for_a_coach(self.profile.organization)
        return Paginator(rows, AT_ONCE).get_page(self.request.GET.get("page"))

    def form(self, data: Any = None) -> CoachesForm:
        rows = list(self.page.object_list)
        return CoachesForm(data, suggestions=suggest_coaches(self.profile.organization, rows, now=self.now))

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        refused = services.assign_coaches(chosen=form.chosen, by=self.reader, now=self.now)
        if assigned := len(form.chosen) - len(refused):
            text = ngettext("%(count)s coach is assigned.", "%(count)s coaches are assigned.", assigned)
            done = [key for key in form.chosen if key not in refused]
            elsewhere = work_of_the_absent(done, now=self.now)
            messages.success(request, " ".join([text % {"count": assigned}, *elsewhere]))
        if not refused:
            return HttpResponseRedirect(request.get_full_path())
        for key, error in refused.items():
            form.add_error(str(key), _words_of(error))
        return self.show(form, status=400)

    def show(self, form: CoachesForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "page": self.page,
            "profile": self.profile,
            "now": self.now,
            "back_url": self.page_of_the_partner,
        }
        return render(self.request, "workflows/partners/assign.html", context, status=status)


def _words_of(error: DomainError) -> str:
    told = (
        [str(text) for texts in error.errors.values() for text in texts]
        if isinstance(error, InvalidInput)
        else []
    )
    return " ".join(told) or str(error.detail or error.title)
