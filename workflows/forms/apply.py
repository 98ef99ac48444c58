from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cities.models import City
from core.words import plain_line, plain_text
from workflows.forms.people import NewPersonForm


class AddressForm(forms.Form):
    """The only thing asked of a stranger."""

    address = forms.EmailField(
        label=_("Your e-mail address at work"),
        help_text=_("The one that your city gave you makes it quickest to confirm who you are."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your e-mail address.")},
    )


class ClaimForm(NewPersonForm):
    """What somebody does for the city, and who they are when they have no account yet."""

    city_in_words = forms.CharField(
        label=_("City, state and country"),
        help_text=_("The program finds it on its list, or adds it."),
        max_length=200,
        validators=[plain_line],
        error_messages={"required": _("Name your city.")},
    )
    job = forms.CharField(
        label=_("Your job title"),
        max_length=120,
        validators=[plain_line],
        error_messages={"required": _("Enter your job title.")},
    )
    field_order = ("city_in_words", "job", "name", "password")

    def __init__(self, *args: Any, on_record: bool, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_record:
            del self.fields["city_in_words"]
        if known:
            del self.fields["name"], self.fields["password"]


class ConfirmClaimForm(forms.Form):
    city = forms.ModelChoiceField(
        City.objects.select_related("organization"),
        to_field_name="organization__slug",
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose the city on record that the person speaks for.")},
    )


class DeclineClaimForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        validators=[plain_text],
        error_messages={"required": _("Say why; the person reads it.")},
    )
