"""What higher apps say about their kinds of obligation when a message is about to go out."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """What one obligation has to say now, and to whom. `url` is an address within this site."""

    recipients: Sequence[int]
    subject: str
    text: str
    url: str


Resolver = Callable[[Sequence[uuid.UUID], str], Mapping[uuid.UUID, Message]]
"""Called with obligations and the reminder's step; what the answer leaves out is no longer relevant."""

_resolvers: dict[str, Resolver] = {}


class UnknownKind(Exception):
    """A message was planned about a kind that no app registered: a mistake in the code."""


def register(kind: str, resolver: Resolver) -> None:
    _resolvers[kind] = resolver


def resolve(kind: str, obligations: Sequence[uuid.UUID], step: str) -> Mapping[uuid.UUID, Message]:
    try:
        resolver = _resolvers[kind]
    except KeyError:
        raise UnknownKind(kind) from None
    return resolver(obligations, step)
