"""Input of what partners and their coaches bring."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.languages import language_choices
from coaching.models import CoachProfile, PartnerProfile
from coaching.selectors import practice_areas
from coaching.services import CoachFacts, PartnerFacts
from core.words import plain_line, plain_text

NOTE_LENGTH = 500


def _zone_choices() -> list[tuple[str, Any]]:
    zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("", _("Not told")), *((name, name.replace("_", " ")) for name in zones)]


def _areas_field(label: Any, had: list[str]) -> forms.MultipleChoiceField:
    names = {code: code for code in had} | practice_areas()
    return forms.MultipleChoiceField(
        label=label, required=False, choices=list(names.items()), widget=forms.CheckboxSelectMultiple
    )


def _capacity_field(help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Engagements at once"), min_value=0, max_value=999, required=False, help_text=help_text
    )


class PartnerProfileForm(forms.Form):
    """What a partner coaches, where, and how much."""

    region = forms.CharField(
        label=_("Where"),
        max_length=200,
        validators=[plain_line],
        help_text=_(
            "Codes of states and countries, such as US-NJ; US-NY; BR. LATAM is Latin America, * is anywhere."
        ),
    )
    note = forms.CharField(
        label=_("In a few words"),
        required=False,
        max_length=NOTE_LENGTH,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The program reads it when it plans the coaching."),
    )

    def __init__(self, *args: Any, profile: PartnerProfile, **kwargs: Any) -> None:
        told = {"region": profile.region, "note": profile.note, "capacity": profile.capacity}
        super().__init__(*args, **kwargs | {"initial": told | {"area_codes": profile.area_codes}})
        self.fields["capacity"] = _capacity_field(_("Leave it empty when you can't say."))
        self.fields["area_codes"] = _areas_field(_("Practice areas that you coach"), profile.area_codes)
        self.order_fields(["area_codes", "region", "capacity", "note"])

    @property
    def facts(self) -> PartnerFacts:
        return PartnerFacts(**self.cleaned_data)


class CoachProfileForm(forms.Form):
    """What a coach knows and speaks; the capacity only where the lead fills it in."""

    languages = forms.MultipleChoiceField(
        label=_("Languages to coach in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, profile: CoachProfile, sets_capacity: bool, **kwargs: Any) -> None:
        fields = ("area_codes", "languages", "time_zone", "capacity")
        super().__init__(*args, **kwargs | {"initial": {name: getattr(profile, name) for name in fields}})
        self.fields["languages"].choices = language_choices()  # type: ignore[attr-defined]  # -- the fields of an instance lose their class
        self.fields["time_zone"].choices = _zone_choices()  # type: ignore[attr-defined]  # -- as above
        self.fields["area_codes"] = _areas_field(
            _("Expertise"), [*profile.area_codes, *profile.partner.partner_profile.area_codes]
        )
        if sets_capacity:
            self.fields["capacity"] = _capacity_field(_("How many cities they can coach side by side."))
        self.order_fields(["area_codes", "languages", "time_zone", "capacity"])

    @property
    def facts(self) -> CoachFacts:
        return CoachFacts(**self.cleaned_data)
