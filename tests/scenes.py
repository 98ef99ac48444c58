"""A small program with all its people, and a walk of one case to any step of the path.

    def test_something(scene: Scene) -> None:
        item = scene.one("release_report")  # walks there; the open work item
        services.release_report_and_route(work_item_id=item.pk, by=scene.manager, now=scene.now)

Who there is stands in `tests.cast`, what each step needs and calls in `tests.deeds`.
"""

from collections.abc import Callable, Collection, Iterator

from django.db import transaction

from cases.enums import ApplicationStatus, CaseKind, ParticipationRole, Stage
from cases.models import Application, Case, WorkItem
from cases.services import begin_participation, open_case
from certification.enums import AssessmentStatus, Path, Rating, ResponseStatus
from certification.models import Assessment, Response, Settlement
from certification.services import open_round
from cities.models import City
from people.enums import Role
from people.models import Affiliation, User
from tests.cast import CODES, SINCE, START, Partner, make_cities, make_city, make_person, make_standard
from tests.deeds import FIRST_ROUND, LATER_ROUNDS, Deeds
from workflows import engine, services

__all__ = [
    "CODES",
    "FIRST_ROUND",
    "LATER_ROUNDS",
    "SINCE",
    "START",
    "Partner",
    "Scene",
    "make_cities",
    "make_city",
    "make_person",
    "make_standard",
]

# On the way to a decision; coaching lies on it only when asked for.
STEPS_OF_COACHING = (
    "plan_coaching",
    "respond",
    "mend_plan",
    "assign_coach",
    "kick_off",
    "work",
    "close",
    "feedback",
    "reassess",
)

# Open beside the path, which goes on without them.
BESIDE_THE_PATH = ("feedback", "action_item", "transfer")


class Scene(Deeds):
    """One program, two cities, two partners, and the case of the first city."""

    def open_case(self, city: City | None = None, by: User | None = None) -> Case:
        self.case = services.open_case_and_start(city=city or self.city, by=by or self.lead, now=self.now)
        return self.case

    def walk_to(self, step: str, *, until: Callable[[], bool] | None = None) -> list[WorkItem]:
        """Do every step before the first opening of this one; opens the case when there is none.

        Returns the open work items of the step; `certified` walks to the end. The way leads through coaching
        when the first round reaches no level, or when a step of the coaching is asked for.
        """
        if not hasattr(self, "case"):
            self.open_case()
        through_coaching = step in STEPS_OF_COACHING
        for _n in range(200):
            found = self.open_items(step)
            if found and (until is None or until()):
                return found
            waiting = [item for item in self.open_items() if item.step not in (*BESIDE_THE_PATH, step)]
            if not waiting:
                assert step == self.stage or until, f"The walk ended at {self.stage} before {step}."
                return []
            self.do(waiting[0], through_coaching=through_coaching)
        raise AssertionError(f"The walk never came to {step}.")

    def one(self, step: str) -> WorkItem:
        """Walk to the step and return its first open work item."""
        return self.walk_to(step)[0]

    def walk_to_end(self) -> Case:
        self.walk_to(Stage.CERTIFIED)
        self.case.refresh_from_db()
        return self.case

    def stations(self) -> Iterator[WorkItem]:
        """Every step of the whole path, before it is done; one walk for what is to be seen at each step."""
        if not hasattr(self, "case"):
            self.open_case()
        while waiting := [item for item in self.open_items() if item.step not in BESIDE_THE_PATH]:
            yield waiting[0]
            self.do(waiting[0])

    def do(self, item: WorkItem, *, through_coaching: bool = False) -> None:
        """Do one open step as whoever owes it."""
        if item.step == "choose_path":
            self.choose_path(item, Path.COACHING if through_coaching else None)
        else:
            getattr(self, item.step)(item)

    def do_step(self, step: str) -> None:
        """Do every open item of a step."""
        for item in self.open_items(step):
            self.do(item)

    def arrange(self, build: Callable[["Scene"], None]) -> None:
        """Build a world that several tests begin with; `build` gets the scene and nothing else.

        A remembered scene does it once in a process: what `build` does must follow from the scene.
        """
        build(self)

    # Beginnings in the middle.

    def move_to(self, city: City) -> None:
        """Go on with another city, led by the same person."""
        self.city = city
        Affiliation.objects.create(
            person=self.lead, organization=city.organization, role=Role.CITY_LEAD, since=SINCE
        )
        self.lead = self.fresh(self.lead)

    @transaction.atomic
    def start_at(self, entry: str, *, met: Collection[str] = CODES[:3]) -> Case:
        """Take a case over at one of the entries of the flow, with round 1 behind it where it must be."""
        now = self.tick()
        self.case = open_case(
            city=self.city,
            standard=self.standard,
            kind=CaseKind.FIRST,
            cohort_year=self.today.year,
            by=self.manager,
            now=now,
        )
        role = ParticipationRole.MANAGER
        begin_participation(case=self.case, role=role, person=self.manager, by=self.manager, now=now)
        self._take_over_application(entry)
        if entry == "assign_assessors":
            self._take_over_answers(met)
        if entry in ("plan_coaching", "reassess", "open_packet"):
            self._take_over_result(met)
        engine.start_case(self.case, by=self.manager, now=now, entry=entry)
        services.publish_status(self.case, now=now)
        return self.case

    def _take_over_application(self, entry: str) -> None:
        self.fill_application()
        status = ApplicationStatus.SUBMITTED if entry == "confirm" else ApplicationStatus.ACCEPTED
        Application.objects.filter(case=self.case).update(
            status=status, submitted_at=self.now, submitted_by=self.lead
        )

    def _take_over_answers(self, met: Collection[str]) -> Assessment:
        assessment = open_round(case=self.case, by=self.manager, now=self.now)
        self.answer(met)
        assessment.responses.update(status=ResponseStatus.SUBMITTED)
        self._stamp(assessment, "submitted", self.lead)
        assessment.status = AssessmentStatus.SUBMITTED
        assessment.save()
        return assessment

    def _stamp(self, assessment: Assessment, stem: str, by: User) -> None:
        setattr(assessment, f"{stem}_at", self.now)
        setattr(assessment, f"{stem}_by", by)

    def _take_over_result(self, met: Collection[str]) -> None:
        assessment = self._take_over_answers(met)
        Settlement.objects.bulk_create(
            Settlement(
                response=response,
                outcome=Rating.MET if response.criterion.code in met else Rating.NOT_MET,
                settled_at=self.now,
                settled_by=self.manager,
            )
            for response in assessment.responses.select_related("criterion")
        )
        Response.objects.filter(assessment=assessment).update(status=ResponseStatus.SETTLED)
        for stem in ("reconciled", "released"):
            self._stamp(assessment, stem, self.manager)
        assessment.status = AssessmentStatus.RELEASED
        assessment.save()
