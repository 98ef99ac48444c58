from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows.substitutes import possible_substitutes


class AbsenceForm(forms.Form):
    """From when to when somebody is away, and who does meanwhile what is routed to them."""

    begins_on = forms.DateField(label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"}))
    substitute = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who stands in?"),
        help_text=_("Colleagues who may do this work, and are free to judge where judging is part of it."),
        empty_label=_("Choose a colleague"),
    )
    note = forms.CharField(
        label=_("Note for the substitute"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, person: User, reader: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["substitute"]
        field.queryset = possible_substitutes(person, by=reader, on=on)
