"""What stands around a page's text: its topics, the related reports, and the ways to reach somebody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from domain.page import Contact, RelatedReport, Topic
from scraper.block import HEADING, ITEM, PARAGRAPH, TITLE, Anchor, Block, words
from scraper.blocks import Layout
from scraper.dates import split_title
from scraper.headline import date_line, headline
from scraper.text import is_related_heading, is_see_all, tidy

_PART_OF = re.compile(r"\s*part\s+of\s*(?P<colon>:?)\s*", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*[\n,;|·•/]\s*")
_JOINTS = re.compile(r"\W+|\band\b")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CAPITAL = re.compile(r"(?<!\bin)(?<!\bof)(?<!\bto)(?<!\bby)(?<!\bat)(?<!\band)(?<!\bthe)(?<!\bfor)\s(?=[A-Z][a-z])")
_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")


def find_topics(blocks: Sequence[Block], title: int) -> tuple[tuple[Topic, ...], set[int]]:
    """The topics that the page says it is part of, and the places of the lines that name them.

    They are looked for before the title and from there to the first heading; an unlinked list without separators is
    parted at its capitals.
    """
    for place, block in enumerate(blocks):
        label = _PART_OF.match(block.text)
        if label and not block.text[label.end() :]:
            found, used = _following_topics(blocks, place + 1)
        elif label and (label["colon"] or _is_links_only(block)):
            found, used = list(_topics_of(block)), set()
        else:
            if place > title and block.role is HEADING and not block.aside:
                break
            continue
        if found:
            return tuple(dict.fromkeys(found)), {place, *used}
    return (), set()


def find_related(layout: Layout, title: int) -> tuple[tuple[RelatedReport, ...], set[int]]:
    """The entries of "Related reports" wherever it stands after the title, and the places of its lines."""
    found: list[RelatedReport] = []
    used: set[int] = set()
    for place, block in enumerate(layout.blocks):
        if place > title and block.role is not ITEM and place not in used and is_related_heading(block.text):
            lines = range(place, _end_of_related(layout, place))
            if not _lists_entries(layout.blocks[line] for line in lines[1:]):
                continue
            used.update(lines)
            for line in lines[1:]:
                found += _related_of(layout.blocks[line])
    return tuple(dict.fromkeys(found)), used


def find_contacts(blocks: Iterable[Block]) -> tuple[Contact, ...]:
    """E-mail addresses and telephone links in the content, each once, in page order."""
    found: dict[str, Contact] = {}
    for block in blocks:
        for contact in _contacts_of(block):
            found.setdefault(contact.value.casefold(), contact)
    return tuple(found.values())


def _following_topics(blocks: Sequence[Block], start: int) -> tuple[list[Topic], set[int]]:
    topics: list[Topic] = []
    used: set[int] = set()
    for place in range(start, len(blocks)):
        block = blocks[place]
        if block.role in {TITLE, HEADING} or not (block.role is ITEM or block.is_all_links):
            break
        topics += _topics_of(block)
        used.add(place)
    if not topics and start < len(blocks) and blocks[start].role is PARAGRAPH and _is_topic(blocks[start].text):
        return list(_topics_of(blocks[start])), {start}
    return topics, used


def _topics_of(block: Block) -> Iterator[Topic]:
    label = True
    for anchor, runs in _by_anchor(block):
        if anchor is not None and anchor.url and not anchor.within:
            title = tidy("".join(runs))
            if title:
                yield Topic(title, anchor.url)
            label = False
            continue
        text = "\n".join(run for run in runs if run.strip())
        if label:
            text = _PART_OF.sub("", text, count=1)
        titles = (tidy(part) for part in _parted_topics(text))
        yield from (Topic(title, None) for title in titles if _is_topic(title))


def _by_anchor(block: Block) -> Iterator[tuple[Anchor | None, list[str]]]:
    anchor: Anchor | None = None
    texts: list[str] = []
    for run in block.runs:
        if run.anchor is not anchor and texts:
            yield anchor, texts
            texts = []
        anchor = run.anchor
        texts.append(run.text)
    if texts:
        yield anchor, texts


def _parted_topics(text: str) -> list[str]:
    for pattern in (_SEPARATORS, _GLUED, _CAPITAL):
        parts = [part for part in pattern.split(text) if part.strip()]
        if len(parts) > 1:
            return parts
    return [text]


def _is_topic(title: str) -> bool:
    letters = sum(letter.isalpha() for letter in title)
    return letters > 1 and title.casefold() != "and" and not title.endswith(".")


def _is_links_only(block: Block) -> bool:
    rest = words([run for run in block.runs if run.anchor is None])
    return bool(block.anchors) and not _JOINTS.sub("", _PART_OF.sub("", rest, count=1))


def _end_of_related(layout: Layout, place: int) -> int:
    """The first line that is none of them: a heading that is not below theirs, or what is out of their card."""
    blocks, head = layout.blocks, layout.blocks[place]
    card = layout.cards.get(place)
    end = card.stop if card and card.stop > place + 1 else len(blocks)
    for line in range(place + 1, end):
        block = blocks[line]
        below = head.role is HEADING and block.role is HEADING and block.level > head.level
        if block.aside is not head.aside or (block.is_heading and not below and not block.sole_link):
            return line
    return end


def _lists_entries(blocks: Iterable[Block]) -> bool:
    """Whether lines are a list, or none at all: a heading over prose alone is an article's own, whatever it says."""
    lines = list(blocks)
    return (
        not lines
        or any(line.is_heading or line.role is ITEM or line.sole_link for line in lines)
        or all(line.is_all_links for line in lines)
    )


def _related_of(block: Block) -> Iterator[RelatedReport]:
    if is_see_all(block.text):
        return
    anchors = [anchor for anchor in block.anchors if anchor.url]
    if len(anchors) == 1:
        title = headline(block).title if block.is_heading else split_title(block.words_of(anchors[0]))[0]
        yield RelatedReport(title, anchors[0].url)
    elif anchors:
        yield from (RelatedReport(split_title(block.words_of(anchor))[0], anchor.url) for anchor in anchors)
    elif (block.is_heading or block.role is ITEM) and date_line(block) is None:
        yield RelatedReport(headline(block).title, None)


def _contacts_of(block: Block) -> Iterator[Contact]:
    seen: set[int] = set()
    for run in block.runs:
        scheme, _, target = (run.anchor.url or "").partition(":") if run.anchor else ("", "", "")
        if run.anchor and scheme in {"mailto", "tel"} and id(run.anchor) not in seen:
            seen.add(id(run.anchor))
            value = unquote(target.partition("?")[0])
            found = _EMAIL.findall(value) if scheme == "mailto" else [value.strip()]
            yield from (Contact("email" if scheme == "mailto" else "phone", each) for each in found if each)
        elif scheme not in {"mailto", "tel"}:
            yield from (Contact("email", each) for each in _EMAIL.findall(tidy(run.text))) if "@" in run.text else ()
