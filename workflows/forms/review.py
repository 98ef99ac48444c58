from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from certification.enums import Outcome, Path
from certification.models import Finding, Response
from certification.selectors import Candidate
from certification.services.results import Ruling
from people.models import User

LONGEST = 5000
KEY_OF: dict[str, str] = {Outcome.MET: "m", Outcome.NOT_MET: "n", Outcome.NEEDS_REVISION: "r"}


class RadiosWithoutBarred(forms.RadioSelect):
    """Radio buttons of which some are shown but can't be chosen."""

    barred: frozenset[int] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.barred:
            option["attrs"]["disabled"] = True
        return option


class AssessorsForm(forms.Form):
    first = forms.TypedChoiceField(
        label=_("First assessor"), coerce=int, empty_value=None, widget=RadiosWithoutBarred
    )
    second = forms.TypedChoiceField(
        label=_("Second assessor, who also reconciles"),
        coerce=int,
        empty_value=None,
        widget=RadiosWithoutBarred,
        help_text=_("Sees both reviews when they are in, and settles where they differ."),
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.person.pk: one.person for one in candidates}
        barred = frozenset(one.person.pk for one in candidates if one.conflicts)
        for field in self.fields.values():
            field.choices = [(one.person.pk, _with_load(one)) for one in candidates]  # type: ignore[attr-defined]  # -- a choice field's
            field.widget.barred = barred

    def team(self) -> tuple[list[User], User]:
        """Both assessors, and the one who reconciles."""
        first, second = (self.people[self.cleaned_data[name]] for name in ("first", "second"))
        return [first, second], second


class _RadiosWithKeys(forms.RadioSelect):
    """Radio buttons that the keyboard reaches at once, with the browser's modifier for access keys."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["accesskey"] = KEY_OF[value]
        return option


class TypedFindingForm(forms.Form):
    """What an assessor has typed so far. `version` is the one that they saw, 0 for none."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(choices=Outcome.choices, required=False)
    comment = forms.CharField(required=False, max_length=LONGEST)

    def entered(self) -> dict[str, Any]:
        """What the domain takes, clean."""
        values = self.cleaned_data
        comment = values["comment"].replace("\r\n", "\n")
        return {"version": values["version"], "outcome": values["outcome"], "comment": comment}


class FindingForm(TypedFindingForm):
    outcome = forms.ChoiceField(label=_("Your finding"), choices=Outcome.choices, widget=_RadiosWithKeys)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "accesskey": "c"}),
        help_text=_(
            "Needed where you differ from the city or ask for a revision. The city reads it with the report."
        ),
    )

    @staticmethod
    def stored(finding: Finding | None) -> dict[str, Any]:
        if finding is None:
            return {"version": 0}
        return {"version": finding.version} | finding.as_tried()


def _with_load(one: Candidate) -> str:
    """Name and workload, or why not: what somebody hears who goes from button to button."""
    if one.conflicts:
        return f"{one.person} · {'; '.join(str(conflict.label) for conflict in one.conflicts)}"
    text = ngettext("%(count)s open review", "%(count)s open reviews", one.open_reviews)
    return f"{one.person} · {text % {'count': one.open_reviews}}"


RULINGS = [
    (Outcome.MET.value, Outcome.MET.label),
    (Outcome.NOT_MET.value, Outcome.NOT_MET.label),
    (Outcome.NEEDS_REVISION.value, _("Back to the city")),
]


class ReconcileForm(forms.Form):
    """For each difference a ruling, in a field named by the criterion's code, and a reason beside it."""

    def __init__(self, *args: Any, differences: Sequence[Response], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [response.criterion.code for response in differences]
        for code in self.codes:
            self.fields[code] = forms.ChoiceField(
                label=_("Ruling on %(code)s") % {"code": code},
                required=False,
                choices=RULINGS,
                widget=forms.RadioSelect,
            )
            self.fields[reason_name(code)] = forms.CharField(
                label=_("How %(code)s was settled") % {"code": code},
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def rulings(self) -> Mapping[str, Ruling]:
        values = self.cleaned_data
        return {code: Ruling(values[code], values[reason_name(code)]) for code in self.codes if values[code]}


def reason_name(code: str) -> str:
    return f"{code}-reason"


class PathForm(forms.Form):
    path = forms.ChoiceField(label=_("How the case goes on"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, level: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not level:
            self.initial.setdefault("path", Path.COACHING.value)
        coaching = (Path.COACHING.value, _("Ask for coaching: partners help with what is not met yet"))
        decision = (
            Path.DECISION.value,
            _("Ask for the decision: the committee votes on %(level)s") % {"level": level},
        )
        self.fields["path"].choices = [decision, coaching] if level else [coaching]  # type: ignore[attr-defined]  # -- a choice field's
