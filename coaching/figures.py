"""Numbers as they are reported: exact decimals, some only known as “more than”."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from coaching.enums import Bound
from core.timecharts import plain

# Commas only where they part thousands, so that a decimal comma is never taken for one.
NUMBER = re.compile(r"[-−]?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,6})?", re.ASCII)
MORE = re.compile(r"(?:>|more than\b)\s*", re.IGNORECASE)
LARGEST = Decimal(10) ** 13


@dataclass(frozen=True)
class Figure:
    """A number, and whether it is all or only the least that is known."""

    value: Decimal
    bound: Bound = Bound.EXACT

    def __str__(self) -> str:
        if self.bound == Bound.MORE_THAN:
            return _("more than %(number)s") % {"number": plain(self.value)}
        return plain(self.value)

    @property
    def short(self) -> str:
        return f"> {plain(self.value)}" if self.bound == Bound.MORE_THAN else plain(self.value)

    @property
    def code(self) -> str:
        """As it is written in files: 3000 or >3000."""
        return f"{'>' if self.bound == Bound.MORE_THAN else ''}{self.value.normalize():f}"

    @property
    def number(self) -> int | Decimal:
        whole = self.value == self.value.to_integral_value()
        return int(self.value) if whole else self.value.normalize()

    @property
    def cell(self) -> int | Decimal | str:
        """The code, as a number where that says it all."""
        return self.code if self.bound == Bound.MORE_THAN else self.number


def read_figure(text: str) -> Figure:
    """The figure that somebody wrote: 3,000, 91.5, >3000, more than 3,000. Raises ValueError."""
    words = text.strip()
    number = MORE.sub("", words, count=1) if MORE.match(words) else words
    if not NUMBER.fullmatch(number):
        raise ValueError(text)
    value = Decimal(number.replace(",", "").replace("−", "-")) + 0
    if abs(value) >= LARGEST:
        raise ValueError(text)
    return Figure(value, Bound.EXACT if number == words else Bound.MORE_THAN)


class Known(StrEnum):
    """What two reported figures say about a third."""

    EXACTLY = "exactly"
    LESS_THAN = "less_than"
    MORE_THAN = "more_than"
    NO_BOUND = "no_bound"


@dataclass(frozen=True)
class Derived:
    """A figure that nobody reported, as it follows from one that was and from the change up to it."""

    value: Decimal
    known: Known

    def __str__(self) -> str:
        words = {
            Known.EXACTLY: _("%(number)s, derived"),
            Known.LESS_THAN: _("less than %(number)s, derived"),
            Known.MORE_THAN: _("more than %(number)s, derived"),
            Known.NO_BOUND: _("not known; the two “more than” figures differ by %(number)s"),
        }
        return words[self.known] % {"number": plain(self.value)}

    @property
    def short(self) -> str:
        signs = {Known.LESS_THAN: "< ", Known.MORE_THAN: "> "}
        return f"{signs.get(self.known, '')}{plain(self.value)}"


def before(now: Figure, change: Figure) -> Derived:
    """The figure before a change that led to this one.

    “More than” of a fall is a larger fall. Two “more than” that pull apart bound nothing: more than 3,000
    that are more than 1,200 above the year before leave the year before open.
    """
    is_above, is_more = now.bound == Bound.MORE_THAN, change.bound == Bound.MORE_THAN
    lowers = is_more and change.value >= 0
    raises = is_above or (is_more and change.value < 0)
    known = {
        (False, False): Known.EXACTLY,
        (True, False): Known.LESS_THAN,
        (False, True): Known.MORE_THAN,
        (True, True): Known.NO_BOUND,
    }[lowers, raises]
    return Derived(now.value - change.value, known)
