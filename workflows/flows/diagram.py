"""The picture of a flow with one case's position on it: parties side by side, the path from top to bottom.

Gateways and automatic nodes are left out; a line leads from each step to the steps that can follow it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow.workflow import STATUS
from viewflow.workflow.models import Process, Task
from viewflow.workflow.nodes import End, MessageCatch

from cases.enums import Party
from cases.steps import STEPS
from workflows.flows.nodes import Step

LANE, BOX_WIDTH, BOX_HEIGHT = 168, 132, 40
ROW, TOP, GAP = 66, 44, 12
TAKE_OVER = "entry"
LINE = 15
NAMES = {
    "engagements": _("Engagements run"),
    "publish": _("Wait for the announcement day"),
    "certified": _("Certified"),
    "declined": _("Declined"),
    "closed": _("Closed"),
    "mended": _("Mended"),
}
LANE_OF_EVENT = {"engagements": Party.PARTNER, "publish": Party.PROGRAM, "certified": Party.CITY}


@dataclass(frozen=True)
class Place:
    """Where a node stands: the lane of its party, and its row."""

    lane: int
    row: int

    @property
    def x(self) -> int:
        return self.lane * LANE + (LANE - BOX_WIDTH) // 2

    @property
    def y(self) -> int:
        return TOP + self.row * ROW

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2


@dataclass(frozen=True)
class Box:
    place: Place
    lines: list[tuple[int, str]]
    state: str

    @property
    def title(self) -> str:
        return " ".join(words for _y, words in self.lines)


@dataclass(frozen=True)
class Line:
    points: str
    head: str
    done: bool
    back: bool


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    lanes: list[tuple[int, str]]
    boxes: list[Box]
    lines: list[Line]

    @property
    def now(self) -> list[str]:
        """Where the case stands, in words, for those who do not see the picture."""
        return sorted({box.title for box in self.boxes if box.state == "now"})


def picture_of(process: Process) -> Picture:
    """The flow of a process with what is done and what is open."""
    places, edges, parties = _layout(process.flow_class)
    states = _states(process)
    boxes = [_box(node, place, states.get(_name(node), "todo")) for node, place in places.items()]
    lines = [_line(places[source], places[target], source, target, states) for source, target in edges]
    lanes = [(number * LANE + LANE // 2, str(party.label)) for number, party in enumerate(parties)]
    rows = max(place.row for place in places.values()) + 1
    return Picture(len(lanes) * LANE, TOP + rows * ROW, lanes, boxes, lines)


def _states(process: Process) -> dict[str, str]:
    """The newest task of each node decides."""
    tasks = Task.objects.filter(process=process).order_by("pk").only("flow_task", "status")
    states: dict[str, str] = {}
    for task in tasks:
        if task.flow_task is not None:
            name, state = _name(task.flow_task), _state(task.status)
            # Of two reviews side by side, the open one shows.
            states[name] = "now" if task.flow_task.name != name and states.get(name) == "now" else state
    return states


def _name(node: Any) -> str:
    """Steps by their code, so that two nodes for two people are one box."""
    return node.step if isinstance(node, Step) else node.name


def _state(status: str) -> str:
    if status == STATUS.DONE:
        return "done"
    if status in (STATUS.CANCELED, STATUS.REVIVED):
        return "todo"
    return "error" if status == STATUS.ERROR else "now"


@lru_cache(maxsize=4)
def _layout(flow_class: Any) -> tuple[dict[Any, Place], list[tuple[Any, Any]], list[Party]]:
    ahead = _steps_ahead(flow_class)
    rows = _rows(ahead)
    found = {_party(node) for node in ahead}
    parties = [party for party in Party if party in found]
    places = {node: Place(parties.index(_party(node)), rows[node]) for node in ahead}
    edges = [(source, target) for source, targets in ahead.items() for target in targets]
    return places, edges, parties


def _party(node: Any) -> Party:
    if isinstance(node, Step):
        return STEPS[node.step].party
    return LANE_OF_EVENT.get(node.name, Party.PROGRAM)


def _steps_ahead(flow_class: Any) -> dict[Any, list[Any]]:
    """Each step and event with those that can follow it, in the order of the path."""
    ahead: dict[Any, list[Any]] = {}
    first: dict[str, Any] = {}
    waiting = list(_next_shown(flow_class.start))
    while waiting:
        node = waiting.pop(0)
        if node not in ahead and first.setdefault(_name(node), node) is node:
            targets = [first.get(_name(target), target) for target in _next_shown(node)]
            ahead[node] = list({_name(target): target for target in targets}.values())
            waiting.extend(ahead[node])
    return ahead


def _next_shown(node: Any) -> Iterator[Any]:
    for edge in node._outgoing():
        if node.name == TAKE_OVER and edge.edge_class != "default":
            continue
        if isinstance(edge.dst, Step | MessageCatch | End):
            yield edge.dst
        else:
            yield from _next_shown(edge.dst)


def _rows(ahead: dict[Any, list[Any]]) -> dict[Any, int]:
    """The longest way from the beginning to each node, loops left out."""
    rows: dict[Any, int] = {}

    def visit(node: Any, row: int, path: tuple[Any, ...]) -> None:
        if rows.get(node, -1) >= row:
            return
        rows[node] = row
        for target in ahead[node]:
            if target not in path:
                visit(target, row + 1, (*path, target))

    first = next(iter(ahead))
    visit(first, 0, (first,))
    return rows


def _box(node: Any, place: Place, state: str) -> Box:
    words = _wrapped(node.title if isinstance(node, Step) else str(NAMES.get(node.name, node.name)))
    top = place.y + BOX_HEIGHT // 2 + 4 - (len(words) - 1) * LINE // 2
    return Box(place, [(top + number * LINE, line) for number, line in enumerate(words)], state)


def _wrapped(text: str, width: int = 20) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _line(start: Place, end: Place, source: Any, target: Any, states: dict[str, str]) -> Line:
    back = end.row <= start.row
    points = _loop(start, end) if back else _onward(start, end)
    done = states.get(_name(source)) == "done" and states.get(_name(target), "todo") != "todo"
    return Line(" ".join(f"{x},{y}" for x, y in points), _head(points), done, back)


def _onward(start: Place, end: Place) -> list[tuple[int, int]]:
    """Down from the one, along the gutter of its lane when rows lie between, into the top of the other."""
    low, high = start.y + BOX_HEIGHT, end.y - GAP
    if end.row == start.row + 1:
        return [(start.middle, low), (start.middle, high), (end.middle, high), (end.middle, end.y)]
    gutter = (max(start.lane, end.lane) if start.lane != end.lane else start.lane) * LANE + GAP // 2
    bend = low + GAP // 2
    return [
        (start.middle, low),
        (start.middle, bend),
        (gutter, bend),
        (gutter, high),
        (end.middle, high),
        (end.middle, end.y),
    ]


def _loop(start: Place, end: Place) -> list[tuple[int, int]]:
    """Out at the right side, up the gutter, and in at the right side of the earlier step."""
    gutter = (max(start.lane, end.lane) + 1) * LANE - GAP // 2
    out, into = start.y + BOX_HEIGHT // 2, end.y + BOX_HEIGHT // 2
    return [(start.x + BOX_WIDTH, out), (gutter, out), (gutter, into), (end.x + BOX_WIDTH, into)]


def _head(points: list[tuple[int, int]]) -> str:
    (px, _py), (x, y) = points[-2], points[-1]
    down = [(x, y), (x - 4, y - 7), (x + 4, y - 7)]
    left = [(x, y), (x + 7, y - 4), (x + 7, y + 4)]
    tip = down if x == px else left
    return " ".join(f"{a},{b}" for a, b in tip)
