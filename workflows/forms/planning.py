"""Input of planning: which gaps are coached by whom, to what end and until when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.models import Engagement
from coaching.overlaps import Taken
from coaching.services import Offer
from coaching.suggestions import PartnerFit
from standards.models import Criterion
from workflows.forms.coaching import GOAL_LENGTH, long_text

STATEMENT = 90
# What the form suggests; half a year is what a partner usually coaches.
USUALLY = timedelta(weeks=26)
PARTS = ("chosen", "criteria", "goal", "until_on")


def _criteria_field(
    criteria: Iterable[Criterion], taken: Sequence[Taken], **options: Any
) -> forms.MultipleChoiceField:
    """Each criterion with who is asked to coach it already, coaches it, or has done so."""
    choices = [(one.code, _criterion_in_words(one, taken)) for one in criteria]
    return forms.MultipleChoiceField(
        label=_("Criteria"), choices=choices, widget=forms.CheckboxSelectMultiple, **options
    )


def _criterion_in_words(criterion: Criterion, taken: Sequence[Taken]) -> SafeString:
    text = f"{criterion.code} · {Truncator(criterion.statement).chars(STATEMENT)}"
    words = [([one.words]) for one in taken if criterion.pk in one.codes]
    return format_html("{} {}", text, format_html_join(" ", '<span class="mp-tag">{}</span>', words))


def _twice_field() -> forms.BooleanField:
    return forms.BooleanField(
        required=False,
        label=_("Offer it all the same"),
        help_text=_("Coached twice, or by one partner in two engagements: say in the goals who does what."),
    )


class AsksTwice(forms.Form):
    """A form whose tick `twice` is asked for once something would be coached twice, and kept from then on."""

    @property
    def asks_twice(self) -> bool:
        return "twice" in self.errors or bool(self.is_bound and self["twice"].value())


def _until_field(initial: date, **options: Any) -> forms.DateField:
    return forms.DateField(label=_("Until"), initial=initial, widget=forms.DateInput, **options)


@dataclass(frozen=True)
class PartnerRow:
    """What the plan's page shows of one partner: why it fits, and the four fields of an offer."""

    fit: PartnerFit
    chosen: forms.BoundField
    criteria: forms.BoundField
    goal: forms.BoundField
    until_on: forms.BoundField


