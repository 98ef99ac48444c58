from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotAllowed, problem
from core.middleware import wants_json
from people.models import User
from people.roles import ROLES_WITH_SECOND_FACTOR

WITHOUT_SECOND_FACTOR = {
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "account_reauthenticate",
    "account_logout",
}


class SignedInOnly(LoginRequiredMiddleware):
    """Every page asks for sign-in unless its view is marked; marked ones never touch the session."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class ReaderTimeZone:
    """Shows moments in the zone of the reader's organization; anonymous pages stay cacheable."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_args: Any) -> None:
        if getattr(view, "login_required", True) and isinstance(request.user, User):
            zones = [held.organization.time_zone for held in request.user.active_affiliations]
            known = next(filter(None, zones), None)
            if known:
                timezone.activate(known)


class SecondFactor:
    """Leads whoever decides over cities to set up a second factor before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_args: Any
    ) -> HttpResponseBase | None:
        """Interfaces for programs are marked as open to strangers, and read the session all the same."""
        if not settings.SECOND_FACTOR_REQUIRED:
            return None
        if not getattr(view, "login_required", True) and not request.path.startswith("/api/"):
            return None
        match = request.resolver_match
        if (match and match.url_name in WITHOUT_SECOND_FACTOR) or not _lacks_second_factor(request.user):
            return None
        if wants_json(request):
            refusal = NotAllowed(_("Set up a second factor first."))
            return JsonResponse(problem(refusal), status=403, content_type="application/problem+json")
        messages.info(request, _("Your role asks for a second factor. Set it up to go on."))
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


def _lacks_second_factor(user: Any) -> bool:
    if not isinstance(user, User) or not user.has_role(*ROLES_WITH_SECOND_FACTOR):
        return False
    return not get_adapter().is_mfa_enabled(user, types=[Authenticator.Type.TOTP])
