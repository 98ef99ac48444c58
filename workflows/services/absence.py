"""Somebody is away: set with a substitute whose rights are checked, and nothing left unasked when it ends."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.enums import ParticipationRole, Party
from cases.models import Case, Cover, WorkItem
from cases.querysets import CoverQuerySet
from cases.routing import Duty, routed_to, standing_of
from cases.services import cover_item, cover_seat, end_covers, hand_over_work_item, keep_cover
from certification.enums import ReviewStatus
from certification.models import Review
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.pagekit_dates import day_in_words
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Words
from people import services as people
from people.enums import Role
from people.models import Absence, Affiliation, User
from people.services import Days, system_user
from workflows.services.appointing import replace_on_case
from workflows.services.moves import changing
from workflows.substitutes import Fitness, bars_to_seats, fitness_of, home_of
from workflows.wordings import handing

SET = "people.absence_set"
OVER = "people.absence_over"
DAY = timedelta(days=1)


@transaction.atomic
def set_absence(
    *, person: User, substitute: User, begins_on: date, ends_on: date, note: str, by: User, now: datetime
) -> Absence:
    """Plan or begin an absence; what is routed to the person meanwhile goes to the substitute.

    Raises NotAllowed, InvalidInput: days that are over or taken, and a substitute who is away or may do
    none of the work.
    """
    days = days_of(person, begins_on, ends_on, now=now)
    absence = people.set_absence(person=person, substitute=substitute, days=days, note=note, by=by, now=now)
    fitness = _require_fit(absence, by=by, now=now)
    absence.lent.set([_lend(membership, absence, by=by, now=now) for membership in fitness.lends])
    _tell_of_setting(absence, now=now)
    return absence


def days_of(person: User, begins_on: date, ends_on: date, *, now: datetime) -> Days:
    """The days as moments: from the first midnight to the one after the last, where the person belongs."""
    zone = ZoneInfo(calendar_of(home_of(person, on=now.date())).zone)
    since = datetime.combine(begins_on, time(), zone)
    until = datetime.combine(ends_on + DAY, time(), zone)
    return Days(begins_on, ends_on, since, max(since, until))


def _require_fit(absence: Absence, *, by: User, now: datetime) -> Fitness:
    """Roles as they are when it is set; routing asks again, case by case."""
    substitute, person = absence.substitute, absence.person
    fitness = fitness_of(substitute, person, by=by, at=now, on=now.date())
    if fitness.is_any:
        return fitness
    why = "; ".join(str(reason) for reason in fitness.reasons)
    values = {"name": substitute, "who": person, "why": why}
    if why:
        text = _("%(name)s can do none of the work of %(who)s: %(why)s. Choose somebody else.")
    else:
        text = _("%(name)s holds no role in which they could do the work of %(who)s. Choose a colleague.")
    raise InvalidInput(errors={"substitute": [text % values]})


def _lend(membership: Affiliation, absence: Absence, *, by: User, now: datetime) -> Affiliation:
    return people.affiliate(
        person=absence.substitute,
        organization=membership.organization,
        role=Role(membership.role),
        since=absence.begins_on,
        until=absence.ends_on + DAY,
        by=by,
        now=now,
    )


def _tell_of_setting(absence: Absence, *, now: datetime) -> None:
    values = {
        "who": absence.person.name,
        "substitute": absence.substitute.name,
        "first": day_in_words(absence.begins_on),
        "last": day_in_words(absence.ends_on),
    }
    words = say(handing.STANDS_IN, values)
    _tell(absence.substitute, SET, _with_bars(words, absence, now), now=now)
    if absence.set_by_id != absence.person_id:
        words = say(handing.ABSENCE_SET, values)
        _tell(absence.person, SET, _with_bars(words, absence, now), now=now)


def _with_bars(words: Words, absence: Absence, now: datetime) -> Words:
    bars = bars_to_seats(absence.substitute, absence.person, at=now)
    lines = [_("Not for %(bar)s.") % {"bar": bar} for bar in bars]
    return Words(words.subject, "\n".join([words.text, *lines]))


def _tell(person: User, kind: str, words: Words, *, now: datetime) -> None:
    url = reverse("workflows:absence")
    notify(kind=kind, subject=words.subject, text=words.text, url=url, now=now, person=person)


@transaction.atomic
def end_absence(*, absence_id: uuid.UUID, by: User, now: datetime) -> Absence:
    """End an absence before its time or call it off; what is still with the substitute is asked about.

    Raises NotFound, NotAllowed, WrongState.
    """
    seen = Absence.objects.visible_to(by).filter(pk=absence_id).first()
    if seen is None:
        raise NotFound(_("There is no such absence for you."))
    today = calendar_of(home_of(seen.person, on=now.date())).local_day(now)
    absence = people.end_absence(absence=seen, on=today, by=by, now=now)
    ask(absence, by=by, now=now)
    return absence


def ask_after_absences(*, now: datetime) -> int:
    """Ask about what is still with substitutes of absences that are over. Returns how many absences ended."""
    over = Absence.objects.filter(until__lte=now, asked_at__isnull=True)
    keys = list(over.order_by("until", "pk").values_list("pk", flat=True))
    return sum(_ask_once(key, now=now) for key in keys)


@transaction.atomic
def _ask_once(absence_id: uuid.UUID, *, now: datetime) -> bool:
    waiting = Absence.objects.select_for_update(skip_locked=True, of=("self",)).for_list()
    absence = waiting.filter(pk=absence_id, asked_at__isnull=True).first()
    if absence is None:
        return False
    ask(absence, by=system_user(), now=now)
    return True


def ask(absence: Absence, *, by: User, now: datetime) -> None:
    """Ask both, once, what becomes of each piece that is still with the substitute."""
    absence.asked_at, absence.asked_by = now, by
    absence.save(update_fields=["asked_at", "asked_by"])
    audit.record("people.absence_asked", by=by, target=absence, now=now)
    covers = list(absence.covers.unanswered().for_list())
    if not covers:
        return
    lines = "\n".join(f"· {words_of(cover)}" for cover in covers)
    values = {"who": absence.person.name, "substitute": absence.substitute.name, "work": lines}
    words = say(handing.ABSENCE_OVER, values)
    for person in (absence.person, *{cover.holder for cover in covers}):
        _tell(person, OVER, words, now=now)


def words_of(cover: Cover) -> str:
    """What a substitute holds, in words."""
    city = cover.case.city.name if cover.case else ""
    what = cover.item.title if cover.item else _("the seat of the assessor")
    return f"{city}: {what}"


def take_over_work(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    """The substitute takes over what somebody away had before. Raises NotFound, NotAllowed, WrongState."""
    seen = WorkItem.objects.visible_to(by).open().filter(pk=work_item_id, case__isnull=False).first()
    if seen is None or seen.case_id is None:
        raise NotFound(_("There is no such work for you."))
    with changing(seen.case_id, by=by, now=now) as case:
        item = WorkItem.objects.open().for_list().filter(pk=work_item_id).first()
        route = routed_to(item.owner, Duty.of(item), at=now) if item and item.owner else None
        if item is None or route is None or route.absence is None or route.person != by:
            raise NotAllowed(_("Only who stands in for the owner today takes this work over."))
        if item.party == Party.ASSESSOR:
            _take_seat(item, case, route.absence, by=by, now=now)
        else:
            absence = _first_absence(item.covers.standing(), route.absence)
            hand_over_work_item(item=item, owner=by, by=by, now=now)
            cover_item(item=item, absence=absence, holder=by, by=by, now=now)
    return case


def _first_absence(covers: CoverQuerySet, absence: Absence) -> Absence:
    """Work that is covered already goes back to who had it first."""
    prior = covers.select_related("absence__person").first()
    return prior.absence if prior else absence


def _take_seat(item: WorkItem, case: Case, absence: Absence, *, by: User, now: datetime) -> None:
    """A review is one person's: whoever takes it over judges anew what is not handed in."""
    parts = case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
    part = parts.select_related("person").get(person=item.owner)
    absence = _first_absence(part.covers.standing(), absence)
    seat = replace_on_case(part, case, by, by=by, now=now)
    cover_seat(part=seat, absence=absence, holder=by, by=by, now=now)


