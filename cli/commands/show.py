"""`show`: the page as it stood."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from cli import document
from cli.asking import moment, one_watch
from cli.main import Context
from cli.moments import short
from cli.options import at_option, json_option, one_watch_option, pass_context
from cli.page_view import print_page
from cli.wiring import opened, utc_now, zone
from domain.document import page as page_document
from domain.document import utc_text
from domain.sighting import Known
from storage.history import History


@click.command()
@one_watch_option
@at_option
@json_option
@pass_context
def show(context: Context, watch: str | None, at: str | None, as_json: bool) -> None:
    """The page's records as they stood at a time."""
    as_of = moment(context, at, end=True) or utc_now()
    with opened(context.settings) as database:
        history = History(database)
        known = history.known_at(one_watch(context, history, watch), as_of)
        snapshot = known.snapshot
        page = history.page(snapshot.id)
    if as_json:
        proof = {
            "snapshot": snapshot.id,
            "captured_at": utc_text(snapshot.captured_at),
            "as_of": utc_text(as_of),
            "confirmed_until": utc_text(snapshot.confirmed_until),
            "source": snapshot.source,
            "sha256": snapshot.sha256,
            "last_look_before": utc_text(known.last_look_before),
            "next_look_after": utc_text(known.next_look_after),
            "next_same": known.next_same,
        }
        document.print_json(page_document(page) | proof)
        return
    zoned = zone(context.settings)
    print_page(page)
    click.echo(
        f"Snapshot {snapshot.id}, seen from {short(snapshot.captured_at, zoned)} to "
        f"{short(snapshot.confirmed_until, zoned)}, asked as of {short(as_of, zoned)}; SHA-256 {snapshot.sha256}"
    )
    click.echo(f"On {short(as_of, zoned)}: {_looks(known, zoned)}")


def _looks(known: Known, zoned: ZoneInfo) -> str:
    """The looks on either side, in words."""
    before = f"last look before it {short(known.last_look_before, zoned)}"
    if known.next_look_after is None:
        return f"{before}; no look after it yet"
    state = "the same state" if known.next_same else "another state"
    return f"{before}, next look after it {short(known.next_look_after, zoned)}: {state}"
