import uuid
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Subquery

from cases.enums import CaseKind, ParticipationRole, Party, Stage, Thread
from cases.models import (
    Case,
    Hold,
    Message,
    Participation,
    ReadMark,
    SignatureRequest,
    StageChange,
    WorkItem,
)
from cases.rules import READING
from people.enums import Role
from people.models import Affiliation, User
from people.roles import CITY_ROLES, PROGRAM_ROLES, roles_with
from people.services.invitations import digest_of

SMALLEST_SAMPLE = 5
LAST_STAYS = 50
LEVEL_UP_DAYS = 180
A_MOMENT = timedelta(minutes=2)


def typical_days(stage: str) -> int | None:
    """Median days that the last 50 finished stays in this stage took; None below five stays."""
    entered = (
        StageChange.objects.filter(case=OuterRef("case"), to_stage=stage, at__lte=OuterRef("at"))
        .exclude(pk=OuterRef("pk"))
        .order_by("-at", "-pk")
        .values("at")[:1]
    )
    left = StageChange.objects.filter(from_stage=stage).annotate(entered_at=Subquery(entered)).order_by("-at")
    stays = (
        left.exclude(entered_at=None).annotate(stay=F("at") - F("entered_at")).values_list("stay", flat=True)
    )
    lengths: list[timedelta] = list(stays[:LAST_STAYS])
    if len(lengths) < SMALLEST_SAMPLE:
        return None
    return round(median(length.total_seconds() for length in lengths) / 86400)


def kind_of_next_case(
    *, holds_award: bool, certificate_expires_on: date | None, at_highest: bool, today: date
) -> CaseKind:
    """`first` without an award, `level_up` with a certificate below the top and over 180 days to run."""
    if not holds_award:
        return CaseKind.FIRST
    long_to_run = certificate_expires_on is not None and (certificate_expires_on - today).days > LEVEL_UP_DAYS
    return CaseKind.LEVEL_UP if long_to_run and not at_highest else CaseKind.RECERTIFICATION


def participations_of(case: Case) -> list[Participation]:
    """Who takes part, then who did: a case that has ended still says by whom it was carried."""
    rows = case.participations.select_related("organization", "person").prefetch_related("areas")
    return list(rows.order_by(F("until").desc(nulls_first=True), "since", "id"))


def days_in_stage(case: Case, *, now: datetime) -> int:
    end = case.closed_at if case.stage in (Stage.CERTIFIED, Stage.DECLINED, Stage.WITHDRAWN) else now
    return ((end or now) - case.stage_entered_at).days


def cases_with_work_newly_late(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """Cases with work that is late but not marked so; those on hold are left out."""
    held = Hold.objects.filter(case=OuterRef("case"), lifted_at__isnull=True)
    late = WorkItem.objects.overdue(now).filter(~Exists(held), overdue_at__isnull=True, case__isnull=False)
    return sorted(set(late.order_by("due_at").values_list("case_id", flat=True)[:limit]))


def request_behind(token: str, *, now: datetime) -> SignatureRequest | None:
    """What the link with this token asks to be signed; None for every token that does not work."""
    found = SignatureRequest.objects.usable(now).filter(token_hash=digest_of(token))
    return found.select_related("application__case__city__organization", "asked_by").first()


def signed_just_now(
    token: str, *, name: str, title: str, origin: str, agent: str, now: datetime
) -> SignatureRequest | None:
    """What the same words by the same link from the same browser have signed a moment ago."""
    same = SignatureRequest.objects.filter(
        token_hash=digest_of(token),
        superseded_at__isnull=True,
        signed_at__gt=now - A_MOMENT,
        signed_name=name.strip(),
        signed_title=title.strip(),
        signed_from=origin,
        signed_with=agent[:300],
    )
    return same.first()


def leads_of(case: Case, *, today: date) -> list[User]:
    """Who leads the city of a case today."""
    held = Affiliation.objects.active(today).filter(
        organization=case.city.organization_id, role=Role.CITY_LEAD, person__is_active=True
    )
    return list(User.objects.filter(affiliations__in=held).distinct())


def readers_of(case: Case, thread: Thread, *, today: date) -> QuerySet[Any]:
    """Who may read a thread today, with `of_program`; the one with the city is also for the city's people."""
    inside = Affiliation.objects.active(today).filter(role__in=PROGRAM_ROLES)
    held = inside
    if thread is Thread.CITY:
        city = roles_with(READING[thread]) & CITY_ROLES
        held = inside | Affiliation.objects.active(today).filter(
            organization=case.city.organization_id, role__in=city
        )
    return (
        User.objects.filter(is_active=True, pk__in=held.values("person"))
        .annotate(of_program=Exists(inside.filter(person=OuterRef("pk"))))
        .order_by("name", "pk")
    )


def people_to_mention(case: Case, thread: Thread, *, reader: User, today: date) -> list[tuple[int, str]]:
    """The readers of a thread but for oneself, each with whom they belong to."""
    program = Party.PROGRAM.label
    return [
        (one.pk, f"{one.name} · {program if one.of_program else case.city.name}")
        for one in readers_of(case, thread, today=today).exclude(pk=reader.pk)
    ]


def keepers_of(case: Case, thread: Thread, *, today: date) -> dict[int, Party]:
    """Who answers for each side of a thread: leads and managers of the case, and whoever has written in it.

    Without a manager it is the whole program. Only those who may read the thread today.
    """
    readers = list(readers_of(case, thread, today=today))
    managers = set(
        case.participations.filter(role=ParticipationRole.MANAGER, until__isnull=True).values_list(
            "person", flat=True
        )
    )
    program = {one.pk for one in readers if one.of_program}
    keepers = managers & program or program
    keepers |= {one.pk for one in leads_of(case, today=today)}
    keepers |= set(case.messages.filter(thread=thread).values_list("sent_by", flat=True))
    return {one.pk: Party.PROGRAM if one.of_program else Party.CITY for one in readers if one.pk in keepers}


def read_up_to(case: Case, thread: Thread, *, person: User) -> int:
    """The number of the newest message of a thread that somebody was shown; 0 for none."""
    marks = ReadMark.objects.filter(case=case, thread=thread, person=person)
    return marks.values_list("number", flat=True).first() or 0


def unread_in(case: Case, *, user: User) -> dict[str, int]:
    """How many messages of each thread the person may read and has not; threads without any are left out."""
    unread = Message.objects.visible_to(user).unread_by(user).filter(case=case).order_by()
    return dict(unread.values_list("thread").annotate(Count("pk")))


def threads_with_news(user: User) -> QuerySet[Any]:
    """The threads of running cases with messages that the person may read and has not, newest first."""
    unread = Message.objects.visible_to(user).unread_by(user).filter(case__closed_at__isnull=True)
    threads = unread.order_by().values("case", "thread", city=F("case__city__organization__name"))
    return threads.annotate(last=Max("sent_at")).order_by("-last", "case", "thread")


def program_people(*, on: date) -> list[User]:
    held = Affiliation.objects.active(on).filter(role__in=PROGRAM_ROLES)
    return list(User.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))


def managers_of(case: Case | None, *, on: date) -> list[User]:
    """Who manages the case; the whole program where nobody does."""
    everybody = program_people(on=on)
    if case is None:
        return everybody
    parts = case.participations.filter(role=ParticipationRole.MANAGER, until__isnull=True)
    managers = set(parts.values_list("person", flat=True))
    return [person for person in everybody if person.pk in managers] or everybody
