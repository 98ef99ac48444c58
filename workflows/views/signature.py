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
from cases.selectors import request_behind
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
        if asked is None:
            return link_gone(request)
        form = SignatureForm(request.POST)
        if not form.is_valid():
            return self.show(request, asked, form, status=400)
        return self.sign(request, token, form)

    def sign(self, request: HttpRequest, token: str, form: SignatureForm) -> HttpResponse:
        try:
            signed = services.sign_commitment(
                token=token,
                name=form.cleaned_data["name"],
                title=form.cleaned_data["title"],
                origin=get_adapter(request).get_client_ip(request),
                agent=request.headers.get("User-Agent", ""),
                now=timezone.now(),
            )
        except SignatureGone:
            return link_gone(request)
        return render(request, "workflows/signature/thanks.html", {"signed": signed})

    def show(
        self, request: HttpRequest, asked: SignatureRequest, form: SignatureForm, *, status: int = 200
    ) -> HttpResponse:
        return render(request, "workflows/signature/sign.html", {"asked": asked, "form": form}, status=status)
