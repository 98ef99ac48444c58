"""Receiving files: what is kept, and what is refused with a reason."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import files
from core.files import FileRefused, clean_name, store
from core.models import StoredFile
from people.services import system_user

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def upload(content: bytes, name: str = "proof.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "content_type"),
    [(PDF, "application/pdf"), (PNG, "image/png"), ("Größe;1\n".encode(), "text/plain")],
)
def test_file_is_kept_as_what_its_bytes_are(content: bytes, content_type: str) -> None:
    stored = store(upload(content, "looks-like.exe"), by=system_user(), now=NOW)

    with stored.content.open() as kept:
        assert kept.read() == content
    assert stored.content_type == content_type
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert "looks-like" not in stored.content.name
    assert str(stored) == "looks-like.exe"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"\xef\xbb\xbf  <svg onload='x'/>",
        b"MZ\x90\x00" + b"\x00" * 60,
        b"PK\x03\x04" + b"\x00" * 60,
        b"text with a \x00 zero",
        b"\xff\xfe\xfa",
    ],
    ids=["empty", "html", "svg", "program", "archive", "zero byte", "no text"],
)
def test_file_is_refused_with_a_reason_and_nothing_is_left(content: bytes) -> None:
    with pytest.raises(FileRefused) as refusal:
        store(upload(content), by=system_user(), now=NOW)

    assert list(refusal.value.errors) == ["file"]
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "content",
    ["Größe;1\n".encode("latin-1"), b"A;1\n" * 4000 + b"\xe9", "Größe;1\n".encode("utf-16")],
    ids=["latin-1", "latin-1 late", "utf-16"],
)
def test_text_of_another_encoding_is_told_which_to_use(content: bytes) -> None:
    with pytest.raises(FileRefused) as refusal:
        files.sniff(BytesIO(content))

    assert "CSV UTF-8" in str(refusal.value.errors["file"])


@pytest.mark.django_db
def test_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", len(PDF) - 1)

    with pytest.raises(FileRefused):
        store(upload(PDF), by=system_user(), now=NOW)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\Budget 2026.pdf", "Budget_2026.pdf"),
        ("line\r\nbreak.pdf", "linebreak.pdf"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", ("x" * 300 + ".pdf")[-200:]),
    ],
)
def test_clean_name_keeps_no_path_and_no_surprise(given: str, kept: str) -> None:
    assert clean_name(given) == kept
