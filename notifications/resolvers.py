"""What higher apps say about their kinds of obligation when a message is about to go out."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ask:
    """What is to be said about an obligation: at which step of its ladder, to whom by which rule."""

    obligation: uuid.UUID
    step: str
    rule: str = ""


@dataclass(frozen=True)
class Message:
    """What one obligation has to say now, and to whom. `url` is an address within this site.

    `may_wait` lets a reader have it in a digest, `is_essential` forbids that they switch it off; `why` says
    to the reader why it came to them; `topic` is whose
    wishes hold where it is not that of the kind; `is_private` keeps from everybody else that they were
    told; `thread` holds the mails about one case together.
    """

    recipients: Sequence[int]
    subject: str
    text: str
    url: str
    may_wait: bool = True
    is_essential: bool = False
    why: str = ""
    topic: str = ""
    is_private: bool = False
    thread: uuid.UUID | None = None


Resolver = Callable[[Sequence[Ask]], Mapping[Ask, Message]]
"""Called with all that is asked of a kind at once; what the answer leaves out is no longer relevant."""

_resolvers: dict[str, Resolver] = {}


class UnknownKind(Exception):
    """A message was planned about a kind that no app registered: a mistake in the code."""


def register(kind: str, resolver: Resolver) -> None:
    _resolvers[kind] = resolver


def resolve(kind: str, asks: Sequence[Ask]) -> Mapping[Ask, Message]:
    try:
        resolver = _resolvers[kind]
    except KeyError:
        raise UnknownKind(kind) from None
    return resolver(asks)
