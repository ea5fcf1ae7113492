"""A letter's content as plain text and as HTML; the templates are in the folder beside this module."""

from __future__ import annotations

import textwrap
from dataclasses import fields
from functools import lru_cache
from importlib.resources import files

from css_inline import CSSInliner
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from notifier.content import Content
from notifier.worddiff import as_text

TEXT_WIDTH = 78


def as_plain_text(content: Content) -> str:
    """The part that stands by itself: lines of at most 78 columns, but for addresses and monstrous words."""
    return _TEMPLATES.get_template("letter.txt.j2").render(_fields(content))


def as_html(content: Content, subject: str) -> str:
    """One column with the styles inlined; nothing in it is fetched from anywhere."""
    return _TEMPLATES.get_template("letter.html.j2").render(_fields(content), subject=subject)


def _fields(content: Content) -> dict[str, object]:
    return {field.name: getattr(content, field.name) for field in fields(content)}


def _source(name: str) -> str:
    """A template. The styles go into the template itself, once, and not into each letter: its tags are text to HTML."""
    text = files("notifier").joinpath("templates", name).read_text(encoding="utf-8")
    return _INLINER.inline(text) if name.endswith(".html.j2") else text


@lru_cache(maxsize=512)  # the same change is told to many
def _wrapped(text: str, later_indent: str = "", first_indent: str = "") -> str:
    """Running text, each of its lines wrapped by itself; a word that is too long keeps a line of its own."""
    lines = [
        textwrap.fill(
            line,
            TEXT_WIDTH,
            initial_indent=first_indent,
            subsequent_indent=later_indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    ]
    return "\n".join(lines)


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


_INLINER = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
_TEMPLATES = Environment(
    loader=FunctionLoader(_source),
    autoescape=select_autoescape(("html.j2",)),
    undefined=StrictUndefined,
)
_TEMPLATES.filters.update(wrapped=_wrapped, lines=_lines, marked=as_text)
