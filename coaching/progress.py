"""How the cities of a sprint fare: what was met when it began and now, what was worked on, who came."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.deadlines import calendar_of
from certification.enums import AssessmentStatus, Rating
from certification.models import Settlement
from coaching.enums import SessionStatus
from coaching.models import Engagement, Session, Sprint
from people.models import User
from standards.models import Criterion

Met = tuple[bool | None, bool | None]


@dataclass(frozen=True)
class CriterionProgress:
    """`met_before` and `met_now` are None where there is no validated result that the reader may read."""

    criterion: Criterion
    met_before: bool | None
    met_now: bool | None
    sessions: int


@dataclass(frozen=True)
class CityProgress:
    """One city's part of a sprint; `sessions` are those held for all cities, this city's row of each."""

    engagement: Engagement
    criteria: Sequence[CriterionProgress]
    sessions: Sequence[Session]

    @property
    def met_before(self) -> int:
        return sum(one.met_before or False for one in self.criteria)

    @property
    def met_now(self) -> int:
        return sum(one.met_now or False for one in self.criteria)

    @property
    def worked_on(self) -> int:
        return sum(one.sessions > 0 for one in self.criteria)

    @property
    def ready(self) -> int:
        """Believed ready by the coach when the engagement was closed."""
        believed = {one.pk for one in self.engagement.ready.all()}
        return sum(one.criterion.pk in believed for one in self.criteria)

    @property
    def attended(self) -> int:
        return sum(one.status == SessionStatus.HELD for one in self.sessions)

    @property
    def over(self) -> int:
        """Sessions that took place, with this city or without it."""
        return sum(one.status in (SessionStatus.HELD, SessionStatus.MISSED) for one in self.sessions)


def progress_of(sprint: Sprint, *, reader: User) -> list[CityProgress]:
    """The cities whose part this person may read, by name; as many queries for ten as for one."""
    own = Engagement.objects.readable_by(reader).filter(sprints=sprint, partner=sprint.partner)
    found = own.for_list().prefetch_related("ready")
    engagements = list(found.order_by("case__city__organization__name", "pk"))
    criteria = list(sprint.criteria.order_by("area__position", "position"))
    outcomes, counts = _outcomes(sprint, engagements, reader), _worked_on(sprint, engagements)
    sessions = _sessions(sprint, reader)
    return [
        CityProgress(
            one,
            [
                CriterionProgress(
                    criterion,
                    *outcomes.get((one.case_id, criterion.pk), (None, None)),
                    counts.get((one.pk, criterion.pk), 0),
                )
                for criterion in criteria
            ],
            sessions.get(one.pk, []),
        )
        for one in engagements
    ]


def _sessions(sprint: Sprint, reader: User) -> dict[uuid.UUID, list[Session]]:
    found: dict[uuid.UUID, list[Session]] = {}
    rows = Session.objects.visible_to(reader).filter(meeting__sprint=sprint)
    for session in rows.order_by("starts_at", "pk"):
        found.setdefault(session.engagement_id, []).append(session)
    return found


def _outcomes(
    sprint: Sprint, engagements: Iterable[Engagement], reader: User
) -> dict[tuple[uuid.UUID, uuid.UUID], Met]:
    """By case and criterion: met in the last result before the sprint began, and in the newest one."""
    settled = Settlement.objects.visible_to(reader).filter(
        response__assessment__case__in=[one.case_id for one in engagements],
        response__assessment__status=AssessmentStatus.RELEASED,
        response__criterion__in=sprint.criteria.all(),
    )
    rows = settled.order_by("response__assessment__round").values_list(
        "response__assessment__case", "response__criterion", "response__assessment__released_at", "outcome"
    )
    calendar = calendar_of(sprint.partner)
    found: dict[tuple[uuid.UUID, uuid.UUID], Met] = {}
    for case_id, criterion, released_at, outcome in rows:
        met = outcome == Rating.MET
        before = found.get((case_id, criterion), (None, None))[0]
        was_known = released_at is not None and calendar.local_day(released_at) <= sprint.begins_on
        found[case_id, criterion] = (met if was_known else before, met)
    return found


def _worked_on(sprint: Sprint, engagements: Iterable[Engagement]) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """By engagement and criterion, in how many sessions held during the sprint it was worked on."""
    days = (sprint.begins_on, sprint.ends_on)
    held = Session.objects.held().filter(engagement__in=engagements, held_on__range=days)
    counts: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
    rows = held.order_by().filter(criteria__in=sprint.criteria.all()).values_list("engagement", "criteria")
    for engagement, criterion in rows:
        counts[engagement, criterion] = counts.get((engagement, criterion), 0) + 1
    return counts
