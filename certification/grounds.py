"""What a finding needs to stand: the city reads it, and must understand it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from certification.enums import Outcome, Rating
from certification.models import Finding, Response


def lacking(response: Response, outcome: str, comment: str) -> dict[str, Sequence[str]]:
    """What is missing or wrong, by field; empty when the finding can stand."""
    if outcome not in Outcome.values:
        return {"outcome": [_("Choose met, not met or needs revision.")]}
    if outcome == Outcome.MET and not response.self_rating:
        text = _("The city gave no answer here, which counts as not met. Find it not met, or return it.")
        return {"outcome": [text]}
    if comment.strip():
        return {}
    if outcome == Outcome.NEEDS_REVISION:
        return {"comment": [_("Say what the city should revise.")]}
    if outcome == Outcome.NOT_MET and response.self_rating == Rating.MET:
        return {"comment": [_("The city holds this to be met. Say what is missing.")]}
    return {}


def stands(finding: Finding | None, response: Response) -> bool:
    """Whether a review can be handed in with it."""
    return finding is not None and not lacking(response, finding.outcome, finding.comment)
