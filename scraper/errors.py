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
