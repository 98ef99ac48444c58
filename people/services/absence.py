"""Absences: set with a substitute, and ended early. What they do to work is decided in `cases.routing`."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput, NotAllowed, WrongState
from core.pagekit_dates import day_in_words
from people.models import Absence, User
from people.permissions import Permission
from people.services.accounts import end_affiliation

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Days:
    """From the first day to the last, and the same as moments of the person's own calendar."""

    first: date
    last: date
    since: datetime
    until: datetime


@transaction.atomic
def set_absence(*, person: User, substitute: User, days: Days, note: str, by: User, now: datetime) -> Absence:
    """Somebody is away on these days, and the substitute does what is routed to them meanwhile.

    Raises NotAllowed, and InvalidInput for days that are over or taken, and for a substitute who is away.
    """
    lock_people(person, substitute)
    _require(person, by)
    _require_days(person, days, now)
    if substitute.pk == person.pk:
        raise InvalidInput(errors={"substitute": [_("Choose somebody else than who is away.")]})
    away = Absence.objects.filter(person=substitute).overlapping(days.since, days.until).first()
    if away is not None:
        values = {"name": substitute, **_in_words(away)}
        text = _("%(name)s is away, too, from %(first)s to %(last)s. Choose somebody who is there.")
        raise InvalidInput(errors={"substitute": [text % values]})
    absence = Absence.objects.create(
        person=person,
        substitute=substitute,
        begins_on=days.first,
        ends_on=days.last,
        since=days.since,
        until=days.until,
        note=note.strip(),
        set_at=now,
        set_by=by,
    )
    new = {"person": person.email, "substitute": substitute.email, "until": str(days.last)}
    audit.record("people.absence_set", by=by, target=absence, now=now, new=new)
    return absence


def lock_people(*people: User) -> None:
    """In one order, so that two absences that name each other wait for each other."""
    keys = sorted({person.pk for person in people})
    list(User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _require(person: User, by: User) -> None:
    if not by.has_perm(Permission.SET_ABSENCE, person):
        raise NotAllowed(_("Everybody sets their own absence; the program and a partner's lead for others."))


def _require_days(person: User, days: Days, now: datetime) -> None:
    if days.last < days.first:
        raise InvalidInput(errors={"ends_on": [_("The last day lies before the first.")]})
    if days.until <= now:
        raise InvalidInput(errors={"ends_on": [_("These days are over.")]})
    if (days.last - days.first).days > LONGEST_DAYS:
        raise InvalidInput(
            errors={"ends_on": [_("That is more than a year. Hand the work over to somebody instead.")]}
        )
    taken = Absence.objects.filter(person=person).overlapping(days.since, days.until).first()
    if taken is not None:
        text = _(
            "There is an absence from %(first)s to %(last)s already; end that first, or choose other days."
        )
        raise InvalidInput(errors={"begins_on": [text % _in_words(taken)]})


def _in_words(absence: Absence) -> dict[str, str]:
    return {"first": day_in_words(absence.begins_on), "last": day_in_words(absence.ends_on)}


@transaction.atomic
def end_absence(*, absence: Absence, on: date, by: User, now: datetime) -> Absence:
    """End it before its time, or call it off before it begins; a substitute may step down.

    `on` is today where the person belongs. Raises NotAllowed, and WrongState for one that is over.
    """
    if by.pk != absence.substitute_id:
        _require(absence.person, by)
    return close_absence(absence=absence, on=on, by=by, now=now)


@transaction.atomic
def close_absence(*, absence: Absence, on: date, by: User, now: datetime) -> Absence:
    """The same for whoever has the right by something else; roles that were lent end today."""
    locked = Absence.objects.select_for_update(of=("self",)).for_list().get(pk=absence.pk)
    if locked.until <= now:
        raise WrongState(_("This absence is over already."))
    locked.until = max(now, locked.since)
    locked.ended_at, locked.ended_by = now, by
    locked.save(update_fields=["until", "ended_at", "ended_by"])
    for membership in locked.lent.all():
        end_affiliation(affiliation=membership, until=on, by=by, now=now)
    audit.record("people.absence_ended", by=by, target=locked, now=now, new={"person": locked.person.email})
    return locked


def change_substitute(*, absence: Absence, to: User, by: User, now: datetime) -> Absence:
    """Somebody else stands in from now on; what the former substitute holds is not touched."""
    old, absence.substitute = absence.substitute, to
    absence.save(update_fields=["substitute"])
    audit.record(
        "people.substitute_changed",
        by=by,
        target=absence,
        now=now,
        old={"substitute": old.email},
        new={"substitute": to.email},
    )
    return absence
