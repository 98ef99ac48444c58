"""Input of planning and coaching."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.enums import EngagementStatus, Satisfaction, SessionKind
from coaching.models import PartnerProfile
from coaching.services import MAX_MINUTES, Offer
from core.words import plain_line, plain_text
from people.models import User
from standards.models import PracticeArea

GOAL_LENGTH = 1000
REASON_LENGTH = 2000
NOTES_LENGTH = 10_000


def _long_text(label: Any, *, rows: int = 4, longest: int = REASON_LENGTH, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


@dataclass(frozen=True)
class PartnerRow:
    """What the plan's page shows of one partner: its profile, and the three fields of an offer."""

    profile: PartnerProfile
    chosen: forms.BoundField
    areas: forms.BoundField
    goal: forms.BoundField


class PlanForm(forms.Form):
    """Offers to several partners at once; an offer counts when its partner is ticked."""

    def __init__(
        self,
        *args: Any,
        profiles: Sequence[PartnerProfile],
        areas: Sequence[PracticeArea],
        gaps: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.profiles, self._areas = profiles, {area.code: area for area in areas}
        gaps = set(gaps)
        for profile in profiles:
            self._add_partner(profile, gaps)

    def _add_partner(self, profile: PartnerProfile, gaps: set[str]) -> None:
        slug = profile.organization.slug
        coached = [area for area in self._areas.values() if area.code in profile.area_codes]
        self.fields[f"{slug}-chosen"] = forms.BooleanField(
            required=False, label=_("Offer to %(name)s") % {"name": profile.organization.name}
        )
        self.fields[f"{slug}-areas"] = forms.MultipleChoiceField(
            required=False,
            label=_("Practice areas"),
            choices=[(area.code, area.name) for area in coached],
            initial=[area.code for area in coached if area.code in gaps],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields[f"{slug}-goal"] = _long_text(
            _("Goal"),
            rows=2,
            longest=GOAL_LENGTH,
            required=False,
            help_text=_("What should be different afterwards? The partner and the city read it."),
        )

    def rows(self) -> list[PartnerRow]:
        return [
            PartnerRow(
                profile,
                *(self[f"{profile.organization.slug}-{part}"] for part in ("chosen", "areas", "goal")),
            )
            for profile in self.profiles
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        ticked = [one for one in self.profiles if cleaned.get(f"{one.organization.slug}-chosen")]
        if not ticked:
            self.add_error(None, _("Tick at least one partner, or plan no coaching with a reason."))
        for profile in ticked:
            field = f"{profile.organization.slug}-areas"
            if field in cleaned and not cleaned[field]:
                self.add_error(
                    field, _("Choose at least one area for %(name)s.") % {"name": profile.organization}
                )
        return cleaned

    @property
    def offers(self) -> list[Offer]:
        found = []
        for profile in self.profiles:
            slug = profile.organization.slug
            if self.cleaned_data[f"{slug}-chosen"]:
                areas = [self._areas[code] for code in self.cleaned_data[f"{slug}-areas"]]
                found.append(Offer(profile.organization, areas, self.cleaned_data[f"{slug}-goal"]))
        return found


class NoCoachingForm(forms.Form):
    reason_for_none = _long_text(
        _("Why is nobody to coach the city this time?"), help_text=_("The city reads this.")
    )


class DeclineForm(forms.Form):
    reason = _long_text(
        _("Why do you decline?"), help_text=_("The program reads this and looks for another partner.")
    )


class _PersonChoice(forms.ModelChoiceField[User]):
    def label_from_instance(self, coach: Any) -> str:
        return _("%(name)s · coaching %(count)s now") % {"name": coach.name, "count": coach.running}


class CoachForm(forms.Form):
    def __init__(self, *args: Any, coaches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coach"] = _PersonChoice(
            label=_("Who coaches the city?"), queryset=coaches, widget=forms.RadioSelect, empty_label=None
        )

    @property
    def coach(self) -> User:
        return self.cleaned_data["coach"]


class KickOffForm(forms.Form):
    held_on = forms.DateField(label=_("When was the kick-off held?"), widget=forms.DateInput)


class SessionForm(forms.Form):
    """Four fields are enough; the notes can be long."""

    kind = forms.ChoiceField(label=_("Kind of session"), choices=SessionKind.choices)
    held_on = forms.DateField(label=_("Held on"), widget=forms.DateInput)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MAX_MINUTES)
    participants = forms.CharField(
        label=_("Who took part"),
        max_length=300,
        validators=[plain_line],
        required=False,
        help_text=_("Names or roles."),
    )
    notes = _long_text(
        _("Notes"),
        rows=5,
        longest=NOTES_LENGTH,
        required=False,
        help_text=_("Shared with the city, the program and, in the packet, the committee."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"held_on": today, "minutes": 60} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class CloseForm(forms.Form):
    summary = _long_text(
        _("What was achieved?"),
        rows=8,
        longest=NOTES_LENGTH,
        help_text=_("The city, the program and, in the packet, the committee read this summary."),
    )


class _PartnerChoice(forms.ModelChoiceField[PartnerProfile]):
    def label_from_instance(self, profile: Any) -> str:
        values = {
            "name": profile.organization.name,
            "areas": ", ".join(profile.area_codes),
            "count": profile.running,
        }
        return _("%(name)s · coaches %(areas)s · %(count)s running") % values


class OtherPartnerForm(forms.Form):
    """An offer to another partner, in place of one that declined."""

    def __init__(
        self, *args: Any, profiles: Any, areas: Sequence[PracticeArea], goal: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._areas = {area.code: area for area in areas}
        self.fields["partner"] = _PartnerChoice(
            label=_("Which partner?"), queryset=profiles, widget=forms.RadioSelect, empty_label=None
        )
        self.fields["areas"] = forms.MultipleChoiceField(
            label=_("Practice areas"),
            choices=[(area.code, area.name) for area in areas],
            initial=list(self._areas),
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["goal"] = _long_text(_("Goal"), longest=GOAL_LENGTH, required=False, initial=goal)

    @property
    def offer(self) -> Offer:
        cleaned = self.cleaned_data
        areas = [self._areas[code] for code in cleaned["areas"]]
        return Offer(cleaned["partner"].organization, areas, cleaned["goal"])


class DropForm(forms.Form):
    note = _long_text(_("Why are these areas not coached?"), help_text=_("The city reads this."))


class FeedbackForm(forms.Form):
    satisfaction = forms.ChoiceField(
        label=_("How helpful was the coaching?"), choices=Satisfaction.choices, widget=forms.RadioSelect
    )
    comment = _long_text(_("Anything to add?"), required=False)


class EngagementFilter(forms.Form):
    """Narrows and sorts the list of engagements."""

    q = forms.CharField(label=_("City"), required=False, max_length=80)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any")), *EngagementStatus.choices]
    )
    whose = forms.ChoiceField(
        label=_("Whose"), required=False, choices=[("", _("Everyone's")), ("mine", _("I coach"))]
    )

    SORTS = {
        "city": "city_name",
        "status": "position",
        "coach": "coach__name",
        "last": "last_held_on",
        "since": "offered_at",
    }

    def narrow(self, rows: Any, *, sort: str) -> Any:
        chosen = self.cleaned_data if self.is_valid() else {}
        if words := chosen.get("q"):
            rows = rows.filter(city_name__icontains=words)
        if status := chosen.get("status"):
            rows = rows.filter(status=status)
        if chosen.get("whose") == "mine":
            rows = rows.filter(own=0)
        return rows.order_by(*self._order(sort), "city_name", "pk")

    def _order(self, sort: str) -> list[str]:
        """Without a wish the reader's own stand first, the ones that begin or run before the ended."""
        column = self.SORTS.get(sort.removeprefix("-"))
        if column is None:
            return ["own", "position"]
        return [f"-{column}" if sort.startswith("-") else column]
