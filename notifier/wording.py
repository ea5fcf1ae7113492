"""The words that readers meet: dates, moments, counts, and text of the page made fit to be shown anywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.page import PublicationDate
from domain.recipient import NATIONAL, Wants
from domain.subject import one_line

TITLE_LENGTH = 300
SENTENCE_LENGTH = 400
ADDRESS_LENGTH = 2_000

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SENTENCE = re.compile(r".*?[.!?…][\"'’”)\]]*(?=\s+[\"'‘“(\[]?[A-Z0-9]|\s*$)", re.DOTALL)
_LINKABLE = re.compile(r"(?:https?://[^\s/?#]|mailto:)[^\s<>\"\\^`{|}]*", re.IGNORECASE)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def visible(text: str) -> str:
    """Text of the page with nothing in it that could steer its surroundings.

    Format characters (bidirectional controls among them) and carriage returns go; control characters and lone
    surrogates show as U+FFFD. Line breaks and tabs stay, line separators become line breaks.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_visible_character, text))


def revealed(text: str) -> str:
    """As `visible`, with characters that show nothing by their numbers: for what differs in nothing else.

    Spaces of other kinds, such as the one that does not break, are told so where nothing stands beside them.
    """
    alone = text.isspace()
    return "".join(
        f"‹U+{ord(character):04X}›" if _shows_nothing(character, alone) else _visible_character(character)
        for character in text
    )


def inline(text: str, length: int = TITLE_LENGTH) -> str:
    """Text of the page on one line, cut at a word with an ellipsis."""
    return one_line(visible(text[: 20 * length]), length)


def first_sentence(text: str) -> str:
    """The first sentence of a record's text, or its first line where no sentence ends in it; "" for no text."""
    paragraph = text.strip().partition("\n")[0][: 20 * SENTENCE_LENGTH]
    sentence = _SENTENCE.match(paragraph)
    return inline(sentence[0] if sentence else paragraph, SENTENCE_LENGTH)


def followable(url: str | None) -> str | None:
    """The address where it is safe as a link (http, https, mailto), else None."""
    if url is None or len(url) > ADDRESS_LENGTH or not url.isprintable() or not _LINKABLE.fullmatch(url):
        return None
    return url


def long_date(published: PublicationDate | None) -> str:
    """A publication date in words, as precise as it is stated."""
    if published is None:
        return "date not stated"
    month = _MONTHS[published.month - 1] if published.month else ""
    return " ".join(str(part) for part in (published.day, month, published.year) if part)


def moment(when: datetime, zone: ZoneInfo) -> str:
    """A point in time to the minute: "3 March 2025, 09:00 GMT"."""
    local = when.astimezone(zone)
    name = local.strftime("%Z")
    name = f"UTC{name}" if name[:1] in {"+", "-"} else name
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {name}"


def stated(count: int | None) -> str:
    """A count that the page may not state, which is not zero."""
    return "none stated" if count is None else str(count)


def counted(count: int, one: str, many: str) -> str:
    """A count before its noun, in words up to nine: "two new reports"."""
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{number} {one if count == 1 else many}"


def joined(parts: list[str]) -> str:
    """A list in running text: "one, two and three"."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def asked_for(wants: Wants) -> str:
    """What a reader asked for, in running text: "every change", or what the changes must have."""
    reports = ""
    if wants.programmes:
        reports += f" of the programme {_either([programme.value for programme in wants.programmes])}"
    if wants.areas:
        areas = ["the whole country" if area.casefold() == NATIONAL else area for area in wants.areas]
        reports += f" on {_either(areas)}"
    parts = [f"to reports{reports}"] if reports else []
    if wants.kinds:
        parts.append(f"of the kind {_either([kind.value for kind in wants.kinds])}")
    if wants.words:
        parts.append(f"with the words {_either([f'“{words}”' for words in wants.words])}")
    if wants.watches:
        parts.append(f"of the watch {_either(wants.watches)}")
    return f"changes {', '.join(parts)}" if parts else "every change"


def _either(choices: Sequence[str]) -> str:
    """A choice in running text: "NCPI or JTAI"."""
    shown = [inline(choice) for choice in choices]
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else "".join(shown)


def sentence_case(text: str) -> str:
    """The first letter as a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def _shows_nothing(character: str, alone: bool) -> bool:
    return unicodedata.category(character) in ({"Cf", "Zs"} if alone else {"Cf"}) and character != " "


def _visible_character(character: str) -> str:
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Cs":
            return _REPLACEMENT
        case "Cc":
            return "" if character == "\r" else character if character in "\n\t" else _REPLACEMENT
        case "Zl" | "Zp":
            return "\n"
        case _:
            return character
