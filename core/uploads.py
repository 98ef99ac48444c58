"""Limits that hold while a request is still coming in: of a file, and of the whole."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from core.files import MAX_BYTES


class TooLarge(UploadedFile[Any]):
    """Stands for a file of which nothing was kept; `core.files.store` refuses it by its size."""


class LimitedFileUploadHandler(TemporaryFileUploadHandler):
    """Keeps a file on disk while it comes in, and nothing of one that grows above the limit."""

    too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.too_large:
            return None
        if start + len(raw_data) > MAX_BYTES:
            self.too_large = True
            self.file.close()  # which removes it from the disk
            return None
        return super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        if self.too_large:
            return TooLarge(BytesIO(), name=self.file_name, size=file_size)
        return super().file_complete(file_size)
