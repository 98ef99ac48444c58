"""What people type as words: nothing that can't be seen, or that turns the order of what can."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.errors import InvalidInput

# They join letters and the parts of an emoji.
JOINERS = "\u200c\u200d"
LINES = "\n\r\t"


def plain_line(words: str) -> None:
    """A validator for names and other single lines."""
    _require_plain(words, allowed=JOINERS, unseen={"Cc", "Cf", "Zl", "Zp"})


def plain_text(words: str) -> None:
    """A validator for texts of several lines."""
    _require_plain(words, allowed=JOINERS + LINES, unseen={"Cc", "Cf"})


def sound_text(words: str, *, longest: int, may_be_empty: bool = False) -> str:
    """The words as they are kept, without blanks around them. Raises InvalidInput naming `text`."""
    if not words.strip() and not may_be_empty:
        raise InvalidInput(errors={"text": [_("Write something.")]})
    try:
        plain_text(words)
    except ValidationError as error:
        raise InvalidInput(errors={"text": error.messages}) from error
    if len(words) > longest:
        raise InvalidInput(errors={"text": [_("Up to %(limit)s characters.") % {"limit": longest}]})
    return words.strip()


def _require_plain(words: str, *, allowed: str, unseen: set[str]) -> None:
    for char in words:
        if char not in allowed and unicodedata.category(char) in unseen:
            text = _("There is a character in it that can't be seen (%(code)s). Type it anew without it.")
            raise ValidationError(text % {"code": f"U+{ord(char):04X}"}, code="unseen")
