"""Small articles, each with one way to set the page's content or its furniture."""

from __future__ import annotations

import pytest

from domain.page import Contact, Page
from scraper.errors import NotUnderstood
from scraper.read import read

SITE = "https://hmicfrs.justiceinspectorates.gov.uk"
URL = f"{SITE}/our-work/article/child-abuse-and-child-protection-issues/"
TEXT = "<p>We inspected two forces.</p>"
GET = '<a href="/publications/in-harms-way/">Get the full report</a>'
NAMES = "<tr><th>Report</th><th>Date published</th><th>Summary</th></tr>"
LINK = '<a href="/publications/in-harms-way/">In harm’s way</a>'


def article(content: str, title: str = "<h1>Child protection</h1>", before: str = "") -> Page:
    return read(f"{before}<main>{title}{content}</main>".encode(), URL, "text/html; charset=utf-8")


def outline(page: Page) -> list[str]:
    """Sections by path and reports by title, date and text; sections first."""
    sections = [f"{'/'.join(section.path)}: {section.text}" for section in page.sections]
    reports = [
        f"{report.title} [{report.published.iso if report.published else ''}] {report.text}" for report in page.reports
    ]
    return sections + reports


REPORT = "In harm’s way [2015-07-02] We inspected two forces."


@pytest.mark.parametrize(
    "content",
    [
        f"<h3>{LINK} – 2 July 2015</h3>{TEXT}",
        f'<h3><a href="/publications/in-harms-way/">In harm’s way &#8211;&nbsp;2nd July 2015</a></h3>{TEXT}',
        f"<h3>{LINK} (2 July 2015)</h3>{TEXT}",
        f'<h3>{LINK} <span class="date">2 July 2015</span></h3>{TEXT}',
        f'<h3>In harm’s way <time datetime="2015-07-01T23:00:00Z">2 July 2015</time></h3>{TEXT}',
        f'<h3><time datetime="2015-07-01T23:00:00Z">nine years ago</time> In harm’s way</h3>{TEXT}',
        f"<h3>{LINK}</h3><p>Published on: 2 July 2015</p>{TEXT}",
        f"<h3>{LINK}</h3><p><em>2 July 2015</em></p>{TEXT}",
        f'<h3>{LINK}</h3><p><time datetime="2015-07-02">9 years ago</time></p>{TEXT}',
        f"<div><h3>{LINK}</h3>{TEXT}<p>Published: <time>2 July 2015</time></p></div><h3>Next</h3>",
        f"<div><span>Thematic</span><time>2 July 2015</time><h3>{LINK}</h3>{TEXT}</div><h3>Next</h3>",
        f"<article><header><h3>In harm’s way</h3></header>{TEXT}<footer>{GET}<time>2 July 2015</time></footer>",
        f'<a href="/publications/in-harms-way/"><h3>In harm’s way</h3>{TEXT}<p>Published on: 2 July 2015</p></a>',
        f"<details><summary>{LINK} – 2 July 2015</summary>{TEXT}</details>",
        f"<details><summary><h3>In harm’s way – 2 July 2015</h3></summary>{TEXT}<p>{GET}</p></details>",
        f'<button aria-controls="a">In harm’s way – 2 July 2015</button><div id="a" aria-hidden="true">{TEXT}</div>',
        f"<h3><button>In harm’s way – 2 July 2015<i>, Show this section</i></button></h3><div hidden>{TEXT}</div>",
        f'<h3><button>In harm’s way</button></h3><div>2 July 2015</div><div style="display:none">{TEXT}</div>',
        f"<dl><dt>{LINK}</dt><dd>{TEXT}</dd><dd>Published on: 2 July 2015</dd></dl>",
        f"<dl><div><dt>In harm’s way<br>2 July 2015</dt><dd>{TEXT}</dd></div></dl>",
        f"<table>{NAMES}<tr><td>{LINK}</td><td>2 July 2015</td><td>{TEXT}</td></tr></table>",
        f"<table><thead>{NAMES}</thead><tr><th>{LINK}</th><td><time>2 July 2015</time><td>{TEXT}</table>",
        f"<table><tr><td>2 July 2015</td><td>{LINK}</td><td>We inspected two forces.</td></tr></table>",
        f"<ul><li>{LINK} – 2 July 2015</li></ul>{TEXT}",
        f"<ul><li>{LINK} <time>2 July 2015</time>{TEXT}</li></ul>",
        f"<p>{LINK}</p><p>Published on: 2 July 2015</p>{TEXT}",
        f"<ul><li><time>2 July 2015</time> {LINK}{TEXT}</li></ul>",
        f"<ul><li>2 July 2015: {LINK}{TEXT}</li></ul>",
        f"<ul><li><strong>{LINK}</strong><br>2 July 2015{TEXT}</li></ul>",
        f"<p><strong>In</strong><strong> harm’s <em>way</em></strong> – 2 July 2015</p>{TEXT}",
        "<p><b>In harm’s way<br>– 2 July 2015</b><br>We inspected two forces.</p>",
        f'<div role="heading" aria-level="3">In harm’s way – 2 July 2015</div>{TEXT}',
    ],
)
def test_a_dated_report_is_read_however_it_is_set(content: str) -> None:
    assert REPORT in outline(article(content))
    assert len(article(content).reports) == 1


