"""Reminders of work: by whether it is the reader's own, and by whether it is due, due today or late."""

from django.utils.translation import gettext_lazy as _

from cases.reminders import WORK_DUE
from cases.wordings import CITY, TITLE
from core.errors import Text
from notifications.wordings import Placeholder, Wording

DAY = Placeholder("day", _("the due date in words"), _("Mon, May 11, 2026"))
WHO = Placeholder("who", _("who owes it: a person, or else an organization"), _("Paterson"))


def _wording(code: str, group: Text, title: Text, subject: Text, text: Text) -> Wording:
    return Wording(code, WORK_DUE, group, title, subject, text, (TITLE, CITY, DAY, WHO))


_OWN, _OTHERS = _("Reminders of one's own work"), _("Telling others of work")
_SOON, _TODAY, _LATE = _("Before the due date"), _("On the due date"), _("When it is late")
_DUE_ON, _DUE_TODAY, _OVERDUE = (
    _("Due %(day)s: %(title)s, %(city)s"),
    _("Due today: %(title)s, %(city)s"),
    _("Overdue: %(title)s, %(city)s"),
)

OWN_SOON = _wording(
    "cases.own_work_due",
    _OWN,
    _SOON,
    _DUE_ON,
    _("“%(title)s” for %(city)s is yours and falls due on %(day)s, at the end of the working day."),
)
OWN_TODAY = _wording(
    "cases.own_work_due_today",
    _OWN,
    _TODAY,
    _DUE_TODAY,
    _("“%(title)s” for %(city)s is yours and falls due today, at the end of the working day."),
)
OWN_LATE = _wording(
    "cases.own_work_late",
    _OWN,
    _LATE,
    _OVERDUE,
    _("“%(title)s” for %(city)s is yours and was due on %(day)s."),
)
_falls_due = _("“%(title)s” for %(city)s falls due on %(day)s. It is owed by: %(who)s.")
OTHERS_SOON = _wording("cases.work_of_others_due", _OTHERS, _SOON, _DUE_ON, _falls_due)
OTHERS_TODAY = _wording("cases.work_of_others_due_today", _OTHERS, _TODAY, _DUE_TODAY, _falls_due)
OTHERS_LATE = _wording(
    "cases.work_of_others_late",
    _OTHERS,
    _LATE,
    _OVERDUE,
    _("“%(title)s” for %(city)s was due on %(day)s and is still open. It is owed by: %(who)s."),
)
ALL = [OWN_SOON, OWN_TODAY, OWN_LATE, OTHERS_SOON, OTHERS_TODAY, OTHERS_LATE]


def wording_at(days: int, *, is_own: bool) -> Wording:
    """Of so many working days after the due date."""
    soon, today, late = ALL[:3] if is_own else ALL[3:]
    if days == 0:
        return today
    return late if days > 0 else soon
