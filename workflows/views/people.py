"""Who belongs to which organization, and who is asked in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.errors import InvalidInput, NotAllowed
from notifications.models import Delivery
from people.enums import UserKind
from people.models import Affiliation, Invitation, Organization, User
from people.permissions import Permission
from people.roles import PROGRAM_ROLES, roles_with
from workflows import services
from workflows.forms.people import InviteForm, PeopleFilter
from workflows.views.base import SignedInPage, show_errors
from workflows.views.choosing import OrganizationPage

PAGE_SIZE = 50


def keeps_members(reader: User) -> bool:
    """Whether this person invites people anywhere."""
    return reader.has_role(*roles_with(Permission.INVITE_PEOPLE))


class PeopleList(SignedInPage, View):
    """The members of one's own organizations; of all for the program."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        everybody = self.reader.has_role(*PROGRAM_ROLES)
        form = PeopleFilter(request.GET, everybody=everybody)
        rows = form.narrow(Affiliation.objects.visible_to(self.reader).active(now.date()))
        rows = rows.filter(person__kind=UserKind.PERSON)
        rows = rows.select_related("person", "organization").order_by(
            "organization__name", "organization__slug", "person__name", "pk"
        )
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "form": form,
            "page": page,
            "may_invite": keeps_members(self.reader),
            "plans_coaching": everybody,
            "refused": self.refused((held.person.email for held in page), now=now) if everybody else set(),
        }
        return render(request, "workflows/people/list.html", context)

    @staticmethod
    def refused(addresses: Iterable[str], *, now: datetime) -> set[str]:
        """Those that a mail server said nobody has."""
        found = Delivery.objects.refused(now).filter(address__in=set(addresses))
        return set(found.values_list("address", flat=True))


class InvitationList(SignedInPage, View):
    """Who was asked in, and what became of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        rows = Invitation.objects.visible_to(self.reader).select_related("organization", "invited_by")
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        listed = [{"invitation": one, "state": one.state(now)} for one in page]
        context = {"page": page, "listed": listed, "may_invite": keeps_members(self.reader)}
        return render(request, "workflows/people/invitations.html", context)


class InvitationChange(SignedInPage, View):
    """One action on an invitation of one's organization."""

    def invitation(self, invitation_id: UUID) -> Invitation:
        rows = Invitation.objects.visible_to(self.reader).select_related("organization")
        return get_object_or_404(rows, pk=invitation_id)


class InvitationResend(InvitationChange):
    def post(self, request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        services.invite_again(invitation=self.invitation(invitation_id), by=self.reader, now=timezone.now())
        messages.success(request, _("A new link is on its way; the earlier one no longer works."))
        return HttpResponseRedirect(reverse("workflows:invitation-list"))


class InvitationRevoke(InvitationChange):
    def post(self, request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        services.withdraw_invitation(
            invitation=self.invitation(invitation_id), by=self.reader, now=timezone.now()
        )
        messages.success(request, _("The invitation is revoked; its link no longer works."))
        return HttpResponseRedirect(reverse("workflows:invitation-list"))


class Invite(OrganizationPage, View):
    """Ask somebody in: first the organization where there is a choice, then the person."""

    title = gettext_lazy("Invite somebody")
    question = gettext_lazy("Into which organization?")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not keeps_members(self.reader):
            raise NotAllowed(_("People are invited by the leads of an organization and by the program."))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        organization = self.organization(request.GET)
        if organization is None:
            return self.choose(request)
        return self.ask(request, organization, InviteForm(reader=self.reader, organization=organization))

    def post(self, request: HttpRequest) -> HttpResponse:
        organization = self.organization(request.GET)
        if organization is None:
            return self.choose(request)
        form = InviteForm(request.POST, reader=self.reader, organization=organization)
        if form.is_valid():
            try:
                services.invite_by_mail(
                    organization=organization, by=self.reader, now=timezone.now(), **form.entered()
                )
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The invitation is on its way."))
                return HttpResponseRedirect(reverse("workflows:invitation-list"))
        return self.ask(request, organization, form, status=400)

    def organizations(self) -> Any:
        if self.reader.has_role(*PROGRAM_ROLES):
            return Organization.objects.all()
        keeping = self.reader.keeps_organizations_as(*roles_with(Permission.INVITE_PEOPLE))
        return Organization.objects.filter(pk__in=keeping)

    def ask(
        self, request: HttpRequest, organization: Organization, form: InviteForm, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "organization": organization}
        return render(request, "workflows/people/invite.html", context, status=status)
