"""Receiving files: size, kind by content, checksum, and a random place in the storage."""

import hashlib
import struct
import uuid
import zipfile
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import IO, Any

import filetype
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from core.models import StoredFile

MAX_MEGABYTES = 25
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
ALLOWED = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
NAMED_AFTER = frozenset(ALLOWED.values()) | {"jpeg", "doc", "xls", "ppt"}
PLAIN_TEXT = "text/plain"
KINDS_IN_WORDS = _("PDF, Word, Excel, PowerPoint, PNG, JPEG, plain text or CSV")
# What can carry a signature.
PAPERS = frozenset({"application/pdf", "image/png", "image/jpeg"})
PAPERS_IN_WORDS = _("PDF, PNG or JPEG")


# A request may bring several files and what is typed beside them.
MAX_REQUEST_BYTES = 6 * MAX_BYTES
# What an office document may unpack to in the hands of whoever opens it. It is never unpacked here.
MAX_UNPACKED = 400 * 1024 * 1024
# An entry of more bytes than the first that packs tighter than the second is made to burst.
MAX_TIGHT = 20 * 1024 * 1024
TIGHTEST = 200
PROGRAMS = (
    "vbaproject.bin",
    ".exe",
    ".dll",
    ".com",
    ".scr",
    ".bat",
    ".cmd",
    ".ps1",
    ".vbs",
    ".js",
    ".jar",
    ".sh",
)
MAX_DIRECTORY = 1024 * 1024


class FileRefused(InvalidInput):
    """An upload is too large, empty, or of a kind that is not accepted."""


def sniff(content: IO[bytes]) -> str:
    """The content type by the bytes themselves; the name counts for nothing."""
    content.seek(0)
    head = content.read(8192)
    content.seek(0)
    kind = filetype.guess_mime(head)
    if kind in ALLOWED:
        _require_harmless(content, ALLOWED[kind])
        return kind
    if kind is None and _is_text(content):
        return PLAIN_TEXT
    if kind is None and _is_older_text(head):
        text = _("Text and CSV must be encoded as UTF-8. Save the file again as “CSV UTF-8” or “UTF-8”.")
        raise FileRefused(errors={"file": [text]})
    raise FileRefused(errors={"file": [_("This kind of file is not accepted. Use %s.") % KINDS_IN_WORDS]})


def _require_harmless(content: IO[bytes], kind: str) -> None:
    """An office document is an archive; its table of contents tells one that would unpack to no end."""
    if kind not in {"docx", "xlsx", "pptx"}:
        return
    try:
        entries = _entries_inside(content)
    except (zipfile.BadZipFile, OSError, ValueError, struct.error) as error:
        raise FileRefused(
            errors={"file": [_("The document is damaged. Save it again and try once more.")]}
        ) from error
    finally:
        content.seek(0)
    if entries is None or _is_bloated(entries):
        text = _("The document would unpack to far more than a document holds. Save it again, or as PDF.")
        raise FileRefused(errors={"file": [text]})
    if any(map(_is_program, entries)):
        text = _("There are macros or programs in the document. Save it without them, or as PDF.")
        raise FileRefused(errors={"file": [text]})


def _is_bloated(entries: list[zipfile.ZipInfo]) -> bool:
    """Too much in all, or packed far more tightly than what people write ever is."""
    return sum(one.file_size for one in entries) > MAX_UNPACKED or any(
        one.file_size > MAX_TIGHT and one.file_size > TIGHTEST * one.compress_size for one in entries
    )


def _is_program(entry: zipfile.ZipInfo) -> bool:
    """Macros, something that runs, or a path that leads out of the archive."""
    name = entry.filename.lower().replace("\\", "/")
    leads_out = name.startswith("/") or ".." in name.split("/")
    return leads_out or name.endswith(PROGRAMS)


def _entries_inside(content: IO[bytes]) -> list[zipfile.ZipInfo] | None:
    """The entries of an archive, as it lists them itself; None where there are far too many."""
    content.seek(0, 2)
    content.seek(max(0, content.tell() - 65_557))
    tail = content.read()
    (directory,) = struct.unpack_from("<L", tail, tail.rindex(b"PK\x05\x06") + 12)
    if directory > MAX_DIRECTORY:
        return None
    with zipfile.ZipFile(content) as archive:
        return archive.infolist()


def _is_text(content: IO[bytes]) -> bool:
    try:
        text = content.read().decode("utf-8")
    except UnicodeDecodeError:
        return False
    finally:
        content.seek(0)
    return "\x00" not in text and not text.lstrip("\ufeff \r\n\t").startswith("<")


def _is_older_text(head: bytes) -> bool:
    """Whether bytes that are no UTF-8 read like text of another encoding, as Excel's plain CSV is."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not head.lstrip().startswith(b"<") and all(byte >= 0x20 or byte in b"\t\n\f\r" for byte in head)


def _require_kind(content_type: str, name: str, kinds: AbstractSet[str]) -> None:
    if content_type == PLAIN_TEXT and name.lower().endswith(tuple(f".{one}" for one in NAMED_AFTER)):
        text = _(
            "The file is named like a document or an image but holds only text. Choose the document itself."
        )
        raise FileRefused(errors={"file": [text]})
    if content_type not in kinds:
        raise FileRefused(errors={"file": [_("Here only %s can be used.") % PAPERS_IN_WORDS]})


def shown_name(name: str) -> str:
    """What a file is called, without path, line breaks or anything that can't be seen."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in base if char.isprintable()).strip(". ")


def clean_name(name: str) -> str:
    """A file name without path, line breaks or surprises, at most 200 characters."""
    try:
        return get_valid_filename(shown_name(name))[-200:]
    except SuspiciousFileOperation:
        return "file"


def store(
    upload: "UploadedFile[Any]",
    *,
    by: models.Model,
    now: datetime,
    kinds: AbstractSet[str] = frozenset({*ALLOWED, PLAIN_TEXT}),
) -> StoredFile:
    """Keep an upload of one of the `kinds`. Raises FileRefused with the reason and leaves nothing behind."""
    if not upload.size:
        raise FileRefused(errors={"file": [_("The file is empty.")]})
    if upload.size > MAX_BYTES:
        text = _("The file is larger than %(limit)s MB. Make it smaller or link to it instead.")
        raise FileRefused(errors={"file": [text % {"limit": MAX_MEGABYTES}]})
    content_type = sniff(upload)
    _require_kind(content_type, upload.name or "", kinds)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    stored = StoredFile(
        name=clean_name(upload.name or "file"),
        content_type=content_type,
        size=upload.size,
        sha256=digest.hexdigest(),
        uploaded_at=now,
        uploaded_by_id=by.pk,
    )
    stored.content.save(uuid.uuid4().hex, upload, save=False)
    stored.save(force_insert=True)
    return stored
