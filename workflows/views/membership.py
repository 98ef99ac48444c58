"""One membership: what the person owes, another role, the end of it, and the account behind it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import program_calendar
from coaching.models import Session
from coaching.querysets import SessionQuerySet
from core.errors import InvalidInput, NotAllowed
from people.enums import Role, UserKind
from people.models import Affiliation
from people.permissions import Permission
from people.roles import PROGRAM_ROLES
from people.services import reactivate_person
from workflows import services
from workflows.forms.people import CloseAccountForm, HandOverForm, RoleForm
from workflows.services.handover import assessed_as, coached_as, delegated_as, managed_as, work_of
from workflows.services.leaving import held_as
from workflows.substitutes import absences_of
from workflows.views.base import EmptyForm, SignedInPage, show_errors


class MembershipDetail(SignedInPage, View):
    """Each deed is a form of its own, told apart by the field `deed`."""

    affiliation: Affiliation

    def find(self, slug: str, role: str, address: str) -> None:
        rows = Affiliation.objects.visible_to(self.reader).filter(person__kind=UserKind.PERSON)
        found = get_object_or_404(
            rows.select_related("person", "organization").active(
                program_calendar().local_day(timezone.now())
            ),
            organization__slug=slug,
            role=role,
            person__email=address,
        )
        if not self.reader.has_perm(Permission.MANAGE_MEMBERSHIP, found):
            raise NotAllowed(_("Only leads of the organization and the program change memberships."))
        self.affiliation = found

    def get(self, request: HttpRequest, slug: str, role: str, address: str) -> HttpResponse:
        self.find(slug, role, address)
        return self.show(self.forms(None))

    def post(self, request: HttpRequest, slug: str, role: str, address: str) -> HttpResponse:
        self.find(slug, role, address)
        found, deed = self.forms(request.POST), request.POST.get("deed", "")
        form = found.get(deed)
        if form is None:
            raise InvalidInput(_("Choose what should change."))
        if form.is_valid():
            try:
                DEEDS[deed](self, form, timezone.now())
            except InvalidInput as error:
                show_errors(form, error)
            else:
                return HttpResponseRedirect(reverse("workflows:people-list"))
        return self.show(found, status=400)

    def forms(self, given: Any) -> dict[str, Any]:
        """The forms by deed; only the one that was sent is bound."""
        on = program_calendar().local_day(timezone.now())
        deed = given.get("deed") if given else None
        options: dict[str, Any] = {"affiliation": self.affiliation, "on": on}

        def bound(name: str) -> Any:
            return given if deed == name else None

        return {
            "role": RoleForm(bound("role"), auto_id="id_role_%s", reader=self.reader, **options),
            "end": HandOverForm(bound("end"), auto_id="id_end_%s", **options),
            "close": CloseAccountForm(
                bound("close"), auto_id="id_close_%s", affiliations=self.memberships(on), on=on
            ),
            "open": EmptyForm(bound("open")),
        }

    def memberships(self, on: date) -> list[Affiliation]:
        """What deactivating the account takes from the person, here and elsewhere; the program alone asks."""
        if not self.reader.has_perm(Permission.DEACTIVATE_PERSON, self.affiliation.person):
            return []
        held = self.affiliation.person.affiliations.active(on).select_related("organization", "person")
        return list(held.order_by("organization__name", "pk"))

    def sessions(self) -> SessionQuerySet:
        """What is planned in the engagements goes with them, as far as the reader may know of it."""
        seen = Session.objects.visible_to(self.reader).planned()
        coached = seen.filter(engagement__in=coached_as(self.affiliation)).order_by("starts_at", "pk")
        return coached.select_related("engagement__case__city__organization")

    def show(self, found: dict[str, Any], status: int = 200) -> HttpResponse:
        person = self.affiliation.person
        context = {
            "held": self.affiliation,
            "role_form": found["role"],
            "end_form": found["end"],
            "close_form": found["close"],
            "items": work_of(self.affiliation).for_list(),
            "managed": managed_as(self.affiliation).select_related("case__city__organization"),
            "assessed": assessed_as(self.affiliation).select_related("case__city__organization"),
            "engagements": coached_as(self.affiliation).for_list(),
            "sessions": self.sessions(),
            "delegations": delegated_as(self.affiliation).prefetch_related("responses__criterion"),
            "covers": held_as(self.affiliation),
            "absences": absences_of(person).filter(until__gt=timezone.now()),
            "may_be_away": self.reader.has_perm(Permission.SET_ABSENCE, person),
            "reads_messages": self.reader.has_role(*PROGRAM_ROLES),
            "may_close": self.reader.has_perm(Permission.DEACTIVATE_PERSON, person),
            "now": timezone.now(),
        }
        return render(self.request, "workflows/people/membership.html", context, status=status)

    def give_role(self, form: Any, now: datetime) -> None:
        values = form.cleaned_data
        services.change_role(
            affiliation=self.affiliation,
            role=Role(values["role"]),
            successor=values["successor"],
            by=self.reader,
            now=now,
        )
        messages.success(self.request, _("The role is changed."))

    def end(self, form: Any, now: datetime) -> None:
        successor = form.cleaned_data["successor"]
        services.end_membership(affiliation=self.affiliation, successor=successor, by=self.reader, now=now)
        messages.success(self.request, _("The membership ends today; the work is handed over."))

    def close(self, form: Any, now: datetime) -> None:
        services.close_account(
            person=self.affiliation.person, by=self.reader, now=now, successors=form.chosen()
        )
        messages.success(self.request, _("The account is deactivated; its sessions have ended."))

    def open(self, _form: Any, now: datetime) -> None:
        reactivate_person(person=self.affiliation.person, by=self.reader, now=now)
        messages.success(self.request, _("The account is active again."))


DEEDS: dict[str, Callable[[MembershipDetail, Any, datetime], None]] = {
    "role": MembershipDetail.give_role,
    "end": MembershipDetail.end,
    "close": MembershipDetail.close,
    "open": MembershipDetail.open,
}
