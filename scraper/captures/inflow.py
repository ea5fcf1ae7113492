"""The bytes of a WARC file, unpacked: plain, in gzip with a member for each record or for all, or several such on end.

What is damaged or breaks off is an error here. warcio's own iterator takes a file that was cut off for one that ends.
"""

from __future__ import annotations

import zlib

from scraper.captures.coding import GZIP
from scraper.captures.source import Source
from scraper.errors import SourceError

_PIECE = 65_536
_GZIP = 16 + zlib.MAX_WBITS
_BETWEEN = b"\r\n"
_PADDING = b"\0"


class Inflow:
    """Reads a file forward. `offset` is where in it the present record begins, or the gzip member that it is in."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._raw = b""
        self._raw_at = 0
        self._member: zlib._Decompress | None = None
        self._zipped = False
        self._ready = b""
        self._used = 0
        self.offset = 0

    def at_record(self) -> bool:
        """Go past the blank lines between records; False at the end of the file. Raises SourceError."""
        while True:
            while self._used < len(self._ready) and self._ready[self._used] in _BETWEEN:
                self._used += 1
            if self._used < len(self._ready):
                break
            if not self._fill(between=True):
                return False
        if not self._zipped:
            self.offset = self._raw_at - (len(self._ready) - self._used)
        return True

    def read(self, size: int) -> bytes:
        """At most `size` bytes of a record; b"" where the file ends in it. Raises SourceError."""
        if self._used == len(self._ready) and not self._fill(between=False):
            return b""
        piece = self._ready[self._used : self._used + size]
        self._used += len(piece)
        return piece

    def line(self, most: int) -> bytes:
        """A line with its end; without one where the file ends, or where `most` bytes have none. Raises SourceError."""
        line = bytearray()
        while len(line) < most and (self._used < len(self._ready) or self._fill(between=False)):
            end = self._ready.find(b"\n", self._used) + 1 or len(self._ready)
            line += self.read(min(end - self._used, most - len(line)))
            if line.endswith(b"\n"):
                break
        return bytes(line)

    def damage(self, reason: str) -> SourceError:
        """The error for what cannot be read from the present record on."""
        return SourceError(
            f"{self._source.name}: damaged at byte {self.offset:,}: {reason};"
            " what was before it is good, and for the rest the file must be had again"
        )

    def _fill(self, *, between: bool) -> bool:
        """Have something ready, in the next member if need be; False at the end of the file."""
        self._ready, self._used = b"", 0
        while not self._ready:
            if self._member is None and not self._begin(between=between):
                return False
            if self._member is None:
                self._ready = self._take(len(self._raw))
            else:
                self._inflate(self._member)
        return True

    def _begin(self, *, between: bool) -> bool:
        """See what comes next where no member is open: between records that may be of either sort."""
        self._peek(len(GZIP))
        while between and self._raw.startswith(_PADDING):
            self._take(len(self._raw) - len(self._raw.lstrip(_PADDING)))
            self._peek(len(GZIP))
        if not self._raw:
            return False
        begins = self._raw.startswith(GZIP)
        if between:
            self._zipped = begins
        elif self._zipped and not begins:
            raise self.damage("a record breaks off at the end of its gzip")
        if self._zipped:
            self._member = zlib.decompressobj(_GZIP)
            if between:
                self.offset = self._raw_at
        return True

    def _inflate(self, member: zlib._Decompress) -> None:
        self._peek(1)
        ended = not self._raw
        try:
            self._ready = member.decompress(self._raw, _PIECE)
        except zlib.error as error:
            raise self.damage("its gzip is damaged") from error
        if member.eof:
            self._member = None
        elif ended and not self._ready:
            raise self.damage("the file ends in the middle of its gzip")
        left = member.unused_data if member.eof else member.unconsumed_tail
        self._take(len(self._raw) - len(left))

    def _peek(self, size: int) -> None:
        while len(self._raw) < size and (piece := self._source.read(_PIECE)):
            self._raw += piece

    def _take(self, size: int) -> bytes:
        taken, self._raw = self._raw[:size], self._raw[size:]
        self._raw_at += size
        return taken
