from django import forms
from django.utils.translation import gettext_lazy as _


class ExtensionForm(forms.Form):
    until = forms.DateField(label=_("New due date"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What you answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("Needed to refuse; whoever asked reads it."),
    )
