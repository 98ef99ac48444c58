from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certification.querysets import WITH_THE_CITY
from certification.worksheet import Row, Worksheet
from people.models import User
from standards.models import PracticeArea
from workflows.services.delegation import Part

WHOLE = "area:"


class DelegateForm(forms.Form):
    """What of the round is given to whom."""

    what = forms.ChoiceField(
        label=gettext_lazy("What"), error_messages={"required": gettext_lazy("Choose what you delegate.")}
    )
    person = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("To a contributor"),
        required=False,
        empty_label=gettext_lazy("Choose …"),
    )
    address = forms.EmailField(
        label=gettext_lazy("Or invite somebody by mail"),
        required=False,
        help_text=gettext_lazy("They join your city as a contributor; it is theirs when they accept."),
    )

    def __init__(self, *args: Any, sheet: Worksheet, contributors: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.fields["what"].choices = [("", _("Choose …")), *_choices(sheet)]  # type: ignore[attr-defined]  # -- the fields of an instance lose their class
        keys = [person.pk for person in contributors]
        self.fields["person"].queryset = User.objects.filter(pk__in=keys).order_by("name", "pk")  # type: ignore[attr-defined]  # -- as above

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and bool(values.get("person")) == bool(values.get("address")):
            self.add_error("person", _("Choose a contributor or enter an address, one of the two."))
        return values

    def entered(self) -> dict[str, Any]:
        """What the domain takes, clean."""
        values = self.cleaned_data
        return {"part": self._part, "person": values["person"], "address": values["address"]}

    @cached_property
    def _part(self) -> Part:
        what = str(self.cleaned_data["what"])
        return Part(area=self._areas[what]) if what in self._areas else Part(criterion=what)

    @property
    def _areas(self) -> dict[str, PracticeArea]:
        return {f"{WHOLE}{area.code}": area.rows[0].response.criterion.area for area in self.sheet.areas}


def _choices(sheet: Worksheet) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each area as a whole, then its criteria, with whoever has them now."""
    waiting = sheet.narrowed(lambda row: row.response.status in WITH_THE_CITY)
    return [
        (
            area.name,
            [
                (f"{WHOLE}{area.code}", _("%(area)s: everything that is open") % {"area": area.name}),
                *((row.code, _in_words(row)) for row in area.rows),
            ],
        )
        for area in waiting.areas
    ]


def _in_words(row: Row) -> str:
    held = row.response.delegation
    words = f"{row.code} · {row.response.criterion.statement}"
    short = words if len(words) <= 80 else f"{words[:79]}…"
    return f"{short} ({held.holder})" if held else short
