from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from certification.enums import Rating
from certification.models import Response
from certification.ratings import is_override, rating_by_checks
from standards.models import Check

LONGEST = 20000


class Keys(forms.MultipleChoiceField):
    """Numbers of rows; the domain knows which of them there are."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: Any) -> bool:
        return str(value).isdecimal() and len(str(value)) < 19


class TypedForm(forms.Form):
    """What somebody typed as their answer. `version` is the one that they saw; the domain compares it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    ticked = Keys(label=_("What holds in your city"), required=False)
    narrative = forms.CharField(
        label=_("How you do it"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "A few sentences that an assessor can follow to the evidence. Markdown works: **bold**, "
            "*italic*, - before each line of a list, [words](https://address) for a link."
        ),
    )
    self_rating = forms.ChoiceField(
        label=_("Your own rating"),
        required=False,
        choices=[*Rating.choices, ("", _("Not answered yet"))],
        widget=forms.RadioSelect,
    )

    rating_reason = forms.CharField(
        label=_("Why your rating differs from the checks"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only if you choose another rating. The assessors read it."),
    )

    def answer(self) -> dict[str, Any]:
        """What the domain takes, clean."""
        values = self.cleaned_data
        return {
            "version": values["version"],
            "self_rating": values["self_rating"],
            "rating_reason": values.get("rating_reason", ""),
            "narrative": values["narrative"].replace("\r\n", "\n"),
            "ticked": [int(pk) for pk in values.get("ticked", [])],
        }


class AnswerForm(TypedForm):
    """The same on the page of its criterion, with the checks in words."""

    need: int | None = None

    def __init__(self, *args: Any, response: Response, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial_of(response))
        super().__init__(*args, **kwargs)
        checks = list(response.criterion.checks.all())
        if not checks:
            del self.fields["ticked"], self.fields["rating_reason"]
            return
        field = self.fields["ticked"]
        field.choices = [(str(check.pk), _in_words(check)) for check in checks]  # type: ignore[attr-defined]  # -- a choice field's
        field.help_text = need_in_words(response.criterion.need, len(checks))
        self.need = response.criterion.need
        self.fields["self_rating"].help_text = _(
            "With nothing ticked it is open; say “Not met” if none holds."
        )
        self.fields["self_rating"].choices = [("", _("As the checks say")), *Rating.choices]  # type: ignore[attr-defined]  # -- as above

    def clean(self) -> dict[str, Any]:
        """On the page a missing reason is asked for; saving by itself does not wait for it."""
        values = super().clean() or {}
        rating, ticked = values.get("self_rating", ""), len(values.get("ticked", []))
        if is_override(rating, ticked, self.need) and not values.get("rating_reason", "").strip():
            text = _("Say why your rating differs from the checks, or choose “As the checks say”.")
            self.add_error("rating_reason", text)
        return values


def initial_of(response: Response) -> dict[str, Any]:
    return {
        "version": response.version,
        "self_rating": _chosen(response),
        "rating_reason": response.rating_reason,
        "narrative": response.narrative,
        "ticked": [str(pk) for pk in response.ticks],
    }


def _chosen(response: Response) -> str:
    """The rating as it was chosen: nothing where it follows from the checks."""
    need = response.criterion.need
    follows = need is not None and response.self_rating == rating_by_checks(len(response.ticks), need)
    return "" if follows else response.self_rating


def _in_words(check: Check) -> str:
    if check.within_months is None:
        return check.text
    window = ngettext("within %(months)s month", "within %(months)s months", check.within_months)
    return f"{check.text} ({window % {'months': check.within_months}})"


def need_in_words(need: int | None, of: int) -> str:
    """The M-of-N rule: 3 of these 4."""
    if need is None:
        return ""
    if need == of:
        return str(_("All of these %(of)s are needed.")) % {"of": of}
    return str(_("%(need)s of these %(of)s are needed.")) % {"need": need, "of": of}


class SubmitForm(forms.Form):
    """The end of a round. Who leaves criteria unanswered says that they know what it means."""

    def __init__(self, *args: Any, unanswered: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unanswered:
            return
        label = ngettext(
            "Submit although one criterion has no answer; it counts as not met",
            "Submit although %(count)s criteria have no answer; they count as not met",
            unanswered,
        )
        error = _("Tick this if you want to submit with unanswered criteria, or answer them first.")
        self.fields["incomplete"] = forms.BooleanField(
            label=label % {"count": unanswered}, error_messages={"required": error}
        )
