"""Measures as they are shown: panels with a chart each, a table of figures, and what is left to ask."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from certification.models import Story
from coaching.enums import Bound, MeasureKind
from coaching.figures import Derived, Figure, Known, before
from coaching.models import Engagement, Measure, MeasuredGroup, Objective, Observation
from coaching.periods import Period
from core.charts import Chart
from core.tables import Sheet
from core.timecharts import Level, Mark, Reading, highest, over_time, plain
from people.models import User

# So many figures stand beside a chart; the measure's own page has them all.
NEWEST = 8
MOST_BARS = 12
SHARE, WHOLE = "%", 100
HEAD = (
    "when",
    "begins_on",
    "ends_on",
    "group",
    "targeted",
    "value",
    "number",
    "bound",
    "unit",
    "change",
    "since",
    "source",
    "entered_on",
    "replaced_on",
)


@dataclass(frozen=True)
class Line:
    """One row of the table: a figure that was reported, or one that follows from two."""

    period: Period
    group: MeasuredGroup | None
    told: Figure | Derived
    observation: Observation | None = None

    @property
    def change(self) -> str:
        changed = self.observation and self.observation.changed
        if not self.observation or not changed:
            return ""
        words = _("%(change)s above %(since)s") if changed.value >= 0 else _("%(change)s below %(since)s")
        return words % {"change": Figure(abs(changed.value), changed.bound), "since": self.observation.since}


@dataclass(frozen=True)
class Panel:
    """The chart of one group, or of the whole when there is none."""

    group: MeasuredGroup | None
    chart: Chart


class Shown:
    """One measure for its readers. Reads nothing that `shown_measures` has not fetched."""

    def __init__(self, measure: Measure, stories: Collection[UUID]) -> None:
        self.measure = measure
        self.story = measure.story if measure.story_id in stories else None

    @cached_property
    def lines(self) -> list[Line]:
        """Oldest first, the whole before its groups; a derived figure only where none was reported."""
        standing = [one for one in self.measure.observations.all() if one.superseded_at is None]
        reported = {(one.period, one.group_id) for one in standing}
        lines = [Line(one.period, one.group, one.figure, one) for one in standing]
        lines += [
            Line(one.since, one.group, before(one.figure, one.changed))
            for one in standing
            if one.since and one.changed and (one.since, one.group_id) not in reported
        ]
        return sorted(lines, key=lambda line: (line.period, line.group.position if line.group else 0))

    @property
    def baseline(self) -> str:
        return "" if self.measure.baseline_value is None else plain(self.measure.baseline_value)

    @property
    def target(self) -> str:
        return "" if self.measure.target_value is None else plain(self.measure.target_value)

    @cached_property
    def newest_first(self) -> list[Line]:
        by_group = sorted(self.lines, key=_place_of_group)
        return sorted(by_group, key=lambda line: line.period, reverse=True)

    @property
    def reported(self) -> list[Observation]:
        """The figures that stand, newest first."""
        return [line.observation for line in self.newest_first if line.observation]

    @property
    def newest(self) -> list[Line]:
        return self.newest_first[:NEWEST]

    @property
    def latest(self) -> list[Line]:
        """The newest figure of the whole; where only groups are told, those of their newest period."""
        reported = [line for line in self.newest_first if line.observation]
        whole = [line for line in reported if line.group is None]
        return whole[:1] or [line for line in reported if line.period == reported[0].period]

    @property
    def beyond_the_whole(self) -> list[Observation]:
        """Figures of a share that are less than nothing or more than the whole. Some may be right: beds in
        a corridor make more than all beds."""
        told = self.reported if self.measure.unit.startswith(SHARE) else []
        return [one for one in told if not 0 <= one.value <= WHOLE]

    @property
    def has_groups(self) -> bool:
        return bool(self.measure.groups.all())

    @property
    def has_changes(self) -> bool:
        return any(line.change for line in self.lines)

    @cached_property
    def panels(self) -> list[Panel]:
        """A small chart for each group, all on one scale so that they can be compared."""
        by_group = sorted(self._drawn(), key=_place_of_group)
        found = [(group, list(lines)) for group, lines in groupby(by_group, key=lambda line: line.group)]
        top = highest([_reading(line) for line in by_group], self._levels())
        return [Panel(group, self._chart(group, lines, top)) for group, lines in found]

    def _drawn(self) -> Iterable[Line]:
        """What bounds nothing has no place in a picture; it stands in the table, in words."""
        return (line for line in self.lines if not _is_open(line))

    def _chart(self, group: MeasuredGroup | None, lines: Sequence[Line], top: Decimal) -> Chart:
        title = f"{self.measure.name}, {self.measure.unit}"
        if group:
            title = f"{title}, {group.name}" + (f" ({_('targeted')})" if group.is_targeted else "")
        as_bars = len(lines) <= MOST_BARS and not any(line.period.is_a_day for line in lines)
        readings = [_reading(line) for line in lines]
        return over_time(readings, title=title, levels=self._levels(), top=top, as_bars=as_bars)

    def _levels(self) -> list[Level]:
        measure = self.measure
        ends = ((_("Baseline"), measure.baseline_value), (_("Target"), measure.target_value))
        return [Level(label, value) for label, value in ends if value is not None]


def _is_open(line: Line) -> bool:
    return isinstance(line.told, Derived) and line.told.known == Known.NO_BOUND


def _place_of_group(line: Line) -> int:
    return line.group.position if line.group else 0


def _reading(line: Line) -> Reading:
    mark = Mark.DERIVED
    if isinstance(line.told, Figure):
        mark = Mark.MORE if line.told.bound == Bound.MORE_THAN else Mark.EXACT
    day, told = line.period.begins_on.toordinal(), line.told
    return Reading(day, str(line.period), told.value, str(told), mark, told.short)


@dataclass(frozen=True)
class Judged:
    """A contract or program of the city, with what it is judged by."""

    kind: str
    name: str
    measures: list[Measure]

    @property
    def by_outputs_only(self) -> bool:
        return outputs_only(self.measures)


@dataclass(frozen=True)
class Aim:
    """One objective with its measures, or what the engagement itself is judged by."""

    objective: Objective | None
    measures: list[Shown]

    @property
    def by_outputs_only(self) -> bool:
        return outputs_only([one.measure for one in self.measures])


def outputs_only(measures: Sequence[Measure]) -> bool:
    return bool(measures) and all(one.kind == MeasureKind.OUTPUT for one in measures)


def shown_measures(engagement: Engagement, reader: User, *, only: Measure | None = None) -> list[Shown]:
    """The engagement's measures, or only one, with all that is shown of them, in a handful of queries."""
    observations = Observation.objects.standing().select_related("group", "entered_by")
    found = (
        Measure.objects.visible_to(reader)
        .filter(engagement=engagement)
        .select_related("story")
        .prefetch_related("groups", Prefetch("observations", queryset=observations))
    )
    if only is not None:
        found = found.filter(pk=only.pk)
    stories = set(
        Story.objects.visible_to(reader).filter(case=engagement.case_id).values_list("pk", flat=True)
    )
    return [Shown(one, stories) for one in found]


