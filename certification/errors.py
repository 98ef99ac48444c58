from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput, WrongState


class EditConflict(WrongState):
    """Somebody saved this answer meanwhile. Carries what is stored and what was tried, so nothing is lost."""

    title = _("Someone else saved this answer meanwhile")

    def __init__(self, *, stored: Any, tried: dict[str, Any]) -> None:
        super().__init__(_("Compare both texts and save the one that should stand."))
        self.stored, self.tried = stored, tried


class FindingsMissing(InvalidInput):
    """A review can be submitted only with a finding for every criterion in it."""


class ConflictOfInterest(WrongState):
    """The person coached the city, works for a partner that did, or worked for the city."""

    title = _("Conflict of interest")


class LevelNotReached(WrongState):
    """The validated result reaches no level, so there is nothing to decide."""

    title = _("No level is reached yet")


class QuorumNotReached(WrongState):
    """Fewer votes than the standard asks for."""

    title = _("The quorum is not reached")


class VoteCast(WrongState):
    """The member has voted or stood aside already; a vote is final."""

    title = _("Your vote is in already")
