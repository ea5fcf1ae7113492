"""The scraper's errors, as a tree. Each message is one line that names its subject."""

from __future__ import annotations


class ScraperError(Exception):
    """Whatever keeps an address from becoming a page."""


class FetchError(ScraperError):
    """No page was had: network, a status other than 2xx or 304, too large, a refused address, robots.txt.

    `status` is the HTTP status, None where there was no answer.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class AddressRefused(FetchError):
    """The host is not a public one, and the settings do not allow others."""


class NotUnderstood(ScraperError):
    """The bytes are not a page that the reader knows: not text, no HTML, no heading, or too deep."""


class CaptureError(ScraperError):
    """Whatever keeps what others have kept of a page from being read."""


class ArchiveError(CaptureError):
    """The archive cannot be asked any further for now. Whoever begins again later goes on from what they have."""


class CaptureUnplayable(ArchiveError):
    """The archive answers, but not with this capture. Another day it may; other captures may be had even now."""


class CaptureGone(CaptureError):
    """One capture is not to be had, whenever it is asked for: it is to be set aside, and the others asked for."""


class SourceError(CaptureError):
    """A file or folder cannot be read, or no further: not there, damaged, or not what it should be.

    Its message names the file, the place in it and the way out. What was had of it before is good.
    """
