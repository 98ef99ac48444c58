from collections.abc import Sequence
from dataclasses import dataclass

from core.charts import Chart
from core.errors import Text


@dataclass(frozen=True)
class Heading:
    """Level 1 begins a part; the document's title stands above all."""

    text: Text
    level: int = 1
    kind: str = "heading"


@dataclass(frozen=True)
class Paragraph:
    text: Text
    is_strong: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True)
class Bullet:
    """`lead` is printed strong; `more` are paragraphs below."""

    text: Text
    lead: Text = ""
    more: Sequence[Text] = ()


@dataclass(frozen=True)
class Bullets:
    items: Sequence[Bullet]
    kind: str = "bullets"


@dataclass(frozen=True)
class Table:
    """`numbers` are the places of columns that hold numbers."""

    caption: Text
    head: Sequence[Text]
    rows: Sequence[Sequence[object]]
    numbers: Sequence[int] = ()
    kind: str = "table"


@dataclass(frozen=True)
class Picture:
    svg: str
    alt: str
    kind: str = "picture"

    @classmethod
    def of(cls, chart: Chart) -> "Picture":
        return cls(str(chart.svg), chart.alt)


Block = Heading | Paragraph | Bullets | Table | Picture


@dataclass(frozen=True)
class Document:
    """`notice` stands at the top of every page."""

    title: Text
    blocks: Sequence[Block]
    subtitle: Text = ""
    notice: Text = ""
