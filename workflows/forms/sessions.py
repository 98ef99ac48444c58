"""Input of sessions: planned, changed, logged."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.enums import SessionKind
from coaching.meetings import people_of
from coaching.models import Engagement, Session
from coaching.services import MAX_MINUTES, Plan, Record
from coaching.services.mails import LONGEST_SUBJECT
from coaching.services.sessions import MAX_PLACE
from core.words import plain_line
from people.models import User
from standards.models import Criterion
from workflows.forms.coaching import NOTES_LENGTH, long_text

# Where the cities and partners are; the engagement's own zones stand before them.
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Halifax",
    "America/Mexico_City",
    "America/Guatemala",
    "America/Costa_Rica",
    "America/Bogota",
    "America/Lima",
    "America/Santiago",
    "America/Argentina/Buenos_Aires",
    "America/Montevideo",
    "America/Sao_Paulo",
    "Europe/London",
    "UTC",
)


class CriteriaField(forms.ModelMultipleChoiceField[Criterion]):
    """Criteria of the areas that an engagement coaches."""

    def __init__(self, engagement: Engagement, **options: Any) -> None:
        coached = Criterion.objects.filter(area__in=engagement.areas.all()).order_by("position")
        options = {"label": _("Which criteria it is about"), "required": False} | options
        super().__init__(coached, widget=forms.CheckboxSelectMultiple, **options)

    def label_from_instance(self, criterion: Any) -> str:
        return f"{criterion.code} {criterion.statement}"


class PeopleField(forms.ModelMultipleChoiceField[User]):
    """People of an engagement, each with where they belong."""

    def __init__(self, engagement: Engagement, *, now: datetime, **options: Any) -> None:
        others = people_of(engagement, now=now).exclude(engagements=engagement)
        found = others.prefetch_related("affiliations__organization")
        self._places = {engagement.partner_id, engagement.case.city.organization_id}
        super().__init__(found, widget=forms.CheckboxSelectMultiple, **options)

    def label_from_instance(self, person: Any) -> str:
        places = {
            held.organization.name
            for held in person.affiliations.all()
            if held.organization_id in self._places and held.until is None
        }
        return ", ".join([person.name, *sorted(places)])


def _kind() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Kind of session"), choices=SessionKind.choices)


def _minutes() -> forms.IntegerField:
    return forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MAX_MINUTES)


class AddressesField(forms.CharField):
    """Mail addresses, a line each or with commas between."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Further mail addresses"),
            required=False,
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_(
                "One a line. They get the invitation, the agenda and who else is invited, but no account."
            ),
        )

    def clean(self, value: Any) -> Any:
        return list(dict.fromkeys(filter(None, re.split(r"[\s,;]+", super().clean(value)))))


class PlanFields(forms.Form):
    """When, where and about what. The key tells the same form sent twice from two."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = _kind()
    day = forms.DateField(label=_("Day"), widget=forms.DateInput)
    at = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    zone = forms.ChoiceField(label=_("Time zone"))
    minutes = _minutes()
    place = forms.CharField(
        label=_("Place or link"), max_length=MAX_PLACE, required=False, validators=[plain_line]
    )
    agenda = long_text(
        _("Agenda"),
        rows=5,
        longest=NOTES_LENGTH,
        required=False,
        help_text=_("It goes with the invitation; the city and the program read it too."),
    )

    def set_zones(self, own: Iterable[str]) -> None:
        """Those of the people concerned stand first."""
        zones = dict.fromkeys([*filter(None, own), *ZONES])
        self.fields["zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]  # -- a choice field

    @property
    def chosen_criteria(self) -> list[Criterion]:
        return list(self.cleaned_data["criteria"])

    @property
    def plan(self) -> Plan:
        """Without anybody to invite."""
        values = self.cleaned_data
        starts_at = datetime.combine(values["day"], values["at"], ZoneInfo(values["zone"]))
        names = ("kind", "zone", "minutes", "place", "agenda")
        told = {name: values[name] for name in names}
        return Plan(starts_at=starts_at, criteria=self.chosen_criteria, **told)


class PlanSessionForm(PlanFields):
    """A session of one engagement, with whom of it to invite; a change names the version that it changes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, engagement: Engagement, now: datetime, session: Session | None = None
    ) -> None:
        initial = _as_planned(session) if session else {"minutes": 60, "key": uuid4}
        super().__init__(data, initial=initial)
        self.set_zones([engagement.case.city.organization.time_zone, engagement.partner.time_zone])
        self.fields["criteria"] = CriteriaField(engagement)
        self.fields["people"] = PeopleField(
            engagement,
            now=now,
            label=_("Who is invited"),
            required=False,
            help_text=_("You are the organizer and need no invitation."),
        )
        self.fields["addresses"] = AddressesField()

    @property
    def plan(self) -> Plan:
        values = self.cleaned_data
        return replace(super().plan, people=list(values["people"]), addresses=values["addresses"])


