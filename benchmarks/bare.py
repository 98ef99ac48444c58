"""The least that viewflow itself does for a step: no case, no work item, no audit, no status."""

from django.db import transaction
from viewflow import this
from viewflow.workflow import STATUS, flow
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.models import Process, Task

from people.models import User


class BareStep(flow.View):
    def __init__(self) -> None:
        super().__init__(view=None)


class BareFlow(flow.Flow):
    """One human step after another, for as long as somebody does them."""

    process_class = Process
    lock_impl = SelectForUpdateLock(nowait=False)

    start = flow.StartHandle().Next(this.step)
    step = BareStep().Next(this.step)


def start() -> Process:
    with transaction.atomic():
        return BareFlow.start.run()


def complete_step(process: Process, *, by: User) -> None:
    """One step as viewflow's own pages do it: assign, start, complete, open the next."""
    with transaction.atomic():
        task = Task.objects.get(process=process, status=STATUS.NEW)
        with task.activation() as activation:
            activation.assign(by)
            activation.start(None)
            activation.execute()
