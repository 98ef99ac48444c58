from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from certification.selectors import assessors_for
from core.words import plain_line
from people.enums import OrganizationKind, Role
from people.models import Affiliation, Organization, User
from people.querysets import AffiliationQuerySet
from people.roles import ROLES_FOR_A_TERM
from people.selectors import roles_to_give, roles_to_invite
from workflows.services.handover import TAKEN_OVER_BY, successors_of

ANY = [("", _("Any"))]


class PeopleFilter(forms.Form):
    """Narrows the list of members."""

    q = forms.CharField(label=_("Name, address or organization"), required=False, max_length=80)
    kind = forms.ChoiceField(
        label=_("Kind of organization"), required=False, choices=[*ANY, *OrganizationKind.choices]
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[*ANY, *Role.choices])

    def __init__(self, *args: Any, everybody: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not everybody:
            del self.fields["kind"]

    def narrow(self, rows: AffiliationQuerySet) -> AffiliationQuerySet:
        """The rows that fit; an impossible value narrows nothing."""
        chosen = self.cleaned_data if self.is_valid() else {}
        for word in chosen.get("q", "").split():
            rows = rows.filter(
                Q(person__name__icontains=word)
                | Q(person__email__icontains=word)
                | Q(organization__name__icontains=word)
            )
        if kind := chosen.get("kind"):
            rows = rows.filter(organization__kind=kind)
        if role := chosen.get("role"):
            rows = rows.filter(role=role)
        return rows


class OrganizationSearch(forms.Form):
    q = forms.CharField(label=_("Organization"), required=False, max_length=80)


class InviteForm(forms.Form):
    """Whom to ask into one organization."""

    address = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"))
    until = forms.DateField(
        label=_("Member until"),
        help_text=_("The end of the term of a committee member."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, reader: User, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = roles_to_invite(reader, organization)
        self.fields["role"].choices = [pair for pair in Role.choices if pair[0] in roles]  # type: ignore[attr-defined]  # -- the fields of an instance lose their class
        if not roles & ROLES_FOR_A_TERM:
            del self.fields["until"]

    def entered(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {"address": values["address"], "role": Role(values["role"]), "until": values.get("until")}


class NewPersonForm(forms.Form):
    """How somebody without an account is called, and the password they choose."""

    name = forms.CharField(label=_("Your name"), max_length=120, validators=[plain_line])
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least ten characters; a short sentence is good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
        strip=False,
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if password := values.get("password"):
            person = User(email=self.address, name=values.get("name", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


def _successor(affiliation: Affiliation, on: date, label: Any) -> "forms.ModelChoiceField[User]":
    """Only who may do the work; for a role that leaves none there is nobody to choose."""
    return forms.ModelChoiceField(
        successors_of(affiliation, on=on),
        label=label,
        help_text=_("Only people who may do this work are offered. They are told what they take over."),
        required=False,
        empty_label=_("Nobody yet: it goes back to the organization"),
    )


class HandOverForm(forms.Form):
    """Who takes over what the person owes in the organization."""

    def __init__(self, *args: Any, affiliation: Affiliation, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"] = _successor(affiliation, on, _("Who takes over their open work?"))
        self.order_fields(self.field_order)


class CloseAccountForm(forms.Form):
    """Who takes over, for each membership of somebody whose account is deactivated."""

    def __init__(self, *args: Any, affiliations: Iterable[Affiliation], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"successor_{one.pk}": one.pk for one in affiliations if one.role in TAKEN_OVER_BY}
        for one in affiliations:
            if one.role in TAKEN_OVER_BY:
                values = {"role": one.get_role_display(), "organization": one.organization}
                label = _("Who takes over as %(role)s, %(organization)s?") % values
                self.fields[f"successor_{one.pk}"] = _successor(one, on, label)

    def chosen(self) -> dict[int, User | None]:
        return {pk: self.cleaned_data[name] for name, pk in self.names.items()}


class RoleForm(HandOverForm):
    """Another role in the same organization."""

    role = forms.ChoiceField(label=_("New role"))
    field_order = ("role", "successor")

    def __init__(self, *args: Any, affiliation: Affiliation, reader: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, affiliation=affiliation, on=on, **kwargs)
        roles = roles_to_give(reader, affiliation.organization) - ROLES_FOR_A_TERM - {affiliation.role}
        self.fields["role"].choices = [pair for pair in Role.choices if pair[0] in roles]  # type: ignore[attr-defined]  # -- as above


class AssessorForm(forms.Form):
    """Another assessor in the place of one who can't go on; offered is who has no conflict with the city."""

    leaving = forms.ModelChoiceField(User.objects.none(), label=_("Who can't go on?"), empty_label=None)
    successor = forms.ModelChoiceField(User.objects.none(), label=_("Who assesses in their place?"))

    def __init__(
        self, *args: Any, case: Case, leaving: Iterable[User | None], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        taken = [person.pk for person in leaving if person]
        free = [one.person.pk for one in assessors_for(case, today=on) if not one.conflicts]
        people = User.objects.order_by("name", "pk")
        self.fields["leaving"].queryset = people.filter(pk__in=taken)  # type: ignore[attr-defined]  # -- as above
        self.fields["successor"].queryset = people.filter(pk__in=free).exclude(pk__in=taken)  # type: ignore[attr-defined]  # -- as above
