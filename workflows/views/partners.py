"""What partners and their coaches bring: the program's list of partners, a partner's page, and the forms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import calendar_of
from cases.services.case import require
from coaching.assigning import Coach, coaches_with_profiles, waiting_for_a_coach
from coaching.models import PartnerProfile
from coaching.selectors import practice_areas, with_running
from coaching.services import change_coach_profile, change_partner_profile
from coaching.voices import voices_on
from core.errors import InvalidInput
from people.permissions import Permission
from people.roles import PARTNER_ROLES, roles_with
from workflows.forms.profiles import CoachProfileForm, PartnerProfileForm
from workflows.views.base import SignedInPage, show_errors

PAGE_SIZE = 50


class PartnerList(SignedInPage, View):
    """Every partner for the program; a partner's own people are led to theirs."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        rows = PartnerProfile.objects.visible_to(self.reader).select_related("organization")
        if self.reader.has_role(*PARTNER_ROLES) and len(found := rows[:2]) == 1:
            return HttpResponseRedirect(
                reverse("workflows:partner-detail", args=[found[0].organization.slug])
            )
        page = Paginator(with_running(rows).order_by("organization__name", "pk"), PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        if not page.paginator.count:
            raise Http404
        context = {"page": page, "names": practice_areas()}
        return render(request, "workflows/partners/list.html", context)


class PartnerPage(SignedInPage, View):
    """A page about one partner, for its people and the program."""

    profile: PartnerProfile

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            rows = with_running(PartnerProfile.objects.visible_to(self.reader))
            self.profile = get_object_or_404(
                rows.select_related("organization"), organization__slug=kwargs["slug"]
            )
        return super().dispatch(request, *args, **kwargs)

    def coaches(self) -> list[Coach]:
        partner = self.profile.organization
        return coaches_with_profiles(partner, today=calendar_of(partner).local_day(timezone.now()))

    @property
    def assigns(self) -> bool:
        """Whether the reader leads this very partner."""
        return self.profile.organization_id in self.reader.organizations_as(
            *roles_with(Permission.ASSIGN_COACH)
        )

    @property
    def page_of_the_partner(self) -> str:
        return reverse("workflows:partner-detail", args=[self.profile.organization.slug])


class PartnerDetail(PartnerPage):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        reader = self.reader
        context = {
            "voices": voices_on(self.profile.organization),
            "profile": self.profile,
            "names": practice_areas(),
            "waiting": waiting_for_a_coach(self.profile.organization).count() if self.assigns else 0,
            "may_edit": reader.has_perm(Permission.EDIT_PARTNER_PROFILE, self.profile),
            "coaches": [
                (coach, reader.has_perm(Permission.EDIT_COACH_PROFILE, coach.profile))
                for coach in self.coaches()
            ],
        }
        return render(request, "workflows/partners/detail.html", context)


class ProfileForm(PartnerPage):
    """The frame of both forms: what is refused stands in the form with what was typed."""

    title = ""

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            self.act(form)
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, status=400)
        messages.success(request, _("The profile is kept."))
        return HttpResponseRedirect(self.page_of_the_partner)

    def form(self, data: Any = None) -> forms.Form:
        raise NotImplementedError

    def act(self, form: Any) -> None:
        """The one domain call."""
        raise NotImplementedError

    def show(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": self.title,
            "profile": self.profile,
            "back_url": self.page_of_the_partner,
        }
        return render(self.request, "workflows/partners/edit.html", context, status=status)


class PartnerEdit(ProfileForm):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.title = _("What you coach")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> forms.Form:
        require(self.reader, Permission.EDIT_PARTNER_PROFILE, self.profile)
        return PartnerProfileForm(data, profile=self.profile)

    def act(self, form: Any) -> None:
        change_partner_profile(profile=self.profile, facts=form.facts, by=self.reader, now=timezone.now())


class CoachEdit(ProfileForm):
    coach: Coach

    def form(self, data: Any = None) -> forms.Form:
        address = self.kwargs["address"]
        found = [one for one in self.coaches() if one.person.email == address]
        if not found:
            raise Http404
        self.coach, self.title = found[0], found[0].person.name
        require(self.reader, Permission.EDIT_COACH_PROFILE, self.coach.profile)
        sets = self.reader.has_perm(Permission.SET_CAPACITY, self.coach.profile)
        return CoachProfileForm(data, profile=self.coach.profile, sets_capacity=sets)

    def act(self, form: Any) -> None:
        change_coach_profile(
            partner=self.profile.organization,
            person=self.coach.person,
            facts=form.facts,
            by=self.reader,
            now=timezone.now(),
        )
