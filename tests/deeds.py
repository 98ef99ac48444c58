"""What each step needs beforehand, and the one call that does it, as whoever owes it."""

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.deadlines import program_calendar
from cases.enums import ParticipationRole
from cases.models import Application, Case, WorkItem
from certification.enums import Choice, Outcome, Path, Rating, ResponseStatus
from certification.models import Assessment, Decision, Finding, Response, Review
from certification.querysets import WITH_THE_CITY
from certification.selectors import current_assessment, result_of
from certification.services.results import Ruling
from coaching.models import Engagement
from coaching.services import Offer
from core.files import store
from core.models import StoredFile
from people.models import User
from tests.cast import START, Cast, Partner
from workflows import services
from workflows.models import CityStatus

MINUTE = timedelta(minutes=1)
PAPER = "commitment.txt"
FIRST_ROUND = ("DM1",)
LATER_ROUNDS = ("DM1", "DM2", "OD1", "OD2")

Call = tuple[Callable[..., Any], dict[str, Any]]


@dataclass
class Deeds(Cast):
    """A case and its clock. `now` is the scene's clock; every step takes a minute.

    The case belongs to `city`. `met` (later `met_later`) gives the codes that the city claims and the
    assessors find met in a round, `engagements` how many a plan offers. Change them before walking.
    """

    now: datetime = START
    met: dict[int, Collection[str]] = field(default_factory=lambda: {1: FIRST_ROUND})
    met_later: Collection[str] = LATER_ROUNDS
    engagements: int = 2
    announce_on: date | None = None
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        super().__init__()

    # Where the case stands.

    def open_items(self, step: str = "") -> list[WorkItem]:
        """In the order of opening, those of the first partner before those of the other."""
        items = WorkItem.objects.open().filter(case=self.case).order_by("opened_at", "task_number")
        found = items.filter(step=step) if step else items
        return sorted(found, key=lambda item: item.organization_id == self.other_partner.organization.pk)

    def item(self, step: str) -> WorkItem:
        """The one open work item of this step."""
        (found,) = self.open_items(step)
        return found

    @property
    def stage(self) -> str:
        self.case.refresh_from_db()
        return self.case.stage

    @property
    def status(self) -> CityStatus:
        """What is published of the case's city now."""
        return CityStatus.objects.get(city=self.case.city_id)

    @property
    def assessment(self) -> Assessment:
        assessment = current_assessment(Case.objects.get(pk=self.case.pk))
        assert assessment is not None
        return assessment

    @property
    def decision(self) -> Decision:
        return Decision.objects.filter(case=self.case).latest("opened_at")

    def response(self, code: str) -> Response:
        return Response.objects.select_related("criterion", "assessment__case").get(
            assessment=self.assessment, criterion__code=code
        )

    def review_of(self, assessor: User) -> Review:
        return Review.objects.get(assessment=self.assessment, assessor=assessor)

    def engagement(self, partner: Partner | None = None) -> Engagement:
        organization = (partner or self.partner).organization
        return Engagement.objects.filter(case=self.case, partner=organization).latest("offered_at")

    @property
    def today(self) -> date:
        """The program's day, which is the cities' too."""
        return program_calendar().local_day(self.now)

    def tick(self) -> datetime:
        self.now += MINUTE
        return self.now

    # What a step needs before its button is pressed.

    def prepare(self, item: WorkItem, outcomes: dict[str, str] | None = None) -> None:
        if item.step == "apply":
            self.fill_application()
        if item.step in ("self_assess", "reassess"):
            self.answer()
        if item.step == "review":
            self.find(self._review_behind(item), outcomes)

    def _review_behind(self, item: WorkItem) -> Review:
        return Review.objects.select_related("assessor", "assessment").get(pk=item.subject)

    def fill_application(self, **fields: Any) -> None:
        """The city's entries and the signed paper, written straight into the rows."""
        paper = StoredFile.objects.filter(name=PAPER).first()
        if paper is None:
            paper = store(SimpleUploadedFile(PAPER, b"We commit."), by=self.lead, now=self.now)
        values = {
            "signer_name": "The sponsor",
            "signer_title": "Mayor",
            "signed_on": self.today,
            "paper": paper,
            "motivation": "To know where we stand.",
        }
        Application.objects.filter(case=self.case).update(**values | fields)

    def answer(self, codes: Collection[str] | None = None, *, ticked: Sequence[int] = (1, 2, 3)) -> None:
        """Fill in every open answer without the autosave: met for the codes of the round, else not met."""
        assessment = self.assessment
        met = self.codes_met(assessment.round) if codes is None else codes
        waiting = list(assessment.responses.filter(status__in=WITH_THE_CITY).select_related("criterion"))
        for response in waiting:
            response.self_rating = Rating.MET if response.criterion.code in met else Rating.NOT_MET
            response.narrative = f"Answer to {response.criterion.code} in round {assessment.round}"
            response.version += 1
            response.saved_at, response.saved_by = self.now, self.lead
        fields = ["self_rating", "narrative", "version", "saved_at", "saved_by"]
        Response.objects.bulk_update(waiting, fields)
        for response in waiting:
            if response.self_rating == Rating.MET and response.criterion.need:
                response.ticked.set(response.criterion.checks.filter(position__in=[n - 1 for n in ticked]))

    def codes_met(self, number: int) -> Collection[str]:
        return self.met.get(number, self.met_later)

    def find(self, review: Review, outcomes: dict[str, str] | None = None) -> None:
        """Write a finding for every answer under review: the self-rating, but for the given codes."""
        responses = review.assessment.responses.filter(status=ResponseStatus.SUBMITTED).select_related(
            "criterion"
        )
        had = set(review.findings.current().values_list("response_id", flat=True))
        Finding.objects.bulk_create(
            Finding(
                review=review,
                response=response,
                outcome=(outcomes or {}).get(
                    response.criterion.code, response.self_rating or Outcome.NOT_MET
                ),
                comment=f"Seen by {review.assessor}",
                saved_at=self.now,
            )
            for response in responses
            if response.pk not in had
        )

    # The calls.

    def deed(self, item: WorkItem, **changes: Any) -> Callable[[], Any]:
        """The call that does the step, as whoever owes it; `changes` replace its arguments."""
        service, arguments = getattr(self, f"_{item.step}")(item)
        return partial(service, work_item_id=item.pk, **{"now": self.tick()} | arguments | changes)

    def _apply(self, item: WorkItem) -> Call:
        return services.submit_application_and_route, {"by": self.lead}

    def _confirm(self, item: WorkItem) -> Call:
        return services.accept_application_and_route, {"by": self.manager, "reason": ""}

    def _self_assess(self, item: WorkItem) -> Call:
        return services.submit_assessment_and_route, {"by": self.lead}

    _reassess = _self_assess

    def _assign_assessors(self, item: WorkItem) -> Call:
        team = [self.assessor, self.reconciler]
        arguments = {"assessors": team, "reconciler": self.reconciler, "by": self.manager}
        return services.assign_assessors_and_route, arguments

    def _review(self, item: WorkItem) -> Call:
        return services.submit_review_and_route, {"by": self._review_behind(item).assessor}

    def _reconcile(self, item: WorkItem) -> Call:
        return services.reconcile_and_route, {"rulings": {}, "by": self.reconciler}

    def _release_report(self, item: WorkItem) -> Call:
        return services.release_report_and_route, {"by": self.manager}

    def _choose_path(self, item: WorkItem) -> Call:
        reached = result_of(self.assessment).level is not None
        path = Path.DECISION if reached else Path.COACHING
        return services.choose_path_and_route, {"path": path, "by": self.lead}

    def _plan_coaching(self, item: WorkItem) -> Call:
        arguments = {"offers": self.offers(), "reason_for_none": "Nobody is free.", "by": self.manager}
        return services.plan_coaching_and_route, arguments

    def offers(self, count: int | None = None) -> list[Offer]:
        areas = list(self.standard.areas.order_by("position"))
        count = self.engagements if count is None else count
        partners = itertools.islice(itertools.cycle([self.partner, self.other_partner]), count)
        return [
            Offer(partner.organization, [areas[n % len(areas)]], f"Goal of {partner.organization}")
            for n, partner in enumerate(partners)
        ]

    def partner_of(self, item: WorkItem) -> Partner:
        partners = {one.organization.pk: one for one in (self.partner, self.other_partner)}
        return partners[Engagement.objects.get(pk=item.subject).partner_id]

    def _respond(self, item: WorkItem) -> Call:
        return services.accept_engagement_and_route, {"by": self.partner_of(item).lead}

    def _assign_coach(self, item: WorkItem) -> Call:
        partner = self.partner_of(item)
        return services.assign_coach_and_route, {"coach": partner.coach, "by": partner.lead}

    def _kick_off(self, item: WorkItem) -> Call:
        return services.kick_off_and_route, {"held_on": self.today, "by": self.partner_of(item).coach}

    def _work(self, item: WorkItem) -> Call:
        return services.finish_work_and_route, {"by": self.partner_of(item).coach}

    def _close(self, item: WorkItem) -> Call:
        arguments = {"summary": "Done.", "by": self.partner_of(item).coach}
        return services.close_engagement_and_route, arguments

    def _mend_plan(self, item: WorkItem) -> Call:
        arguments = {"offer": None, "note": "Nobody is left.", "by": self.manager}
        return services.mend_plan_and_route, arguments

    def _feedback(self, item: WorkItem) -> Call:
        arguments = {"satisfaction": "3", "comment": "Thank you.", "by": self.lead}
        return services.give_feedback_and_close, arguments

    def _open_packet(self, item: WorkItem) -> Call:
        return services.open_packet_and_route, {"by": self.manager}

    def _vote(self, item: WorkItem) -> Call:
        arguments = {"choice": Choice.CERTIFY, "reason": "", "by": self.seated()[0]}
        return services.cast_vote_and_route, arguments

    def _announce(self, item: WorkItem) -> Call:
        day = self.announce_on or self.today
        return services.announce_and_route, {"announce_on": day, "by": self.manager}

    # The same, done at once, with what tests often vary.

    def press(self, item: WorkItem, **changes: Any) -> None:
        """Prepare and do the step."""
        self.prepare(item)
        self.deed(item, **changes)()

    apply = self_assess = reassess = assign_assessors = release_report = respond = assign_coach = press
    kick_off = work = close = feedback = open_packet = press

    def confirm(self, item: WorkItem, reason: str = "") -> None:
        self.press(item, reason=reason)

    def review(self, item: WorkItem, outcomes: dict[str, str] | None = None) -> None:
        self.prepare(item, outcomes)
        self.deed(item)()

    def reconcile(self, item: WorkItem, rulings: dict[str, Ruling] | None = None) -> None:
        self.press(item, rulings=rulings or {})

    def return_to_city(self, *codes: str) -> None:
        """Reconcile by giving these criteria back; the case must be at `reconcile`."""
        ruling = Ruling(Outcome.NEEDS_REVISION, "Show more.")
        self.reconcile(self.item("reconcile"), dict.fromkeys(codes, ruling))

    def choose_path(self, item: WorkItem, path: Path | None = None) -> None:
        self.press(item, **({"path": path} if path else {}))

    def plan_coaching(self, item: WorkItem, offers: Sequence[Offer] | None = None) -> None:
        self.press(item, offers=self.offers() if offers is None else offers)

    def decline(self, item: WorkItem) -> None:
        services.decline_engagement_and_route(
            work_item_id=item.pk, reason="No room.", by=self.partner_of(item).lead, now=self.tick()
        )

    def mend_plan(self, item: WorkItem, offer: Offer | None = None, note: str = "Nobody is left.") -> None:
        self.press(item, offer=offer, note=note)

    def seated(self) -> list[User]:
        """Committee members who sit in the open vote and have not answered it."""
        answered = Decision.objects.filter(case=self.case, status="voting")
        return list(
            User.objects.filter(
                participations__case=self.case,
                participations__role=ParticipationRole.COMMITTEE,
                participations__until__isnull=True,
            )
            .exclude(pk__in=answered.filter(votes__isnull=False).values("votes__member"))
            .exclude(pk__in=answered.filter(recusals__isnull=False).values("recusals__member"))
            .order_by("pk")
        )

    def cast(self, item: WorkItem, member: User, choice: str = Choice.CERTIFY) -> None:
        reason = "" if choice == Choice.CERTIFY else f"Not enough, says {member}."
        self.press(item, by=member, choice=choice, reason=reason)

    def vote(self, item: WorkItem, choices: Iterable[str] = ()) -> None:
        """Everyone seated votes: as given, and certify from there on."""
        given = itertools.chain(choices, itertools.repeat(Choice.CERTIFY))
        for member, choice in zip(self.seated(), given, strict=False):
            self.cast(item, member, choice)

    def announce(self, item: WorkItem, on: date | None = None) -> None:
        """Today, unless the scene or the call says later."""
        self.press(item, **({"announce_on": on} if on else {}))
