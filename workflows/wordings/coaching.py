"""Coaching: engagements that rest or pass on, sessions, action items."""

from django.utils.translation import gettext_lazy as _

from cases.wordings import CITY, WHO
from notifications.wordings import Placeholder, Wording

COACHING, SESSIONS = _("Coaching"), _("Coaching sessions")
PARTNER = Placeholder("partner", _("the partner's name"), _("A partner"))
SESSION = Placeholder("title", _("what the session is"), _("Coaching session, Paterson"))
DETAILS = Placeholder(
    "details",
    _("when and where it is, and the agenda or the reason"),
    _("Mon, May 11, 2026, 10:00 am"),
    is_needed=True,
)
WHAT = Placeholder("what", _("what is to be done"), _("Publish the inventory"))
WHY = Placeholder("why", _("the reason"), _("The city elects a mayor."))
_GONE_ALONG = _("What is open has gone along; every due date stays as it was.")

PAUSED = Wording(
    "coaching.engagement_paused",
    "coaching.engagement_passed_on",
    COACHING,
    _("Coaching pauses"),
    _("%(partner)s pauses the coaching of %(city)s"),
    _("%(who)s: %(why)s Nothing of this engagement is due until it is resumed."),
    (PARTNER, CITY, WHO, WHY),
)
RESUMED = Wording(
    "coaching.engagement_resumed",
    "coaching.engagement_passed_on",
    COACHING,
    _("Coaching goes on"),
    _("%(partner)s resumes the coaching of %(city)s"),
    _("The due dates have moved by the working days of the pause."),
    (PARTNER, CITY),
)
TRANSFER_OFFERED = Wording(
    "coaching.transfer_offered",
    "coaching.engagement_passed_on",
    COACHING,
    _("Somebody is asked to take over"),
    _("Will you take over the coaching of %(city)s?"),
    _("%(who)s offers you an engagement with a hand-over note. Accept or decline it on your desk."),
    (PARTNER, CITY, WHO),
)
PARTNER_CHANGED = Wording(
    "coaching.partner_changed",
    "coaching.engagement_passed_on",
    COACHING,
    _("Another partner takes over"),
    _("%(new)s takes over the coaching of %(city)s from %(old)s"),
    _GONE_ALONG,
    (
        CITY,
        Placeholder("new", _("the partner from now on"), _("Another partner")),
        Placeholder("old", _("the partner until now"), _("A partner")),
    ),
)
COACH_CHANGED = Wording(
    "coaching.coach_changed",
    "coaching.engagement_passed_on",
    COACHING,
    _("Another coach takes over"),
    _("%(coach)s takes over the coaching of %(city)s"),
    _GONE_ALONG,
    (CITY, Placeholder("coach", _("the coach from now on"), _("Another coach"))),
)
TRANSFER_DECLINED = Wording(
    "coaching.transfer_declined",
    "coaching.engagement_passed_on",
    COACHING,
    _("Somebody does not take over"),
    _("%(who)s does not take over the coaching of %(city)s"),
    _("%(why)s"),
    (PARTNER, CITY, WHO, WHY),
)
ACTION_GIVEN = Wording(
    "coaching.action_agreed",
    "coaching.action_item",
    COACHING,
    _("An action item"),
    _("For you to do: %(what)s, %(city)s"),
    _("%(who)s put this on your desk: %(what)s. The due date is there."),
    (WHAT, CITY, WHO),
)
ACTION_DROPPED = Wording(
    "coaching.action_dropped",
    "coaching.action_item",
    COACHING,
    _("An action item is dropped"),
    _("Not to be done any more: %(what)s"),
    _("%(city)s: this was dropped. %(why)s"),
    (WHAT, CITY, WHY),
)
INVITED = Wording(
    "coaching.session_invited",
    "coaching.session",
    SESSIONS,
    _("An invitation to a session"),
    _("Invitation: %(title)s"),
    _("%(details)s"),
    (SESSION, DETAILS),
)
CHANGED = Wording(
    "coaching.session_changed",
    "coaching.session",
    SESSIONS,
    _("A session has changed"),
    _("Changed: %(title)s"),
    _("%(details)s"),
    (SESSION, DETAILS),
)
CALLED_OFF = Wording(
    "coaching.session_called_off",
    "coaching.session",
    SESSIONS,
    _("A session is called off"),
    _("Called off: %(title)s"),
    _("%(details)s"),
    (SESSION, DETAILS),
)
ALL = [
    PAUSED,
    RESUMED,
    TRANSFER_OFFERED,
    PARTNER_CHANGED,
    COACH_CHANGED,
    TRANSFER_DECLINED,
    ACTION_GIVEN,
    ACTION_DROPPED,
    INVITED,
    CHANGED,
    CALLED_OFF,
]