def aims_of(engagement: Engagement, measures: Sequence[Shown], reader: User) -> list[Aim]:
    objectives = (
        Objective.objects.visible_to(reader).filter(engagement=engagement).prefetch_related("criteria")
    )
    aims = [Aim(one, [it for it in measures if it.measure.objective_id == one.pk]) for one in objectives]
    own = [one for one in measures if one.measure.objective_id is None]
    return [*aims, Aim(None, own)] if own else aims


def judged_in(measures: Sequence[Shown]) -> list[Judged]:
    """The contracts and programs that the measures are about, each with all of its measures."""
    found: dict[tuple[str, str], list[Measure]] = {}
    for one in measures:
        if one.measure.about:
            kind = one.measure.get_about_kind_display()
            found.setdefault((kind, one.measure.about), []).append(one.measure)
    return [Judged(kind, name, judging) for (kind, name), judging in found.items()]


def sheet_of(measure: Measure) -> Sheet:
    """Every figure of a measure as rows, those replaced by a correction included."""
    entries = measure.observations.select_related("group").order_by(
        "begins_on", "ends_on", "group__position", "entered_at"
    )
    return Sheet("observations", HEAD, (_cells(measure, one) for one in entries))


def _cells(measure: Measure, one: Observation) -> list[object]:
    return [
        one.period.code,
        one.begins_on,
        one.ends_on,
        one.group.name if one.group else "",
        (_("yes") if one.group.is_targeted else _("no")) if one.group else "",
        one.figure.cell,
        one.figure.number,
        one.bound,
        measure.unit,
        one.changed.cell if one.changed else "",
        one.since.code if one.since else "",
        one.source,
        one.entered_at.date(),
        one.superseded_at.date() if one.superseded_at else "",
    ]