@pytest.mark.parametrize(
    "content",
    [
        "<h2>In harm’s way</h2><p>We published it on 2 July 2015.</p>",
        "<h2>In harm’s way</h2><p>Text.</p><p>2 July 2015</p>",
        "<h2>Reports</h2><p><strong>– Wording in paragraph 3 was corrected on 06 May 2015</strong></p>",
        "<p>Published on: 2 July 2015</p><h2>In harm’s way</h2>",
        "<h2>Numbers</h2><table><tr><th>Force</th><th>2014</th></tr><tr><td>Kent Police</td><td>2015</td></tr></table>",
        f"<div><h2>Reports</h2>{TEXT}<p>2 July 2015</p><p>3 July 2015</p><p>{GET}</p></div><h2>Next</h2>",
    ],
)
def test_a_date_somewhere_makes_no_report(content: str) -> None:
    assert article(content).reports == ()


def test_a_sentence_above_the_only_report_is_kept() -> None:
    page = read(
        f"<header><h1>Child protection</h1></header><div><p>Lead.</p><h3>A – 2015</h3>{TEXT}</div>".encode(), URL, None
    )
    assert outline(page) == [": Lead.", "A [2015] We inspected two forces."]


def test_text_behind_a_card_belongs_to_the_section() -> None:
    page = article(f"<h2>Reviews</h2><details><summary>A report – 2015</summary>{TEXT}</details><p>Behind.</p>")
    assert outline(page) == ["Reviews: Behind.", "A report [2015] We inspected two forces."]


def test_a_report_without_a_link_has_its_title_and_year_for_a_key() -> None:
    page = article("<h3>In harm’s way – 2 July 2015</h3><h3>In harm’s way – March 2015</h3>")
    assert [report.key for report in page.reports] == ["title:in harms way:2015", "title:in harms way:2015#2"]
    assert [report.url for report in page.reports] == [None, None]


def test_the_link_to_get_the_report_is_its_address_and_no_text() -> None:
    page = article("<h3>A – 2015</h3><p>Text.</p><p><a href='publications/a/'>Get the report</a> (PDF, 2 MB)</p>")
    assert page.reports[0].url == f"{URL}publications/a/"
    assert page.reports[0].key == "hmicfrs.justiceinspectorates.gov.uk/publications/a/"
    assert page.reports[0].text == "Text."


def test_a_link_to_more_that_leads_elsewhere_is_text() -> None:
    page = article("<h3><a href='/publications/a/'>A</a> – 2015</h3><p><a href='/news/'>Read more</a></p>")
    assert page.reports[0].text == "Read more"


def test_paths_run_from_the_outermost_heading_and_keys_are_unique() -> None:
    page = article("<h2>A</h2><h4>B</h4><p>b</p><h3>C</h3><h2>A</h2><p>again</p>")
    assert outline(page) == ["A: ", "A/B: b", "A/C: ", "A: again"]
    assert [section.key for section in page.sections] == ["a", "a/b", "a/c", "a-2"]


def test_bold_lines_are_headings_only_where_they_read_as_such() -> None:
    page = article(
        "<p><strong>Protecting children is important.</strong></p><p><b>We looked at:</b></p>"
        "<ul><li><b>leadership</b></li></ul><p><b>Future</b> <b>inspections</b></p><p>Text.</p>"
    )
    assert outline(page) == [
        ": Protecting children is important.\n\nWe looked at:\n\n• leadership",
        "Future inspections: Text.",
    ]


def test_text_keeps_its_characters_and_loses_what_cannot_be_seen() -> None:
    page = article("<p>The\u00a0po&shy;lice’s chil\u200bdren –\n <b>3</b>0<sup>th</sup> <i>“x”</i>&#8203;</p>")
    assert page.sections[0].text == "The police’s children – 30th “x”"


