"""Input of sprints and of the sessions that all of their cities have together."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.enums import EngagementStatus
from coaching.meetings import people_of
from coaching.models import Engagement, Session, Sprint
from coaching.services import MAX_MINUTES, Record, SprintTerms
from coaching.services.sprints import LONGEST_GOAL, LONGEST_NAME
from core.words import plain_line
from people.enums import Role
from people.models import Organization
from standards.models import Criterion
from workflows.forms.coaching import NOTES_LENGTH, long_text
from workflows.forms.sessions import PlanFields


class _Cities(forms.ModelMultipleChoiceField[Engagement]):
    def label_from_instance(self, engagement: Any) -> str:
        areas = ", ".join(area.code for area in engagement.areas.all())
        parts = [engagement.case.city.name, areas, _("paused: not invited to sessions until it resumes")]
        return " · ".join(map(str, parts if engagement.paused_at else parts[:2]))


class _Criteria(forms.ModelMultipleChoiceField[Criterion]):
    def label_from_instance(self, criterion: Any) -> str:
        return f"{criterion.code} {criterion.statement}"


class SprintForm(forms.Form):
    """From when to when, which cities, on which criteria."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, validators=[plain_line])
    begins_on = forms.DateField(label=_("First day"), widget=forms.DateInput)
    ends_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput, help_text=_("Two to eight weeks after the first.")
    )
    goal = long_text(
        _("Goal"), required=False, longest=LONGEST_GOAL, help_text=_("Every city of the sprint reads it.")
    )

    def __init__(self, data: Any = None, *, partner: Organization) -> None:
        super().__init__(data)
        self.fields["key"].initial = uuid4
        active = Engagement.objects.filter(partner=partner, status=EngagementStatus.ACTIVE).for_list()
        coached = Criterion.objects.filter(area__in=active.order_by().values("areas"))
        self.fields["engagements"] = _Cities(
            active.order_by("case__city__organization__name", "pk"),
            label=_("Cities"),
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Those that you coach now, with the practice areas you coach there."),
        )
        self.fields["criteria"] = _Criteria(
            coached.order_by("area__standard", "area__position", "position"),
            label=_("Criteria"),
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def terms(self) -> SprintTerms:
        values = self.cleaned_data
        return SprintTerms(
            name=values["name"],
            goal=values["goal"],
            begins_on=values["begins_on"],
            ends_on=values["ends_on"],
            criteria=list(values["criteria"]),
            engagements=list(values["engagements"]),
        )


class MeetingForm(PlanFields):
    """A session for all cities of a sprint, with whom of each to invite; the leads are ticked already."""

    def __init__(
        self, data: Any = None, *, sprint: Sprint, engagements: Iterable[Engagement], now: datetime
    ) -> None:
        super().__init__(data, initial={"minutes": 60, "key": uuid4})
        self.set_zones([sprint.partner.time_zone])
        choices, leads = [], []
        for engagement in engagements:
            for person in people_of(engagement, now=now, of_the_city=True).prefetch_related("affiliations"):
                choices.append((person.pk, f"{engagement.case.city.name}: {person.name}"))
                roles = {held.role for held in person.affiliations.all() if held.until is None}
                leads += [person.pk] * (Role.CITY_LEAD in roles)
        self.fields["criteria"] = _Criteria(
            sprint.criteria.order_by("position"),
            label=_("Criteria"),
            required=False,
            initial=sprint.criteria.all(),
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["people"] = forms.TypedMultipleChoiceField(
            label=_("Who is invited"),
            coerce=int,
            choices=choices,
            initial=leads,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Each city gets an invitation of its own, without the people of the others."),
        )


class MeetingChangeForm(PlanFields):
    """Moves a session of a sprint; each city keeps whom it has invited."""

    def __init__(self, data: Any = None, *, session: Session) -> None:
        start = session.local_start
        names = ("kind", "zone", "minutes", "place", "agenda")
        known = {name: getattr(session, name) for name in names}
        known |= {"key": uuid4, "day": start and start.date(), "at": start and start.time()}
        super().__init__(data, initial=known)
        self.set_zones([session.zone])
        self._criteria = list(session.criteria.all())

    @property
    def chosen_criteria(self) -> list[Criterion]:
        return self._criteria


class MeetingLogForm(forms.Form):
    """Which cities took part in a session of a sprint, who came, and what all of them read of it."""

    held_on = forms.DateField(label=_("Held on"), widget=forms.DateInput)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MAX_MINUTES)
    notes = long_text(
        _("Notes for all cities"),
        rows=5,
        longest=NOTES_LENGTH,
        required=False,
        help_text=_("Each city that took part reads them, so name no city in them."),
    )

    def __init__(self, data: Any = None, *, sessions: Sequence[Session], today: date) -> None:
        super().__init__(data, initial={"held_on": today, "minutes": sessions[0].minutes})
        self._criteria = list(sessions[0].criteria.all())
        cities = [(one.pk, one.engagement.case.city.name) for one in sessions]
        invited = [
            (one.pk, f"{session.engagement.case.city.name}: {one}")
            for session in sessions
            for one in session.invitees.filter(taken_off_at__isnull=True).select_related("person")
        ]
        self.fields["took_part"] = forms.MultipleChoiceField(
            label=_("Which cities took part"),
            required=False,
            choices=[(str(key), name) for key, name in cities],
            initial=[str(key) for key, _name in cities],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("For a city that is not ticked it is recorded that nobody came."),
        )
        self.fields["came"] = forms.TypedMultipleChoiceField(
            label=_("Who of the invited came"),
            coerce=int,
            required=False,
            choices=invited,
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def record(self) -> Record:
        values = self.cleaned_data
        told = {name: values[name] for name in ("held_on", "minutes", "notes", "came")}
        return Record(**told, criteria=self._criteria)
