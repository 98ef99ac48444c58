from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.errors import Text
from people.models import Organization
from workflows.forms.people import OrganizationSearch
from workflows.views.base import SignedInPage

MATCHES = 25


class OrganizationPage(SignedInPage):
    """A page about one organization, which is chosen first where there are several."""

    title: ClassVar[Text]
    question: ClassVar[Text]

    def organizations(self) -> Any:
        """Those that there are to choose from."""
        raise NotImplementedError

    def organization(self, given: Any) -> Organization | None:
        """The one that the address names, or the only one there is."""
        if slug := given.get("organization"):
            return get_object_or_404(self.organizations(), slug=slug)
        found = list(self.organizations()[:2])
        return found[0] if len(found) == 1 else None

    def choose(self, request: HttpRequest) -> HttpResponse:
        form = OrganizationSearch(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        found = self.organizations()
        for word in words.split():
            found = found.filter(name__icontains=word)
        context = {
            "form": form,
            "found": list(found[:MATCHES]),
            "limit": MATCHES,
            "title": self.title,
            "question": self.question,
        }
        return render(request, "workflows/people/choose_organization.html", context)
