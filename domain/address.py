"""The canonical form of an address: equal for every way in which the site has published the same page.

How a link in a page becomes an absolute address is the scraper's business.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

HOME = "hmicfrs.justiceinspectorates.gov.uk"
_FORMER_HOSTS = frozenset(
    {HOME, "www.justiceinspectorates.gov.uk", "justiceinspectorates.gov.uk", "www.hmic.gov.uk", "hmic.gov.uk"}
)
_ASSETS = "assets-hmicfrs.justiceinspectorates.gov.uk"
_KNOWN_SECTIONS = ("our-work/", "publications/", "publication-html/", "news/news-feed/")
_LAST_KNOWN_SECTION = re.compile(rf"^(?:.*/)?(?=(?:{'|'.join(_KNOWN_SECTIONS)}).)", re.DOTALL)
_FORMER_PREFIX = re.compile(r"^(?:hmicfrs|hmic)(?:/|$)")
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|hsa|oly|vero|ml)_\w+|_ga|_gl|_hsenc|_hsmi|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|twclid|ttclid"
    r"|yclid|li_fat_id|igshid|mc_[ce]id|mkt_tok",
    re.IGNORECASE,
)
_SAFE = "/~:@!$&'()*+,;=-._"
_PLAIN_PATH = re.compile(rf"[A-Za-z0-9{re.escape(_SAFE)}]*")
_DEFAULT_PORTS = frozenset({"http:80", "https:443"})


@lru_cache(maxsize=4096)  # one page names an address several times, and two versions of it mostly the same ones
def canonical_address(url: str) -> str:
    """The form under which addresses are matched: host and path, no scheme, one trailing slash on pages.

    The inspectorate's former hosts and prefixes become today's; of a path on them only the last known section and what
    follows counts, because the site answered 200 to any path that ended so. Fragments are dropped, and of the query
    what mailings, advertisements and statistics add to any link. Of a `mailto:` address only whom it is to counts. One
    that is not of the web, or cannot be read, comes back stripped.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    if parts.scheme.lower() == "mailto":
        return f"mailto:{parts.path.lower()}"
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return url
    path = parts.path if _PLAIN_PATH.fullmatch(parts.path) else quote(unquote(parts.path), safe=_SAFE)
    path = re.sub(r"/{2,}", "/", path).strip("/")
    if host.startswith("s3-") and host.endswith(".amazonaws.com") and path.startswith(_ASSETS + "/"):
        host, path = _ASSETS, path.removeprefix(_ASSETS + "/")
    if host in _FORMER_HOSTS:
        host, path = HOME, _FORMER_PREFIX.sub("", _LAST_KNOWN_SECTION.sub("", path + "/", count=1)).strip("/")
    elif port and f"{parts.scheme.lower()}:{port}" not in _DEFAULT_PORTS:
        host = f"{host}:{port}"
    query = _telling(parts.query) if parts.query else ""
    slash = "" if not path or "." in path.rsplit("/", 1)[-1] else "/"
    return f"{host}/{path}{slash}" + (f"?{query}" if query else "")


def _telling(query: str) -> str:
    """What of a query can make a difference."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([pair for pair in pairs if not _TRACKING.fullmatch(pair[0])])