def give_back(*, cover_id: uuid.UUID, by: User, now: datetime) -> Cover:
    """The work, or the seat, is again with who was away. Raises NotFound, WrongState."""
    with _answering(cover_id, by=by, now=now) as (cover, case):
        person = cover.absence.person
        if not person.is_active:
            raise WrongState(_("The account of %(name)s is closed; the work stays.") % {"name": person})
        if cover.item is not None:
            hand_over_work_item(item=cover.item, owner=person, by=by, now=now)
        else:
            _give_seat_back(cover, case, person, by=by, now=now)
    return cover


def keep(*, cover_id: uuid.UUID, by: User, now: datetime) -> Cover:
    """The substitute goes on with it: the work until it is done, a seat for good.

    Raises NotFound, WrongState when the substitute may not do it any more.
    """
    with _answering(cover_id, by=by, now=now) as (cover, case):
        if cover.item is not None:
            why = standing_of(cover.holder, [case], at=now).unfit_for(Duty.of(cover.item))
            if why:
                values = {"name": cover.holder, "why": why}
                raise WrongState(_("%(name)s can't go on with it: %(why)s. Give it back.") % values)
        keep_cover(cover=cover, by=by, now=now)
    return cover


@contextmanager
def _answering(cover_id: uuid.UUID, *, by: User, now: datetime) -> Iterator[tuple[Cover, Case]]:
    """Lock the case of what a substitute holds; whoever answers second finds it answered."""
    seen = Cover.objects.visible_to(by).for_list().filter(pk=cover_id).first()
    if seen is None or seen.case is None:
        raise NotFound(_("There is no such work for you."))
    with changing(seen.case.pk, by=by, now=now) as case:
        cover = Cover.objects.unanswered().for_list().filter(pk=cover_id).first()
        if cover is None:
            raise WrongState(_("This has been answered, or is done."))
        yield cover, case


def _give_seat_back(cover: Cover, case: Case, person: User, *, by: User, now: datetime) -> None:
    part = case.participations.select_related("person").get(covers=cover)
    mine = Review.objects.filter(assessment__case=case)
    begun = mine.filter(assessor=cover.holder, status=ReviewStatus.OPEN).values("assessment")
    if mine.filter(assessor=person, assessment__in=begun).exists():
        text = _("%(name)s has reviewed in this round already. The seat goes back once this review is in.")
        raise WrongState(text % {"name": person})
    end_covers([cover], by=by, now=now)
    replace_on_case(part, case, person, by=by, now=now)
