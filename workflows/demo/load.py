"""A large, plausible history: a few cities walk the path at a believable pace, most are copies of them.

Every copy is a real case at the step it stands at: its process, tasks and work items agree, and whoever owes
the step can do it. It was opened at some time within the last months, so that a long stage holds many cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection, transaction

from cases.deadlines import program_calendar
from cases.enums import DeclineReason
from cases.models import Case, WorkItem
from cities.models import City
from people.enums import OrganizationKind
from people.models import Organization, User
from workflows import services
from workflows.demo.copies import ZONE, Copy, Pattern
from workflows.demo.journey import Journey
from workflows.demo.paces import DAYS, SPREAD
from workflows.demo.people import require_demonstration

MONTH = 30.44
LONGEST = 720
STATES = ("AZ", "CA", "CO", "FL", "GA", "IL", "MI", "NC", "NJ", "NY", "OH", "PA", "TX", "VA", "WA")
# Of those who come to the step, the share that goes no further.
DECLINED_AT_CONFIRM, INACTIVE_AT_SELF_ASSESS, ON_HOLD = 0.06, 0.08, 0.02
TOO_SMALL = 21_000
CITIES_A_WALK, WALKS = 50, 4


class PacedJourney(Journey):
    """A journey in the past, each step after a believable time."""

    def __init__(self, slug: str, *, start: datetime, random: Random) -> None:
        super().__init__(slug)
        self.start = self.clock = start
        self.random = random

    @property
    def today(self) -> date:
        return program_calendar().local_day(self.clock)

    def _open(self) -> Case:
        return services.open_case_and_start(city=self.city, by=self.lead, now=self.clock)

    def stops(self) -> Iterator[tuple[WorkItem, timedelta]]:
        """Each open step that is done next, and how long the case stands still before it; then does it."""
        self.case = self._open()
        while item := self._next_item():
            pace = timedelta(days=DAYS[item.step] * self.random.lognormvariate(0, SPREAD))
            done_at = max(self.clock + timedelta(minutes=7), item.opened_at + pace)
            yield item, done_at - self.clock
            self.clock = done_at
            getattr(self, item.step)(item, self.clock)


@dataclass
class Load:
    """`cities` with a case each, opened over the last `months`; the same seed gives the same mix."""

    cities: int
    months: int
    seed: int
    now: datetime

    def __post_init__(self) -> None:
        require_demonstration()
        self.random = Random(self.seed)  # noqa: S311 -- nothing here is secret
        self.number = Organization.objects.filter(slug__startswith="load-").count()
        self.left = self.cities
        self.days = self.months * MONTH

    def make(self) -> Iterator[str]:
        """Do it, a sentence at a time."""
        walks = min(WALKS, 1 + self.cities // CITIES_A_WALK)
        first = self.number
        for walk in range(walks):
            share = self.left // (walks - walk)
            with transaction.atomic():
                self._walk(share)
            yield f"{self.cities - self.left} of {self.cities} cities"
        yield f"{self._hold(first)} of them on hold"
        services.mark_overdue_and_publish(now=self.now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _walk(self, share: int) -> None:
        """One city walks; of the others of this share, so many stop at each step as would stand there now."""
        left_after = self.left - share
        journey = PacedJourney(
            self._new_city().slug, start=self.now - timedelta(days=LONGEST), random=self.random
        )
        staying = 1.0
        for item, still in journey.stops():
            offset, length = _days(journey.clock - journey.start), _days(still)
            here = share * staying * max(0.0, min(length, self.days - offset)) / self.days
            self._copy(journey.city, journey.clock, self._whole(here, left_after), longest=length)
            staying *= self._drop_outs(journey, item, share * staying, offset, left_after)
        offset = _days(journey.clock - journey.start)
        self._copy(journey.city, journey.clock, self.left - left_after, longest=max(1.0, self.days - offset))

    def _whole(self, count: float, left_after: int) -> int:
        """As a whole number that is right on average, and no more than there are."""
        return min(int(count + self.random.random()), self.left - left_after)

    def _drop_outs(
        self, journey: PacedJourney, item: WorkItem, coming: float, offset: float, left_after: int
    ) -> float:
        """End some cases here, and return the share that goes on."""
        rate = {"confirm": DECLINED_AT_CONFIRM, "self_assess": INACTIVE_AT_SELF_ASSESS}.get(item.step, 0.0)
        time = max(0.0, self.days - offset)
        count = self._whole(coming * rate * time / self.days, left_after)
        if count:
            ended = self._ended_twin(journey, item)
            self._copy(ended, journey.clock, count - 1, longest=time)
        return 1 - rate

    def _ended_twin(self, journey: PacedJourney, item: WorkItem) -> City:
        """A copy of the city as it stands, whose case the program then ends."""
        twin = self._copy_here(journey.city)
        case = twin.cases.get()
        if item.step == "confirm":
            City.objects.filter(pk=twin.pk).update(population=TOO_SMALL)
            services.decline_application_and_route(
                work_item_id=case.work_items.open().get().pk,
                rule=DeclineReason.POPULATION,
                reason="The city is too small for this standard.",
                by=journey.manager,
                now=journey.clock,
            )
        else:
            services.end_inactive_case(
                case_id=case.pk, reason="Nobody answers any more.", by=journey.manager, now=journey.clock
            )
        return twin

    def _copy(self, city: City, stood_at: datetime, count: int, *, longest: float) -> None:
        """Copies that have stood like this for up to so many days, and somewhat longer."""
        if count <= 0:
            return
        age = (self.now - stood_at).days
        copies = [
            self._named(days=age - int(min(age, self.random.uniform(0, 1.25 * longest))) - 1)
            for _n in range(count)
        ]
        Pattern(city).write(copies, now=self.now)

    def _copy_here(self, city: City) -> City:
        copy = self._named(days=0)
        Pattern(city).write([copy], now=self.now)
        return City.objects.get(organization__slug=copy.slug)

    def _named(self, *, days: int) -> Copy:
        self.number += 1
        self.left -= 1
        state = self.random.choice(STATES)
        return Copy(self.number, f"load-{self.number:05}", f"Load {self.number:05}", state, days)

    def _new_city(self) -> City:
        copy = self._named(days=0)
        organization = Organization.objects.create(
            kind=OrganizationKind.CITY,
            slug=copy.slug,
            name=copy.name,
            country="US",
            state=copy.state,
            time_zone=ZONE,
        )
        return City.objects.create(
            organization=organization, kind="City", population=60_000, population_year=2020
        )

    def _hold(self, first: int) -> int:
        """Put some of the running cases on hold."""
        slugs = [f"load-{number:05}" for number in range(first + 1, self.number + 1)]
        running = Case.objects.running().filter(city__organization__slug__in=slugs)
        keys = list(running.order_by("city__organization__slug").values_list("pk", flat=True))
        held = self.random.sample(keys, round(ON_HOLD * len(keys)))
        manager = User.objects.get(email="manager@program.example")
        for case_id in held:
            services.hold_case(case_id=case_id, reason="Elections.", by=manager, now=self.now)
        return len(held)


def _days(length: timedelta) -> float:
    return length / timedelta(days=1)
