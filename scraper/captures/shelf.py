"""Bodies that may be referred to again further on in a file, kept on disk so that memory does not grow with them."""

from __future__ import annotations

import zlib
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self, TypeAlias

Place: TypeAlias = tuple[int, int]

_FAST = 1


class Shelf:
    """Takes bytes and gives them back by their place, until the `with` block ends."""

    def __enter__(self) -> Self:
        self._file = TemporaryFile()
        self._end = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, content: bytes) -> Place:
        """Where the bytes stand from now on."""
        packed = zlib.compress(content, _FAST)
        self._file.seek(self._end)
        self._file.write(packed)
        place = self._end, len(packed)
        self._end += len(packed)
        return place

    def get(self, place: Place) -> bytes:
        """The bytes put there."""
        offset, length = place
        self._file.seek(offset)
        return zlib.decompress(self._file.read(length))
