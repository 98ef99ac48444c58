"""What happens on a case: more time, appeals, visits, withdrawal."""

from django.utils.translation import gettext_lazy as _

from cases.wordings import CITY, TITLE
from notifications.wordings import Placeholder, Wording

CASE = _("What happens on a case")
REASON = Placeholder("reason", _("the city's reason"), _("Elections are near."))
CODE = Placeholder("code", _("the criterion"), "DM1")
WHY = Placeholder("why", _("the program's reason"), _("The minutes show it."), is_needed=True)
DAY = Placeholder("day", _("the day in words"), _("Mon, May 11, 2026"))
VISITORS = Placeholder("who", _("who comes"), _("Both assessors"))

TIME_ASKED = Wording(
    "cases.extension_requested",
    "cases.extension_requested",
    CASE,
    _("More time is asked for"),
    _("More time asked for: %(title)s, %(city)s"),
    _(
        "%(who)s asks for more time for “%(title)s”, until %(until)s: %(reason)s\n\n"
        "Grant it or refuse it in Milepost."
    ),
    (
        TITLE,
        CITY,
        Placeholder("who", _("who asks"), _("A lead")),
        Placeholder("until", _("the day that is asked for"), _("Mon, May 11, 2026")),
        Placeholder("reason", _("why"), _("Elections are near.")),
    ),
)
TIME_ANSWERED = Wording(
    "cases.extension_answered",
    "cases.extension_answered",
    CASE,
    _("More time is granted or refused"),
    _("%(answer)s: more time for %(title)s"),
    _("%(reason)s"),
    (
        TITLE,
        Placeholder("answer", _("granted or refused"), _("Granted")),
        Placeholder(
            "reason",
            _("what was answered, or else that the date has moved"),
            _("The due date has moved, and the reminders with it."),
            is_needed=True,
        ),
    ),
)
DATES_MOVED = Wording(
    "people.closed_days_moved",
    "people.closed_days_moved",
    CASE,
    _("To the program: closed days moved due dates"),
    _("Closed days of %(organization)s moved due dates"),
    _("%(who)s changed the days on which %(organization)s is closed, and its open work is due on:\n%(work)s"),
    (
        Placeholder("organization", _("whose closed days they are"), _("City of Paterson")),
        Placeholder("who", _("who changed them"), _("A lead")),
        Placeholder(
            "work",
            _("the work with its due date before and now"),
            _("Answer the self-assessment, Paterson: Wed, Dec 9, 2026 → Thu, Jan 21, 2027"),
            is_needed=True,
        ),
    ),
)
APPEAL_FILED = Wording(
    "certification.appeal_filed",
    "certification.appeal_filed",
    CASE,
    _("To the program: an appeal"),
    _("%(city)s appeals the finding on %(code)s"),
    _("%(city)s holds that %(code)s is met. The answer is on your desk; until then no packet opens."),
    (CITY, CODE),
)
APPEAL_GRANTED = Wording(
    "certification.appeal_granted",
    "certification.appeal_answered",
    CASE,
    _("An appeal is granted"),
    _("Your appeal on %(code)s is granted"),
    _("%(code)s counts as met, and the report of %(city)s says so. The program's reason: %(why)s"),
    (CITY, CODE, WHY),
)
APPEAL_UPHELD = Wording(
    "certification.finding_upheld",
    "certification.appeal_answered",
    CASE,
    _("An appeal is refused"),
    _("The finding on %(code)s is upheld"),
    _("%(code)s stays not met in the report of %(city)s. The program's reason: %(why)s"),
    (CITY, CODE, WHY),
)
VISIT_PLANNED = Wording(
    "certification.visit_planned",
    "certification.site_visit",
    CASE,
    _("A site visit"),
    _("A site visit in %(city)s on %(day)s"),
    _("Who: %(who)s"),
    (CITY, DAY, VISITORS),
)
VISIT_CALLED_OFF = Wording(
    "certification.visit_called_off",
    "certification.site_visit",
    CASE,
    _("A site visit is called off"),
    _("Called off: the site visit in %(city)s on %(day)s"),
    _("Nobody comes on that day."),
    (CITY, DAY, Placeholder("who", _("who would have come"), _("Both assessors"))),
)
WITHDRAWN = Wording(
    "cases.case_withdrawn",
    "cases.case_withdrawn",
    CASE,
    _("To the program: a city withdraws"),
    _("%(city)s has withdrawn"),
    _("%(city)s has withdrawn. Its reason: %(reason)s"),
    (CITY, REASON),
)
# The reason is the program's to read: who else is told can't be given it.
WITHDRAWN_TO_OTHERS = Wording(
    "cases.case_withdrawn_to_others",
    "cases.case_withdrawn",
    CASE,
    _("To partners and assessors: a city withdraws"),
    _("%(city)s has withdrawn"),
    _("%(city)s has withdrawn. Nothing more is asked of you on this case; its due dates are off."),
    (CITY,),
)
ALL = [
    TIME_ASKED,
    TIME_ANSWERED,
    DATES_MOVED,
    APPEAL_FILED,
    APPEAL_GRANTED,
    APPEAL_UPHELD,
    VISIT_PLANNED,
    VISIT_CALLED_OFF,
    WITHDRAWN,
    WITHDRAWN_TO_OTHERS,
]
