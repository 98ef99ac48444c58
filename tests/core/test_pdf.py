from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.charts import Share, share_bars
from core.pdf import Bullet, Bullets, Document, Heading, Paragraph, Picture, Table, as_pdf

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
MARKUP = '#emph[x] $a^2$ *b* _c_ @ref <label> `raw` \\ // no #import "x": y ~ -- "q"'


def read(document: Document) -> PdfReader:
    return PdfReader(BytesIO(as_pdf(document, now=NOW)))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_document_is_tagged_titled_and_says_that_it_is_accessible() -> None:
    chart = share_bars([Share("Data", 4, 9)], title="Result")
    table = Table("Numbers", ["Area", "Met"], [["Data", 4]], numbers=[1])
    blocks = [Heading("One"), Picture.of(chart), table, Heading("Two", level=2), Paragraph("Words.")]

    reader = read(Document("A report", blocks, subtitle="A standard", notice="A notice"))

    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "A report"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    kinds, alternatives = tags(root["/StructTreeRoot"])
    assert {"/Document", "/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Caption", "/Figure"} <= kinds
    assert alternatives == {chart.alt}


def tags(node: object) -> tuple[set[str], set[str]]:
    """The kinds of tags below a node, and the texts that stand for pictures."""
    kinds: set[str] = set()
    alternatives: set[str] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            kinds.add(str(one.get("/S", "")))
            if "/Alt" in one:
                alternatives.add(str(one["/Alt"]))
            waiting.append(one.get("/K", []))
    return kinds, alternatives


def test_markup_in_data_stays_text_wherever_it_stands() -> None:
    blocks = [
        Heading(MARKUP),
        Paragraph(MARKUP),
        Bullets([Bullet(MARKUP, MARKUP, [MARKUP])]),
        Table(MARKUP, [MARKUP, "B"], [[MARKUP, 1]]),
        Picture.of(share_bars([Share(MARKUP, 1, 2)], title=MARKUP)),
    ]

    text = text_of(read(Document(MARKUP, blocks, subtitle=MARKUP, notice=MARKUP)))

    # Title, subtitle, notice, foot, heading, paragraph; three each in the list and the table; the chart.
    assert "".join(text.split()).count("".join(MARKUP.split())) == 13


@pytest.mark.parametrize("signs", ["漢字", "👩‍💻", "\x07\x00", "\ud800", "\u202e", "العربية ქართული ไทย"])
def test_signs_that_no_font_has_stop_no_document(signs: str) -> None:
    text = text_of(read(Document(f"Before {signs} after", [Paragraph(signs)])))

    assert "Before" in text
    assert "after" in text
