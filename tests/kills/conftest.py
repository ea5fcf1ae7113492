"""An installation whose page is served on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.demo_site import Site, serving
from tests.kills.setting import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with serving(Site()) as site:
        made = Installation(tmp_path / "installation", site)
        made.folder.mkdir()
        made.configure()
        made.publish(0)
        yield made