class PlanForm(AsksTwice):
    """Offers to several partners at once; an offer counts when its partner is ticked."""

    def __init__(
        self, *args: Any, fits: Sequence[PartnerFit], taken: Sequence[Taken], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fits, self._today, self._taken = fits, today, taken
        self.fields["twice"] = _twice_field()
        for fit in fits:
            self._add_partner(fit)

    def _add_partner(self, fit: PartnerFit) -> None:
        name = {"name": fit.profile.organization.name}
        codes = [one.code for one in fit.criteria]
        goal_help = _("What should be different afterwards? The partner and the city read it.")
        for part, made in {
            "chosen": forms.BooleanField(required=False, label=_("Offer to %(name)s") % name),
            "criteria": _criteria_field(fit.criteria, self._taken, required=False, initial=codes),
            "goal": long_text(_("Goal"), rows=2, longest=GOAL_LENGTH, required=False, help_text=goal_help),
            "until_on": _until_field(self._today + USUALLY, required=False),
        }.items():
            self.fields[self._name(fit, part)] = made

    def _name(self, fit: PartnerFit, part: str) -> str:
        return f"{fit.profile.organization.slug}-{part}"

    def rows(self) -> list[PartnerRow]:
        return [PartnerRow(fit, *(self[self._name(fit, part)] for part in PARTS)) for fit in self.fits]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        ticked = [fit for fit in self.fits if cleaned.get(self._name(fit, "chosen"))]
        if not ticked:
            self.add_error(None, _("Tick at least one partner, or plan no coaching with a reason."))
        for fit in (fit for fit in self.fits if fit not in ticked):
            self._forgive(fit)
        for fit in ticked:
            self._require(fit, "criteria", _("Choose at least one criterion for %(name)s."))
            self._require(fit, "until_on", _("Say until when %(name)s coaches."))
            self._require_later(fit)
        return cleaned

    def _forgive(self, fit: PartnerFit) -> None:
        """What stands in the fields of a partner that is not asked is nobody's mistake."""
        for part in PARTS:
            self.errors.pop(self._name(fit, part), None)

    def _require(self, fit: PartnerFit, part: str, text: str) -> None:
        name = self._name(fit, part)
        if name in self.cleaned_data and not self.cleaned_data[name]:
            self.add_error(name, text % {"name": fit.profile.organization})

    def _require_later(self, fit: PartnerFit) -> None:
        """As the service does, which can't say at which partner's field."""
        until_on = self.cleaned_data.get(name := self._name(fit, "until_on"))
        if until_on is not None and until_on <= self._today:
            self.add_error(name, _("Choose a day that is still to come."))

    @property
    def offers(self) -> list[Offer]:
        return [self._offer(fit) for fit in self.fits if self.cleaned_data[self._name(fit, "chosen")]]

    def _offer(self, fit: PartnerFit) -> Offer:
        chosen = self.cleaned_data[self._name(fit, "criteria")]
        return Offer(
            partner=fit.profile.organization,
            criteria=[one for one in fit.criteria if one.code in chosen],
            goal=self.cleaned_data[self._name(fit, "goal")],
            until_on=self.cleaned_data[self._name(fit, "until_on")],
            may_overlap=self.cleaned_data["twice"],
        )


class NoCoachingForm(forms.Form):
    reason_for_none = long_text(
        gettext_lazy("Why is nobody to coach the city this time?"),
        help_text=gettext_lazy("The city reads this."),
    )


def _with_reasons(fit: PartnerFit, declined: Collection[Any], busy: Collection[Any]) -> SafeString:
    again = [_("declined a part of this plan")] if fit.profile.organization_id in declined else []
    if fit.profile.organization_id in busy:
        again.append(_("has an engagement in this case already"))
    why = " · ".join([*fit.warnings, *again, *fit.reasons])
    return format_html('{} <span class="mp-small">{}</span>', fit.profile.organization.name, why)


class OtherPartnerForm(AsksTwice):
    """An offer to another partner, in place of one that declined."""

    def __init__(
        self,
        *args: Any,
        fits: Sequence[PartnerFit],
        gaps: Sequence[Criterion],
        engagement: Engagement,
        taken: Sequence[Taken],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fits = {str(fit.profile.pk): fit for fit in fits}
        self._gaps = gaps
        others = engagement.plan.engagements.filter(status=engagement.status)
        declined = set(others.values_list("partner_id", flat=True))
        busy = {one.partner.pk for one in taken if one.is_open}
        self.fields["partner"] = forms.ChoiceField(
            label=_("Which partner?"),
            choices=[(pk, _with_reasons(fit, declined, busy)) for pk, fit in self.fits.items()],
            widget=forms.RadioSelect,
        )
        asked = [one.code for one in engagement.criteria.all()] or [one.code for one in gaps]
        held = {code for one in taken if one.counts for code in one.codes.values()}
        free = [code for code in asked if code not in held]
        self.fields["criteria"] = _criteria_field(gaps, taken, initial=free or asked)
        goal = engagement.goal
        self.fields["goal"] = long_text(_("Goal"), longest=GOAL_LENGTH, required=False, initial=goal)
        later = engagement.until_on if engagement.until_on and engagement.until_on > today else None
        self.fields["until_on"] = _until_field(later or today + USUALLY)
        self.fields["twice"] = _twice_field()

    @property
    def offer(self) -> Offer:
        cleaned = self.cleaned_data
        return Offer(
            partner=self.fits[cleaned["partner"]].profile.organization,
            criteria=[one for one in self._gaps if one.code in cleaned["criteria"]],
            goal=cleaned["goal"],
            until_on=cleaned["until_on"],
            may_overlap=cleaned["twice"],
        )


class DropForm(forms.Form):
    note = long_text(gettext_lazy("Why is this not coached?"), help_text=gettext_lazy("The city reads this."))
