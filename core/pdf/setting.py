import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import typst
from django.contrib.staticfiles import finders
from django.utils.functional import Promise
from django.utils.translation import get_language

from core.pdf.blocks import Document

PDF_TYPE = "application/pdf"
STANDARD: Final = "ua-1"
SOURCE = Path(__file__).with_name("document.typ").read_bytes()
# The first is the pages' own; the others come with typst and stand in for what it lacks.
FONTS = ("Source Sans Pro", "Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
FOLDER = "uswds/fonts/source-sans-pro"
# Every font has these: printable ASCII and Latin-1.
PLAIN = frozenset(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100), ord("\n")]))
# Control characters, halves of characters, and signs that turn the direction of the text round.
UNWANTED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
STAND_IN = "\ufffd"
PROBE = b'#set document(title: "-")\n#set text(font: json(bytes(sys.inputs.fonts)))\n#sys.inputs.text'


def as_pdf(document: Document, *, now: datetime) -> bytes:
    """The document as PDF/UA-1. A sign that no font has is printed as a question mark in a box."""
    language, _hyphen, region = (get_language() or "en").partition("-")
    data = _plain(asdict(document))
    data |= {"language": language, "region": region.upper() or None, "fonts": FONTS}
    text = json.dumps(data, ensure_ascii=False)
    unknown = _without_a_font(frozenset(text) - PLAIN)
    return _set(SOURCE, {"document": text.translate(dict.fromkeys(map(ord, unknown), STAND_IN))}, now=now)


def _set(source: bytes, inputs: dict[str, str], *, now: datetime | None = None) -> bytes:
    return typst.compile(
        source,
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=STANDARD,
        sys_inputs=inputs,
        timestamp=now.replace(microsecond=0) if now else None,
    )


@cache
def _fonts() -> typst.Fonts:
    """None of the machine's own, so that a document looks the same everywhere."""
    folder = finders.find(FOLDER)
    return typst.Fonts(include_system_fonts=False, font_paths=[Path(folder)] if folder else [])


def _plain(value: Any) -> Any:
    """The same for JSON: lazy texts as text, and none with signs that can't be printed."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, str | Promise):
        return UNWANTED.sub("", str(value))
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, int) else str(value)


def _without_a_font(signs: frozenset[str]) -> frozenset[str]:
    """Those of the signs that would stop the document. All are tried at once, then halves of what fails."""
    if not signs or _has_font("".join(sorted(signs))):
        return frozenset()
    if len(signs) == 1:
        return signs
    ordered = sorted(signs)
    middle = len(ordered) // 2
    return _without_a_font(frozenset(ordered[:middle])) | _without_a_font(frozenset(ordered[middle:]))


@lru_cache(maxsize=4096)
def _has_font(text: str) -> bool:
    try:
        _set(PROBE, {"text": " ".join(text), "fonts": json.dumps(FONTS)})
    except typst.TypstError:
        return False
    return True
