"""Four sober markups: flat headings, a definition list, a table, and headings that are only bold type."""

from __future__ import annotations

from tests.markups.around import Around, plain
from tests.markups.content import Body, Content, Listed, Section


def flat(content: Content, around: Around) -> str:
    """Headings and paragraphs below one another; a report's link is its title, the date stands behind it."""

    def report(listed: Listed) -> str:
        date = f" – {listed.date}" if listed.date else ""
        return f"<h3>{_link(content, around, listed)}{date}</h3>\n{around.body(content, listed.body)}"

    def section(part: Section) -> str:
        below = "".join(f"<h3>{plain(sub.title)}</h3>\n{around.body(content, sub.body)}" for sub in part.subsections)
        reports = "".join(map(report, part.reports))
        return f"<h2>{plain(part.title)}</h2>\n{around.body(content, part.body)}{below}{reports}"

    related = "".join(f"<p>{anchor}</p>" for anchor in around.anchors(content, content.related))
    return (
        f'<!doctype html><html lang="en">{around.head(content)}<body><p id="cookies">{around.cookies}</p>\n'
        f"<nav><ul>{around.menu_items()}</ul></nav>\n<h1>{plain(content.title)}</h1>\n{around.noise()}"
        f"<p>Part of: {' '.join(around.anchors(content, content.topics))}</p>\n{around.body(content, content.intro)}"
        f"{''.join(map(section, content.sections))}<h2>Related reports</h2>\n{related}\n"
        f"<footer><ul>{around.footer_items()}</ul><p>© Crown copyright</p></footer></body></html>"
    )


def definition_list(content: Content, around: Around) -> str:
    """Reports as terms; the date in a definition of its own, the text in the next."""

    def report(listed: Listed) -> str:
        date = f"<dd>Published on: {listed.date}</dd>" if listed.date else ""
        return f"<dt>{_link(content, around, listed)}</dt>{date}<dd>{around.body(content, listed.body)}</dd>\n"

    def section(part: Section) -> str:
        below = "".join(f"<h3>{plain(sub.title)}</h3>{around.body(content, sub.body)}" for sub in part.subsections)
        reports = f"<dl>{''.join(map(report, part.reports))}</dl>" if part.reports else ""
        return f"<section><h2>{plain(part.title)}</h2>{around.body(content, part.body)}{below}{reports}</section>\n"

    topics = "".join(f"<li>{anchor}</li>" for anchor in around.anchors(content, content.topics))
    related = "".join(f"<li>{anchor}</li>" for anchor in around.anchors(content, content.related))
    return (
        f'<!DOCTYPE html><html>{around.head(content)}<body><div role="dialog"><p>{around.cookies}</p></div>'
        f'<header><div role="navigation"><ul>{around.menu_items()}</ul></div></header><main>\n'
        f"<h1>{plain(content.title)}</h1><p>Part of:</p><ul>{topics}</ul>{around.body(content, content.intro)}"
        f"{''.join(map(section, content.sections))}{around.noise('<div><small>', '</small></div>')}"
        f"<section><h2>Related reports</h2><ul>{related}</ul></section></main>\n"
        f'<div role="contentinfo"><ul>{around.footer_items()}</ul></div></body></html>'
    )


def table(content: Content, around: Around) -> str:
    """Reports as rows of three columns."""

    def report(listed: Listed) -> str:
        text = around.body(content, listed.body)
        return f"<tr><td>{_link(content, around, listed)}</td><td>{listed.date or ''}</td><td>{text}</td></tr>\n"

    def section(part: Section) -> str:
        below = "".join(f"<h3>{plain(sub.title)}</h3>{around.body(content, sub.body)}" for sub in part.subsections)
        rows = "".join(map(report, part.reports))
        names = "<thead><tr><th>Report</th><th>Published</th><th>Summary</th></tr></thead>"
        reports = f"<table>{names}<tbody>\n{rows}</tbody></table>" if part.reports else ""
        return f"<h2>{plain(part.title)}</h2>{around.body(content, part.body)}{below}{reports}\n"

    related = "".join(f"<li>{anchor}</li>" for anchor in around.anchors(content, content.related))
    return (
        f'<html>{around.head(content)}<body><div class="cookie-bar">{around.cookies}</div>'
        f'<div class="wrapper"><div class="nav-menu"><ul>{around.menu_items()}</ul></div>\n'
        f'<div role="main"><h1>{plain(content.title)}</h1>{around.noise("<div>", "</div>")}'
        f"<p>Part of: {', '.join(around.anchors(content, content.topics))}</p>{around.body(content, content.intro)}"
        f"{''.join(map(section, content.sections))}</div><aside><h3>Related reports</h3><ul>{related}</ul></aside>"
        f'</div><div class="site-footer"><ul>{around.footer_items()}</ul></div></body></html>'
    )


def pseudo_headings(content: Content, around: Around) -> str:
    """Bold lines for headings, their emphasis split, levels skipped, lists typed with bullets."""

    def heading(title: str) -> str:
        half = len(title) // 2
        return f"<p><strong>{plain(title[:half])}</strong><b>{plain(title[half:])}</b></p>\n"

    def report(listed: Listed) -> str:
        date = f"<br>– {listed.date}" if listed.date else ""
        return f"<p><strong>{_link(content, around, listed)}{date}</strong></p>\n{_typed(content, around, listed.body)}"

    def section(part: Section) -> str:
        below = "".join(heading(sub.title) + _typed(content, around, sub.body) for sub in part.subsections)
        first, _, rest = part.title.partition(" ")
        head = f"<h3>{plain(first)}<br>{plain(rest)}</h3>\n"
        return head + _typed(content, around, part.body) + below + "".join(map(report, part.reports))

    related = "<br>".join(around.anchors(content, content.related))
    return (
        f'<html>{around.head(content)}<body><p class="cookies">{around.cookies}</p>'
        f"<div><menu>{around.menu_items()}</menu></div>"
        f"<h1><strong>{plain(content.title)}</strong></h1>\n<p><em>Part of:</em> "
        f"{'<br>'.join(around.anchors(content, content.topics))}</p>\n{_typed(content, around, content.intro)}"
        f"{''.join(map(section, content.sections))}{around.noise('<p><i>', '</i></p>')}"
        f"<p><strong>Related reports</strong></p><p>{related}</p>"
        f'<div id="page-footer">{around.footer_items()}</div></body></html>'
    )


def _typed(content: Content, around: Around, body: Body) -> str:
    """Paragraphs, and below each the list that it leads to as lines that begin with a bullet."""
    html = ""
    for part in body:
        if isinstance(part, str):
            html += f"{'</p>' if html else ''}\n<p>{around.line(content, part)}"
        else:
            html += "".join(f"<br>\n•&nbsp;{around.line(content, entry)}" for entry in part)
    return html + "</p>\n"


def _link(content: Content, around: Around, listed: Listed) -> str:
    return f'<a href="{around.href(content, f"/publications/{listed.slug}/")}">{plain(listed.title)}</a>'
