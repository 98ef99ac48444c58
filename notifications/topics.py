"""What people choose by: every kind of message belongs to a topic. Higher apps register both."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import Text


@dataclass(frozen=True)
class Topic:
    """`may_change` is false for what nobody can do without, such as changes of their own access."""

    code: str
    title: Text
    text: Text
    may_change: bool = True


NEWS = "news"


class UnknownTopic(Exception):
    """A kind of message belongs to no topic: a mistake in the code."""


_topics: dict[str, Topic] = {}
_topic_of_kind: dict[str, str] = {}


def register_topic(topic: Topic, *, kinds: Iterable[str] = ()) -> None:
    _topics[topic.code] = topic
    _topic_of_kind.update(dict.fromkeys(kinds, topic.code))


def topics() -> list[Topic]:
    """In the order in which they are chosen from; what nobody named otherwise comes last."""
    return sorted(_topics.values(), key=lambda topic: topic.code == NEWS)


def topic_named(code: str) -> Topic:
    try:
        return _topics[code]
    except KeyError:
        raise UnknownTopic(code) from None


def topic_of(kind: str) -> Topic:
    """A kind that nobody named is news."""
    return topic_named(_topic_of_kind.get(kind, NEWS))
