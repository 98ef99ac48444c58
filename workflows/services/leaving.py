"""Absences of somebody who leaves: what they hold for others goes back, and nobody waits for them."""

from datetime import datetime

from django.urls import reverse

from cases.models import Cover
from cases.querysets import CoverQuerySet
from cases.services import end_covers, hand_over_work_item, keep_cover
from core.pagekit_dates import day_in_words
from notifications.selectors import say
from notifications.services import notify
from people import services as people
from people.enums import Role
from people.models import Absence, Affiliation, User
from people.roles import PROGRAM_ROLES
from workflows.services.absence import ask
from workflows.services.appointing import replace_on_case
from workflows.services.handover import Leaving
from workflows.substitutes import fitness_of, memberships_of
from workflows.wordings import handing

STANDS_IN = "people.substitute_changed"


def held_as(affiliation: Affiliation) -> CoverQuerySet:
    """What the person holds for colleagues who are away, by the right of this membership."""
    held = Cover.objects.standing().filter(holder=affiliation.person_id).for_list()
    if affiliation.role == Role.ASSESSOR:
        return held.filter(item__isnull=True)
    if affiliation.role in PROGRAM_ROLES:
        return held.filter(item__party="program")
    return held.filter(item__organization=affiliation.organization_id)


def return_covers(affiliation: Affiliation, leaving: Leaving) -> None:
    """To those for whom it was held; the cases are locked."""
    by, now = leaving.by, leaving.now
    for cover in held_as(affiliation):
        person, case = cover.absence.person, cover.case
        if not person.is_active or case is None:
            continue
        if cover.item is not None:
            hand_over_work_item(item=cover.item, owner=person, by=by, now=now)
        else:
            part = case.participations.select_related("person").get(covers=cover)
            end_covers([cover], by=by, now=now)
            replace_on_case(part, case, person, by=by, now=now)


def leave_absences(leaving: Leaving, successor: User | None) -> None:
    """Once no role is left: their own absences end, and the successor stands in where they did."""
    person, by, now = leaving.person, leaving.by, leaving.now
    if person.is_active and memberships_of(person, on=leaving.today):
        return
    ahead = Absence.objects.filter(until__gt=now).select_related("person", "substitute")
    for absence in ahead.filter(person=person):
        people.close_absence(absence=absence, on=leaving.today, by=by, now=now)
    for cover in Cover.objects.unanswered().filter(absence__person=person).for_list():
        keep_cover(cover=cover, by=by, now=now)
    for absence in ahead.filter(substitute=person):
        if successor is None or not _may_stand_in(successor, absence, leaving):
            ended = people.close_absence(absence=absence, on=leaving.today, by=by, now=now)
            ask(ended, by=by, now=now)
            _tell(ended, None, now=now)
        else:
            people.change_substitute(absence=absence, to=successor, by=by, now=now)
            _tell(absence, successor, now=now)


def _may_stand_in(successor: User, absence: Absence, leaving: Leaving) -> bool:
    away = Absence.objects.filter(person=successor).overlapping(leaving.now, absence.until)
    fit = fitness_of(successor, absence.person, by=leaving.by, at=leaving.now, on=leaving.today)
    return successor != absence.person and not away.exists() and bool(fit.covers)


def _tell(absence: Absence, successor: User | None, *, now: datetime) -> None:
    values = {"who": absence.person.name, "successor": successor, "day": day_in_words(absence.ends_on)}
    words = say(handing.SUBSTITUTE_CHANGED if successor else handing.SUBSTITUTE_LEFT, values)
    for person in filter(None, (absence.person, successor)):
        url = reverse("workflows:absence")
        notify(kind=STANDS_IN, subject=words.subject, text=words.text, url=url, now=now, person=person)
