"""Days on which an organization is closed: set ahead, and taken back while they are not over."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput, NotAllowed, WrongState
from core.pagekit_dates import day_in_words
from people.models import Closure, Organization, User
from people.permissions import Permission

LONGEST_DAYS, FARTHEST = 62, timedelta(days=800)


def lock_organization(organization: Organization) -> Organization:
    """Two changes of its days wait for each other."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def add_closure(
    *,
    organization: Organization,
    begins_on: date,
    ends_on: date,
    name: str,
    today: date,
    by: User,
    now: datetime,
) -> Closure:
    """Put days on record; the caller holds the organization's lock and moves what falls due on them.

    `today` is the organization's own. Raises NotAllowed and InvalidInput.
    """
    require_keeper(organization, by)
    closure = Closure(
        organization=organization,
        begins_on=begins_on,
        ends_on=ends_on,
        name=name.strip(),
        set_at=now,
        set_by=by,
    )
    require_sound(closure, today=today)
    closure.save()
    _keep_days(organization)
    audit.record("people.closure_set", by=by, target=closure, now=now, new=_as_data(closure))
    return closure


def remove_closure(*, closure: Closure, today: date, by: User, now: datetime) -> Closure:
    """The organization is open after all. Raises NotAllowed, and WrongState once the days are over."""
    require_keeper(closure.organization, by)
    if closure.ends_on < today:
        raise WrongState(_("These days are over; they stay on record."))
    key = closure.pk
    closure.delete()
    closure.pk = key
    _keep_days(closure.organization)
    audit.record("people.closure_removed", by=by, target=closure, now=now, old=_as_data(closure))
    return closure


def require_keeper(organization: Organization, by: User) -> None:
    if not by.has_perm(Permission.SET_CLOSED_DAYS, organization):
        raise NotAllowed(_("Closed days are set by the organization's lead and by the program."))


def require_sound(closure: Closure, *, today: date) -> None:
    """Raise InvalidInput for days that are over, too many, too far ahead or closed already."""
    if closure.ends_on < closure.begins_on:
        raise InvalidInput(errors={"ends_on": [_("The last day lies before the first.")]})
    if closure.begins_on < today:
        raise InvalidInput(errors={"begins_on": [_("Days that are over stay as they were.")]})
    if closure.begins_on > today + FARTHEST:
        raise InvalidInput(errors={"begins_on": [_("That is more than two years ahead.")]})
    if len(closure.days) > LONGEST_DAYS:
        text = _("That is more than two months. Ask the program to put the case on hold instead.")
        raise InvalidInput(errors={"ends_on": [text]})
    taken = closure.organization.closures.filter(
        begins_on__lte=closure.ends_on, ends_on__gte=closure.begins_on
    ).first()
    if taken is not None:
        values = {
            "name": taken.name,
            "first": day_in_words(taken.begins_on),
            "last": day_in_words(taken.ends_on),
        }
        text = _("“%(name)s” is on record from %(first)s to %(last)s. Choose other days.")
        raise InvalidInput(errors={"begins_on": [text % values]})


def _keep_days(organization: Organization) -> None:
    organization.closed_days = sorted(day for one in organization.closures.all() for day in one.days)
    organization.save(update_fields=["closed_days"])


def _as_data(closure: Closure) -> dict[str, object]:
    return {
        "organization": closure.organization.slug,
        "name": closure.name,
        "begins_on": closure.begins_on.isoformat(),
        "ends_on": closure.ends_on.isoformat(),
    }
