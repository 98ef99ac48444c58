from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CaseKind(TextChoices):
    FIRST = "first", _("First certification")
    LEVEL_UP = "level_up", _("Level-up")
    RECERTIFICATION = "recertification", _("Recertification")


class Stage(TextChoices):
    APPLICATION = "application", _("Application")
    SELF_ASSESSMENT = "self_assessment", _("Self-assessment")
    REVIEW = "review", _("Review")
    COACHING = "coaching", _("Coaching")
    REASSESSMENT = "reassessment", _("Re-assessment")
    DECISION = "decision", _("Decision")
    CERTIFIED = "certified", _("Certified")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ENDS = frozenset({Stage.CERTIFIED, Stage.DECLINED, Stage.WITHDRAWN})
PATH = (
    Stage.APPLICATION,
    Stage.SELF_ASSESSMENT,
    Stage.REVIEW,
    Stage.COACHING,
    Stage.REASSESSMENT,
    Stage.DECISION,
    Stage.CERTIFIED,
)


class DeclineReason(TextChoices):
    COUNTRY = "country", _("Outside the eligible countries")
    POPULATION = "population", _("Below the minimum population")
    COMMITMENT = "commitment", _("No signed commitment")
    INACTIVE = "inactive", _("Inactive")


class ApplicationStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class SignatureState(TextChoices):
    """How a request for the sponsor's signature stands; outdated when what was to be signed has changed."""

    AWAITED = "awaited", _("Awaited")
    EXPIRED = "expired", _("Expired")
    SIGNED = "signed", _("Signed")
    OUTDATED = "outdated", _("Outdated")


class Party(TextChoices):
    """Who owes a piece of work."""

    CITY = "city", _("City")
    PARTNER = "partner", _("Partner")
    PROGRAM = "program", _("Program")
    ASSESSOR = "assessor", _("Assessor")
    COMMITTEE = "committee", _("Committee")


class RecipientRule(TextChoices):
    """Who is told of a piece of work; found when the message is sent."""

    OWNER = "owner", _("Whoever owes it")
    PARTY_LEAD = "party_lead", _("The lead of the organization that owes it")
    PARTNER_LEAD = "partner_lead", _("The lead of the coaching partner")
    MANAGER = "manager", _("The program manager of the case")
    DIRECTOR = "director", _("The program director")


class ExtensionStatus(TextChoices):
    OPEN = "open", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class Thread(TextChoices):
    """Who reads and writes the messages: the city with the program, or the program alone."""

    CITY = "city", _("City and program")
    INTERNAL = "internal", _("Program only")


class ParticipationRole(TextChoices):
    CITY = "city", _("City")
    ASSESSOR = "assessor", _("Assessor")
    COACH = "coach", _("Coach")
    MANAGER = "manager", _("Manager")
    COMMITTEE = "committee", _("Committee")


class Conflict(TextChoices):
    """Why somebody may neither review nor vote on a city."""

    COACHED = "coached", _("coached this city")
    PARTNER = "partner", _("belongs, or belonged lately, to a partner that coaches this city")
    CITY = "city", _("works, or worked lately, for this city")
    ASSESSED = "assessed", _("assessed this case")


class WorkKind(TextChoices):
    STEP = "step", _("Step")
    DELEGATION = "delegation", _("Delegation")
    ACTION_ITEM = "action_item", _("Action item")
    CLAIM = "claim", _("Claim")
    FEEDBACK = "feedback", _("Feedback")
    APPEAL = "appeal", _("Appeal")
    TRANSFER = "transfer", _("Hand-over")
