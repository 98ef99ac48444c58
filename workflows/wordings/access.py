"""Getting in, and changes of what somebody may do."""

from django.utils.translation import gettext_lazy as _

from cases.wordings import CITY, WHO
from notifications.wordings import Placeholder, Wording

IN, CHANGES = _("Getting in"), _("Roles")
NAME = Placeholder("name", _("whom it is about"), _("A lead"))
ORGANIZATION = Placeholder("organization", _("the organization's name"), "Paterson")
OLD_ROLE = Placeholder("old", _("the role until now"), _("City contributor"))

INVITED = Wording(
    "people.invited",
    "people.invited",
    IN,
    _("An invitation"),
    _("%(who)s invites you to %(organization)s on Milepost"),
    _(
        "%(who)s asks you to join %(organization)s as: %(role)s. The link works once and for fourteen "
        "days. If you do not know what this is about, do nothing."
    ),
    (WHO, ORGANIZATION, Placeholder("role", _("the role"), _("City contributor"))),
)
APPLY_LINK = Wording(
    "workflows.applying",
    "workflows.applying",
    IN,
    _("The link for somebody who applies"),
    _("Your application to Milepost"),
    _(
        "Follow this link to say which city you speak for. It works once and for two days. If you have "
        "an account with this address already, you will be asked to sign in. If you did not ask for "
        "this, do nothing."
    ),
    (),
)
CLAIM_CONFIRMED = Wording(
    "workflows.claim_confirmed",
    "workflows.claim_answered",
    IN,
    _("Somebody speaks for their city"),
    _("Your application to Milepost"),
    _("The program has confirmed that you speak for %(city)s. What your city owes is on your desk."),
    (CITY,),
)
CLAIM_DECLINED = Wording(
    "workflows.claim_declined",
    "workflows.claim_answered",
    IN,
    _("Somebody could not be confirmed"),
    _("Your application to Milepost"),
    _("The program could not confirm that you speak for %(city)s. The reason: %(reason)s"),
    (CITY, Placeholder("reason", _("the program's reason"), _("Your city has named somebody else."))),
)
LEAD_JOINED = Wording(
    "workflows.lead_joined",
    "workflows.lead_joined",
    IN,
    _("To a lead: somebody leads with them"),
    _("%(name)s now leads %(city)s with you"),
    _("The program has confirmed that %(name)s speaks for %(city)s."),
    (NAME, CITY),
)
SIGNATURE_ASKED = Wording(
    "cases.signature_asked",
    "cases.signature_asked",
    IN,
    _("To the sponsor: the commitment to sign"),
    _("%(who)s asks you to sign the commitment of %(city)s"),
    _(
        "%(city)s applies for a certification, and %(who)s asks you to sign its commitment. Behind the "
        "link you read it and sign. The link works once and for fourteen days; you need no account. "
        "If you do not know what this is about, do nothing."
    ),
    (WHO, CITY),
)
SIGNED = Wording(
    "cases.commitment_signed",
    "cases.commitment_signed",
    IN,
    _("The commitment is signed"),
    _("The commitment of %(city)s is signed"),
    _("%(name)s, %(title)s, has signed the commitment of %(city)s."),
    (
        Placeholder("name", _("who signed"), _("A mayor")),
        Placeholder("title", _("their office"), _("Mayor")),
        CITY,
    ),
)
ROLE_ENDED = Wording(
    "people.role_ended",
    "people.membership_changed",
    CHANGES,
    _("A role has ended"),
    _("You are no longer %(old)s of %(organization)s"),
    _(
        "%(who)s has ended your role as %(old)s of %(organization)s today. If you think that this is a "
        "mistake, ask them or the program office."
    ),
    (WHO, ORGANIZATION, OLD_ROLE),
)
ROLE_CHANGED = Wording(
    "people.role_changed",
    "people.membership_changed",
    CHANGES,
    _("Another role"),
    _("You are now %(new)s of %(organization)s"),
    _("%(who)s has changed your role at %(organization)s from %(old)s to %(new)s today."),
    (WHO, ORGANIZATION, OLD_ROLE, Placeholder("new", _("the new role"), _("City lead"))),
)
CITY_LEAD_MADE = Wording(
    "people.city_lead_made",
    "people.city_lead_made",
    CHANGES,
    _("To the program: a city has a new lead"),
    _("%(name)s now leads %(city)s"),
    _("%(who)s has made %(name)s a lead of %(city)s."),
    (WHO, NAME, CITY),
)
ALL = [
    INVITED,
    APPLY_LINK,
    CLAIM_CONFIRMED,
    CLAIM_DECLINED,
    LEAD_JOINED,
    SIGNATURE_ASKED,
    SIGNED,
    ROLE_ENDED,
    ROLE_CHANGED,
    CITY_LEAD_MADE,
]
