"""From outside to a claim: an address, a link in the mail, the name of a city."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from cities.models import City
from core.errors import InvalidInput
from people.models import User
from people.selectors import account_of
from people.services.invitations import digest_of
from workflows import services
from workflows.forms.apply import AddressForm, ClaimForm
from workflows.forms.desk import CitySearch
from workflows.models import ApplyLink
from workflows.services.claims import ApplyLinkGone
from workflows.views.base import show_errors
from workflows.views.second_click import who_claimed

MATCHES = 25


@method_decorator([login_not_required, never_cache], name="dispatch")
class Apply(View):
    """Asks for an address. The answer is the same for every address, and when there were too many."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "workflows/apply/address.html", {"form": AddressForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AddressForm(request.POST)
        if not form.is_valid():
            return render(request, "workflows/apply/address.html", {"form": form}, status=400)
        if ratelimit.consume(request, action="apply"):
            services.send_apply_link(address=form.cleaned_data["address"], now=timezone.now())
        return HttpResponseRedirect(reverse("workflows:apply-sent"))


@method_decorator([login_not_required, never_cache], name="dispatch")
class ApplySent(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "workflows/apply/sent.html")


def link_gone(request: HttpRequest) -> HttpResponse:
    """The same for a link that never was, has run out or was used."""
    return render(request, "workflows/apply/link_gone.html", status=404)


@method_decorator([login_not_required, never_cache], name="dispatch")
class ApplyClaim(View):
    """The page behind the link: which city, then who are you? Only sending the form uses the link."""

    link: ApplyLink

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        usable = ApplyLink.objects.usable(timezone.now())
        link = usable.filter(token_hash=digest_of(kwargs["token"])).first()
        if link is None:
            return self.gone(request, kwargs["token"])
        self.link = link
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(self.form(None))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = self.form(request.POST)
        if not self.welcome:
            return self.show(form, status=403)
        if not self.placed or not form.is_valid():
            return self.show(form, status=400)
        try:
            claim = services.claim_city(
                token=token, by=self.account, city=self.city, now=timezone.now(), **form.cleaned_data
            )
        except ApplyLinkGone:
            return self.gone(request, token)
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, status=400)
        return self.done(request, claim.person)

    def gone(self, request: HttpRequest, token: str) -> HttpResponse:
        person = who_claimed(request, token) if request.method == "POST" else None
        return self.done(request, person) if person else link_gone(request)

    def done(self, request: HttpRequest, person: User) -> HttpResponse:
        if not request.user.is_authenticated:
            perform_login(request, person)
        messages.success(request, _("The program office finds out whether you speak for the city."))
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)

    @cached_property
    def account(self) -> User | None:
        return account_of(self.link.address)

    @property
    def welcome(self) -> bool:
        """Whether the reader is who the link was sent to: a stranger, or signed in with that account."""
        reader = self.request.user
        return reader == self.account if self.account else not reader.is_authenticated

    @cached_property
    def city(self) -> City | None:
        slug = self.request.GET.get("city")
        cities = City.objects.select_related("organization")
        return get_object_or_404(cities, organization__slug=slug) if slug else None

    @property
    def placed(self) -> bool:
        """Whether the city is chosen, or said not to be on the list."""
        return self.city is not None or "elsewhere" in self.request.GET

    def form(self, given: Any) -> ClaimForm:
        known = self.account is not None
        return ClaimForm(given, address=self.link.address, on_record=self.city is not None, known=known)

    def show(self, form: ClaimForm, status: int = 200) -> HttpResponse:
        search = CitySearch(self.request.GET)
        words = search.cleaned_data["q"] if search.is_valid() else ""
        found = list(City.objects.matching(words).for_list()[:MATCHES]) if words and not self.placed else []
        context: dict[str, Any] = {
            "address": self.link.address,
            "account": self.account,
            "welcome": self.welcome,
            "login_url": f"{reverse('account_login')}?next={self.request.path}",
            "placed": self.placed,
            "city": self.city,
            "search": search,
            "words": words,
            "found": found,
            "limit": MATCHES,
            "form": form,
        }
        return render(self.request, "workflows/apply/claim.html", context, status=status)
