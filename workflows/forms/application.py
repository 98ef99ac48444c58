from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.eligibility import RuleResult
from cases.models import Application
from core.files import MAX_MEGABYTES, PAPERS_IN_WORDS
from core.words import plain_line, plain_text


class ApplicationForm(forms.Form):
    """Nothing is required: a draft may be half empty, and what is missing shows among the rules.

    `version` is the one that the writer saw; the domain compares it.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    signer_name = forms.CharField(
        label=_("Who signs the commitment"), required=False, max_length=120, validators=[plain_line]
    )
    signer_title = forms.CharField(
        label=_("Their office"),
        required=False,
        max_length=120,
        validators=[plain_line],
        help_text=_("Mayor, chief executive, or whoever speaks for the city."),
    )
    signer_address = forms.EmailField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("Needed only to ask for the signature by mail."),
    )
    signed_on = forms.DateField(label=_("Signed on"), required=False, widget=forms.DateInput())
    paper = forms.FileField(
        label=_("The signed paper"),
        required=False,
        help_text=_("%(kinds)s, up to %(limit)s MB. It is kept at once, also as a draft.")
        % {"kinds": PAPERS_IN_WORDS, "limit": MAX_MEGABYTES},
    )
    motivation = forms.CharField(
        label=_("What the city wants to reach"),
        required=False,
        max_length=4000,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    @staticmethod
    def stored(application: Application) -> dict[str, Any]:
        return {
            "version": application.version,
            "signer_name": application.signer_name,
            "signer_title": application.signer_title,
            "signer_address": application.signer_address,
            "signed_on": application.signed_on,
            "motivation": application.motivation,
        }

    def entered(self) -> dict[str, Any]:
        """Everything but the file."""
        return {name: value for name, value in self.cleaned_data.items() if name != "paper"}


class SignatureForm(forms.Form):
    """What a sponsor enters to sign the commitment."""

    name = forms.CharField(
        label=_("Your full name"),
        max_length=120,
        validators=[plain_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    title = forms.CharField(
        label=_("Your office"),
        max_length=120,
        validators=[plain_line],
        help_text=_("Mayor, chief executive, or whatever you hold that lets you sign for the city."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    agreed = forms.BooleanField(label=_("I have read the commitment, and I sign it for the city."))


def _reason(**options: Any) -> forms.CharField:
    return forms.CharField(
        max_length=2000, validators=[plain_text], widget=forms.Textarea(attrs={"rows": 3}), **options
    )


class AcceptForm(forms.Form):
    """The domain asks for the reason when a rule is not met, and names the rule."""

    reason = _reason(label=_("Reason for accepting nevertheless"), required=False)


class ChangesForm(forms.Form):
    reason = _reason(label=_("What the city should change"))


class DeclineForm(forms.Form):
    rule = forms.ChoiceField(label=_("The rule that is not met"), widget=forms.RadioSelect)
    reason = _reason(label=_("What the city reads"))

    def __init__(self, *args: Any, unmet: list[RuleResult], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [  # type: ignore[attr-defined]  # -- a choice field's
            (result.rule, f"{result.title}: {result.explanation}") for result in unmet
        ]
