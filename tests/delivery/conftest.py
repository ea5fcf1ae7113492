"""An installation in a folder of its own, and a mail server that takes what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.delivery.servers import Conduct, PostOffice, Server, serving
from tests.delivery.setting import Monitor, london, smtp, url_of
from tests.notifier.smtp_servers import CERTIFICATE


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def server(office: PostOffice) -> Iterator[Server]:
    with serving(office, Conduct(), open_to_all=True) as listening:
        yield listening


@pytest.fixture
def monitor(tmp_path: Path, server: Server) -> Iterator[Monitor]:
    """On a Tuesday in winter, after a first look at the page."""
    with Database.open(url_of(tmp_path / "monitor.db")) as database:
        monitor = Monitor(database, smtp(server.port), london("2026-02-03", "09:00"))
        monitor.check("a")
        yield monitor


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own certificate, for this process."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