def test_breaks_part_what_they_part_for_a_reader() -> None:
    page = article("<p>One<br>line:<br>• first<br>• second<br><br>Another<wbr>one</p>")
    assert page.sections[0].text == "One line:\n\n• first\n• second\n\nAnotherone"


@pytest.mark.parametrize(
    "furniture",
    [
        '<nav><h2>Menu</h2><p>Noise</p></nav><div role="navigation">Noise</div>',
        '<div class="c-breadcrumbs"><p>Noise</p></div><div class="cookie-banner"><h2>Noise</h2></div>',
        '<ul><li><a href="#a">Noise</a></li><li><a href="#b">Noise – 2 July 2015</a></li></ul>',
        '<h2>On this page</h2><ol><li><a href="#a">Noise</a></li></ol>',
        '<p>Contents</p><div><a href="#a">Noise</a> <a href="#b">Noise</a></div>',
        '<h2>In this section</h2><ul><li><a href="/elsewhere/">Noise</a></li></ul>',
        '<ul><li><a href="./">Noise</a></li><li><a href="child/">Noise</a></li></ul>',
        '<ul><li>Child protection</li><li><a href="child/">Noise</a></li></ul>',
        '<div class="footer"><p>© Noise</p></div><div id="footer"><ul><li>Noise</li></ul></div>',
        '<div class="page-menu"><a href="/a/">Noise</a> | <a href="/b/">Noise</a></div>',
        "<p>Page last checked: 9 February 2024</p><p>This page was last updated on 9 February 2024</p>",
        '<p><a href="javascript:p()">Print this document</a></p><p>9 views</p><p><a href="#top">Back to top</a></p>',
        '<button aria-expanded="false">Show all sections</button><input type="hidden" value="Noise">',
        "<script>document.write('<h2>Noise – 2015</h2>')</script><style>Noise</style><noscript><p>Noise</p></noscript>",
        "<template><p>Noise</p></template><svg><title>Noise</title><text>Noise</text></svg><iframe>Noise</iframe>",
        '<span class="visually-hidden">Noise</span><span aria-hidden="true">Noise</span><span hidden>Noise</span>',
        "<form><h2>Noise</h2><label>Noise <input></label></form><dialog open><p>Noise</p></dialog>",
        "<aside><h2>Noise – 2015</h2><p>noise@example.org</p></aside><!-- <p>Noise</p> -->",
    ],
)
def test_furniture_is_no_content(furniture: str) -> None:
    content = '<h2 id="a">Future inspections</h2><p>If you have a question, write to us.</p>'
    page = article(f"{furniture}<p>Protecting children is important to us.</p>{content}")
    assert page == article(f"<p>Protecting children is important to us.</p>{content}")


def test_footers_and_what_stands_before_the_title_are_no_content() -> None:
    banner = '<div class="notice"><h2>Service update – 9 February 2024</h2><p>help@example.org</p></div>'
    footer = "<footer><h2>News</h2><p>a@example.org</p></footer>"
    page = read(f"<body>{banner}<h1>Child protection</h1>{TEXT}{footer}</body>".encode(), URL, None)
    assert outline(page) == [": We inspected two forces."]
    assert page.contacts == ()


@pytest.mark.parametrize(
    "before",
    [
        "<header><h1>HMICFRS</h1></header>",
        '<div role="dialog"><h1>Your choice</h1></div>',
        '<div class="cookie-consent"><h1>We value your privacy</h1></div>',
        "<h1></h1>",
    ],
)
def test_the_title_is_the_articles_own(before: str) -> None:
    assert article(TEXT, before=before).title == "Child protection"


def test_a_heading_that_the_documents_title_begins_with_stands_in_for_an_h1() -> None:
    page = read(b"<title>Child protection - HMICFRS</title><h2>News</h2><h2>Child protection</h2><p>Text.", URL, None)
    assert (page.title, outline(page)) == ("Child protection", [": Text."])


def test_a_page_without_a_title_is_not_understood() -> None:
    with pytest.raises(NotUnderstood, match=f"^{URL}: the page has no title"):
        read(b"<p>Nothing to see</p>", URL, None)


def test_a_page_whose_title_is_hidden_is_not_understood() -> None:
    with pytest.raises(NotUnderstood, match="shows no title"):
        read(b"<h1><select><option>Child protection</select></h1><p>Text.</p>", URL, None)


