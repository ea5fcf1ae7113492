"""The pages' server as the benchmark sees it: started, told how to answer, asked what it answered, and ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

from benchmarks.peers.pages import path_of


class Site:
    """A running server; the counts of its answers are kept from one `counts` to the next."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, number: int) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}{path_of(number)}"

    def mode(self, *, validators: bool, delay: float = 0.0) -> None:
        """Answer from now on with validators or without, and so many seconds late, all connections side by side."""
        self._ask("mode", [("validators", str(int(validators))), ("delay", str(delay))])

    def edit(self, numbers: Iterable[int]) -> None:
        """Edit a sentence of each of these pages."""
        self._ask("edit", [("page", str(number)) for number in numbers])

    def counts(self) -> dict[str, int]:
        """How many answers of each status were given since this, `mode` or `edit` was last called."""
        return self._ask("counts", [])

    def _ask(self, command: str, values: list[tuple[str, str]]) -> dict[str, int]:
        connection = HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request("GET", f"/-/{command}?{urlencode(values)}")
            told: dict[str, int] = json.load(connection.getresponse())
        finally:
            connection.close()
        return told


@contextmanager
def serving(number: int) -> Iterator[Site]:
    """Serve so many pages until the block ends."""
    command = [sys.executable, "-m", "benchmarks.peers.server", str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            yield Site(int(process.stdout.readline()))
        finally:
            process.terminate()