def _as_planned(session: Session) -> dict[str, Any]:
    start = session.local_start
    invited = session.invitees.filter(taken_off_at__isnull=True)
    return {
        "key": session.key,
        "version": session.sequence,
        "day": start and start.date(),
        "at": start and start.time(),
        "criteria": session.criteria.all(),
        "people": [one.person_id for one in invited if one.person_id],
        "addresses": "\n".join(one.address for one in invited if one.address),
        **{name: getattr(session, name) for name in ("kind", "zone", "minutes", "place", "agenda")},
    }


class CallOffForm(forms.Form):
    reason = long_text(_("Why?"), required=False, help_text=_("Those invited read it."))


class SessionForm(forms.Form):
    """Four fields are enough; the notes can be long."""

    kind = _kind()
    held_on = forms.DateField(label=_("Held on"), widget=forms.DateInput)
    minutes = _minutes()
    participants = forms.CharField(
        label=_("Who took part"),
        max_length=300,
        validators=[plain_line],
        required=False,
        help_text=_("Names or roles."),
    )
    notes = long_text(
        _("Notes"),
        rows=5,
        longest=NOTES_LENGTH,
        required=False,
        help_text=_("Shared with the city, the program and, in the packet, the committee."),
    )

    def __init__(self, *args: Any, today: date, engagement: Engagement, **kwargs: Any) -> None:
        kwargs["initial"] = {"held_on": today, "minutes": 60} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["criteria"] = CriteriaField(engagement)


class HeldSessionForm(SessionForm):
    """Logs a planned session: its kind is known, and who was asked to it."""

    kind = None  # type: ignore[assignment]  # -- how Django takes a field out

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        known = {"minutes": session.minutes, "criteria": session.criteria.all()}
        kwargs["initial"] = known | (kwargs.get("initial") or {})
        super().__init__(*args, engagement=session.engagement, **kwargs)
        invited = session.invitees.filter(taken_off_at__isnull=True).select_related("person")
        self.fields["came"] = forms.MultipleChoiceField(
            label=_("Who of the invited came"),
            required=False,
            choices=[(str(one.pk), str(one)) for one in invited],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["participants"].label = _("Who else took part")

    @property
    def record(self) -> Record:
        values = dict(self.cleaned_data)
        came: Iterable[str] = values.pop("came")
        criteria: Sequence[Criterion] = list(values.pop("criteria"))
        return Record(**values, criteria=criteria, came=[int(number) for number in came])


class SessionMailForm(forms.Form):
    """An agenda or a follow-up to those invited. The key tells the same form sent twice from two."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT, validators=[plain_line])
    text = long_text(
        _("Text"),
        rows=14,
        longest=NOTES_LENGTH,
        help_text=_("It stays on record with the session, where the city and the program read it, too."),
    )

    def __init__(self, data: Any = None, *, session: Session, initial: dict[str, Any] | None = None) -> None:
        invited = session.invitees.filter(taken_off_at__isnull=True).select_related("person")
        choices = [(one.pk, str(one)) for one in invited]
        known = {"key": uuid4, "recipients": [pk for pk, _name in choices]}
        super().__init__(data, initial=known | (initial or {}))
        self.fields["recipients"] = forms.TypedMultipleChoiceField(
            label=_("Who gets it"), coerce=int, choices=choices, widget=forms.CheckboxSelectMultiple
        )
        self.names = dict(choices)

    @property
    def chosen(self) -> list[str]:
        return [self.names[number] for number in self.cleaned_data["recipients"]]
