"""Who speaks for a city: the program's page to find out and answer."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.errors import WorkItemClosed
from cities.models import City
from people.models import User
from workflows import services
from workflows.forms.apply import ConfirmClaimForm, DeclineClaimForm
from workflows.forms.desk import CitySearch
from workflows.models import Claim
from workflows.selectors import claim_of, other_claims, record_of
from workflows.services.claims import ClaimAnswered
from workflows.views.deeds import DeedsPage

MATCHES = 25


class ClaimAnswer(DeedsPage):
    """Confirm that a person speaks for a city, or decline."""

    template_name = "workflows/apply/answer.html"
    deeds: ClassVar[dict[str, type[forms.Form]]] = {
        "confirm": ConfirmClaimForm,
        "decline": DeclineClaimForm,
    }
    claim: Claim

    def find_subject(self) -> None:
        self.claim = claim_of(self.item)

    def done_already(self, error: WorkItemClosed) -> HttpResponse:
        """Nothing is left to see here; only a second click of the same person is led on."""
        if self.request.method == "POST" and error.closed_by_id == self.reader.pk:
            return super().done_already(error)
        raise error if isinstance(error, ClaimAnswered) else ClaimAnswered(self.claim)

    @cached_property
    def city(self) -> City | None:
        """The one that the program has chosen, else the one that the person named."""
        slug = self.request.POST.get("city") or self.request.GET.get("city")
        chosen = City.objects.select_related("organization").filter(organization__slug=slug).first()
        return chosen or self.claim.city

    def form_options(self, deed: str) -> dict[str, Any]:
        return {"initial": {"city": self.city.slug if self.city else ""}} if deed == "confirm" else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        del kwargs["initial"]
        return kwargs

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        values = form.cleaned_data | {"work_item_id": self.item.pk, "by": by, "now": now}
        if self.deed == "confirm":
            claim = services.confirm_claim(**values)
            text = _("%(name)s leads %(city)s now; the application is on their desk.")
        else:
            claim = services.decline_claim(**values)
            text = _("%(name)s is told that you could not confirm it.")
        messages.success(self.request, text % {"name": claim.person.name, "city": claim.place})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = program_calendar().local_day(timezone.now())
        search = CitySearch({"q": self.request.GET.get("q", "") or self._guess()})
        words = search.cleaned_data["q"] if search.is_valid() else ""
        found = list(City.objects.matching(words).for_list()[:MATCHES]) if words else []
        return super().get_context_data(
            claim=self.claim,
            city=self.city,
            record=record_of(self.city, on=today) if self.city else None,
            others=other_claims(self.claim, user=self.reader),
            held=self.claim.person.active_affiliations,
            search=search,
            words=words,
            found=found,
            limit=MATCHES,
            **kwargs,
        )

    def _guess(self) -> str:
        """Of a city in words, what stands before the first comma is usually its name."""
        return "" if self.city else self.claim.city_in_words.partition(",")[0]
