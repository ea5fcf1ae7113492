"""The runs between two block elements, parted into lines: what `br` and bold type mean in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from scraper.block import BREAK, Run, words
from scraper.dates import is_published_label, parse_published, split_title
from scraper.text import begins, is_report_link, is_toggle, without_glued_toggle

_LONGEST_LABEL = 25  # words; a bold line that is longer is emphasised text
_SENTENCE = re.compile(r"^[–—-]|[.;:,]$|[a-z]{2}[.!?] [A-Z]")
_TOGGLE_RUNS = 6
_FEW_WORDS = 4
_BULLET = re.compile(r"[•·▪]\s")


def parted(runs: Sequence[Run]) -> list[tuple[Run, ...]]:
    """The lines that runs are.

    Two breaks part paragraphs, and one break parts a bold title, a date or a typed bullet from what stands around it;
    any other break is as good as a space.
    """
    runs = _with_dates_apart(runs) if len(runs) > 1 else runs
    if not any(run.text == BREAK for run in runs):
        return [tuple(runs)]
    lines: list[tuple[Run, ...]] = []
    for paragraph in _paragraphs(runs):
        lines += _parted_paragraph(paragraph)
    return lines


def is_in_bold(runs: Iterable[Run]) -> bool:
    """Whether all that can be seen is in bold, a date behind it aside."""
    visible = [run for run in runs if run.text.strip()]
    if not any(run.strong for run in visible):
        return False
    rest = words([run for run in visible if not run.strong])
    return not rest or (visible[0].strong and split_title(f"x {rest}")[1] is not None)


def is_label(text: str) -> bool:
    """Whether a line in bold is a heading, and not emphasised text, a date or a link to a report."""
    if split_title(text)[1]:
        return True
    if is_report_link(text) or parse_published(text) or begins(text, "part of:"):
        return False
    return len(text.split()) <= _LONGEST_LABEL and not _SENTENCE.search(text)


def without_toggle(runs: Sequence[Run]) -> tuple[Run, ...]:
    """A heading without the label of the switch behind it."""
    runs = tuple(runs)
    for place in range(max(1, len(runs) - _TOGGLE_RUNS), len(runs)):
        if is_toggle(words(runs[place:])):
            runs = runs[:place]
            break
    return (*runs[:-1], runs[-1]._replace(text=without_glued_toggle(runs[-1].text)))


def _with_dates_apart(runs: Sequence[Run]) -> Sequence[Run]:
    """Runs with breaks around a `time` that stands beside a few words, such as a tag or a link, in no sentence."""
    rest = [run for run in runs if run.moment is None]
    if len(rest) == len(runs):
        return runs
    others = words(rest)
    is_title = all(run.anchor or not run.text.strip() for run in rest) and not is_report_link(others)
    belongs = is_title or not others or is_published_label(others)
    if belongs or len(others.split()) > _FEW_WORDS:
        return runs
    apart: list[Run] = []
    for before, run in pairwise((Run(BREAK), *runs)):
        apart += [run] if (before.moment is None) == (run.moment is None) else [Run(BREAK), run]
    return apart


def _paragraphs(runs: Sequence[Run]) -> Iterator[list[tuple[Run, ...]]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        if run.text == BREAK:
            lines.append([])
        else:
            lines[-1].append(run)
    paragraph: list[tuple[Run, ...]] = []
    for line in [*lines, []]:
        if words(line):
            paragraph.append(tuple(line))
        elif paragraph:
            yield paragraph
            paragraph = []


def _parted_paragraph(lines: list[tuple[Run, ...]]) -> Iterator[tuple[Run, ...]]:
    bold = next((place for place, line in enumerate(lines) if not is_in_bold(line)), len(lines))
    title = _joined(lines[:bold])
    if bold and is_label(words(title)):
        yield title
        lines = lines[bold:]
    for alone, group in groupby(lines, key=_stands_alone):
        gathered = list(group)
        yield from gathered if alone else [_joined(gathered)]


def _stands_alone(line: tuple[Run, ...]) -> bool:
    text = words(line)
    return bool(_BULLET.match(text)) or parse_published(text) is not None


def _joined(lines: list[tuple[Run, ...]]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for line in lines:
        runs += [Run(BREAK), *line] if runs else line
    return tuple(runs)
