from collections.abc import Callable
from typing import Any

from viewflow import this
from viewflow.workflow import STATUS, flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.nodes import ViewActivation

from cases.enums import Stage
from cases.models import WorkItem
from cases.services import close_work_item, open_work_item
from cases.steps import STEPS
from people.models import User
from workflows.acting import current_act
from workflows.flows.owing import Owed


class StepActivation(ViewActivation):
    """A human step: it puts work on a desk when it opens and takes it off when it ends."""

    @Activation.status.super()
    def activate(self) -> None:
        act, node = current_act(), self.flow_task
        owed: Owed = node.owed_by(self.process)
        open_work_item(
            case=owed.case,
            step=node.step,
            task_number=self.task.pk,
            organization=owed.organization,
            owner=owed.owner,
            subject=owed.subject,
            by=act.by,
            now=act.now,
        )

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.DONE)
    def finish(self, user: User) -> None:
        """The person has done the step: close its work and let the flow go on."""
        act = current_act()
        self._close()
        self.task.owner = user
        self.task.started = act.now
        super().complete.original()

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.CANCELED)
    def cancel(self) -> None:
        self._close()
        self.task.finished = current_act().now
        self.task.save()

    def _close(self) -> None:
        act = current_act()
        item = WorkItem.objects.get(task_number=self.task.pk)
        close_work_item(item=item, by=act.by, now=act.now)


class Step(flow.View):
    """A step that somebody owes. Its pages are our own, so it has no view; `owed` says who owes it."""

    activation_class = StepActivation

    def __init__(self, owed: Any, *, step: str = "", **options: Any) -> None:
        super().__init__(view=None, **options)
        self._owed = owed
        self._step = step

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._owed = this.resolve(instance, self._owed)

    @property
    def step(self) -> str:
        """The code in the table of steps; two nodes may be the same step for two people."""
        return self._step or self.name

    @property
    def title(self) -> str:
        return str(STEPS[self.step].title)

    @property
    def stage(self) -> Stage:
        return STEPS[self.step].stage

    @property
    def owed_by(self) -> Callable[[Any], Owed]:
        return self._owed
