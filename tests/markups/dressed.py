"""Four markups of content systems: WordPress blocks, a GOV.UK-like accordion, cards, and a page full of noise."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import count

from tests.markups.around import Around, plain
from tests.markups.content import Content, Listed, Section


def wordpress_blocks(content: Content, around: Around) -> str:
    """Block classes, entities for typography, whole headings linked, empty paragraphs, groups."""
    items = '<ul class="wp-block-list">'

    def report(listed: Listed) -> str:
        date = f"&nbsp;&#8211; {listed.date.replace(' ', '&nbsp;')}" if listed.date else ""
        href = around.href(content, f"/publications/{listed.slug}/")
        return (
            f'<h3 class="wp-block-heading"><a href="{href}">{_entities(listed.title)}{date}</a></h3>\n'
            f'<div class="wp-block-group"><div class="wp-block-group__inner-container">'
            f"{around.body(content, listed.body, _entities, items)}<p></p></div></div>\n"
        )

    def section(part: Section, level: int = 2) -> str:
        below = "".join(section(sub, 3) for sub in part.subsections) + "".join(map(report, part.reports))
        text = around.body(content, part.body, _entities, items)
        return f'<h{level} class="wp-block-heading">{_entities(part.title)}</h{level}>\n<p>&nbsp;</p>\n{text}{below}'

    topics = " ".join(around.anchors(content, content.topics, _entities))
    related = "".join(f"<li>{anchor}</li>" for anchor in around.anchors(content, content.related, _entities))
    return (
        f'<!DOCTYPE html><html lang="en-GB">{around.head(content, _entities)}<body class="page postid-{around.nonce}">'
        f'<header id="masthead"><nav class="main-navigation"><ul id="primary-menu">{around.menu_items()}</ul></nav>'
        f'</header><main><article class="hentry"><h1 class="entry-title">{_entities(content.title)}</h1>'
        f'<div class="entry-content">{around.noise("<p class=post-meta>")}<p class="part-of">Part of: {topics}</p>'
        f"{around.body(content, content.intro, _entities, items)}{''.join(map(section, content.sections))}</div>"
        f"</article></main><aside><h2>Related reports</h2><ul>{related}</ul></aside>"
        f'<footer id="colophon"><ul>{around.footer_items()}</ul></footer>'
        f'<div class="cookie-law-info-bar">{around.cookies}</div></body></html>'
    )


def accordion(content: Content, around: Around) -> str:
    """Subsections and reports fold out below buttons; the link to a report stands in its text."""
    numbers = count(1)

    def folded(title: str, text: str) -> str:
        number = next(numbers)
        return (
            f'<div class="govuk-accordion__section"><div class="govuk-accordion__section-header"><h3>'
            f'<button type="button" aria-controls="part-{number}" aria-expanded="false"><span><span>{plain(title)}'
            '</span></span><span class="govuk-visually-hidden">, </span><span>Show<span class="govuk-visually-hidden">'
            f' this section</span></span></button></h3></div><div id="part-{number}" hidden="until-found">{text}</div>'
            "</div>\n"
        )

    def report(listed: Listed) -> str:
        href = around.href(content, f"/publications/{listed.slug}/")
        link = f'<p><a class="govuk-link" href="{href}">Get the report</a></p>'
        title = f"{listed.title} – {listed.date}" if listed.date else listed.title
        return folded(title, around.body(content, listed.body) + link)

    def section(part: Section) -> str:
        below = "".join(folded(sub.title, around.body(content, sub.body)) for sub in part.subsections)
        below += "".join(map(report, part.reports))
        group = f'<div class="govuk-accordion" data-module="govuk-accordion">{below}</div>' if below else ""
        return f'<h2 class="govuk-heading-l">{plain(part.title)}</h2>{around.body(content, part.body)}{group}\n'

    topics = "".join(f"<dd>{anchor}</dd>" for anchor in around.anchors(content, content.topics))
    related = "".join(f"<li>{anchor}</li>" for anchor in around.anchors(content, content.related))
    return (
        f'<!DOCTYPE html><html class="govuk-template">{around.head(content)}<body><div class="govuk-cookie-banner" '
        f'role="region" aria-label="Cookies"><h2>Cookies</h2><p>{around.cookies}</p><button>Accept</button></div>'
        f'<header role="banner"><ul>{around.menu_items()}</ul></header><main class="govuk-main-wrapper">'
        f'<h1 class="govuk-heading-xl">{plain(content.title)}</h1><dl><dt>Part of:</dt>{topics}</dl>'
        f"{around.body(content, content.intro)}{''.join(map(section, content.sections))}"
        f"{around.noise('<p class=govuk-body-s>')}"
        f'<div role="complementary"><h2>Related reports</h2><ul>{related}</ul></div></main>'
        f'<footer class="govuk-footer" role="contentinfo"><ul>{around.footer_items()}</ul></footer></body></html>'
    )


def cards(content: Content, around: Around) -> str:
    """Every report a card: its date above in a `time` with a zone, then the linked title, then the text."""

    def report(listed: Listed) -> str:
        date = f'<p class="card__date"><time datetime="{_moment(listed.date)}">{listed.date}</time></p>'
        href = around.href(content, f"/publications/{listed.slug}/")
        return (
            f'<li class="card"><article>{date if listed.date else ""}<h3><a href="{href}"><span>{plain(listed.title)}'
            f'</span></a></h3><div class="card__text">{around.body(content, listed.body)}</div></article></li>\n'
        )

    def section(part: Section) -> str:
        below = "".join(
            f"<section><h3>{plain(sub.title)}</h3>{around.body(content, sub.body)}</section>"
            for sub in part.subsections
        )
        reports = f'<ul class="cards">{"".join(map(report, part.reports))}</ul>' if part.reports else ""
        return f"<section><h2>{plain(part.title)}</h2>{around.body(content, part.body)}{below}{reports}</section>\n"

    topics = "".join(f'<li class="tag">{anchor}</li>' for anchor in around.anchors(content, content.topics))
    related = "".join(f'<li class="card"><h3>{anchor}</h3></li>' for anchor in around.anchors(content, content.related))
    return (
        f'<!doctype html><html lang="en">{around.head(content)}<body><dialog open>{around.cookies}</dialog>'
        f'<nav aria-label="Main"><ul>{around.menu_items()}</ul></nav><main><header><h1>{plain(content.title)}</h1>'
        f"{around.noise('<p class=meta>')}</header><div><span>Part of</span><ul>{topics}</ul></div>"
        f"{around.body(content, content.intro)}{''.join(map(section, content.sections))}"
        f"<section><h2>Related reports</h2><ul>{related}</ul></section></main>"
        f"<footer><nav><ul>{around.footer_items()}</ul></nav></footer></body></html>"
    )


def noisy(content: Content, around: Around) -> str:
    """Banners with headings, a menu that repeats every heading, broken words, relative links, details and forms."""

    def report(listed: Listed) -> str:
        href = f"../../../publications/{listed.slug}/?utm_source=page{f'&amp;{around.tail}' if around.tail else ''}"
        return (
            f'<details id="{listed.slug[:20]}"><summary><span aria-hidden="true">▸</span> '
            f"{_broken(_heading(listed))}</summary><div>{around.body(content, listed.body, _broken)}"
            f'<p><a href="{href}" data-id="{around.nonce}">Get the report</a></p></div></details>\n'
        )

    def section(part: Section, level: int = 2) -> str:
        below = "".join(section(sub, 3) for sub in part.subsections) + "".join(map(report, part.reports))
        hidden = '<span class="visually-hidden">Section: </span>'
        text = around.body(content, part.body, _broken)
        return f'<h{level} id="{_slug(part.title)}">{hidden}{_broken(part.title)}</h{level}>\n{text}{below}'

    titles = [title for part in content.sections for title in _titles(part)]
    menu = "".join(f'<li><a href="#{_slug(title)}">{plain(title)}</a></li>' for title in titles)
    related = "".join(f"<li>{anchor}</li>" for anchor in around.anchors(content, content.related, _broken))
    return (
        f'<!DOCTYPE html><html lang="en">{around.head(content)}<body><div class="cookie-banner" role="dialog">'
        f"<h1>Cookies</h1><h2>Your choice – 1 March 2024</h2><p>{around.cookies}</p><button>Accept</button></div>"
        f'<nav><h2>Menu</h2><ul>{around.menu_items()}</ul></nav><div id="content"><h1>{_broken(content.title)}</h1>'
        f"<p>Page last checked: {around.modified[:10]}</p>{around.noise()}"
        f'<p><a href="javascript:print()">Print this document</a></p><p>Part of: '
        f"{''.join(f'<span>{anchor}</span>' for anchor in around.anchors(content, content.topics))}</p>"
        f'<div class="toc"><h2>On this page</h2><ul>{menu}</ul></div>{around.body(content, content.intro, _broken)}'
        f"{''.join(map(section, content.sections))}<form><h2>Is this page useful?</h2><button>Yes</button></form>"
        f'<div class="more"><h2>Related reports</h2><ul>{related}</ul></div>'
        f'<input type="hidden" value="{around.nonce}">'
        f"<p>1,482 views</p></div><footer><h2>Useful links</h2><ul>{around.footer_items()}</ul></footer></body></html>"
    )


def _entities(text: str) -> str:
    return "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in plain(text))


def _moment(date: str | None) -> str:
    return datetime.strptime(f"{date} +0000", "%d %B %Y %z").isoformat() if date else ""


def _broken(text: str) -> str:
    """Text with soft hyphens and zero-width spaces within its long words."""
    return re.sub(r"\b(\w{4})(\w{4})\b", "\\1\u200b\\2", re.sub(r"\b(\w{5})(\w{4,})", r"\1&shy;\2", plain(text)))


def _titles(part: Section) -> list[str]:
    return [part.title, *(sub.title for sub in part.subsections), *(_heading(report) for report in part.reports)]


def _heading(listed: Listed) -> str:
    return f"{listed.title} – {listed.date}" if listed.date else listed.title


def _slug(title: str) -> str:
    return "-".join(re.findall(r"\w+", title.lower()))
