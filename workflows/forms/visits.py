from django import forms
from django.utils.translation import gettext_lazy as _

from core.words import plain_text


class VisitForm(forms.Form):
    visit_on = forms.DateField(label=_("Day"), widget=forms.DateInput())
    people = forms.CharField(
        label=_("Who goes, and whom they meet"),
        max_length=1000,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The city reads it."),
    )


class VisitNoteForm(forms.Form):
    text = forms.CharField(
        label=_("What you saw"),
        max_length=10_000,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("For you alone until both reviews are in; then for assessors, program and committee."),
    )
