"""The page behind the link by which a sponsor signs; they need no account."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from cases.errors import SignatureGone
from cases.models import SignatureRequest
from cases.selectors import request_behind, signed_just_now
from workflows import services
from workflows.forms.application import SignatureForm
from workflows.views.invitations import link_gone


@method_decorator([login_not_required, never_cache], name="dispatch")
class CommitmentSign(View):
    """Looking signs nothing, for mail systems follow links; a name, a title and a tick do."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        asked = request_behind(token, now=timezone.now())
        return self.show(request, asked, SignatureForm()) if asked else link_gone(request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        asked = request_behind(token, now=timezone.now())
        form = SignatureForm(request.POST)
        if asked is None:
            return self.gone(request, token, form)
        if not form.is_valid():
            return self.show(request, asked, form, status=400)
        return self.sign(request, token, form)

    def sign(self, request: HttpRequest, token: str, form: SignatureForm) -> HttpResponse:
        try:
            signed = services.sign_commitment(token=token, now=timezone.now(), **self.given(request, form))
        except SignatureGone:
            return self.gone(request, token, form)
        return self.thank(request, signed)

    def given(self, request: HttpRequest, form: SignatureForm) -> dict[str, str]:
        return {
            "name": form.cleaned_data["name"],
            "title": form.cleaned_data["title"],
            "origin": get_adapter(request).get_client_ip(request),
            "agent": request.headers.get("User-Agent", ""),
        }

    def gone(self, request: HttpRequest, token: str, form: SignatureForm) -> HttpResponse:
        """The second of two clicks is thanked like the first, and shown no more than it has sent."""
        if not form.is_valid():
            return link_gone(request)
        signed = signed_just_now(token, now=timezone.now(), **self.given(request, form))
        return self.thank(request, signed) if signed else link_gone(request)

    def thank(self, request: HttpRequest, signed: SignatureRequest) -> HttpResponse:
        return render(request, "workflows/signature/thanks.html", {"signed": signed})

    def show(
        self, request: HttpRequest, asked: SignatureRequest, form: SignatureForm, *, status: int = 200
    ) -> HttpResponse:
        return render(request, "workflows/signature/sign.html", {"asked": asked, "form": form}, status=status)
