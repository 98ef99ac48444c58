"""One city's whole path, walked by the demonstration people through the services that the pages call."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases.deadlines import calendar_of, program_calendar
from cases.enums import Stage
from cases.models import Case, WorkItem
from cases.services import attach_paper, save_application
from certification.enums import Choice, Outcome, Path, Rating, ResponseStatus
from certification.models import Assessment, Decision, Finding, Response, Review
from certification.querysets import WITH_THE_CITY
from certification.selectors import current_assessment, current_certificate, result_of
from certification.services import add_evidence, save_answer, save_finding
from certification.services.results import Ruling
from cities.models import City
from coaching.enums import Satisfaction, SessionKind
from coaching.models import Engagement, PartnerProfile
from coaching.selectors import area_codes_with_gaps, partners_for
from coaching.services import Offer
from core.files import store
from people.models import Organization, User
from workflows import services
from workflows.demo import people

FIRST_ROUND_MET = 20
LATER_ROUNDS_MET = 31
HALF_A_YEAR = timedelta(weeks=26)
PARTNERS = 2
PAPER = settings.BASE_DIR / "data" / "demonstration" / "commitment.pdf"


@dataclass(frozen=True)
class Done:
    """One step of the walk, as printed."""

    step: str
    by: str
    at: datetime
    stage: str


class Journey:
    """Walks whatever is open until the case has ended: the city's open case, or else its next one."""

    def __init__(self, slug: str) -> None:
        organization = people.ensure_city(slug, now=timezone.now())
        self.city = City.objects.select_related("organization").get(organization=organization)

    def walk(self) -> Iterator[Done]:
        case = self.city.cases.running().first() or self._open()
        self.case = case
        while item := self._next_item():
            by = self._do(item)
            yield Done(item.step, by.email, timezone.now(), self._stage())

    def _open(self) -> Case:
        return services.open_case_and_start(city=self.city, by=self.lead, now=timezone.now())

    def _next_item(self) -> WorkItem | None:
        return WorkItem.objects.open().filter(case=self.case).order_by("opened_at", "pk").first()

    def _do(self, item: WorkItem) -> User:
        method: Callable[[WorkItem, datetime], User] = getattr(self, item.step)
        return method(item, timezone.now())

    def _stage(self) -> str:
        self.case.refresh_from_db()
        return self.case.stage

    @property
    def summary(self) -> dict[str, object]:
        certificate = current_certificate(self.city, today=program_calendar().local_day(timezone.now()))
        return {
            "city": self.city.slug,
            "case": str(self.case.pk),
            "kind": self.case.kind,
            "stage": self._stage(),
            "certified": self.case.stage == Stage.CERTIFIED,
            "level": certificate.level.slug if certificate else None,
            "certificate": certificate.number if certificate else None,
        }

    # The people.

    @cached_property
    def lead(self) -> User:
        return self._person(f"lead@{self.city.slug}.example")

    @cached_property
    def manager(self) -> User:
        return self._person("manager@program.example")

    def _person(self, email: str) -> User:
        return User.objects.get(email=email)

    @property
    def assessment(self) -> Assessment:
        assessment = current_assessment(self.case)
        if assessment is None:
            raise Assessment.DoesNotExist
        return assessment

    @property
    def today(self) -> date:
        return program_calendar().local_day(timezone.now())

    # The steps, in the order of the path.

    def apply(self, item: WorkItem, now: datetime) -> User:
        application = self.case.application
        paper = store(SimpleUploadedFile(PAPER.name, PAPER.read_bytes()), by=self.lead, now=now)
        attach_paper(application=application, paper=paper, by=self.lead, now=now)
        save_application(
            application=application,
            version=application.version,
            signer_name="Sponsor of the demonstration",
            signer_title="Mayor",
            signed_on=calendar_of(self.city.organization).local_day(now),
            motivation="We want to know where we stand.",
            by=self.lead,
            now=now,
        )
        services.submit_application_and_route(work_item_id=item.pk, by=self.lead, now=now)
        return self.lead

    def confirm(self, item: WorkItem, now: datetime) -> User:
        services.accept_application_and_route(
            work_item_id=item.pk, reason="Confirmed in the demonstration.", by=self.manager, now=now
        )
        return self.manager

    def self_assess(self, item: WorkItem, now: datetime) -> User:
        """Answer what is open: the first so many criteria as met, by the plan of the round."""
        self._answer(self._waiting(), now)
        services.submit_assessment_and_route(work_item_id=item.pk, by=self.lead, now=now)
        return self.lead

    reassess = self_assess

    def _waiting(self) -> list[Response]:
        waiting = self.assessment.responses.filter(status__in=WITH_THE_CITY).select_related("criterion")
        return list(waiting.prefetch_related("criterion__checks"))

    def _answer(self, responses: Iterable[Response], now: datetime) -> None:
        met = self._codes_to_meet()
        for response in responses:
            is_met = response.criterion.code in met
            save_answer(
                response_id=response.pk,
                version=response.version,
                self_rating=Rating.MET if is_met else Rating.NOT_MET,
                narrative="How we do this, and since when." if is_met else "We have not begun.",
                ticked=[check.pk for check in response.criterion.checks.all()] if is_met else [],
                by=self.lead,
                now=now,
            )
            if is_met and not response.evidence.exists():
                add_evidence(
                    response_id=response.pk,
                    title=f"Proof for {response.criterion.code}",
                    link=f"https://{self.city.slug}.example/{response.criterion.code.lower()}",
                    speaks_for_on=calendar_of(self.city.organization).local_day(now),
                    by=self.lead,
                    now=now,
                )

    def _codes_to_meet(self) -> set[str]:
        count = FIRST_ROUND_MET if self.assessment.round == 1 else LATER_ROUNDS_MET
        return set(self.case.standard.criteria.order_by("position").values_list("code", flat=True)[:count])

    def assign_assessors(self, item: WorkItem, now: datetime) -> User:
        team = [self._person(f"assessor{number}@program.example") for number in (1, 2)]
        services.assign_assessors_and_route(
            work_item_id=item.pk, assessors=team, reconciler=team[1], by=self.manager, now=now
        )
        return self.manager

    def review(self, item: WorkItem, now: datetime) -> User:
        """Confirm the self-rating; the reconciling assessor doubts the first criterion."""
        review = Review.objects.select_related("assessor", "assessment__case").get(pk=_subject(item))
        responses = review.assessment.responses.filter(status=ResponseStatus.SUBMITTED).select_related(
            "criterion"
        )
        doubts = review.assessor.email.startswith("assessor2")
        for number, response in enumerate(responses):
            outcome = response.self_rating
            comment = ""
            if doubts and number == 0:
                outcome, comment = Outcome.NOT_MET, "The proof is thin."
            save_finding(
                review=review,
                response=response,
                outcome=outcome,
                comment=comment,
                by=review.assessor,
                now=now,
            )
        services.submit_review_and_route(work_item_id=item.pk, by=review.assessor, now=now)
        return review.assessor

    def reconcile(self, item: WorkItem, now: datetime) -> User:
        """Settle each difference by the first assessor's finding."""
        assessor = item.owner or self.manager
        rulings = {}
        for response in self.assessment.responses.filter(status=ResponseStatus.SUBMITTED).select_related(
            "criterion"
        ):
            outcomes = list(
                Finding.objects.current()
                .filter(response=response)
                .order_by("review__assessor__email")
                .values_list("outcome", flat=True)
            )
            if len(set(outcomes)) > 1:
                rulings[response.criterion.code] = Ruling(outcomes[0], "Settled in conversation.")
        services.reconcile_and_route(work_item_id=item.pk, rulings=rulings, by=assessor, now=now)
        return assessor

    def release_report(self, item: WorkItem, now: datetime) -> User:
        services.release_report_and_route(work_item_id=item.pk, by=self.manager, now=now)
        return self.manager

    def choose_path(self, item: WorkItem, now: datetime) -> User:
        path = Path.DECISION if result_of(self.assessment).level else Path.COACHING
        services.choose_path_and_route(work_item_id=item.pk, path=path, by=self.lead, now=now)
        return self.lead

    def plan_coaching(self, item: WorkItem, now: datetime) -> User:
        gaps = area_codes_with_gaps(self.assessment)
        areas = {area.code: area for area in self.case.standard.areas.all()}
        offers: list[Offer] = []
        for profile in self._partners(gaps):
            shared = [areas[code] for code in profile.area_codes if code in gaps]
            until_on = (now + HALF_A_YEAR).date()
            goal = "Close the gaps of the last round."
            offers.append(Offer(profile.organization, shared, goal, until_on=until_on))
        services.plan_coaching_and_route(
            work_item_id=item.pk,
            offers=offers,
            reason_for_none="No partner is free.",
            by=self.manager,
            now=now,
        )
        return self.manager

    def _partners(self, gaps: list[str]) -> list[PartnerProfile]:
        return list(partners_for(gaps).order_by("organization__slug")[:PARTNERS])

    def respond(self, item: WorkItem, now: datetime) -> User:
        lead = self._person(f"lead@{self._engagement(item).partner.slug}.example")
        services.accept_engagement_and_route(work_item_id=item.pk, by=lead, now=now)
        return lead

    def _engagement(self, item: WorkItem) -> Engagement:
        return Engagement.objects.select_related("partner", "coach").get(pk=_subject(item))

    def assign_coach(self, item: WorkItem, now: datetime) -> User:
        partner = self._engagement(item).partner
        lead = self._person(f"lead@{partner.slug}.example")
        coach = self._coach_for(partner)
        services.assign_coach_and_route(work_item_id=item.pk, coach=coach, by=lead, now=now)
        return lead

    def _coach_for(self, partner: Organization) -> User:
        return self._person(f"coach1@{partner.slug}.example")

    def _coach(self, item: WorkItem) -> User:
        coach = self._engagement(item).coach
        if coach is None:
            raise User.DoesNotExist
        return coach

    def kick_off(self, item: WorkItem, now: datetime) -> User:
        coach = self._coach(item)
        day = calendar_of(self._engagement(item).partner).local_day(now)
        services.kick_off_and_route(work_item_id=item.pk, held_on=day, by=coach, now=now)
        return coach

    def work(self, item: WorkItem, now: datetime) -> User:
        coach = self._coach(item)
        self._log_session(self._engagement(item), SessionKind.COACHING, "Agreed what to do next.", now)
        services.finish_work_and_route(work_item_id=item.pk, by=coach, now=now)
        return coach

    def _log_session(self, engagement: Engagement, kind: str, notes: str, now: datetime) -> None:
        services.log_session(
            engagement_id=engagement.pk,
            kind=kind,
            held_on=calendar_of(engagement.partner).local_day(now),
            minutes=60,
            participants="City lead, coach",
            notes=notes,
            by=engagement.coach or self.manager,
            now=now,
        )

    def close(self, item: WorkItem, now: datetime) -> User:
        coach = self._coach(item)
        services.close_engagement_and_route(
            work_item_id=item.pk, summary="The gaps are closed as far as coaching can.", by=coach, now=now
        )
        return coach

    def feedback(self, item: WorkItem, now: datetime) -> User:
        services.give_feedback_and_close(
            work_item_id=item.pk,
            satisfaction=Satisfaction.HELPFUL,
            comment="Thank you.",
            by=self.lead,
            now=now,
        )
        return self.lead

    def open_packet(self, item: WorkItem, now: datetime) -> User:
        services.open_packet_and_route(work_item_id=item.pk, by=self.manager, now=now)
        return self.manager

    def vote(self, item: WorkItem, now: datetime) -> User:
        """Every seated member who has not answered yet votes, one after the other."""
        decision = self.case.decisions.get(status="voting")
        member = self._next_voter(decision)
        services.cast_vote_and_route(
            work_item_id=item.pk, choice=self._choice, reason=self._reason, by=member, now=now
        )
        return member

    # What is voted, and why.
    _choice, _reason = Choice.CERTIFY, ""

    def _next_voter(self, decision: Decision) -> User:
        answered = decision.votes.values_list("member", flat=True)
        return (
            User.objects.filter(participations__case=self.case, participations__role="committee")
            .filter(participations__until__isnull=True)
            .exclude(pk__in=answered)
            .order_by("pk")
            .distinct()[0]
        )

    def announce(self, item: WorkItem, now: datetime) -> User:
        services.announce_and_route(
            work_item_id=item.pk, announce_on=self._announcement(), by=self.manager, now=now
        )
        return self.manager

    def _announcement(self) -> date:
        return self.today


def _subject(item: WorkItem) -> uuid.UUID:
    if item.subject is None:
        raise WorkItem.DoesNotExist
    return item.subject
