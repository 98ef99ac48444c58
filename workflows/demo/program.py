"""Lives through the stories of the demonstration, each in the past, by the services that the pages call."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.db.models import F

from cases.eligibility import eligibility, unmet
from cases.enums import DeclineReason, Thread
from cases.models import Case, WorkItem
from cases.querysets import WorkItemQuerySet
from cases.services import save_application
from certification.enums import Audience, Choice
from certification.querysets import WITH_THE_CITY
from certification.services import share_draft, tell_story, write_comment
from cities.models import City
from coaching.enums import SessionKind
from coaching.models import Engagement, PartnerProfile
from notifications.enums import DeliveryState, ReminderState
from notifications.models import Delivery, Notice, Reminder
from notifications.services import send_due_reminders
from people.models import Organization, User
from workflows import services
from workflows.demo.agreed import agree_upon
from workflows.demo.journey import Journey
from workflows.demo.measured import enter_for_city
from workflows.demo.meetings import plan_ahead
from workflows.demo.schedule import Schedule
from workflows.demo.stories import Story

PARTNERS = ("govex", "gpl", "bit", "r4a")
MINUTE = timedelta(minutes=7)
BETWEEN_SESSIONS = 13
OF_THE_FIRST_COACH = 0.7
SESSIONS = (
    (SessionKind.COACHING, "Went through the gaps area by area and chose where to begin."),
    (SessionKind.TRAINING, "Half a day for the departments' data stewards: what an inventory holds and why."),
    (SessionKind.COACHING, "The policy's draft is out for comment. Legal wants a second reading."),
    (
        SessionKind.TECHNICAL_ASSISTANCE,
        "Built the first dashboard together; the city goes on alone from here.",
    ),
    (SessionKind.COACHING, "Looked at the first numbers with the department heads. Two questions stay open."),
    (SessionKind.COACHING, "Agreed what will be shown as evidence, and who brings it."),
)
FEW = 8
HAS_A_QUESTION = 0.4
STORY = (
    "Residents called about missed collections, and nobody could say where it happened most.\n\n"
    "- The calls of one year were put **on a map**, route by route.\n"
    "- Two routes were split and one depot opened an hour earlier.\n\n"
    "Calls fell by a third within four months. The map is looked at every Monday since."
)
ASKED = "Would the minutes of the last two meetings be enough here?"
ANSWERED = "Yes, if they name who was there and what was decided."
QUESTION = "Two departments share the inventory. Is one piece of evidence enough for both?"
REPLY = "One is enough, if it names both. Say in the narrative who answers for which part."
GOES_ALONE = "The city has nobody for this before the next budget."
Deed = Callable[[datetime], object]


class StoryJourney(Journey):
    """One city's journey up to today; what its story leaves open stays open."""

    def __init__(self, story: Story, *, now: datetime) -> None:
        super().__init__(story.slug)
        self.story, self.now = story, now
        self.random = Random(f"{story.slug} {story.step}")  # noqa: S311 -- nothing here is secret
        self.schedule = Schedule(story, self.city.organization, now=now, random=self.random)
        self.clock = self.schedule.opened_at
        self.events: list[tuple[datetime, Deed]] = []
        self.places: dict[object, int] = {}

    def live(self) -> Case:
        """Everything that happened until now, in its order."""
        self.case = self._open()
        self._foresee()
        while (coming := self._coming()) and coming[0] < self.now:
            self.clock, deed = coming
            deed(self.clock)
        self._begin_to_answer()
        self._measure()
        return self.case

    def _open(self) -> Case:
        return services.open_case_and_start(city=self.city, by=self.lead, now=self.clock)

    @property
    def today(self) -> date:
        return self.schedule.home.local_day(self.clock)

    # What comes next.

    def _coming(self) -> tuple[datetime, Deed] | None:
        coming = [found for item in self._open_items() if (found := self._when(item))]
        coming += [(at, self._happen(number)) for number, (at, _deed) in enumerate(self.events)]
        return min(coming, key=lambda one: one[0], default=None)

    def _open_items(self) -> WorkItemQuerySet:
        return WorkItem.objects.open().filter(case=self.case).order_by("opened_at", "task_number", "pk")

    def _happen(self, number: int) -> Deed:
        def happen(at: datetime) -> None:
            _at, deed = self.events.pop(number)
            deed(at)

        return happen

    def _when(self, item: WorkItem) -> tuple[datetime, Deed] | None:
        at = getattr(self, f"_when_{item.step}", self._when_done)(item)
        if at is None:
            return None
        method: Callable[[WorkItem, datetime], User] = getattr(self, item.step)
        return max(at, item.opened_at + MINUTE, self.clock), lambda moment: method(item, moment)

    def _when_done(self, item: WorkItem) -> datetime | None:
        return self.schedule.done.get((item.step, self._which(item)))

    def _which(self, item: WorkItem) -> int:
        """The place of an engagement in the plan, else the round."""
        if item.party == "partner" or item.step == "mend_plan":
            return self.places[item.subject]
        rounds = self.case.assessments.count()
        return max(1, rounds)

    def _when_review(self, item: WorkItem) -> datetime | None:
        """The first assessor hands in earlier than the other, also where the other has not yet."""
        at = self._when_done(item)
        first = item.owner is not None and item.owner.email.startswith("assessor1")
        if at is None:
            early = self.story.due % 2 == 0 and first
            return item.opened_at + (self.now - item.opened_at) * 0.6 if early else None
        return item.opened_at + (at - item.opened_at) * 0.7 if first else at

    def _when_vote(self, item: WorkItem) -> datetime | None:
        """One member after the other; where the vote is open, only so many of them."""
        cast = self.case.decisions.get(status="voting").votes.count()
        at = self._when_done(item)
        if at is None:
            span, votes = self.now - item.opened_at, self.story.votes
            return item.opened_at + span * (cast + 1) / (votes + 1) if cast < votes else None
        return item.opened_at + (at - item.opened_at) * (cast + 1) / 5

    def _when_feedback(self, item: WorkItem) -> datetime | None:
        """Not every city gives it, and none for every engagement."""
        return item.opened_at + timedelta(days=4) if self.places[item.subject] == 0 else None

    # What happens outside of the steps.

    def _foresee(self) -> None:
        schedule = self.schedule
        if schedule.held_at:
            self.events.append((schedule.held_at, self._hold))
        if schedule.ended_at and self.story.end in ("withdrawn", "inactive"):
            self.events.append((schedule.ended_at, getattr(self, f"_end_{self.story.end}")))
        if schedule.ended_at and self.story.end in ("population", "commitment"):
            schedule.done["confirm", 1] = schedule.ended_at

    def _hold(self, at: datetime) -> None:
        reason = "Elections: the new council decides in its second session."
        services.hold_case(case_id=self.case.pk, reason=reason, by=self.manager, now=at)

    def _end_withdrawn(self, at: datetime) -> None:
        reason = "The position that led this is not filled again this year."
        services.withdraw_case(case_id=self.case.pk, reason=reason, by=self.lead, now=at)

    def _end_inactive(self, at: datetime) -> None:
        reason = "Nobody has answered since the spring, in spite of three calls."
        services.end_inactive_case(case_id=self.case.pk, reason=reason, by=self.manager, now=at)

    def _measure(self) -> None:
        """What the coaching is judged by, as it stood yesterday."""
        if self.case.closed_at is None:
            at = self.now - timedelta(days=1)
            engagements = list(self.case.engagements.select_related("coach").order_by("partner__slug"))
            enter_for_city(self.story.slug, engagements, today=self.schedule.home.local_day(at), now=at)

    def _begin_to_answer(self) -> None:
        """Some of the answers are drafted in a round that is open."""
        if self.story.answered and self.case.closed_at is None:
            waiting = self._waiting()
            drafted = waiting[: round(len(waiting) * self.story.answered)]
            opened = self._open_items()[0].opened_at
            self.clock = opened + (self.now - opened) * 0.8
            self._answer(drafted, self.clock)
            self._talk(opened)

    def _talk(self, opened: datetime) -> None:
        """The city asks about its answers; not every question has been answered yet."""
        if self.story.answered < HAS_A_QUESTION:
            return
        span = self.now - opened
        self._tell_a_story(opened + span * 0.85)
        self._share(opened, span)
        self._say(QUESTION, opened + span * 0.6, by=self.lead)
        if self.story.due % 2:
            self._say(REPLY, opened + span * 0.65, by=self.manager)

    def _tell_a_story(self, at: datetime) -> None:
        proven = self.assessment.responses.filter(evidence__isnull=False, status__in=WITH_THE_CITY).distinct()
        tell_story(
            case=self.case,
            title="Fewer missed collections",
            text=STORY,
            link="",
            speaks_for_on=self.schedule.home.local_day(at),
            answers=list(proven.order_by("criterion__position").values_list("pk", flat=True)[:2]),
            by=self.lead,
            now=at,
        )

    def _share(self, opened: datetime, span: timedelta) -> None:
        """The city shows the program its draft, and they talk about one criterion."""
        share_draft(assessment_id=self.assessment.pk, by=self.lead, now=opened + span * 0.86)
        first = self.assessment.responses.order_by("criterion__position")[0]
        for text, by, after in ((ASKED, self.lead, 0.87), (ANSWERED, self.manager, 0.88)):
            write_comment(
                response_id=first.pk,
                audience=Audience.CITY,
                text=text,
                key=uuid.uuid5(self.case.pk, text),
                by=by,
                now=opened + span * after,
            )

    def _say(self, text: str, at: datetime, *, by: User) -> None:
        key = uuid.uuid5(self.case.pk, text)
        services.send_message(case_id=self.case.pk, thread=Thread.CITY, text=text, key=key, by=by, now=at)

    # The steps that differ from story to story.

    def _codes_to_meet(self) -> set[str]:
        """The same criteria every time, and further ones in later rounds."""
        codes = list(self.case.standard.criteria.order_by("position").values_list("code", flat=True))
        Random(self.story.slug).shuffle(codes)  # noqa: S311 -- as above
        share = self.story.met if self.assessment.round == 1 else self.story.met_later
        return set(codes[: round(len(codes) * share)])

    def apply(self, item: WorkItem, now: datetime) -> User:
        if self.story.end != "commitment":
            return super().apply(item, now)
        application = self.case.application
        save_application(
            application=application,
            version=application.version,
            signer_name="",
            signer_title="",
            signed_on=None,
            motivation="The council has not decided yet; we would like to begin all the same.",
            by=self.lead,
            now=now,
        )
        services.submit_application_and_route(work_item_id=item.pk, by=self.lead, now=now)
        return self.lead

    def confirm(self, item: WorkItem, now: datetime) -> User:
        if self.story.end not in ("population", "commitment"):
            return super().confirm(item, now)
        services.decline_application_and_route(
            work_item_id=item.pk,
            rule=DeclineReason(self.story.end),
            reason=str(unmet(eligibility(self.case.application))[0].explanation),
            by=self.manager,
            now=now,
        )
        return self.manager

    def _partners(self, gaps: list[str]) -> list[PartnerProfile]:
        """So many as the story coaches, two otherwise."""
        able = PartnerProfile.objects.filter(area_codes__overlap=gaps, organization__slug__in=PARTNERS)
        able = able.select_related("organization").order_by("organization__slug")
        return self.random.sample(list(able), min(len(self.story.coached) or 2, len(able)))

    def plan_coaching(self, item: WorkItem, now: datetime) -> User:
        manager = super().plan_coaching(item, now)
        offered = self.case.engagements.order_by("partner__slug").values_list("pk", flat=True)
        self.places = {engagement: place for place, engagement in enumerate(offered)}
        return manager

    def respond(self, item: WorkItem, now: datetime) -> User:
        place = self._which(item)
        state = self.story.coached[place][0] if self.story.coached else ""
        if state not in ("mend_plan", "dropped"):
            return super().respond(item, now)
        lead = self._person(f"lead@{self._engagement(item).partner.slug}.example")
        reason = "Our coaches are booked until the summer."
        services.decline_engagement_and_route(work_item_id=item.pk, reason=reason, by=lead, now=now)
        return lead

    def mend_plan(self, item: WorkItem, now: datetime) -> User:
        services.mend_plan_and_route(
            work_item_id=item.pk, offer=None, note=GOES_ALONE, by=self.manager, now=now
        )
        return self.manager

    def _coach_for(self, partner: Organization) -> User:
        number = 1 if self.random.random() < OF_THE_FIRST_COACH else 2
        return self._person(f"coach{number}@{partner.slug}.example")

    def kick_off(self, item: WorkItem, now: datetime) -> User:
        """From here on a session every other week, until the work is done."""
        coach = super().kick_off(item, now)
        engagement = self._engagement(item)
        end = self.schedule.done.get(("work", self._which(item)), self.schedule.until)
        for number, (kind, notes) in enumerate(SESSIONS, start=1):
            at = self.schedule.at_work(self.today + timedelta(days=BETWEEN_SESSIONS * number))
            if at < end:
                self.events.append((at, self._session(engagement, kind, notes)))
        return coach

    def _session(self, engagement: Engagement, kind: str, notes: str) -> Deed:
        return lambda at: self._log_session(engagement, kind, notes, at)

    def work(self, item: WorkItem, now: datetime) -> User:
        coach = self._coach(item)
        services.finish_work_and_route(work_item_id=item.pk, by=coach, now=now)
        return coach

    def vote(self, item: WorkItem, now: datetime) -> User:
        if self.story.refused:
            self._choice, self._reason = Choice.NOT_YET, "Show for another half year that the board meets."
        return super().vote(item, now)

    def announce(self, item: WorkItem, now: datetime) -> User:
        manager = super().announce(item, now)
        day = self.schedule.home.morning_of(self.schedule.announce_on)
        self.events.append((day, lambda at: services.publish_due(now=at)))
        return manager

    def _announcement(self) -> date:
        return self.schedule.announce_on


