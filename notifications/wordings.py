"""The words of messages: what Milepost brings, the placeholders of each, and how they are filled in.

A placeholder is a name in braces and nothing else: no attribute, no format, no template language.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import Text

LONGEST_SUBJECT, LONGEST_TEXT = 150, 4000
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_BROUGHT = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Placeholder:
    """What may stand in a text for a value; one that is needed can't be left out of it."""

    name: str
    meaning: Text
    example: Text
    is_needed: bool = False

    @property
    def mark(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True)
class Words:
    """Subject and text of a message, filled in or still with placeholders."""

    subject: str
    text: str


@dataclass(frozen=True)
class Wording:
    """One message's words as Milepost brings them: translated texts with `%(name)s` for each placeholder."""

    code: str
    kind: str
    group: Text
    title: Text
    subject: Text
    text: Text
    placeholders: tuple[Placeholder, ...]

    def brought(self) -> Words:
        """As an editor reads them."""
        return Words(*(_BROUGHT.sub(r"{\1}", str(one)) for one in (self.subject, self.text)))

    def problems(self, words: Words) -> dict[str, list[str]]:
        """What is wrong with somebody's words, by field; empty where they can go out."""
        names = {one.name for one in self.placeholders}
        found = {"subject": _strangers(words.subject, names), "text": _strangers(words.text, names)}
        missing = [one.mark for one in self.placeholders if one.is_needed and one.mark not in words.text]
        if missing:
            found["text"].append(
                _("Keep %(marks)s: without it the message lacks what it is for.")
                % {"marks": ", ".join(missing)}
            )
        return {field: texts for field, texts in found.items() if texts}


def _strangers(text: str, names: set[str]) -> list[str]:
    marks = [mark for mark in _BRACES.findall(text) if mark[1:-1] not in names or mark in "{}"]
    if not marks:
        return []
    values = {
        "marks": ", ".join(dict.fromkeys(marks)),
        "known": ", ".join(f"{{{name}}}" for name in sorted(names)) or _("none"),
    }
    return [_("%(marks)s can't be filled in. What can: %(known)s.") % values]


def fill(words: Words, values: Mapping[str, object]) -> Words:
    """In one pass, so that nothing in a value is taken for a placeholder; a subject is one line.

    Raises KeyError for a placeholder without a value.
    """
    subject, text = (
        _IN_BRACES.sub(lambda found: str(values[found[1]]), one) for one in (words.subject, words.text)
    )
    return Words(" ".join(subject.split()), text)


class UnknownWording(Exception):
    """A message was to be worded that no app registered: a mistake in the code."""


_wordings: dict[str, Wording] = {}


def register_wordings(wordings: Iterable[Wording]) -> None:
    _wordings.update({one.code: one for one in wordings})


def wordings() -> list[Wording]:
    return list(_wordings.values())


def wording_named(code: str) -> Wording:
    try:
        return _wordings[code]
    except KeyError:
        raise UnknownWording(code) from None
