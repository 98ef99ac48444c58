"""Copies of a city with its case and everything that hangs on it, written by the database itself.

Rows are found by their keys, so that a new table is copied without a word here. Only what no key tells is
said in WORDS: names, numbers, and references by bare id.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models

from cases.models import Case, WorkItem
from certification.models import Certificate, Evidence
from cities.models import City
from core.models import AuditEvent
from people.models import Organization
from workflows.models import CityStatus
from workflows.selectors import ROUTINE

ROOMS = ("cases", "certification", "coaching", "workflows", "viewflow")
ZONE = "America/New_York"


@dataclass(frozen=True)
class Copy:
    """A city to be made: the days by which its history is moved, and what tells it from the others."""

    number: int
    slug: str
    name: str
    state: str
    days: int


def moved(column: str) -> str:
    """The same time of day so many days later, whatever the clocks did in between."""
    return f"((src.{column} AT TIME ZONE '{ZONE}' + copy.shift) AT TIME ZONE '{ZONE}')"


def moved_to_a_weekday(column: str) -> str:
    """As above; what would fall due on a weekend falls due on the Monday after."""
    day = moved(column)
    weekday = f"extract(isodow FROM {day} AT TIME ZONE '{ZONE}')::int"
    return f"({day} + CASE WHEN {weekday} > 5 THEN (8 - {weekday}) * interval '1 day' ELSE interval '0' END)"


def twin(expression: str) -> str:
    """The id of the copy of a row that has a UUID."""
    return f"md5({expression}::text || ':' || copy.number)::uuid"


_due = moved_to_a_weekday("due_at")
_next_due = moved_to_a_weekday("next_due_at")
_late = f"CASE WHEN src.closed_at IS NULL THEN {_due} < now.at ELSE src.closed_at > src.due_at END"
WORDS: dict[tuple[type[models.Model], str], str] = {
    (Organization, "slug"): "copy.slug",
    (Organization, "name"): "copy.name",
    (Organization, "state"): "copy.state",
    (City, "population"): "CASE WHEN src.population < 30000 THEN 5000 + mod(copy.number * 79, 25000) "
    "ELSE 30000 + mod(copy.number::bigint * 7919, 470000) END",
    (Evidence, "chain"): twin("src.chain"),
    (Certificate, "number"): "'L-' || copy.number",
    (CityStatus, "certificate"): "CASE WHEN src.certificate = '' THEN '' ELSE 'L-' || copy.number END",
    (CityStatus, "next_due_at"): _next_due,
    (CityStatus, "overdue"): f"coalesce({_next_due} < now.at, false)",
    (WorkItem, "due_at"): _due,
    (WorkItem, "overdue_at"): f"CASE WHEN {_late} THEN {_due} END",
    (WorkItem, "subject"): f"CASE WHEN src.subject IS NOT NULL THEN {twin('src.subject')} END",
    # The leads of the copies are nobody: their work waits for the city's first lead.
    (WorkItem, "owner"): "CASE WHEN src.party <> 'city' THEN src.owner_id END",
    (AuditEvent, "dossier"): twin("src.dossier"),
    (AuditEvent, "target_id"): f"CASE WHEN length(src.target_id) = 36 THEN {twin('src.target_id')}::text "
    "ELSE src.target_id END",
}


@contextmanager
def unchecked() -> Iterator[None]:
    """Spare the database looking up every key: a copy points where its pattern does, or at another copy.

    Only for a superuser, as on the embedded server; elsewhere the keys are looked up, which takes longer.
    """
    switch = (
        "SELECT set_config('session_replication_role', %s, true) WHERE current_setting('is_superuser') = 'on'"
    )
    with connection.cursor() as cursor:
        cursor.execute(switch, ["replica"])
        yield
        cursor.execute(switch, ["origin"])


class Pattern:
    """A city as it stands now, ready to be copied."""

    def __init__(self, city: City) -> None:
        self.rows: dict[type[models.Model], list[Any]] = {
            Organization: [city.organization_id],
            City: [city.pk],
        }
        self._models = [
            model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in ROOMS
        ]
        self._find()
        events = AuditEvent.objects.filter(dossier__in=self.rows.get(Case, ())).exclude(action__in=ROUTINE)
        self.rows[AuditEvent] = list(events.values_list("pk", flat=True))

    def _find(self) -> None:
        """Whatever points at a row that is copied is copied too, until nothing new is found."""
        found = -1
        while found != (found := sum(map(len, self.rows.values()))):
            for model in self._models:
                keys = self._keys_of(model)
                if keys:
                    self.rows[model] = keys
                    self._find_parents(model, keys)

    def _keys_of(self, model: type[models.Model]) -> list[Any]:
        points_here = models.Q()
        for field in _references(model):
            target = field.related_model
            if target in self.rows and not field.remote_field.parent_link:
                points_here |= models.Q(**{f"{field.name}__in": self.rows[target]})
        if model in self.rows:
            points_here |= models.Q(pk__in=self.rows[model])
        return (
            list(model._base_manager.filter(points_here).values_list("pk", flat=True)) if points_here else []
        )

    def _find_parents(self, model: type[models.Model], keys: list[Any]) -> None:
        for parent in model._meta.parents:
            known = set(self.rows.get(parent, ()))
            self.rows[parent] = sorted(known | set(keys))

    def write(self, copies: Sequence[Copy], *, now: datetime) -> None:
        """Make the copies, whose moments all lie before `now`. Call it inside a transaction."""
        if not copies:
            return
        self._spans = {model: _Span(model, keys, len(copies)) for model, keys in self.rows.items() if keys}
        with unchecked():
            for model, keys in self.rows.items():
                if keys:
                    self._write(model, keys, copies, now)

    def _write(
        self, model: type[models.Model], keys: list[Any], copies: Sequence[Copy], now: datetime
    ) -> None:
        fields = model._meta.local_concrete_fields
        quote = connection.ops.quote_name
        columns = ", ".join(quote(_column(field)) for field in fields)
        values = ", ".join(self._value(model, field) for field in fields)
        statement = f"""
            INSERT INTO {quote(model._meta.db_table)} ({columns})
            SELECT {values}
            FROM {quote(model._meta.db_table)} src
            CROSS JOIN (SELECT %s::timestamptz AS at) now
            CROSS JOIN unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::interval[])
                WITH ORDINALITY AS copy(number, slug, name, state, shift, place)
            WHERE src.{quote(_column(_key(model)))} = ANY(%s)
        """  # noqa: S608 -- names of our own tables and columns
        told = zip(
            *((one.number, one.slug, one.name, one.state, timedelta(one.days)) for one in copies), strict=True
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [now, *map(list, told), keys])

    def _value(self, model: type[models.Model], field: "models.Field[Any, Any]") -> str:
        if (model, field.name) in WORDS:
            return WORDS[model, field.name]
        column = connection.ops.quote_name(_column(field))
        if field.primary_key or field.name == "task_number" or isinstance(field, models.ForeignKey):
            return self._reference(model, field, f"src.{column}")
        if isinstance(field, models.DateTimeField):
            return moved(column)
        if isinstance(field, models.DateField):
            return f"(src.{column} + copy.shift)::date"
        return f"src.{column}"

    def _reference(self, model: type[models.Model], field: "models.Field[Any, Any]", column: str) -> str:
        """The copy's own row where that was copied, else the row that all share."""
        target = self._target(model, field)
        if target not in self._spans:
            return column
        span = self._spans[target]
        if target is Organization and not field.primary_key:
            return (
                f"CASE WHEN {column} = '{self.rows[Organization][0]}' THEN {twin(column)} ELSE {column} END"
            )
        return span.twin(column)

    def _target(self, model: type[models.Model], field: "models.Field[Any, Any]") -> type[models.Model]:
        if field.name == "task_number":
            return apps.get_model("viewflow", "Task")
        if isinstance(field, models.ForeignKey):
            return field.related_model
        return model


