from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.lock import SelectForUpdateLock

from coaching.enums import EngagementStatus
from coaching.models import Engagement
from workflows.flows import owing
from workflows.flows.nodes import Step
from workflows.flows.owing import Owed
from workflows.models import EngagementProcess


class EngagementFlow(flow.Flow):
    """One partner coaching one city."""

    process_class = EngagementProcess
    process_title = _("Engagement")
    lock_impl = SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.begin).Next(this.respond)
    respond = Step(this.owed_by_partner).Next(this.responded)
    responded = flow.If(this.is_accepted).Then(this.assign_coach).Else(this.mend_plan)
    assign_coach = Step(this.owed_by_partner).Next(this.kick_off)
    kick_off = Step(this.owed_by_coach).Next(this.work)
    work = Step(this.owed_by_coach).Next(this.close)
    close = Step(this.owed_by_coach).Next(this.closed)
    closed = flow.End()
    mend_plan = Step(this.owed_by_program).Next(this.mended)
    mended = flow.End()

    def begin(self, activation: Any, engagement: Engagement) -> EngagementProcess:
        activation.process.engagement = engagement
        return activation.process

    def owed_by_partner(self, process: EngagementProcess) -> Owed:
        return owing.by_partner(process.engagement)

    def owed_by_coach(self, process: EngagementProcess) -> Owed:
        return owing.by_coach(process.engagement)

    def owed_by_program(self, process: EngagementProcess) -> Owed:
        return owing.by_program(process.engagement.case, subject=process.engagement.pk)

    def is_accepted(self, activation: Any) -> bool:
        return activation.process.engagement.status == EngagementStatus.ACCEPTED
