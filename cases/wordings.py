"""What is said about cases in general, and the placeholders that the messages of higher rooms share."""

from django.utils.translation import gettext_lazy as _

from notifications.wordings import Placeholder, Wording

CITY = Placeholder("city", _("the city's name"), "Paterson")
TITLE = Placeholder("title", _("what is to be done"), _("Complete the self-assessment"))
WHO = Placeholder("who", _("who did it"), _("A lead"))

MESSAGES = _("Messages and comments")
SUBSTITUTES = _("Substitutes, and people who leave")

NOT_COVERED = Wording(
    "people.not_covered",
    "people.not_covered",
    SUBSTITUTES,
    _("A substitute can't do new work"),
    _("%(where)s: %(substitute)s can't stand in for %(who)s"),
    _(
        "New work for %(who)s, who is away until %(day)s, stays with them: %(substitute)s can't do it "
        "(%(why)s)."
    ),
    (
        Placeholder("where", _("the city, or their desk"), "Paterson"),
        Placeholder("who", _("who is away"), _("A coach")),
        Placeholder("substitute", _("who stands in for them"), _("Another coach")),
        Placeholder("day", _("their last day away"), _("Mon, May 11, 2026")),
        Placeholder("why", _("why the substitute can't"), _("they worked for the city")),
    ),
)
MENTIONED = Wording(
    "cases.message_mentions",
    "cases.message_mentions",
    MESSAGES,
    _("Somebody is mentioned"),
    _("%(who)s mentions you in a message about %(city)s"),
    _("%(who)s asks for your attention in the messages about %(city)s."),
    (CITY, WHO),
)
_UNREAD = _("There are messages about %(city)s that you have not read yet.")
WRITTEN = Wording(
    "cases.message_written",
    "cases.message_written",
    MESSAGES,
    _("Messages of city and program"),
    _("New messages about %(city)s"),
    _UNREAD,
    (CITY,),
)
WRITTEN_INSIDE = Wording(
    "cases.internal_message_written",
    "cases.internal_message_written",
    MESSAGES,
    _("Messages inside the program"),
    _("New internal messages about %(city)s"),
    _UNREAD,
    (CITY,),
)
ALL = [NOT_COVERED, WRITTEN, WRITTEN_INSIDE, MENTIONED]
