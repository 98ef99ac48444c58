from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows.forms.desk import ANY, RUNNING_STAGES, CaseFilter
from workflows.models import CityStatus


class PipelineFilter(CaseFilter):
    """The filter of the list of cases, as far as it makes sense for figures that open that list."""

    q = None  # type: ignore[assignment]  # -- Django's way of leaving out an inherited field
    waiting_on = None  # type: ignore[assignment]  # -- as above
    only = None  # type: ignore[assignment]  # -- as above
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=ANY + RUNNING_STAGES)
    state = forms.ChoiceField(label=_("State"), required=False)  # type: ignore[assignment]  # -- a choice here

    field_order = ["state", "stage", "partner", "manager"]

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, reader=reader, **kwargs)
        visible = CityStatus.objects.visible_to(reader).filter(case__isnull=False)
        states = visible.exclude(city__organization__state="").values_list("city__organization__state")
        self.fields["state"].choices = [  # type: ignore[attr-defined]  # -- a ChoiceField
            *ANY,
            *((state, state) for (state,) in states.distinct().order_by("city__organization__state")),
        ]

    @property
    def query(self) -> dict[str, str]:
        """What is chosen, as the address says it."""
        if not self.is_valid():
            return {}
        return {name: self.data[name] for name, value in self.cleaned_data.items() if value}
