from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.deadlines import program_calendar
from cases.enums import ENDS, ParticipationRole, Party, Stage
from cases.models import Case, Participation
from cases.querysets import WorkItemQuerySet
from coaching.enums import EngagementStatus
from coaching.models import Engagement
from people.enums import OrganizationKind
from people.models import Organization, User
from people.roles import PROGRAM_ROLES
from workflows.querysets import CityStatusQuerySet
from workflows.status import NOBODY

ANY = [("", _("Any"))]
RUNNING_STAGES = [(stage.value, stage.label) for stage in Stage if stage not in ENDS]
NEVER_COACHED = (EngagementStatus.DECLINED, EngagementStatus.CANCELLED)


class DeskFilter(forms.Form):
    """Narrows the desk: whose work, at which stage, of which city."""

    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("All I may do")), ("mine", _("Mine")), ("unassigned", _("Nobody's yet"))],
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
            items = items.filter(
                Q(case__city__organization__name__icontains=city)
                | Q(city__organization__name__icontains=city)
            )
        return items


class _ManagerChoices(ModelChoiceIterator[User]):
    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        rows = super().__iter__()
        yield next(rows)
        yield NOBODY, _("Nobody")
        yield from rows


class ManagerField(forms.ModelChoiceField[User]):
    """Somebody of the program, or nobody."""

    iterator = _ManagerChoices

    def to_python(self, value: Any) -> Any:
        return NOBODY if value == NOBODY else super().to_python(value)


class CaseFilter(forms.Form):
    """Narrows the list of cases; what it asks for is compared with what the reader may know."""

    q = forms.CharField(label=_("City"), required=False, max_length=80)
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[*ANY, *Stage.choices])
    state = forms.CharField(label=_("State"), required=False, max_length=10)
    waiting_on = forms.ChoiceField(
        label=_("Waiting on"), required=False, choices=[*ANY, *Party.choices, (NOBODY, _("Nobody"))]
    )
    partner = forms.ModelChoiceField(
        Organization.objects.filter(kind=OrganizationKind.PARTNER).order_by("name"),
        label=_("Partner"),
        required=False,
        to_field_name="slug",
        empty_label=_("Any"),
    )
    manager = ManagerField(
        User.objects.filter(affiliations__role__in=PROGRAM_ROLES).distinct().order_by("name", "pk"),
        label=_("Manager"),
        required=False,
        empty_label=_("Any"),
    )
    only = forms.ChoiceField(
        label=_("Only"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", _("Open")),
            ("overdue", _("Overdue")),
            ("on_hold", _("On hold")),
            ("certified", _("Certified this year")),
        ],
    )

    SORTS = {
        "city": "city__organization__name",
        "stage": "stage",
        "since": "stage_entered_at",
        "due": "seen_due_at",
    }

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not reader.has_role(*PROGRAM_ROLES):
            for name in {"partner", "manager"} & set(self.fields):
                del self.fields[name]

    def narrow(self, rows: CityStatusQuerySet, *, sort: str = "") -> CityStatusQuerySet:
        """The rows that fit; an impossible value narrows nothing."""
        chosen = self.cleaned_data if self.is_valid() else {}
        for name, value in chosen.items():
            if value:
                rows = rows.filter(CONDITIONS[name](value))
        return self._sorted(rows, sort)

    def _sorted(self, rows: CityStatusQuerySet, sort: str) -> CityStatusQuerySet:
        column = self.SORTS.get(sort.lstrip("-"), self.SORTS["city"])
        direction = "-" if sort.startswith("-") else ""
        return rows.order_by(f"{direction}{column}", "city__organization__slug")


def _named(words: str) -> Q:
    return Q(city__organization__name__icontains=words) | Q(city__organization__slug__icontains=words)


def _coached_by(partner: Organization) -> Q:
    engagements = Engagement.objects.filter(case=OuterRef("case"), partner=partner)
    return Q(Exists(engagements.exclude(status__in=NEVER_COACHED)))


def _managed_by(person: User | str) -> Q:
    """Parts in a case end with it, so that a closed case is its last manager's."""
    if not isinstance(person, User):
        managers = Participation.objects.filter(
            case=OuterRef("case"), role=ParticipationRole.MANAGER, until__isnull=True
        )
        return Q(case__closed_at__isnull=True) & ~Q(Exists(managers))
    to_the_end = Q(until__isnull=True) | Q(until__gte=F("case__closed_at"))
    parts = Participation.objects.filter(to_the_end, case=OuterRef("case"), person=person)
    return Q(Exists(parts.filter(role=ParticipationRole.MANAGER)))


def _only(choice: str) -> Q:
    return {
        "open": Q(stage__in=[stage for stage, _label in RUNNING_STAGES]),
        "overdue": Q(seen_overdue=True),
        "on_hold": Q(on_hold=True),
        "certified": Q(Exists(_certified_this_year().filter(city=OuterRef("city")))),
    }[choice]


def _certified_this_year() -> QuerySet[Case]:
    calendar = program_calendar()
    new_year = date(calendar.local_day(timezone.now()).year, 1, 1)
    since = datetime.combine(new_year, time(), ZoneInfo(calendar.zone))
    return Case.objects.filter(stage=Stage.CERTIFIED, closed_at__gte=since)


CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "q": _named,
    "stage": lambda stage: Q(stage=stage),
    "state": lambda state: Q(city__organization__state__iexact=state),
    "waiting_on": lambda party: Q(seen_waiting_on=party),
    "partner": _coached_by,
    "manager": _managed_by,
    "only": _only,
}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class CitySearch(forms.Form):
    q = forms.CharField(label=_("City"), required=False, max_length=80)
