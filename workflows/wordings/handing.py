"""Work that goes from one person to another: for a while, for good, or criterion by criterion."""

from django.utils.translation import gettext_lazy as _

from cases.wordings import CITY, SUBSTITUTES, WHO
from notifications.wordings import Placeholder, Wording

PASSED_ON = _("Work passed on")
AWAY = Placeholder("who", _("who is away"), _("A coach"))
SUBSTITUTE = Placeholder("substitute", _("who stands in"), _("Another coach"))
SUCCESSOR = Placeholder("successor", _("who stands in from now on"), _("Another coach"))
WORK = Placeholder("work", _("the work, a line each"), _("· Paterson: Plan the coaching"), is_needed=True)
NAME = Placeholder("name", _("who has left"), _("A coach"))
WHAT = Placeholder("what", _("the criteria or the area"), "DM1")

STANDS_IN = Wording(
    "people.stands_in",
    "people.absence_set",
    SUBSTITUTES,
    _("To a substitute"),
    _("You stand in for %(who)s"),
    _(
        "%(who)s is away from %(first)s to %(last)s. New work for them comes to you in these days; what they "
        "had before is on your desk to be read, and to be taken over."
    ),
    (
        AWAY,
        Placeholder("first", _("the first day"), _("Mon, May 11, 2026")),
        Placeholder("last", _("the last day"), _("Fri, May 15, 2026")),
    ),
)
ABSENCE_SET = Wording(
    "people.absence_set_by_others",
    "people.absence_set",
    SUBSTITUTES,
    _("To somebody whose absence others set"),
    _("%(substitute)s stands in for you"),
    _("From %(first)s to %(last)s, new work for you goes to %(substitute)s."),
    (SUBSTITUTE, *STANDS_IN.placeholders[1:]),
)
SUBSTITUTE_LEFT = Wording(
    "people.substitute_left",
    "people.substitute_changed",
    SUBSTITUTES,
    _("A substitute has left"),
    _("Nobody stands in for you any more"),
    _("Your substitute has left; new work comes to you again. Set another absence if you need it."),
    (),
)
SUBSTITUTE_CHANGED = Wording(
    "people.substitute_changed",
    "people.substitute_changed",
    SUBSTITUTES,
    _("Another substitute"),
    _("%(successor)s stands in for %(who)s"),
    _("Until %(day)s, new work for %(who)s goes to %(successor)s; the former substitute has left."),
    (AWAY, SUCCESSOR, Placeholder("day", _("the last day away"), _("Fri, May 15, 2026"))),
)
ABSENCE_OVER = Wording(
    "people.absence_over",
    "people.absence_over",
    SUBSTITUTES,
    _("After an absence"),
    _("%(who)s is back: what becomes of this work?"),
    _(
        "This came to %(substitute)s in the place of %(who)s. Say for each whether it goes back or stays:"
        "\n\n%(work)s"
    ),
    (Placeholder("who", _("who was away"), _("A coach")), SUBSTITUTE, WORK),
)
HANDED_OVER = Wording(
    "people.work_handed_over",
    "people.work_taken_over",
    SUBSTITUTES,
    _("To a successor"),
    _("You take over the work of %(name)s"),
    _("%(by)s has handed over to you what %(name)s did:\n\n%(work)s"),
    (NAME, Placeholder("by", _("who handed it over"), _("A lead")), WORK),
)
LEFT_OPEN = Wording(
    "people.work_left",
    "people.membership_ended",
    SUBSTITUTES,
    _("Work that nobody does"),
    _("%(name)s has left: work needs somebody else"),
    _("%(name)s has left, and this is open with nobody to do it. Name somebody, or take it:\n\n%(work)s"),
    (NAME, WORK),
)
MANAGER_CHANGED = Wording(
    "cases.manager_changed",
    "people.work_taken_over",
    PASSED_ON,
    _("To the manager until now"),
    _("%(who)s now manages the case of %(city)s"),
    _("%(who)s has taken over from you as manager of the case, with its open work."),
    (WHO, CITY),
)
NAMED = Wording(
    "cases.somebody_named",
    "people.work_taken_over",
    PASSED_ON,
    _("To a new coach or assessor"),
    _("For you: %(what)s, %(city)s"),
    _("%(who)s has named you: %(what)s, %(city)s. What is open is on your desk."),
    (WHO, CITY, Placeholder("what", _("what they are from now on"), _("coach of the city"))),
)
DELEGATED = Wording(
    "certification.criteria_delegated",
    "certification.delegation",
    PASSED_ON,
    _("Criteria to answer"),
    _("For you to answer: %(what)s, %(city)s"),
    _("%(who)s asks you to answer %(what)s. The due date and the criteria are on your desk."),
    (WHO, CITY, WHAT),
)
DELEGATION_DONE = Wording(
    "certification.delegation_done",
    "certification.delegation",
    PASSED_ON,
    _("To a lead: criteria are answered"),
    _("%(who)s is done with %(what)s"),
    _("%(who)s has done what you delegated: %(what)s. Read the answers, then submit when all is in."),
    (WHO, WHAT),
)
DELEGATION_ENDED = Wording(
    "certification.delegation_ended",
    "certification.delegation",
    PASSED_ON,
    _("Nothing more to answer"),
    _("Nothing more to answer: %(city)s"),
    _("%(who)s has taken back what was delegated to you. What you wrote is kept."),
    (WHO, CITY),
)
ALL = [
    STANDS_IN,
    ABSENCE_SET,
    SUBSTITUTE_LEFT,
    SUBSTITUTE_CHANGED,
    ABSENCE_OVER,
    HANDED_OVER,
    LEFT_OPEN,
    MANAGER_CHANGED,
    NAMED,
    DELEGATED,
    DELEGATION_DONE,
    DELEGATION_ENDED,
]
