from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from people.models import User


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
