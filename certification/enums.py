from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AssessmentStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("In review")
    RETURNED = "returned", _("Returned for revision")
    RECONCILED = "reconciled", _("Reconciled")
    RELEASED = "released", _("Report released")


class ResponseStatus(TextChoices):
    OPEN = "open", _("Open")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for revision")
    SETTLED = "settled", _("Settled")
    CARRIED = "carried", _("Carried over")


class DelegationStatus(TextChoices):
    """How far a delegation is; what is done stays writable until it ends."""

    INVITED = "invited", _("Invited")
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    ENDED = "ended", _("Ended")


class Rating(TextChoices):
    """How a city rates itself on a criterion."""

    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")


class Outcome(TextChoices):
    """What an assessor finds on a criterion."""

    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    NEEDS_REVISION = "needs_revision", _("Needs revision")


class EvidenceKind(TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    STORY = "story", _("Story")


class ReviewStatus(TextChoices):
    OPEN = "open", _("Open")
    SUBMITTED = "submitted", _("Submitted")


class Path(TextChoices):
    DECISION = "decision", _("Ask for the decision")
    COACHING = "coaching", _("Ask for coaching")


class AppealStatus(TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Finding upheld")
    GRANTED = "granted", _("Granted")
    LAPSED = "lapsed", _("Fell away with the case")


class VisitStatus(TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CALLED_OFF = "called_off", _("Called off")


class DecisionStatus(TextChoices):
    VOTING = "voting", _("Vote open")
    CERTIFY = "certify", _("Certify")
    NOT_YET = "not_yet", _("Not yet")
    SCHEDULED = "scheduled", _("Announcement scheduled")
    PUBLISHED = "published", _("Published")
    CANCELLED = "cancelled", _("Cancelled")


class Choice(TextChoices):
    """A committee member's vote."""

    CERTIFY = "certify", _("Certify")
    NOT_YET = "not_yet", _("Not yet")


class Audience(TextChoices):
    """Who reads a comment on a criterion."""

    CITY = "city", _("City and program")
    INTERNAL = "internal", _("Program and assessors")
