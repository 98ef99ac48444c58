"""The page behind the link of an invitation."""

from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from core.errors import InvalidInput
from people.models import Invitation, Organization, User
from people.selectors import account_of
from people.services.invitations import InvitationGone, digest_of
from workflows import services
from workflows.forms.people import NewPersonForm
from workflows.views.base import show_errors
from workflows.views.second_click import who_joined


def link_gone(request: HttpRequest) -> HttpResponse:
    """The same for a link that never was, has run out, was used or was taken back."""
    return render(request, "workflows/people/link_gone.html", status=404)


@method_decorator([login_not_required, never_cache], name="dispatch")
class InvitationAccept(View):
    """Join as a new person, or as the one signed in; whoever has an account signs in first."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = self.invitation(token)
        if invitation is None:
            return link_gone(request)
        return self.show(request, invitation)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = self.invitation(token)
        if invitation is None:
            return self.gone(request, token)
        if isinstance(request.user, User):
            return self.join(request, token, request.user)
        form = NewPersonForm(request.POST, address=invitation.address)
        if not form.is_valid():
            return self.show(request, invitation, form)
        try:
            return self.join(request, token, None, **form.cleaned_data)
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(request, invitation, form)

    def invitation(self, token: str) -> Invitation | None:
        found = Invitation.objects.usable(timezone.now()).filter(token_hash=digest_of(token))
        return found.select_related("organization", "invited_by").first()

    def join(self, request: HttpRequest, token: str, by: User | None, **new: str) -> HttpResponse:
        try:
            joined = services.join_by_invitation(token=token, by=by, now=timezone.now(), **new)
        except InvitationGone:
            return self.gone(request, token)
        return self.done(request, joined.person, joined.organization)

    def gone(self, request: HttpRequest, token: str) -> HttpResponse:
        person = who_joined(request, token)
        if person is None:
            return link_gone(request)
        used = Invitation.objects.select_related("organization").get(token_hash=digest_of(token))
        return self.done(request, person, used.organization)

    def done(self, request: HttpRequest, person: User, organization: Organization) -> HttpResponse:
        if not request.user.is_authenticated:
            perform_login(request, person)
        messages.success(request, _("You belong to %(organization)s now.") % {"organization": organization})
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)

    def show(
        self, request: HttpRequest, invitation: Invitation, form: NewPersonForm | None = None
    ) -> HttpResponse:
        known = account_of(invitation.address) is not None
        context: dict[str, Any] = {
            "invitation": invitation,
            "form": form or NewPersonForm(address=invitation.address),
            "known": known,
            "mine": isinstance(request.user, User) and invitation.is_for(request.user),
            "login_url": f"{reverse('account_login')}?next={request.path}",
        }
        status = 400 if form else 200
        return render(request, "workflows/people/accept.html", context, status=status)
