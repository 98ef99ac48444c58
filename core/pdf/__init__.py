"""Documents as accessible PDF (PDF/UA-1): blocks of text, tables and charts, set by typst.

What a document says is data. It reaches typst as JSON and is never part of its markup.
"""

from core.pdf.blocks import Block, Bullet, Bullets, Document, Heading, Paragraph, Picture, Table
from core.pdf.setting import PDF_TYPE, as_pdf

__all__ = [
    "PDF_TYPE",
    "Block",
    "Bullet",
    "Bullets",
    "Document",
    "Heading",
    "Paragraph",
    "Picture",
    "Table",
    "as_pdf",
]
