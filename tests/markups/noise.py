"""What changes around the article by itself, and the ways in which its letters are spoilt: none of it is news."""

from __future__ import annotations

from collections.abc import Mapping

from tests.markups.around import Around

_BYTES = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(256)}

NOISES: Mapping[str, tuple[Around, Around]] = {
    "nonce": (Around(nonce="aB3"), Around(nonce="9c41f")),
    "date in JSON-LD": (Around(), Around(modified="2024-05-01T00:00:00+01:00")),
    "cookie text": (Around(), Around(cookies="We have changed how we use cookies. You can reject them all.")),
    "menu": (Around(), Around(menu=("Home", "Reports", "Contact us"))),
    "footer": (Around(), Around(footer=("Privacy notice", "Child abuse and child protection issues"))),
    **{
        f"line “{line}”": (Around(), Around(lines=(line,)))
        for line in (
            "Viewed 1,234 times",
            "This page has been viewed 1,234 times.",
            "1,234 views",
            "1,234 page views",
            "Page views: 1,234",
            "Views: 1.2k",
            "Last checked: 3 March 2024",
            "Page last checked on 3 March 2024 at 06:00 GMT",
            "Last updated 3 March 2024",
            "This page was last updated on Monday 4 March 2024.",
            "Last reviewed: 03/03/2024",
            "Reviewed: 3 March 2024",
            "Page updated: 2024-03-03T06:00:00Z",
            "Updated on 3 March 2024",
            "Last modified 2 hours ago",
            "Last updated: 3 March 2024 | 1,234 views",
        )
    },
    "counter": (Around(lines=("Viewed 1,234 times",)), Around(lines=("Viewed 98,765 times",))),
    "last checked": (Around(lines=("Last checked: 3 March 2024",)), Around(lines=("Last checked: 4 March 2024",))),
    **{
        f"tail {tail}": (Around(), Around(tail=tail))
        for tail in (
            "utm_source=gov&utm_medium=mail",
            "gclid=EAIaIQ",
            "fbclid=IwAR0",
            "mc_cid=1a&mc_eid=2b",
            "msclkid=77",
            "_ga=2.1&_gl=1*x",
            "mtm_campaign=a&pk_kwd=b",
            "wbraid=1&gbraid=2&dclid=3",
            "hsa_acc=1&_hsenc=p2&_hsmi=3",
            "igshid=1&twclid=2&ttclid=3&li_fat_id=4&yclid=5&mkt_tok=6",
        )
    },
}


def mangled(text: str) -> str:
    """Text whose UTF-8 bytes were taken for windows-1252 and stored as that: a curly quote becomes three characters."""
    return "".join(
        letter if letter.isascii() else "".join(_UNMARKED[byte] for byte in letter.encode()) for letter in text
    )


_UNMARKED = {byte: letter for letter, byte in _BYTES.items()}
