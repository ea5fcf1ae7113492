"""The command line's front: global options, the commands by name, and how every error ends.

Commands are imported when they are called, so that `--help` and `--version` import nothing heavy.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cli.errors import Exit, ReaderLeft
from cli.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from cli.settings import Settings

COMMANDS = {
    "check": "Look at each page now, store what is found, and send the alerts that are due.",
    "run": "The service: check on schedule and deliver, until SIGTERM.",
    "parse": "Read a page and print its records; stores nothing.",
    "history": "The changes, newest first.",
    "snapshots": "The accepted states of a page, newest first.",
    "checks": "Every look at a page, the unchanged and failed ones too.",
    "show": "The page's records as they stood at a time.",
    "diff": "What changed between two snapshots or dates, word by word.",
    "reports": "The reports listed, with their first and last sighting.",
    "search": "Full text over all that the pages ever said, and when they did.",
    "since": "Everything new since a date, and how often the page was looked at.",
    "timeline": "One report over its life: each sighting, edit, removal and return.",
    "export": "What is recorded, as a table, lines, a feed, a database or a web archive.",
    "evidence": "What shows a change, in a file that can be checked by itself.",
    "import": "The past before installation: captures of archives, saved files, exports.",
    "replay": "Read every stored page again, and show what the history would be.",
    "alerts": "The outbox: what was sent, what is pending, what failed.",
    "recipients": "Who is told, of what, and when.",
    "schedule": "When each page is looked at next.",
    "deliver": "Send the alerts that are undelivered.",
    "backup": "Copy the database into one file, while others are at work.",
    "restore": "Put a backup in the place of the database, which is kept.",
    "verify": "Look through the whole database; changes nothing.",
    "prune": "Old rows that nothing stands on: say how many they are, or take them away.",
    "status": "Is all well? Last good checks, lateness, undelivered alerts.",
    "doctor": "Test settings, database, mail server and page, one line each.",
    "init": "Write a commented settings file.",
    "demo": "The whole job on recorded revisions of the page, in a place of its own.",
}


_MODULES = {"import": "imports"}
"""Where a command cannot be called as a module: Python has the word for itself."""


class Context:
    """What the global options say; the settings are read when a command first asks for them.

    No dataclass, and no path before it is needed: `--help` would pay for importing both.
    """

    def __init__(self, config: str | None, *, verbose: bool, quiet: bool) -> None:
        self.verbose = verbose
        self.quiet = quiet
        self._config = config
        self._allowed: tuple[str, ...] = ()

    def allow_only(self, recipients: tuple[str, ...]) -> None:
        """Let a flag override the recipients to whom alone anything is sent; () leaves the settings as they are."""
        self._allowed = recipients

    @property
    def config(self) -> Path | None:
        """The settings file that was named; None where none was."""
        from pathlib import Path

        return Path(self._config) if self._config else None

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once. Raises CommandError with every fault."""
        return self.read_settings()

    def read_settings(self) -> Settings:
        """The settings as they are now, read anew. Raises CommandError with every fault."""
        from cli.settings import load_settings

        settings = load_settings(self.config)
        return settings.allowing_only(self._allowed) if self._allowed else settings


class LazyCommands(click.Group):
    """A group whose commands live in `cli.commands`, one module each, imported on call; help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which a new user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        gc.disable()  # imports make many objects and no garbage, which the collector would look for again and again
        try:
            name = _MODULES.get(cmd_name, cmd_name)
            command = getattr(import_module(f"cli.commands.{name}"), name)
        finally:
            gc.set_threshold(20_000, 20, 50)  # nor do pages that are read leave much of it
            gc.enable()
        command.help = command.help or COMMANDS[cmd_name]
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises ReaderLeft in place of BrokenPipeError, with which click would exit 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderLeft from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from their one-line texts."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", metavar="FILE", help="The settings file.")
@click.option("-v", "--verbose", is_flag=True, help="Say more on standard error; show tracebacks of defects.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something changed or went wrong; for cron.")
@click.version_option(VERSION, "-V", "--version", prog_name="hmicfrs-monitor")
@click.pass_context
def cli(ctx: click.Context, config: str | None, verbose: bool, quiet: bool) -> None:
    """Watch HMICFRS's page on child abuse and child protection issues: keep its history, mail what changed.

    \b
    Exit codes: 0 all well, 1 a defect of ours, 2 usage or settings, 3 a page could not be checked,
    4 a page was suspect, 5 alerts are left undelivered, 6 another run holds the lock,
    7 a page's last good check is too old (status). Where several hold, the lowest of them.
    """
    if verbose and quiet:
        raise click.UsageError("-v and -q exclude each other")
    ctx.obj = Context(config, verbose=verbose, quiet=quiet)


def start() -> NoReturn:
    """What the process runs: `main`, and at the end no last look for garbage, which would take a fifth of a check."""
    atexit.register(gc.freeze)
    main()


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with the code it promises."""
    sys.exit(int(_run(arguments)))


def _run(arguments: list[str] | None) -> int:
    try:
        code = cli.main(arguments, prog_name="hmicfrs-monitor", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, ReaderLeft):
        # The reader of our output left (`| head`): no fault of anybody's; keep Python from saying so at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.WELL
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one net around a command
        return _tell(error)
    return int(code) if isinstance(code, int) else Exit.WELL


def _tell(error: BaseException) -> int:
    """Put an error into one line for the person who ran the command, and give the exit code for it."""
    from cli.faults import explained
    from cli.terminal import plain

    message, code = explained(error)
    if code is Exit.DEFECT and {"-v", "--verbose"} & set(sys.argv):
        raise error
    for line in message.splitlines():
        click.echo(f"hmicfrs-monitor: {plain(line)}", err=True)
    return code
