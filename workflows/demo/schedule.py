"""When each step of a story was done: counted back from where the city stands today, on working days."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from cases.deadlines import calendar_of, program_calendar
from cases.enums import Party
from cases.steps import STEPS
from core.calendars import WorkingCalendar
from people.models import Organization
from workflows.demo.paces import DAYS, SPREAD
from workflows.demo.stories import Story

FIRST = ["apply", "confirm", "self_assess", "assign_assessors", "review", "reconcile", "release_report"]
FIRST += ["choose_path"]
AGAIN = ["reassess", "review", "reconcile", "release_report", "choose_path"]
DECISION = ["open_packet", "vote", "announce"]
# The steps of an engagement, each with the share of its time after which it is done.
CHAIN = {"respond": 0.05, "assign_coach": 0.1, "kick_off": 0.2, "work": 0.93, "close": 1.0}
COACHING_DAYS = sum(DAYS[step] for step in CHAIN)
SECOND_ENDS_AT = 0.8
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# How long the last step had been open when something else happened to the case.
BEFORE_THE_END = {"withdrawn": 15, "inactive": 100, "population": 3, "commitment": 3}
BEFORE_A_HOLD = 8

Key = tuple[str, int]


class Schedule:
    """`done` says when a step ends: by its round, or by the engagement's place in the plan."""

    def __init__(self, story: Story, city: Organization, *, now: datetime, random: Random) -> None:
        self.story, self.city, self.now, self.random = story, city, now, random
        self.home = program_calendar()
        self.today = self.home.local_day(now)
        self.done: dict[Key, datetime] = {}
        self.ended_at = self._days_ago(story.days) if story.end in BEFORE_THE_END else None
        self.held_at = self._days_ago(story.held) if story.held else None
        self.until = self.ended_at or self.held_at or now
        steps, at = self._way()
        self.opened_at = self._back(steps, at)

    def _way(self) -> tuple[list[Key], datetime]:
        """The steps that lie behind the city on the way of the case itself, and when the last was done."""
        story = self.story
        if story.coached:
            return [*_numbered(FIRST, 1), ("plan_coaching", 1)], self._coach_now()
        if story.end == "award":
            return self._all_steps(), self._announcement()
        steps = self._all_steps()
        if story.refused:
            steps = [*_numbered(FIRST, 1), *_numbered(DECISION[:2], 1), ("plan_coaching", 1)]
        last = max(place for place, (step, _which) in enumerate(steps) if step == story.step)
        return steps[:last], self._opened(story.step)

    def _all_steps(self) -> list[Key]:
        steps = _numbered(FIRST, 1)
        if self.story.rounds == 2 or self.story.step in ("plan_coaching", "reassess"):
            steps += [("plan_coaching", 1), ("coaching", 1), *_numbered(AGAIN, 2)]
        return steps + _numbered(DECISION, self.story.rounds)

    def _opened(self, step: str) -> datetime:
        """When the step opened that is open now: so that it is due as the story says."""
        if self.ended_at is not None:
            return self._before(self.ended_at, BEFORE_THE_END[self.story.end])
        if self.held_at is not None:
            return self._before(self.held_at, BEFORE_A_HOLD)
        return self._opened_to_be_due(step, self.story.due)

    def _opened_to_be_due(self, step: str, due: int) -> datetime:
        calendar = self._calendar(step)
        day = calendar.add(calendar.local_day(self.now), due - STEPS[step].working_days)
        return min(self.at_work(day), self.now - HOUR)

    def _calendar(self, step: str) -> WorkingCalendar:
        return calendar_of(self.city) if STEPS[step].party == Party.CITY else self.home

    def _announcement(self) -> datetime:
        """The day of the announcement is set some days before it comes."""
        days = self.story.announced
        return self._days_ago(days + self.random.randint(3, 9)) if days > 0 else self._days_ago(2)

    @property
    def announce_on(self) -> date:
        return self._working_day(self.today - DAY * self.story.announced)

    # Coaching that goes on: each engagement stands where the story says.

    def _coach_now(self) -> datetime:
        """Returns when the plan was made: before the first of the engagements was answered."""
        return min(self._chain_back(place, *one) for place, one in enumerate(self.story.coached))

    def _chain_back(self, place: int, state: str, number: int) -> datetime:
        steps = list(CHAIN)
        if state in CHAIN:
            return self._back(
                [(step, place) for step in steps[: steps.index(state)]], self._state(state, number)
            )
        if state == "closed":
            return self._back([(step, place) for step in steps], self._days_ago(number))
        if state == "mend_plan":
            return self._back([("respond", place)], self._opened_to_be_due(state, number))
        return self._back([("respond", place), ("mend_plan", place)], self._days_ago(number))

    def _state(self, step: str, due: int) -> datetime:
        return self._opened(step) if self.ended_at or self.held_at else self._opened_to_be_due(step, due)

    # Counting back.

    def _back(self, steps: list[Key], at: datetime) -> datetime:
        """Note when each step was done, the last at the given moment; returns when the first opened."""
        for step, which in reversed(steps):
            begin = self._before(at, COACHING_DAYS if step == "coaching" else DAYS[step])
            if step == "coaching":
                self._coach(begin, at)
            else:
                self.done[step, which] = at
            at = begin
        return at

    def _coach(self, begin: datetime, end: datetime) -> None:
        """Two engagements, of which the first decides when the coaching ends."""
        for place, length in enumerate((end - begin, (end - begin) * SECOND_ENDS_AT)):
            for step, share in CHAIN.items():
                self.done[step, place] = begin + length * share

    def _before(self, at: datetime, days: float) -> datetime:
        pace = max(1, round(days * self.random.lognormvariate(0, SPREAD)))
        return self.at_work(self.home.local_day(at) - DAY * pace)

    def _days_ago(self, days: int) -> datetime:
        return min(self.at_work(self.today - DAY * days), self.now - HOUR)

    def at_work(self, day: date) -> datetime:
        """Some time on that day, or on the working day before it."""
        day = self._working_day(day)
        at = time(self.random.randint(9, 16), self.random.randint(0, 59))
        return datetime.combine(day, at, ZoneInfo(self.home.zone))

    def _working_day(self, day: date) -> date:
        while not self.home.is_working(day):
            day -= DAY
        return day


def _numbered(steps: list[str], which: int) -> list[Key]:
    return [(step, which) for step in steps]
