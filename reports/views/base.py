from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views import View

from cases.rules import is_program
from core.errors import NotAllowed
from people.models import User


class ProgramPage(LoginRequiredMixin, View):
    """A page for program managers and directors; everyone else who is signed in is told so."""

    reader: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return self.handle_no_permission()
        if not is_program(request.user):
            raise NotAllowed(_("Reports are for the program office."))
        self.reader = request.user
        return super().dispatch(request, *args, **kwargs)
