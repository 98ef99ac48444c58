"""Whether flows, work items and published statuses still agree: what `check_flows` finds."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from viewflow.workflow import PROCESS, STATUS
from viewflow.workflow.fields import get_task_ref
from viewflow.workflow.models import Task

from cases.enums import WorkKind
from cases.models import Case, WorkItem
from certification.enums import DecisionStatus
from certification.models import Decision
from coaching.models import Engagement
from workflows.flows import CertificationFlow, EngagementFlow
from workflows.flows.nodes import Step
from workflows.models import CertificationProcess, CityStatus, EngagementProcess
from workflows.status import Standing, standings_of

BATCH = 1000
FINISHED = (STATUS.DONE, STATUS.CANCELED, STATUS.REVIVED)
FLOWS = (CertificationFlow, EngagementFlow)


@dataclass(frozen=True)
class Disagreement:
    """`kind` says what is wrong, `thing` with what, `detail` how."""

    kind: str
    thing: str
    detail: str


def disagreements(*, today: date) -> Iterator[Disagreement]:
    """Everything that is wrong; nothing on a sound installation."""
    yield from missing_nodes()
    yield from tasks_in_error()
    yield from steps_without_work()
    yield from work_without_step()
    yield from forgotten_cases()
    yield from processes_out_of_step()
    yield from wrong_statuses(today=today)


def _open_tasks() -> QuerySet[Task]:
    return Task.objects.exclude(status__in=FINISHED)


def missing_nodes() -> Iterator[Disagreement]:
    """Open tasks whose node the flow no longer has: nobody could ever finish them."""
    known = {get_task_ref(node) for flow in FLOWS for node in flow.instance.nodes()}
    for number, reference in _references(_open_tasks()):
        if reference not in known:
            yield Disagreement("missing_node", f"task {number}", reference)


def tasks_in_error() -> Iterator[Disagreement]:
    for number, reference in _references(_open_tasks().filter(status=STATUS.ERROR)):
        yield Disagreement("task_in_error", f"task {number}", reference)


def _references(tasks: QuerySet[Task]) -> Iterable[tuple[int, str]]:
    named = tasks.annotate(reference=Cast("flow_task", CharField()))
    return named.order_by("pk").values_list("pk", "reference")


def steps_without_work() -> Iterator[Disagreement]:
    """Open human tasks that stand on nobody's desk."""
    items = WorkItem.objects.open().filter(task_number=OuterRef("pk"), kind=WorkKind.STEP)
    bare = _open_tasks().filter(flow_task_type="HUMAN").exclude(Exists(items))
    for number, reference in _references(bare):
        yield Disagreement("step_without_work", f"task {number}", reference)


def work_without_step() -> Iterator[Disagreement]:
    """Open work whose task is finished, gone, another step's or another case's."""
    items = WorkItem.objects.open().filter(kind=WorkKind.STEP).select_related("case").order_by("pk")
    for batch in _batches(items.iterator(chunk_size=BATCH)):
        tasks = {task.pk: task for task in _open_tasks().filter(pk__in=[one.task_number for one in batch])}
        cases = _cases_of_processes({task.process_id for task in tasks.values()})
        for item in batch:
            problem = _problem_of(item, tasks.get(item.task_number or 0), cases)
            if problem:
                yield Disagreement("work_without_step", f"work item {item.pk}", problem)


def _problem_of(item: WorkItem, task: Task | None, cases: dict[int, Any]) -> str:
    if task is None:
        return f"“{item.step}” has no open task {item.task_number}"
    if not isinstance(task.flow_task, Step) or task.flow_task.step != item.step:
        return f"“{item.step}” has a task of another step"
    if cases.get(task.process_id) != item.case_id:
        return f"“{item.step}” has a task of another case"
    return ""


def _cases_of_processes(process_ids: set[int]) -> dict[int, Any]:
    of_cases = CertificationProcess.objects.filter(pk__in=process_ids).values_list("pk", "case_id")
    of_engagements = EngagementProcess.objects.filter(pk__in=process_ids)
    return dict(of_cases) | dict(of_engagements.values_list("pk", "engagement__case_id"))


def forgotten_cases() -> Iterator[Disagreement]:
    """Cases that wait for something that has happened already."""
    waiting = _open_tasks().filter(process=OuterRef("process"))
    unsettled = Engagement.objects.unsettled().filter(case=OuterRef("pk"))
    scheduled = Decision.objects.filter(case=OuterRef("pk"), status=DecisionStatus.SCHEDULED)
    for node, reason in ((CertificationFlow.engagements, unsettled), (CertificationFlow.publish, scheduled)):
        at_node = Case.objects.filter(Exists(waiting.filter(flow_task=node)))
        for case in at_node.exclude(Exists(reason)).order_by("pk"):
            yield Disagreement("forgotten_case", f"case {case.pk}", f"waits at “{node.name}” for nothing")


def processes_out_of_step() -> Iterator[Disagreement]:
    """Closed cases that still run, and open ones that do not."""
    running = CertificationProcess.objects.filter(case=OuterRef("pk"), status=PROCESS.NEW)
    coached = EngagementProcess.objects.filter(engagement__case=OuterRef("pk"), status=PROCESS.NEW)
    closed, opened = Case.objects.filter(closed_at__isnull=False), Case.objects.running()
    for case in closed.filter(Exists(running) | Exists(coached)).order_by("pk"):
        yield Disagreement("closed_case_runs", f"case {case.pk}", "has ended and has an open process")
    for case in opened.exclude(Exists(running)).order_by("pk"):
        yield Disagreement("open_case_stands", f"case {case.pk}", "is open and has no open process")


def wrong_statuses(*, today: date) -> Iterator[Disagreement]:
    """Cities whose published row differs from what is true, or is missing though they have a case."""
    bare = Case.objects.exclude(Exists(CityStatus.objects.filter(city=OuterRef("city"))))
    for city_id in bare.order_by("city").values_list("city", flat=True).distinct():
        yield Disagreement("wrong_status", f"city {city_id}", "has a case and no status")
    for batch in _batches(CityStatus.objects.order_by("pk").iterator(chunk_size=BATCH)):
        standings = standings_of([row.city_id for row in batch], today=today)
        for row in batch:
            wrong = _differences(row, standings[row.city_id])
            if wrong:
                yield Disagreement("wrong_status", f"city {row.city_id}", "; ".join(wrong))


def _differences(row: CityStatus, standing: Standing) -> list[str]:
    true = asdict(standing)
    return [
        f"{column} is {getattr(row, column)!r}, should be {value!r}"
        for column, value in true.items()
        if getattr(row, column) != value
    ]


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch
