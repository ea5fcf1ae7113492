"""What posts have in common: why none was taken, in words that no server chose."""

from __future__ import annotations

import re

import httpx

from notifier.wording import inline

_REASON_LENGTH = 200
_HIGHEST_PORT = 65_535


def unanswered(error: httpx.HTTPError | httpx.InvalidURL, timeout_seconds: float) -> str:
    """Why no answer came. A server's own words could say the address over, with the secrets in it."""
    match error:
        case httpx.ConnectTimeout():
            return f"no connection within {timeout_seconds:g} seconds"
        case httpx.TimeoutException():
            return f"no answer within {timeout_seconds:g} seconds"
        case httpx.ConnectError():
            text = re.sub(r"^\[Errno -?\d+\] ", "", str(error))
            return f"no connection: {inline(text, _REASON_LENGTH) or 'no reason is known'}"
        case httpx.NetworkError():
            return "the connection broke"
        case _:
            return "no proper HTTP answer"


def web_address(text: str) -> httpx.URL | None:
    """The address to post to; None for what is none."""
    try:
        url = httpx.URL(text)
        url.raw_host.decode().encode("idna")  # as the resolver does, whose error would not be httpx's
    except (httpx.InvalidURL, UnicodeError):
        return None
    good = url.scheme in {"http", "https"} and url.host and (url.port or 0) <= _HIGHEST_PORT
    return url if good else None


def answered(status: int) -> str:
    """An answer that took nothing: "answered 503 Service Unavailable"."""
    said = f"answered {status} {httpx.codes.get_reason_phrase(status)}".rstrip()
    return f"{said}, a redirect, which is not followed" if httpx.codes.is_redirect(status) else said
