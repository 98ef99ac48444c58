"""YAML as a tree of values that know their line and field, and note what is wrong with them."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from core.errors import InvalidInput

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)
# Control characters, and those that turn the direction of the text round.
UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
STRING, INTEGER, NOTHING, TIMESTAMP = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "null", "timestamp")
)


@dataclass(frozen=True, order=True)
class Mistake:
    """`field` is a path such as `areas[0].criteria[2].weight`; empty when the whole file is meant."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.field}" if self.field else f"line {self.line}"
        return f"{place}: {self.reason}"


class InvalidStandardFile(InvalidInput):
    """A standard's file has mistakes; `mistakes` names all of them, in the order of lines."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        errors: dict[str, list[str]] = {}
        for mistake in self.mistakes:
            errors.setdefault(mistake.field, []).append(str(mistake))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes), errors)


@dataclass
class Notes:
    """The mistakes found so far, and the line of every field seen."""

    mistakes: list[Mistake] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    flawed: set[str] = field(default_factory=set)

    def wrong(self, path: str, reason: str, line: int | None = None) -> None:
        self.flawed.add(path)
        self.mistakes.append(Mistake(line or self.lines.get(path, 1), path, reason))


class Value:
    """One node of the file. A reading method returns what was asked for, or notes why it can't."""

    def __init__(self, node: Node, path: str, line: int, notes: Notes) -> None:
        self.node, self.path, self.line, self.notes = node, path, line, notes
        notes.lines[path] = line

    def wrong(self, reason: str) -> None:
        self.notes.wrong(self.path, reason, self.line)

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, "Value"]:
        """The fields of a mapping that are known and not empty."""
        found = self.pairs()
        for name in [*found]:
            if name not in required and name not in optional:
                unknown = found.pop(name)
                unknown.wrong(_unknown_field(name, [*required, *optional]))
        given = {name: value for name, value in found.items() if value.node.tag != NOTHING}
        for name in required:
            if name not in given and isinstance(self.node, MappingNode):
                self.notes.wrong(
                    self._below(name), _("is missing"), found[name].line if name in found else self.line
                )
        return given

    def pairs(self) -> dict[str, "Value"]:
        """A mapping with free names."""
        if not isinstance(self.node, MappingNode):
            self.wrong(_("must be a group of named fields"))
            return {}
        found: dict[str, Value] = {}
        for key, node in self.node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self.notes.wrong(self.path, _("a field's name must be plain text"), line)
            elif key.value in found:
                reason = _("appears twice; first on line %(line)s") % {"line": found[key.value].line}
                self.notes.wrong(self._below(key.value), reason, line)
            else:
                found[key.value] = Value(node, self._below(key.value), line, self.notes)
        return found

    def entries(self, least: int = 0) -> list["Value"]:
        if not isinstance(self.node, SequenceNode):
            self.wrong(_("must be a list"))
            return []
        if len(self.node.value) < least:
            self.wrong(_("must have at least one entry"))
        return [
            Value(node, f"{self.path}[{index}]", node.start_mark.line + 1, self.notes)
            for index, node in enumerate(self.node.value)
        ]

    def text(self, most: int = 4000) -> str:
        """Text without surrounding space."""
        if not isinstance(self.node, ScalarNode) or self.node.tag != STRING:
            self.wrong(_("must be text; put quotes around it if it looks like a number or a date"))
            return ""
        text = str(self.node.value).strip()
        if not text:
            self.wrong(_("is empty"))
        if UNWANTED.search(text):
            self.wrong(_("has control characters"))
        if len(text) > most:
            self.wrong(_("is longer than %(most)s characters") % {"most": most})
        return text

    def matching(self, pattern: re.Pattern[str], reason: str, most: int = 4000) -> str:
        """Text of a given form."""
        found = len(self.notes.mistakes)
        text = self.text(most)
        if found == len(self.notes.mistakes) and not pattern.fullmatch(text):
            self.wrong(reason)
        return text

    def plain(self) -> str:
        """The bare characters, whatever YAML takes them for."""
        return self.node.value if isinstance(self.node, ScalarNode) else ""

    def whole(self, least: int, most: int) -> int:
        text = self.node.value
        if self.node.tag != INTEGER or not WHOLE_NUMBER.fullmatch(text):
            self.wrong(_("must be a whole number"))
            return least
        if not least <= int(text) <= most:
            self.wrong(_("must lie between %(least)s and %(most)s") % {"least": least, "most": most})
            return least
        return int(text)

    def day(self) -> date:
        if self.node.tag in {TIMESTAMP, STRING}:
            try:
                return date.fromisoformat(self.node.value)
            except ValueError:
                pass
        self.wrong(_("must be a day, written as 2022-08-03"))
        return date.min

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _unknown_field(name: str, known: Collection[str]) -> str:
    if close := get_close_matches(name, known, n=1):
        return _("is not a known field; did you mean “%(close)s”?") % {"close": close[0]}
    return _("is not a known field")


def read_tree(source: bytes, notes: Notes) -> Value:
    """The root of the file. Raises InvalidStandardFile when the text is no plain, single YAML document."""
    text = _decoded(source)
    try:
        _refuse_what_can_explode(text)
        root = _yaml().compose(text)
    except MarkedYAMLError as error:
        raise _unreadable(
            _line(error), _("is no valid YAML: %(problem)s") % {"problem": error.problem}
        ) from error
    except YAMLError as error:
        raise _unreadable(
            1, _("is no valid YAML: %(problem)s") % {"problem": str(error).splitlines()[0]}
        ) from error
    if root is None:
        raise _unreadable(1, _("the file is empty"))
    return Value(root, "", root.start_mark.line + 1, notes)


def _decoded(source: bytes) -> str:
    if len(source) > MAX_BYTES:
        raise _unreadable(1, _("the file is larger than %(kilobytes)s KB") % {"kilobytes": MAX_BYTES // 1024})
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(source[: error.start].count(b"\n") + 1, _("the file is not UTF-8 text")) from error
    unwanted = [
        Mistake(n, "", _("has control characters")) for n, line in _lines(text) if UNWANTED.search(line)
    ]
    if unwanted:
        raise InvalidStandardFile(unwanted)
    return text


def _lines(text: str) -> Iterable[tuple[int, str]]:
    return enumerate(text.split("\n"), start=1)


def _refuse_what_can_explode(text: str) -> None:
    """Anchors, aliases, tags and deep nesting have no place here, and aliases can grow without end."""
    mistakes, depth = [], 0
    for event in _yaml().parse(text):
        line = event.start_mark.line + 1
        if getattr(event, "anchor", None):
            mistakes.append(Mistake(line, "", _("anchors and aliases (& and *) are not used in this format")))
        if getattr(event, "tag", None):
            mistakes.append(Mistake(line, "", _("tags (!) are not used in this format")))
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > MAX_DEPTH:
            raise InvalidStandardFile([*mistakes, Mistake(line, "", _("is nested too deeply"))])
    if mistakes:
        raise InvalidStandardFile(mistakes)


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)


def _line(error: MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


def _unreadable(line: int, reason: str) -> InvalidStandardFile:
    return InvalidStandardFile([Mistake(line, "", reason)])