def live_through(stories: Sequence[Story], *, now: datetime) -> Iterator[Case]:
    """Make the cases that are not there yet; each is there as a whole or not at all.

    Awards come first, in the order of their announcement, since their numbers follow it.
    """
    earlier: dict[str, int] = {}
    for number, story in enumerate(sorted(stories, key=lambda one: -one.announced), start=1):
        if number % FEW == 0:
            learn_sizes()
        case = _make(story, after=earlier.get(story.slug, 0), now=now)
        if case is not None:
            yield case
        earlier[story.slug] = earlier.get(story.slug, 0) + 1
    services.mark_overdue_and_publish(now=now)


def learn_sizes() -> None:
    """The database looks at its tables now and then; of those filled within a minute it knows nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@transaction.atomic
def _make(story: Story, *, after: int, now: datetime) -> Case | None:
    """Nothing when it is there. Another process may be at it, left over from a start that was killed."""
    city = City.objects.select_for_update(of=("self",)).get(organization__slug=story.slug)
    if city.cases.count() != after:
        return None
    case = StoryJourney(story, now=now).live()
    agree_upon(case, now=now)
    settle_the_past(case, now=now)
    plan_ahead(case, now=now)
    return case


def settle_the_past(case: Case, *, now: datetime) -> None:
    """Reminders whose moment has passed went out at that moment; nothing of it is sent today."""
    work = [case.pk]
    for owed in (case.work_items, case.expiries):
        work += owed.values_list("pk", flat=True)
    planned = Reminder.objects.due(now).filter(obligation__in=work)
    for at in sorted(set(planned.values_list("planned_at", flat=True))):
        send_due_reminders(now=at)
    notices = Notice.objects.filter(obligation__in=work)
    Delivery.objects.filter(notice__in=notices, state=DeliveryState.QUEUED).update(
        state=DeliveryState.SENT, attempts=1, settled_at=F("next_attempt_at")
    )
    Reminder.objects.filter(obligation__in=work, state=ReminderState.CLAIMED).update(
        state=ReminderState.SENT, settled_at=F("claimed_at")
    )
    read = notices.filter(read_at__isnull=True, created_at__lt=now - timedelta(days=4))
    read.update(read_at=F("created_at") + timedelta(hours=20))