TOPICS = ("Protecting people from abuse", "Protecting people online", "Victims and resolutions")
LINKS = [f'<a href="/t{place}/">{topic}</a>' for place, topic in enumerate(TOPICS)]


@pytest.mark.parametrize(
    "line",
    [
        f"<p>Part of: {''.join(LINKS)}</p>",
        f"<p>Part of {', '.join(LINKS[:2])} and {LINKS[2]}</p>",
        f"<p>Part of: {' '.join(TOPICS)}</p>",
        f"<p><b>Part of:</b> {''.join(TOPICS)}</p>",
        f"<p>Part of: {', '.join(TOPICS)}</p>",
        f"<p>Part of: {''.join(f'<span>{topic}</span>' for topic in TOPICS)}</p>",
        f"<p>Part of:</p><ul>{''.join(f'<li>{link}</li>' for link in LINKS)}</ul>",
        f"<dl><dt>Part of</dt>{''.join(f'<dd>{link}</dd>' for link in LINKS)}</dl>",
        f"<nav>Part of: {' '.join(LINKS)}</nav>",
    ],
)
def test_topics_are_read_linked_or_run_together_and_are_no_text(line: str) -> None:
    page = article(line + TEXT)
    assert tuple(topic.title for topic in page.topics) == TOPICS
    assert outline(page) == [": We inspected two forces."]


def test_a_sentence_that_begins_like_the_topics_is_text() -> None:
    page = article("<p>Part of our work is to inspect <a href='/x/'>forces</a>.</p>")
    assert page.topics == ()
    assert len(page.sections) == 1


KNIFE = '<a href="/publications/knife-crime/">Knife crime</a>'


@pytest.mark.parametrize(
    "block",
    [
        f"<aside><h2>Related reports</h2><ul><li>{KNIFE}</li></ul></aside>",
        f'<aside aria-label="Related reports"><p>{KNIFE}</p></aside>',
        f"<section><h3>Related publications</h3><div><h4>{KNIFE} – 12 March 2019</h4><p>By Ofsted.</p></div></section>",
        f"<p><strong>Related reports:</strong></p><p>{KNIFE}</p>",
        f"<nav><ul><li><a href='/'>Home</a></li></ul><h2>Related reports</h2><p>{KNIFE}</p></nav>",
        f"<dl><dt>Related reports</dt><dd>{KNIFE}</dd></dl>",
        f"<h2>Related reports</h2><ul><li>{KNIFE}</li><li><a href='/all/'>See all related reports</a></li></ul>",
    ],
)
def test_related_reports_are_neither_sections_nor_reports_nor_text(block: str) -> None:
    page = article(f"{TEXT}{block}<h2>Future inspections</h2>")
    assert [(related.title, related.url) for related in page.related] == [
        ("Knife crime", f"{SITE}/publications/knife-crime/")
    ]
    assert outline(page) == [": We inspected two forces.", "Future inspections: "]


def test_contacts_are_the_contents_own_each_once_in_page_order() -> None:
    page = article(
        '<p>Ring <a href="tel:+44 20 3513 0500">us</a> or write to <a href="mailto:a%40hmicfrs.gov.uk?subject=x">a</a>,'
        ' b@hmicfrs.gov.uk or <a href="https://www.nspcc.org.uk/">the NSPCC</a>.</p>'
        '<h2>More</h2><p>Again <a href="mailto:A@hmicfrs.gov.uk">A@hmicfrs.gov.uk</a>.</p>'
    )
    assert page.contacts == (
        Contact("phone", "+44 20 3513 0500"),
        Contact("email", "a@hmicfrs.gov.uk"),
        Contact("email", "b@hmicfrs.gov.uk"),
    )


def test_links_are_resolved_against_the_base_and_dangerous_ones_left_out() -> None:
    page = article('<p>See <a href="a/">One</a> <a href="javascript:x()">two</a> <a href="data:,x">three</a></p>')
    assert [(link.text, link.url) for link in page.sections[0].links] == [("One", f"{URL}a/")]
    based = read(b'<head><base href="/hmicfrs/"></head><h1>T</h1><p>x <a href="a/">One</a>', URL, None)
    assert based.sections[0].links[0].url == f"{SITE}/hmicfrs/a/"


def test_a_page_wrapped_in_a_form_is_read() -> None:
    page = read(f"<form id='aspnetForm'><main><h1>Child protection</h1>{TEXT}</main></form>".encode(), URL, None)
    assert outline(page) == [": We inspected two forces."]
