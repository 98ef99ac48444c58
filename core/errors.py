"""What the domain refuses, and why. Pages and the API show the same words (see `core.middleware`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """A refusal that a person can understand and act on."""

    status = 400
    title: Text = _("That did not work")

    def __init__(self, detail: Text = "") -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidInput(DomainError):
    """The input is wrong; `errors` names the fields."""

    status = 400
    title = _("Something needs correcting")

    def __init__(self, detail: Text = "", errors: Mapping[str, Sequence[Text]] | None = None) -> None:
        super().__init__(detail or _("Correct the fields named and try again."))
        self.errors = dict(errors or {})


class NotAllowed(DomainError):
    """The person sees the thing but may not do this with it."""

    status = 403
    title = _("You are not allowed to do this")


class NotFound(DomainError):
    """The thing does not exist, or does not exist for this person."""

    status = 404
    title = _("Not found")


class WrongState(DomainError):
    """The person may do this, but not now."""

    status = 409
    title = _("This can't be done now")


class RequestTooLarge(DomainError):
    """More is sent at once than any form takes."""

    status = 413
    title = _("This is too large")

    def __init__(self) -> None:
        super().__init__(
            _("Nothing of it was kept. A file may have up to 25 MB: make it smaller, or link to it.")
        )


class EditConflict(WrongState):
    """Somebody saved this meanwhile. Carries what is stored and what was tried, so nothing is lost."""

    title = _("Someone saved this meanwhile")

    def __init__(self, *, stored: Any, tried: dict[str, Any]) -> None:
        super().__init__(_("Compare both texts and save the one that should stand."))
        self.stored, self.tried = stored, tried


def problem(error: DomainError) -> dict[str, object]:
    """The refusal as an RFC 9457 problem document."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": str(error.title),
        "status": error.status,
        "detail": str(error.detail),
    }
    if isinstance(error, InvalidInput):
        body["errors"] = {field: [str(text) for text in texts] for field, texts in error.errors.items()}
    return body
