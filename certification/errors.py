from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput, WrongState


class FindingsMissing(InvalidInput):
    """A review can be submitted only with a finding for every criterion in it."""


class ConflictOfInterest(WrongState):
    """The person coached the city, works for a partner that did, or worked for the city."""

    title = _("Conflict of interest")


class LevelNotReached(WrongState):
    """The validated result reaches no level, so there is nothing to decide."""

    title = _("No level is reached yet")


class AppealOpen(WrongState):
    """The city contests a finding, and the program has not answered yet."""

    title = _("An appeal is open")


class AppealTooLate(WrongState):
    """The time to appeal has run out, or the case has gone on past the finding."""

    title = _("This can't be appealed any more")


class QuorumNotReached(WrongState):
    """Fewer votes than the standard asks for."""

    title = _("The quorum is not reached")


class VoteCast(WrongState):
    """The member has voted or stood aside already; a vote is final."""

    title = _("Your vote is in already")
