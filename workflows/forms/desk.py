from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Stage
from cases.querysets import WorkItemQuerySet
from people.models import User
from workflows.querysets import CityStatusQuerySet

ANY = [("", _("Any"))]
RUNNING_STAGES = [
    (stage.value, stage.label)
    for stage in Stage
    if stage not in (Stage.CERTIFIED, Stage.DECLINED, Stage.WITHDRAWN)
]


class DeskFilter(forms.Form):
    """Narrows the desk: whose work, at which stage, of which city."""

    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("Everything I may do")), ("mine", _("Mine")), ("unassigned", _("Nobody's yet"))],
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=ANY + RUNNING_STAGES)
    city = forms.CharField(label=_("City"), required=False, max_length=80)

    def narrow(self, items: WorkItemQuerySet, *, user: User) -> WorkItemQuerySet:
        """The items that fit; an impossible value narrows nothing."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("whose") == "mine":
            items = items.filter(owner=user)
        if chosen.get("whose") == "unassigned":
            items = items.filter(owner__isnull=True)
        if stage := chosen.get("stage"):
            items = items.filter(case__stage=stage)
        if city := chosen.get("city"):
            items = items.filter(case__city__organization__name__icontains=city)
        return items


class CaseFilter(forms.Form):
    """Narrows the list of cases; what it asks for is compared with what the reader may know."""

    q = forms.CharField(label=_("City"), required=False, max_length=80)
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[*ANY, *Stage.choices])
    state = forms.CharField(label=_("State"), required=False, max_length=10)
    only = forms.ChoiceField(
        label=_("Only"),
        required=False,
        choices=[("", _("All")), ("overdue", _("Overdue")), ("on_hold", _("On hold"))],
    )

    SORTS = {
        "city": "city__organization__name",
        "stage": "stage",
        "since": "stage_entered_at",
        "due": "seen_due_at",
    }

    def narrow(self, rows: CityStatusQuerySet, *, sort: str) -> CityStatusQuerySet:
        chosen = self.cleaned_data if self.is_valid() else {}
        if words := chosen.get("q"):
            rows = rows.filter(
                Q(city__organization__name__icontains=words) | Q(city__organization__slug__icontains=words)
            )
        if stage := chosen.get("stage"):
            rows = rows.filter(stage=stage)
        if state := chosen.get("state"):
            rows = rows.filter(city__organization__state__iexact=state)
        if chosen.get("only") == "overdue":
            rows = rows.filter(seen_overdue=True)  # type: ignore[misc]  # -- annotated by visible_to
        if chosen.get("only") == "on_hold":
            rows = rows.filter(on_hold=True)
        return self._sorted(rows, sort)

    def _sorted(self, rows: CityStatusQuerySet, sort: str) -> CityStatusQuerySet:
        column = self.SORTS.get(sort.lstrip("-"), self.SORTS["city"])
        direction = "-" if sort.startswith("-") else ""
        return rows.order_by(f"{direction}{column}", "city__organization__slug")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class CitySearch(forms.Form):
    q = forms.CharField(label=_("City"), required=False, max_length=80)
