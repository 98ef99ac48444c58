from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.words import plain_line
from people.enums import Scope
from people.keys import organizations_with_keys_of
from people.models import Organization, User


class KeyForm(forms.Form):
    """What a new API key is for."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Organization"), to_field_name="slug", empty_label=None
    )
    name = forms.CharField(
        label=_("Which system will use it?"),
        help_text=_("A name by which you will know the key again, such as “City tracker”."),
        max_length=80,
        validators=[plain_line],
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=Scope.choices,
        initial=[Scope.READ.value],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations_with_keys_of(reader)  # type: ignore[attr-defined]  # -- the fields of an instance lose their class
