"""Handing out stored files. Callers check first whether the reader may have them."""

from django.http import FileResponse

from core.models import StoredFile


def as_attachment(stored: StoredFile) -> FileResponse:
    """The file as a download: never shown as a page of this site, never sniffed by the browser."""
    response = FileResponse(
        stored.content.open("rb"), as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