class _Span:
    """Where the copies of a table's rows get their ids: from the old id, or from a stretch of new numbers."""

    def __init__(self, model: type[models.Model], keys: list[Any], copies: int) -> None:
        self.numbered = not isinstance(keys[0], uuid.UUID)
        if self.numbered:
            self.keys, self.width = ", ".join(map(str, keys)), len(keys)
            self.first = _reserve(model, self.width * copies)

    def twin(self, column: str) -> str:
        if not self.numbered:
            return f"CASE WHEN {column} IS NOT NULL THEN {twin(column)} END"
        place = f"array_position(ARRAY[{self.keys}]::bigint[], {column}::bigint)"
        return f"({self.first} + {place} - 1 + (copy.place - 1) * {self.width})"


def _reserve(model: type[models.Model], count: int) -> int:
    """The first of so many numbers that nobody else gets. A child's numbers are its parent's."""
    if model._meta.parents:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, _column(_key(model))])
        (sequence,) = cursor.fetchone()
        cursor.execute("SELECT nextval(%s)", [sequence])
        (first,) = cursor.fetchone()
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + count])
    return int(first) + 1


def _key(model: type[models.Model]) -> "models.Field[Any, Any]":
    key = model._meta.pk
    if key is None:
        raise LookupError(model)
    return key


def _column(field: "models.Field[Any, Any]") -> str:
    return field.column or field.name


def _references(model: type[models.Model]) -> "list[models.ForeignKey[Any, Any]]":
    return [field for field in model._meta.local_concrete_fields if isinstance(field, models.ForeignKey)]
