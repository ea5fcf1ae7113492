"""`demo`: the whole job on recorded revisions of the page, on loopback and in a folder of its own."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from cli.demo_site import Site, serving
from cli.errors import CommandError, Exit
from cli.main import Context, cli
from cli.office import deliver_all, maildir, registered
from cli.options import pass_context
from cli.sentences import check_lines
from cli.settings import Settings, load_settings
from cli.terminal import plain
from cli.wiring import fetcher, judge, opened, watches
from notifier.maildir import find
from schedules.check import check
from storage.archive import Archive
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Scene:
    """A look at the page at a time; `page` is what the site answers from then on, None for what it had before."""

    at: datetime
    told: str
    page: str | None = None
    status: int = 200


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


SCENES = (
    Scene(_utc(2022, 6, 14, 8), "the page of June 2022, seen for the first time", "2022-06-child-protection"),
    Scene(_utc(2024, 2, 9, 9), "the same page still: the server says so (304)"),
    Scene(_utc(2024, 2, 9, 10), "the page was written anew", "2024-02-child-protection"),
    Scene(_utc(2024, 11, 20, 10), "a maintenance page, with status 200", "error-maintenance-200"),
    Scene(_utc(2025, 1, 15, 9), "the page is back as it was", "2024-02-child-protection"),
    Scene(_utc(2025, 1, 15, 10), "a report is published", "2025-01-child-protection"),
    Scene(_utc(2025, 6, 3, 10), "the site blocks us", "error-blocked-403", 403),
    Scene(_utc(2025, 10, 24, 9), "the page is back as it was", "2025-01-child-protection"),
    Scene(_utc(2025, 10, 24, 10), "a report is published and a sentence edited", "2025-10-child-protection"),
)

QUESTIONS = (
    ("What changed since 2025, and between which two looks?", ["history", "--since", "2025-01-01"]),
    ("What was listed on 1 June 2024?", ["reports", "--at", "2024-06-01"]),
    ("What is the difference between 1 March 2025 and 1 November 2025?", ["diff", "2025-03-01", "2025-11-01"]),
    ("What became of one report?", ["timeline", "Metropolitan Police"]),
    ("Where did the page ever say this, and when?", ["search", '"far outweighed"']),
    ("Which looks failed or were not believed?", ["checks"]),
    ("Is every look still as it was noted?", ["verify", "--chain"]),
)


@click.command()
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Keep the settings, the database and the mails in this new folder, to ask more of them.",
)
@pass_context
def demo(context: Context, keep: Path | None) -> None:
    """The whole job on recorded revisions of the page, over a web server and a mail folder of its own."""
    del context  # the demo has settings of its own
    with _folder(keep) as folder, serving(Site()) as site:
        config = _write_settings(folder, site)
        settings = load_settings(config, {})
        _title("A reader's installation: one watch, mails into a Maildir")
        with opened(settings) as database:
            for scene in SCENES:
                _play(scene, site, settings, database)
        for question, words in QUESTIONS:
            _title(question)
            click.secho(f"$ hmicfrs-monitor {shlex.join(words)}", bold=True)
            cli.main(["--config", str(config), *words], standalone_mode=False)
    if keep:
        click.echo(f"\nKept. Ask on: hmicfrs-monitor --config {config} show --at 2024-06-01")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with TemporaryDirectory(prefix="hmicfrs-monitor-demo-") as name:
            yield Path(name)
        return
    try:
        keep.mkdir(parents=True)
    except OSError as error:
        raise click.UsageError(f"{keep}: must be a new folder: {error.strerror}") from error
    yield keep.resolve()


def _write_settings(folder: Path, site: Site) -> Path:
    config = folder / "hmicfrs-monitor.toml"
    config.write_text(
        f"""\
[scraper]
allow_private_addresses = true
min_delay_seconds = 0
attempts = 1

[storage]
url = "sqlite:///{folder}/monitor.db"

[[watch]]
name = "child-protection"
url = "{site.url}"
""",
        encoding="utf-8",
    )
    return config


def _play(scene: Scene, site: Site, settings: Settings, database: Database) -> None:
    """One look and one delivery, with the scene's time for a clock; prints what a reader would get."""
    if scene.page:
        site.body = files("cli").joinpath("demo_pages", f"{scene.page}.html").read_bytes()
        site.status = scene.status
    watch = watches(settings)[0]
    archive = Archive(database)
    archive.register((watch,))
    with fetcher(settings.scraper, database) as polite:
        audience = registered(settings, database)
        result = check(watch, clock=lambda: scene.at, fetcher=polite, judge=judge, archive=archive, audience=audience)
    _title(f"{scene.at:%d %B %Y, %H:%M} UTC: {scene.told}")
    for line in check_lines(result):
        click.echo(line)
    delivery = deliver_all(settings, database, lambda: scene.at, due_only=False)
    for alert in delivery.sent:
        _print_mail(find(maildir(settings), alert.message_id))


def _print_mail(message: EmailMessage | None) -> None:
    body = message.get_body(("plain",)) if message else None
    if message is None or body is None:
        raise CommandError("a mail that was sent is not in the Maildir", Exit.DEFECT)
    click.secho("\n  ┌─ a mail to the reader " + "─" * 54, fg="cyan")
    lines = [f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Date")]
    for line in [*lines, "", *str(body.get_content()).splitlines()]:
        click.echo(click.style("  │ ", fg="cyan") + plain(line))
    click.secho("  └" + "─" * 77, fg="cyan")


def _title(text: str) -> None:
    click.echo()
    click.secho(f"── {text} ", bold=True, nl=False)
    click.secho("─" * max(0, 76 - len(text)), bold=True)
