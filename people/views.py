from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from people.forms import KeyForm
from people.keys import create_key, organizations_with_keys_of, revoke_key
from people.models import ApiKey, User

PAGE_SIZE = 50
DIGITS = 10


class KeyPage(LoginRequiredMixin, View):
    """Keys of the API, for whoever keeps those of some organization; the page does not exist for others."""

    @cached_property
    def reader(self) -> User:
        user = self.request.user
        if not isinstance(user, User) or not organizations_with_keys_of(user).exists():
            raise Http404
        return user


@method_decorator(never_cache, name="dispatch")
class KeyList(KeyPage):
    """The keys, and the form for a new one, whose token is shown in the answer and never again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(KeyForm(reader=self.reader))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KeyForm(request.POST, reader=self.reader)
        if not form.is_valid():
            return self.answer(form, status=400)
        key, token = create_key(**form.cleaned_data, by=self.reader, now=timezone.now())
        return self.answer(KeyForm(reader=self.reader), key=key, token=token)

    def answer(self, form: KeyForm, *, status: int = 200, **more: Any) -> HttpResponse:
        keys = ApiKey.objects.visible_to(self.reader).for_list()
        page = Paginator(keys, PAGE_SIZE).get_page(self.request.GET.get("page"))
        context = {"form": form, "page": page, "now": timezone.now()} | more
        return render(self.request, "people/key_list.html", context, status=status)


class KeyRevoke(KeyPage):
    def get(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("people:key-list"))

    def post(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        key = get_object_or_404(ApiKey.objects.visible_to(self.reader), pk=key_id)
        revoke_key(key=key, by=self.reader, now=timezone.now())
        messages.success(request, _("The key is revoked. It is refused from its next request on."))
        return HttpResponseRedirect(reverse("people:key-list"))


class SessionEnd(LoginRequiredMixin, View):
    """End one of one's own sessions; a number that is not one's own ends nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("usersessions_list"))

    def post(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("session", "")
        own = UserSession.objects.filter(user_id=request.user.pk)
        session = own.filter(pk=number).first() if number.isdecimal() and len(number) < DIGITS else None
        if session is not None:
            session.end()
            messages.success(request, _("The session has ended."))
        return HttpResponseRedirect(reverse("usersessions_list"))
