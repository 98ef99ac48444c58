"""What is far too large is refused while it comes in, and nothing of it stays."""

import select
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIServer

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from core import files, uploads

TWO_GIGABYTES = 2 * 1024**3
CHUNK = bytes(256 * 1024)


@pytest.fixture
def server() -> Iterator[WSGIServer]:
    """The site over a socket, without a database: nobody gets as far as that."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def head(length: int, accept: str) -> bytes:
    lines = (
        "POST /responses/0/ HTTP/1.1",
        "Host: 127.0.0.1",
        f"Accept: {accept}",
        "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {length}",
        "",
        '--x\r\nContent-Disposition: form-data; name="evidence-file"; filename="a.pdf"\r\n\r\n%PDF-1.7',
    )
    return "\r\n".join(lines[:6]).encode() + b"\r\n" + lines[6].encode()


def stream(address: tuple[str, int], length: int, accept: str) -> tuple[bytes, int]:
    """Send for as long as nothing is answered; the answer, and how many bytes went out."""
    sent = 0
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(head(length, accept))
        while sent < length:
            readable, writable, _broken = select.select([connection], [connection], [], 10)
            if readable:
                break
            assert writable
            sent += connection.send(CHUNK)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b"")), sent


@pytest.mark.parametrize(
    ("accept", "words"),
    [("text/html", b"make it smaller, or link to it"), ("application/json", b'"status": 413')],
)
def test_stream_of_two_gigabytes_is_stopped_at_its_beginning(
    server: WSGIServer, settings: Settings, tmp_path: Path, accept: str, words: bytes
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    begun = time.monotonic()

    answer, sent = stream(("127.0.0.1", server.server_port), TWO_GIGABYTES, accept)

    assert answer.startswith(b"HTTP/1.1 413")
    assert words in answer
    assert sent < 64 * 1024**2
    assert time.monotonic() - begun < 10
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_file_that_grows_above_the_limit_is_dropped_at_once(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    monkeypatch.setattr(uploads, "MAX_BYTES", 100_000)
    most: list[int] = []
    receive = uploads.LimitedFileUploadHandler.receive_data_chunk

    def watched(handler: uploads.LimitedFileUploadHandler, data: bytes, start: int) -> bytes | None:
        answer = receive(handler, data, start)
        most.append(sum(path.stat().st_size for path in tmp_path.iterdir()))
        return answer

    monkeypatch.setattr(uploads.LimitedFileUploadHandler, "receive_data_chunk", watched)
    both = {"first": _file("a.txt", 500_000), "second": _file("b.txt", 50_000), "words": "kept"}
    request = RequestFactory().post("/", both)

    assert request.POST["words"] == "kept"
    assert request.FILES["first"].size == 500_000
    assert isinstance(request.FILES["first"], uploads.TooLarge)
    assert len(request.FILES["second"].read()) == 50_000
    assert max(most) <= 100_000
    request.close()
    assert list(tmp_path.iterdir()) == []


def _file(name: str, size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"a" * size)


def test_limit_of_a_request_leaves_room_for_its_files() -> None:
    assert files.MAX_REQUEST_BYTES > 5 * files.MAX_BYTES
