from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.lock import SelectForUpdateLock

from cases.enums import ApplicationStatus, ParticipationRole
from cases.models import Case
from cases.rules import conflicted
from cases.services import enter_stage
from certification.enums import AssessmentStatus, DecisionStatus, Path
from certification.models import Assessment, Review
from certification.selectors import current_assessment
from certification.services import open_reviews, open_round
from coaching.services import all_settled
from workflows.acting import current_act
from workflows.flows import owing
from workflows.flows.coaching import EngagementFlow
from workflows.flows.nodes import Step, StepActivation
from workflows.flows.owing import Owed
from workflows.models import CertificationProcess

ASSESSORS = 2


class StagedActivation(StepActivation):
    """A step of the case itself: opening it moves the case to the step's stage."""

    @StepActivation.status.super()
    def activate(self) -> None:
        act = current_act()
        enter_stage(case=self.process.case, stage=self.flow_task.stage, by=act.by, now=act.now)
        super().activate.original()


class CaseStep(Step):
    activation_class = StagedActivation


class CertificationFlow(flow.Flow):
    """From application to certificate."""

    process_class = CertificationProcess
    process_title = _("Certification")
    lock_impl = SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.begin).Next(this.entry)
    entry = (
        flow.Switch()
        .Case(this.confirm, this.enters_at_confirm)
        .Case(this.begin_assessment, this.enters_at_self_assess)
        .Case(this.assign_assessors, this.enters_at_assign_assessors)
        .Case(this.plan_coaching, this.enters_at_plan_coaching)
        .Case(this.next_round, this.enters_at_reassess)
        .Case(this.open_packet, this.enters_at_open_packet)
        .Default(this.apply)
    )

    # Application: the city applies, the program confirms.
    apply = CaseStep(this.owed_by_city).Next(this.confirm)
    confirm = CaseStep(this.owed_by_program).Next(this.confirmed)
    confirmed = (
        flow.Switch()
        .Case(this.begin_assessment, this.is_accepted)
        .Case(this.apply, this.needs_changes)
        .Default(this.declined)
    )
    declined = flow.End()

    # Assessment: the city answers, two assessors review, one of them reconciles, the program releases.
    begin_assessment = flow.Function(this.open_round).Next(this.self_assess)
    self_assess = CaseStep(this.owed_by_city).Next(this.assessors)
    assessors = flow.If(this.needs_assessors).Then(this.assign_assessors).Else(this.begin_reviews)
    assign_assessors = CaseStep(this.owed_by_program).Next(this.begin_reviews)
    begin_reviews = flow.Function(this.open_reviews).Next(this.reviews)
    reviews = flow.Split().Next(this.review_first).Next(this.review_second)
    review_first = CaseStep(this.owed_by_first_assessor, step="review").Next(this.reviewed)
    review_second = CaseStep(this.owed_by_second_assessor, step="review").Next(this.reviewed)
    reviewed = flow.Join().Next(this.reconcile)
    reconcile = CaseStep(this.owed_by_reconciler).Next(this.reconciled)
    reconciled = (
        flow.Switch()
        .Case(this.self_assess, this.is_returned_in_first_round)
        .Case(this.reassess, this.is_returned)
        .Default(this.release_report)
    )
    release_report = CaseStep(this.owed_by_program).Next(this.choose_path)
    choose_path = CaseStep(this.owed_by_city).Next(this.path)
    path = flow.If(this.asks_for_decision).Then(this.open_packet).Else(this.plan_coaching)

    # Coaching: engagements run as processes of their own; the case waits until all are settled.
    plan_coaching = CaseStep(this.owed_by_program).Next(this.planned)
    planned = flow.If(this.has_engagements).Then(this.begin_engagements).Else(this.next_round)
    begin_engagements = flow.Function(this.start_engagements).Next(this.engagements)
    engagements = flow.MessageCatch().Next(this.next_round)
    next_round = flow.Function(this.open_round).Next(this.reassess)
    reassess = CaseStep(this.owed_by_city).Next(this.assessors)

    # Decision: the committee votes on a frozen packet; the certificate appears on the announced day.
    open_packet = CaseStep(this.owed_by_program).Next(this.vote)
    vote = CaseStep(this.owed_by_committee).Next(this.voted)
    voted = flow.If(this.is_to_be_certified).Then(this.announce).Else(this.plan_coaching)
    announce = CaseStep(this.owed_by_program).Next(this.publish)
    publish = flow.MessageCatch().Next(this.certified)
    certified = flow.End()

    def begin(self, activation: Any, case: Case, entry: str) -> CertificationProcess:
        activation.process.case = case
        activation.process.entry = entry
        return activation.process

    # Where a running case is taken over in the middle.

    def enters_at_confirm(self, activation: Any) -> bool:
        return activation.process.entry == "confirm"

    def enters_at_self_assess(self, activation: Any) -> bool:
        return activation.process.entry == "self_assess"

    def enters_at_assign_assessors(self, activation: Any) -> bool:
        return activation.process.entry == "assign_assessors"

    def enters_at_plan_coaching(self, activation: Any) -> bool:
        return activation.process.entry == "plan_coaching"

    def enters_at_reassess(self, activation: Any) -> bool:
        return activation.process.entry == "reassess"

    def enters_at_open_packet(self, activation: Any) -> bool:
        return activation.process.entry == "open_packet"

    # Who owes a step.

    def owed_by_city(self, process: CertificationProcess) -> Owed:
        return owing.by_city(process.case)

    def owed_by_program(self, process: CertificationProcess) -> Owed:
        return owing.by_program(process.case)

    def owed_by_committee(self, process: CertificationProcess) -> Owed:
        return owing.by_committee(process.case)

    def owed_by_first_assessor(self, process: CertificationProcess) -> Owed:
        return self._owed_for_review(process.case, reconciles=False)

    def owed_by_second_assessor(self, process: CertificationProcess) -> Owed:
        return self._owed_for_review(process.case, reconciles=True)

    def _owed_for_review(self, case: Case, *, reconciles: bool) -> Owed:
        part = case.participations.get(
            role=ParticipationRole.ASSESSOR, until__isnull=True, reconciles=reconciles
        )
        review = Review.objects.get(assessment=self._assessment(case), assessor=part.person_id)
        return Owed(case, None, owing.in_use(part.person), review.pk)

    def owed_by_reconciler(self, process: CertificationProcess) -> Owed:
        owing.seat_substitutes(process.case)
        parts = process.case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
        return Owed(process.case, None, owing.in_use(parts.get(reconciles=True).person))

    # What the case says.

    def _assessment(self, case: Case) -> Assessment:
        assessment = current_assessment(case)
        if assessment is None:
            raise Assessment.DoesNotExist
        return assessment

    def is_accepted(self, activation: Any) -> bool:
        return activation.process.case.application.status == ApplicationStatus.ACCEPTED

    def needs_changes(self, activation: Any) -> bool:
        return activation.process.case.application.status == ApplicationStatus.CHANGES_REQUESTED

    def needs_assessors(self, activation: Any) -> bool:
        case = activation.process.case
        parts = case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
        people = list(parts.values_list("person_id", flat=True))
        return len(people) < ASSESSORS or bool(conflicted(people, case, today=current_act().now.date()))

    def is_returned(self, activation: Any) -> bool:
        return self._assessment(activation.process.case).status == AssessmentStatus.RETURNED

    def is_returned_in_first_round(self, activation: Any) -> bool:
        return self.is_returned(activation) and self._assessment(activation.process.case).round == 1

    def asks_for_decision(self, activation: Any) -> bool:
        return self._assessment(activation.process.case).path == Path.DECISION

    def has_engagements(self, activation: Any) -> bool:
        return not all_settled(activation.process.case)

    def is_to_be_certified(self, activation: Any) -> bool:
        decision = activation.process.case.decisions.first()
        return decision.status == DecisionStatus.CERTIFY

    # What the system does in between.

    def open_round(self, activation: Any) -> None:
        act = current_act()
        open_round(case=activation.process.case, by=act.by, now=act.now)

    def open_reviews(self, activation: Any) -> None:
        owing.seat_substitutes(activation.process.case)
        open_reviews(assessment=self._assessment(activation.process.case))

    def start_engagements(self, activation: Any) -> None:
        for engagement in activation.process.case.engagements.unsettled():
            EngagementFlow.start.run(engagement=engagement)
