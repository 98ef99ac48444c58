"""The only module that advances a flow.

Callers hold the lock of the case row; only then is a process touched, so that two people at once never
wait for each other in opposite orders.
"""

from datetime import datetime

from viewflow.workflow import PROCESS, STATUS
from viewflow.workflow.models import Task

from cases.models import Case, WorkItem
from coaching.models import Engagement
from people.models import User
from workflows.acting import acting
from workflows.flows import CertificationFlow, EngagementFlow
from workflows.models import EngagementProcess


def start_case(case: Case, *, by: User, now: datetime, entry: str = "apply") -> None:
    """Begin the certification flow at a step."""
    with acting(by=by, now=now):
        CertificationFlow.start.run(case=case, entry=entry)


def start_engagement(engagement: Engagement, *, by: User, now: datetime) -> None:
    """Begin the flow of an engagement that was offered when others already run."""
    with acting(by=by, now=now):
        EngagementFlow.start.run(engagement=engagement)


def complete(item: WorkItem, *, by: User, now: datetime) -> None:
    """End the step that this work item stands for, and go on to whatever comes next."""
    task = Task.objects.get(pk=item.task_number)
    with acting(by=by, now=now), task.activation() as activation:
        activation.finish(by)
        activation.activate_next()


def receive_engagements_settled(case: Case, *, by: User, now: datetime) -> None:
    """Let a case go on that waits for its engagements."""
    _receive(case, "engagements", by=by, now=now)


def receive_published(case: Case, *, by: User, now: datetime) -> None:
    """Let a case end that waits for the day of its announcement."""
    _receive(case, "publish", by=by, now=now)


def _receive(case: Case, node: str, *, by: User, now: datetime) -> None:
    catch = getattr(CertificationFlow, node)
    task = Task.objects.get(process=case.process, flow_task=catch, status=STATUS.NEW)
    with acting(by=by, now=now):
        catch.run(task)


def cancel(case: Case, *, by: User, now: datetime) -> None:
    """Stop every process of the case; open steps are cancelled and leave the desks."""
    children = EngagementProcess.objects.filter(engagement__case=case, status=PROCESS.NEW)
    with acting(by=by, now=now):
        for process in children:
            EngagementFlow.instance.cancel(process)
        CertificationFlow.instance.cancel(case.process)
