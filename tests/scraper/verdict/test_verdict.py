"""Only the watched page, whole and with its landmarks, is good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from domain.check import Good, Suspect
from domain.page import Page
from domain.subject import one_line
from scraper.verdict import verdict
from scraper.version import READER_VERSION
from tests.scraper.verdict.setting import ANY_TITLE, MARKUPS, PAGES, URL, WATCH, answered, article, page

TRUE = (PAGES / "2025-10-child-protection.html").read_text()
REVISIONS = sorted(PAGES.glob("2*.html"))


def good(html: str) -> Page:
    found = verdict(answered(html), WATCH, None)
    assert isinstance(found, Good), found
    return found.page


def reason(html: str | bytes, before: Page | None = None) -> str:
    found = verdict(answered(html), WATCH, before)
    assert isinstance(found, Suspect)
    return found.reason


@pytest.mark.parametrize("path", [*REVISIONS, *MARKUPS], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_true_page_is_good(path: Path) -> None:
    assert good(path.read_text()).reports


def test_the_revisions_are_good_one_after_the_other() -> None:
    before = None
    for path in REVISIONS:
        found = verdict(answered(path.read_text()), WATCH, before)
        assert isinstance(found, Good)
        before = found.page


def test_the_page_is_read_at_the_address_that_gave_it() -> None:
    moved = "https://www.hmicfrs.example/our-work/article/child-abuse/"
    found = verdict(answered(TRUE, at=moved), WATCH, None)
    assert isinstance(found, Good)
    assert found.page.url == moved


def test_a_good_answer_says_which_reader_read_it() -> None:
    found = verdict(answered(TRUE), WATCH, None)
    assert isinstance(found, Good)
    assert found.reader == READER_VERSION


def test_the_charset_of_the_header_holds_for_the_judgment_and_the_reading() -> None:
    body = TRUE.encode("utf-16-le")
    found = verdict(answered(body, content_type="text/html; charset=utf-16le"), WATCH, None)
    assert isinstance(found, Good)
    assert found.page == good(TRUE)
    assert isinstance(verdict(answered(body), WATCH, None), Suspect)


def test_a_page_without_the_expected_title_is_another_page() -> None:
    html = article("Fire and rescue services", "We inspect fire services.")
    told = "another page: its title is “Fire and rescue services”, without “Child abuse and child protection issues”"
    assert reason(html) == told
    assert isinstance(verdict(answered(html), ANY_TITLE, None), Good)


def test_a_reason_quotes_a_title_up_to_a_length() -> None:
    title = " ".join("a" * 61)
    quoted = one_line(title, 120)
    assert f"“{quoted}”" in reason(article(title, "We inspect fire services."))
    told = verdict(answered(article(title, "We inspect fire services.")), ANY_TITLE, good(TRUE))
    assert told == Suspect(f"another page: nothing of the last snapshot is on it, and its title is “{quoted}”")


@pytest.mark.parametrize("expected", ["child ABUSE and   child-protection", "Child abuse", "issues"])
def test_the_expected_title_may_differ_in_type_setting_and_be_a_part(expected: str) -> None:
    assert isinstance(verdict(answered(TRUE), replace(WATCH, expected_title=expected), None), Good)


def test_a_title_alone_is_no_page() -> None:
    html = page("Child abuse and child protection issues", "Child abuse and child protection issues", "")
    html = html.replace("<ul></ul>", "<nav>" + "<a href='/'>Home of it all</a> " * 40 + "</nav>")
    assert reason(html) == "a page without content: it has neither sections nor reports"


def test_a_page_without_a_title_says_so() -> None:
    assert reason("<p>just words</p>" * 20).endswith("no title: no H1 and no heading that stands in for one")


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n\0\0\0", b"%PDF-1.7 \xff\xfe\0\x01\x02", b'{"a": 1}', b"just words"]
)
def test_what_is_no_page_is_suspect_even_where_it_is_called_one(body: bytes) -> None:
    assert reason(body)


def sized(reports: int, sections: int) -> str:
    dated = "".join(
        f'<h3><a href="/publications/r{number}/">Report number {number} – {number + 1} May 2024</a></h3>'
        f"<p>It says {number}.</p>"
        for number in range(reports)
    )
    parts = "".join(f"<h2>Part {number}</h2><p>Text of part {number}.</p>" for number in range(sections - 2))
    title = "Child abuse and child protection issues"
    html = page(title, title, "We inspect how well police protect children.", words=90)
    return html.replace("</main>", f"{parts}<h2>Thematic reviews</h2><p>Ours are these.</p>{dated}</main>")


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        (2, "collapse: 2 reports where the last snapshot had 9"),
        (4, "collapse: 4 reports where the last snapshot had 9"),
        (0, "collapse: 0 reports where the last snapshot had 9"),
        (5, None),
        (8, None),
        (12, None),
    ],
)
def test_a_fall_below_half_the_reports_is_a_collapse(reports: int, told: str | None) -> None:
    found = verdict(answered(sized(reports, 4)), WATCH, good(sized(9, 4)))
    assert getattr(found, "reason", None) == told


def test_a_fall_below_half_the_sections_is_a_collapse() -> None:
    assert reason(sized(9, 3), good(sized(9, 7))) == "collapse: 3 sections where the last snapshot had 7"


def test_a_page_that_may_be_the_page_after_all_is_kept_with_the_doubt() -> None:
    fallen, before = sized(2, 4), good(sized(9, 4))
    told = "collapse: 2 reports where the last snapshot had 9"
    assert verdict(answered(fallen), WATCH, before) == Suspect(told, good(fallen), READER_VERSION)


@pytest.mark.parametrize("html", [page("Access denied", "Access denied"), article("Fire", "We inspect fire services.")])
def test_what_is_no_page_of_ours_is_not_believed_however_often_it_comes(html: str) -> None:
    for before in (None, good(TRUE)):
        found = verdict(answered(html), WATCH, before)
        assert isinstance(found, Suspect)
        assert found.page is None


def test_one_report_fewer_is_news_and_no_collapse() -> None:
    assert isinstance(verdict(answered(sized(0, 4)), WATCH, good(sized(1, 4))), Good)
    assert reason(sized(0, 4), good(sized(2, 4))) == "collapse: 0 reports where the last snapshot had 2"
    nearly_all = replace(WATCH, least_share=0.97)
    assert isinstance(verdict(answered(sized(1, 4)), nearly_all, good(sized(2, 4))), Good)


def test_half_the_reports_are_no_collapse() -> None:
    assert isinstance(verdict(answered(sized(4, 4)), WATCH, good(sized(8, 4))), Good)


@pytest.mark.parametrize(("share", "is_good"), [(0.2, True), (0.34, False), (0.9, False), (0.0, True)])
def test_the_watch_says_how_large_a_fall_is_a_collapse(share: float, *, is_good: bool) -> None:
    found = verdict(answered(sized(3, 4)), replace(WATCH, least_share=share), good(sized(9, 4)))
    assert isinstance(found, Good) == is_good


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("<p>and the", None),
        ("<p class='x", "it breaks off within a tag"),
        ("</p", "it breaks off within a tag"),
        ("<!-- a note", "it breaks off within a comment"),
        ("<script>let a = '", "it breaks off within a script"),
        ("<style>.a {", "it breaks off within a style"),
        ("<p>4 < 5", None),
        ("<script>a()</script>", None),
    ],
)
def test_a_page_that_breaks_off_within_its_make_is_truncated(end: str, told: str | None) -> None:
    whole = sized(9, 4).replace("</main></body></html>", "</main>")
    found = verdict(answered(whole + end), WATCH, None)
    assert getattr(found, "reason", None) == (told and f"truncated page: {told}")


def test_a_page_may_leave_out_the_end_tags_that_html_lets_it() -> None:
    whole = sized(9, 4)
    without = whole.replace("</body></html>", "").replace("</p>", "").replace("</li>", "")
    assert isinstance(verdict(answered(without), WATCH, good(whole)), Good)


@pytest.mark.parametrize("share", [0.97, 0.9, 0.8])
def test_a_page_cut_short_between_its_tags_is_truncated(share: float) -> None:
    before = good(TRUE)
    cut = TRUE[: TRUE.rindex("</p>", 0, int(len(TRUE) * share)) + 4]
    told = reason(cut, before)
    assert told.startswith(("truncated page: it ends with parts left open", "collapse"))


def test_a_page_that_always_ended_carelessly_is_good_while_it_loses_nothing() -> None:
    careless = sized(9, 4).replace("</main></body></html>", "")
    before = good(careless)
    assert isinstance(verdict(answered(careless), WATCH, before), Good)
    assert isinstance(verdict(answered(careless + "<h2>More</h2><p>More to say.</p>"), WATCH, before), Good)


def test_a_suspect_answer_names_its_status() -> None:
    found = verdict(answered(TRUE, status=202), WATCH, None)
    assert found == Suspect("no web page: the server answered 202")


def test_links_are_those_of_the_page() -> None:
    assert all((report.url or "").startswith("https://") for report in good(TRUE).reports)
    assert good(TRUE).url == URL
