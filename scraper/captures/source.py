"""A file of captures, opened to be read piece by piece, whose errors name it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

from domain.subject import one_line
from scraper.errors import SourceError

File: TypeAlias = Path | BinaryIO

MOST_BYTES = 5_000_000
"""How large a page may be, unless the caller says otherwise; `max_bytes` in [scraper] has the same default."""

_LONGEST_NAME = 200


class Source:
    """A file that is read from its present place on. `name` is fit for a message."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self._file = file

    def read(self, size: int) -> bytes:
        """At most `size` bytes; b"" at the end, and nowhere else. Raises SourceError."""
        try:
            return self._file.read(size)
        except OSError as error:
            raise unreadable(self.name, error) from error

    def readline(self, size: int) -> bytes:
        """A line with its end, or the first `size` bytes of a longer one; b"" at the end. Raises SourceError."""
        try:
            return self._file.readline(size)
        except OSError as error:
            raise unreadable(self.name, error) from error


@contextmanager
def opened(file: File) -> Iterator[Source]:
    """Open a file by its path, or take one that is open, which stays so. Raises SourceError."""
    if not isinstance(file, Path):
        yield Source(shown_name(getattr(file, "name", "the input")), file)
        return
    try:
        stream = file.open("rb")
    except OSError as error:
        raise unreadable(shown_name(file), error) from error
    with stream:
        yield Source(shown_name(file), stream)


def shown_name(path: object) -> str:
    """A file's name as messages show it: on one line, and printable whatever its bytes are."""
    return one_line(str(path), _LONGEST_NAME)


def unreadable(name: str, error: OSError) -> SourceError:
    """The error for a file that the system does not let us read."""
    return SourceError(f"{name}: cannot be read: {error.strerror or error}")
