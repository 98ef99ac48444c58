from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput, NotFound, WrongState


class CaseOpenAlready(WrongState):
    """The city has an open case; a second one can't be opened beside it."""

    title = _("This city has an open case already")


class CaseOnHold(WrongState):
    """The case is paused."""

    title = _("This case is on hold")


class CaseClosed(WrongState):
    """The case has ended."""

    title = _("This case has ended")


class WorkItemClosed(WrongState):
    """Somebody has done this step meanwhile, or it is no longer needed. `closed_by_id` says who."""

    title = _("This step is done already")

    def __init__(self, detail: str, *, closed_by_id: int | None) -> None:
        super().__init__(detail)
        self.closed_by_id = closed_by_id


class ReasonNeeded(InvalidInput):
    """The action goes against a rule, or ends something, and needs a reason."""


class SignatureGone(NotFound):
    """The link is unknown, used, replaced or expired, or nothing is left to sign: nobody is told which."""


class AskedTooOften(WrongState):
    """The sponsor has been asked as often as a day allows."""

    title = _("The sponsor has been asked already")
