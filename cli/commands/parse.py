"""`parse`: one page read, nothing stored."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cli import document
from cli.errors import CommandError
from cli.main import Context
from cli.options import json_option, pass_context
from cli.page_view import print_page
from cli.settings import MISSION_URL
from cli.validation import address_fault
from cli.wiring import fetcher
from domain.check import Validators
from domain.document import page as page_document
from domain.page import Page
from scraper.fetch import NotModified
from scraper.read import read

MOST_BYTES = 20_000_000
"""More than the reader takes, in whatever encoding; of a larger file no more is looked at."""


@click.command()
@click.argument("source", metavar="FILE-or-URL")
@click.option("--url", metavar="URL", help="The address that a file was had from; links are resolved against it.")
@json_option
@pass_context
def parse(context: Context, source: str, url: str | None, as_json: bool) -> None:
    """Read a page from a file, an address or, as "-", standard input, and print its records."""
    if url and (fault := address_fault(url)):
        raise CommandError(f"--url: {fault}")
    if source.lower().startswith(("http://", "https://")):
        page = _from_address(context, source)
    else:
        page = read(_from_file(source), url or MISSION_URL, None)
    if as_json:
        document.print_json(page_document(page))
    else:
        print_page(page)


def _from_file(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read(MOST_BYTES)
    try:
        with Path(source).open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise CommandError(f"{source}: cannot be read: {error.strerror}") from error


def _from_address(context: Context, source: str) -> Page:
    if fault := address_fault(source):
        raise CommandError(fault)
    with fetcher(context.settings.scraper, None) as polite:
        fetched = polite.fetch(source, Validators())
    if isinstance(fetched, NotModified):
        raise CommandError(f"{source}: answered 304 to a question without conditions")
    return read(fetched.answer.body, fetched.answer.url, fetched.answer.header("content-type"))
